"""What the desk writes: each verb owns its transaction and leaves an audit line."""

from escalation.desk.services.hands import give_back, reopen, resolve, team_named, transfer
from escalation.desk.services.marks import (
    invite,
    join,
    keep_draft,
    leave,
    mark_read,
    open_ticket_for,
    tag,
    untag,
)
from escalation.desk.services.texts import (
    remove_canned,
    remove_disposition,
    remove_macro,
    remove_tag,
    save_canned,
    save_disposition,
    save_macro,
    save_tag,
)
from escalation.desk.services.views import remove_view, save_view
from escalation.desk.services.words import note, reply, whisper

__all__ = [
    "give_back",
    "invite",
    "join",
    "keep_draft",
    "leave",
    "mark_read",
    "note",
    "open_ticket_for",
    "remove_canned",
    "remove_disposition",
    "remove_macro",
    "remove_tag",
    "remove_view",
    "reopen",
    "reply",
    "resolve",
    "save_canned",
    "save_disposition",
    "save_macro",
    "save_tag",
    "save_view",
    "tag",
    "team_named",
    "transfer",
    "untag",
    "whisper",
]
