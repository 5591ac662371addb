"""What the desk reads; each read names its tenant by the post that asks."""

from escalation.desk.queries.furniture import all_canned, all_dispositions, all_macros, all_tags
from escalation.desk.queries.lists import Page, counts, page, rows
from escalation.desk.queries.people import Seats, member_by_email, member_named, seats_of
from escalation.desk.queries.talks import NotYourTeam, Talk, get_talk, log, look, public_id_of
from escalation.desk.queries.things import (
    DEFAULT_DISPOSITIONS,
    canned_text,
    dispositions,
    filled,
    macro_steps_of,
    things,
    views,
)

__all__ = [
    "DEFAULT_DISPOSITIONS",
    "NotYourTeam",
    "Page",
    "Seats",
    "Talk",
    "all_canned",
    "all_dispositions",
    "all_macros",
    "all_tags",
    "canned_text",
    "counts",
    "dispositions",
    "filled",
    "get_talk",
    "log",
    "look",
    "macro_steps_of",
    "member_by_email",
    "member_named",
    "page",
    "public_id_of",
    "rows",
    "seats_of",
    "things",
    "views",
]
