"""What a member can do at the desk: one small function a deed, each through the services that everybody uses.

Invariant: a deed is one transaction; who does it is looked at before what it is done to, and what it is done to before
anything is written.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from audit.services import record
from conversations import approvals, events
from conversations import queries as conversations
from conversations.guidance import SCOPES
from conversations.journal import LogEvent
from conversations.models import Conversation, Owner
from core.offload import soon
from core.scope import tenant_scope
from escalation.after import services as after
from escalation.desk import queries, services
from escalation.desk.errors import BadDeed, ReadOnly, UnknownDeed
from escalation.desk.filters import URGENCIES
from escalation.desk.posts import Post
from escalation.desk.services.hands import Instruction
from escalation.desk.services.words import Saying
from escalation.models import Priority
from escalation.queueing import presence
from escalation.queueing import services as queueing
from escalation.queueing.services import Target
from escalation.services import TicketDraft

MOST_FILES = 10


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody wants to do. `fields` are the deed's own; `id` comes back with the result."""

    do: str
    conversation: str = ""
    id: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)

    def text(self, name: str, default: str | None = None, most: int = 8000) -> str:
        """A field of text.

        Raises:
            BadDeed: missing without a default, no text, or too long.
        """
        value = self.fields.get(name)
        if value is None and default is not None:
            return default
        if not isinstance(value, str) or len(value) > most:
            raise BadDeed(f"'{self.do}' needs '{name}', a text of at most {most} characters.")
        return value

    def flag(self, name: str) -> bool:
        return self.fields.get(name) is True

    def number(self, name: str) -> int:
        value = self.fields.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**31:
            raise BadDeed(f"'{self.do}' needs '{name}', a number from 0.")
        return value

    def choice(self, name: str, choices: Any, default: str | None = None) -> str:
        value = self.text(name, default, 80)
        if value not in choices:
            raise BadDeed(f"'{name}' must be one of {', '.join(choices)}.")
        return value

    def files(self) -> list[str]:
        value = self.fields.get("attachments") or []
        if (
            not isinstance(value, list)
            or len(value) > MOST_FILES
            or not all(isinstance(v, str) for v in value)
        ):
            raise BadDeed(f"'attachments' are at most {MOST_FILES} ids of files.")
        return value


@dataclass(frozen=True, slots=True)
class Done:
    """What came of it: the events it wrote, and what else there is to say."""

    events: list[LogEvent] = field(default_factory=list)
    result: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Act:
    """A deed in work: who, what, when."""

    post: Post
    deed: Deed
    now: dt.datetime

    @property
    def talk(self) -> Conversation:
        """The conversation it is about.

        Raises:
            conversations.journal.NoSuchConversation, escalation.desk.queries.NotYourTeam
        """
        return queries.get_talk(self.post, self.deed.conversation)

    @property
    def on(self) -> dict[str, Any]:
        """Who does it to which conversation."""
        return {"post": self.post, "talk": self.talk}


def do(post: Post, deed: Deed, *, now: dt.datetime | None = None) -> Done:
    """Does it, in one transaction.

    Raises:
        UnknownDeed, BadDeed, ReadOnly: her role only looks on.
        conversations.journal.NoSuchConversation, escalation.desk.queries.NotYourTeam
        and what the service of the deed raises.
    """
    act = DEEDS.get(deed.do)
    if act is None:
        raise UnknownDeed(f"The desk knows no deed '{deed.do[:24]}'.")
    if not post.can_act and deed.do not in OF_READERS:
        raise ReadOnly
    with tenant_scope(post.tenant_id):
        return act(Act(post, deed, now or timezone.now()))


def _claim(act: Act) -> Done:
    return Done(queueing.claim(act.post, act.talk.pk, now=act.now))


def _take_next(act: Act) -> Done:
    """The conversation that waits for her most; `conversation` is empty where none does."""
    team = act.deed.text("team", "", 80)
    team_id = services.team_named(act.post.tenant_id, team) if team else None
    return _taken(act, queueing.claim_next(act.post, team_id, now=act.now))


def _accept(act: Act) -> Done:
    return _taken(act, queueing.accept(act.post, act.deed.text("handoff", most=64), now=act.now))


def _taken(act: Act, taken: queueing.Taken | None) -> Done:
    if taken is None:
        return Done(result={"conversation": ""})
    return Done(taken.events, {"conversation": queries.public_id_of(act.post, taken.conversation_id)})


def _decline(act: Act) -> Done:
    queueing.decline(act.post, act.deed.text("handoff", most=64), now=act.now)
    return Done()


def _presence(act: Act) -> Done:
    post, said = act.post, act.deed.text("presence", most=8)
    changed = presence.set_presence(
        tenant_id=post.tenant_id, member_id=post.member_id, presence=said, actor=post.actor, now=act.now
    )
    return Done(result={"changed": changed})


def _saying(deed: Deed) -> Saying:
    files = deed.files()
    return Saying(deed.text("text", "" if files else None), files, deed.text("client_id", "", 40))


def _reply(act: Act) -> Done:
    return Done(services.reply(**act.on, saying=_saying(act.deed), now=act.now))


def _note(act: Act) -> Done:
    write = services.whisper if act.deed.flag("whisper") else services.note
    return Done(write(**act.on, saying=_saying(act.deed), now=act.now))


def _return(act: Act) -> Done:
    told = Instruction(act.deed.text("note", ""), act.deed.choice("scope", SCOPES, SCOPES[0]))  # type: ignore[arg-type]
    return Done(services.give_back(**act.on, instruction=told, now=act.now))


def _resolve(act: Act) -> Done:
    disposition, note = act.deed.text("disposition", most=80), act.deed.text("note", "", 4000)
    return Done(services.resolve(**act.on, disposition=disposition, note=note, now=act.now))


def _reopen(act: Act) -> Done:
    return Done(services.reopen(**act.on, now=act.now))


def _transfer(act: Act) -> Done:
    team, member = act.deed.text("team", "", 80), act.deed.text("member", "", 254)
    if bool(team) == bool(member):
        raise BadDeed("'transfer' needs either a 'team' or a 'member'.")
    talk, tenant_id, note = act.talk, act.post.tenant_id, act.deed.text("note", "", 4000)
    target = (
        Target(member_id=queries.member_named(tenant_id, member).pk)
        if member
        else Target(team_id=services.team_named(tenant_id, team))
    )
    return Done(services.transfer(post=act.post, talk=talk, target=target, note=note, now=act.now))


def _join(act: Act) -> Done:
    services.join(**act.on, now=act.now)
    return Done()


def _leave(act: Act) -> Done:
    services.leave(**act.on, now=act.now)
    return Done()


def _invite(act: Act) -> Done:
    member = queries.member_named(act.post.tenant_id, act.deed.text("member", most=254))
    services.invite(**act.on, member=member, now=act.now)
    return Done(result={"name": str(member.user)})


def _tag(act: Act) -> Done:
    return Done(result={"changed": services.tag(**act.on, name=act.deed.text("tag", most=40))})


def _untag(act: Act) -> Done:
    return Done(result={"changed": services.untag(**act.on, name=act.deed.text("tag", most=40))})


def _urgency(act: Act) -> Done:
    urgency = URGENCIES[act.deed.choice("urgency", URGENCIES)]
    queueing.set_urgency(act.post, act.talk.pk, urgency, now=act.now)
    return Done()


def _draft(act: Act) -> Done:
    text, is_note = act.deed.text("text", ""), act.deed.flag("is_note")
    services.keep_draft(**act.on, text=text, is_note=is_note, now=act.now)
    return Done()


def _read(act: Act) -> Done:
    post, talk, seq = act.post, act.talk, act.deed.number("seq")
    services.mark_read(post=post, talk=talk, seq=seq)
    if talk.owner == Owner.AGENT and talk.agent_id == post.user.pk:
        transaction.on_commit(partial(soon, _tell_customer, talk.tenant_id, talk.pk, min(seq, talk.last_seq)))
    return Done()


async def _tell_customer(tenant_id: int, conversation_id: int, seq: int) -> None:
    """How far who answers her has read; a hint, kept nowhere else."""
    await events.send(tenant_id, conversation_id, [{"type": "seen", "seq": seq}])


def _ticket(act: Act) -> Done:
    deed = act.deed
    subject = deed.text("subject", most=200).strip()
    if not subject:
        raise BadDeed("A ticket has a subject.")
    priority = deed.choice("priority", Priority.values, Priority.NORMAL.value)
    draft = TicketDraft(subject, deed.text("body", "", 4000), priority)
    ticket = services.open_ticket_for(**act.on, draft=draft, key=deed.text("client_id", "", 40))
    return Done(result={"ticket": ticket.reference})


def _transcript(act: Act) -> Done:
    email, talk = act.deed.text("email", "", 254), act.talk
    return Done(result={"to": after.ask_transcript(talk.tenant_id, talk.pk, email, act.post.actor, act.now)})


def _decide(act: Act, decision: approvals.Decision) -> Done:
    tenant_id, wanted = act.post.tenant_id, act.deed.text("approval", most=64)
    found = conversations.get_approval(tenant_id, wanted)
    queries.get_talk(act.post, found.conversation.public_id)
    row = approvals.decide(
        tenant_id=tenant_id, public_id=wanted, decision=decision, actor=act.post.actor, now=act.now
    )
    return Done(result={"approval": str(row.public_id), "status": row.status})


def _approve(act: Act) -> Done:
    arguments = act.deed.fields.get("arguments")
    if arguments is not None and not isinstance(arguments, dict):
        raise BadDeed("'arguments' is an object.")
    return _decide(act, approvals.Decision("approve", act.deed.text("reason", "", 500), arguments))


def _refuse(act: Act) -> Done:
    return _decide(act, approvals.Decision("refuse", act.deed.text("reason", "", 500)))


def _save_view(act: Act) -> Done:
    filters = act.deed.fields.get("filters") or {}
    if not isinstance(filters, dict):
        raise BadDeed("'filters' is an object.")
    name, shared = act.deed.text("name", most=200), act.deed.flag("shared")
    row = services.save_view(post=act.post, name=name, filters=filters, shared=shared)
    return Done(result={"view": str(row.public_id)})


def _remove_view(act: Act) -> Done:
    services.remove_view(post=act.post, view=act.deed.text("view", most=64))
    return Done()


def _canned(act: Act) -> Done:
    """A ready text as it would be sent here; nothing is."""
    talk = act.talk
    raw = queries.canned_text(act.post, act.deed.text("shortcut", most=40), talk.language)
    return Done(result={"text": queries.filled(act.post, talk, raw)})


def _macro(act: Act) -> Done:
    """All steps or none."""
    talk, posted = act.talk, list[LogEvent]()
    name = act.deed.text("macro", most=80)
    for step in queries.macro_steps_of(act.post, name):
        fields = {key: value for key, value in step.items() if key != "do"}
        if step["do"] == "reply":
            raw = fields.get("text") or queries.canned_text(act.post, fields["canned"], talk.language)
            fields = {"text": queries.filled(act.post, talk, raw)}
        deed = Deed(step["do"], act.deed.conversation, fields=fields)
        posted += DEEDS[step["do"]](replace(act, deed=deed)).events
    target = f"conversation:{talk.public_id}"
    record(actor=act.post.actor, action="macro.run", target=target, data={"name": name})
    return Done(posted, {"macro": name})


DEEDS: dict[str, Callable[[Act], Done]] = {
    "accept": _accept,
    "approve": _approve,
    "canned": _canned,
    "claim": _claim,
    "decline": _decline,
    "draft": _draft,
    "invite": _invite,
    "join": _join,
    "leave": _leave,
    "macro": _macro,
    "note": _note,
    "presence": _presence,
    "read": _read,
    "refuse": _refuse,
    "remove_view": _remove_view,
    "reopen": _reopen,
    "reply": _reply,
    "resolve": _resolve,
    "return": _return,
    "save_view": _save_view,
    "tag": _tag,
    "take_next": _take_next,
    "ticket": _ticket,
    "transcript": _transcript,
    "transfer": _transfer,
    "untag": _untag,
    "urgency": _urgency,
}
OF_READERS = frozenset({"read"})
"""What a member may do whose role only looks on."""
