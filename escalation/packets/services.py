"""Makes packets: asked for when a conversation comes to people, put together by a worker or whoever looks first."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from functools import partial

import structlog
from celery import current_app
from django.db import transaction

from audit.services import record
from conversations import journal
from conversations.hands import Moment
from conversations.models import Owner
from core.actors import Actor, system
from core.scope import tenant_scope
from core.shared_state import installation
from escalation.models import Handoff, Suggestion, SuggestionStatus
from escalation.packets import queries
from escalation.packets.assembling import assemble
from escalation.packets.learning import Lesson
from escalation.packets.values import Packet
from escalation.packets.writing import written

log = structlog.get_logger(__name__)
TASK = "escalation.write_packet"
SECONDS_TO_START = 120


def hear(moment: Moment) -> None:
    """What `conversations.hands` calls: a conversation that comes to people gets its packet after commit."""
    if (
        moment.changed_hands
        and moment.head.owner in {Owner.QUEUE, Owner.AGENT}
        and moment.before in {"ai", "closed"}
    ):
        transaction.on_commit(partial(_ask_for, moment.head.tenant_id, moment.head.id), robust=True)


def make(tenant_id: int, conversation_id: int, *, with_model: bool = True) -> bool:
    """Puts the packet of a conversation's open hand-off together and keeps it; whether there was one to be made."""
    handoff = queries.open_handoff(tenant_id, conversation_id)
    if handoff is None:
        return False
    packet = keep(handoff, assembled(handoff))
    if with_model:
        better = written(tenant_id, conversation_id, packet)
        if better is not packet:
            keep(handoff, better)
    return True


def assembled(handoff: Handoff) -> Packet:
    """The packet as it can be put together now, without a model."""
    material = queries.material_of(handoff)
    packet = assemble(material)
    found = queries.similar_to(handoff.tenant_id, handoff.conversation_id, packet.goal)
    return replace(packet, similar=found)


def keep(handoff: Handoff, packet: Packet) -> Packet:
    """Writes a packet down, with a line in the ledger that says who wrote it and nothing of what."""
    with tenant_scope(handoff.tenant_id):
        rows = Handoff.objects.filter(tenant_id=handoff.tenant_id, pk=handoff.pk)
        rows.update(packet=packet.plain())
        record(
            actor=system("worker"),
            action="handoff.packet_made",
            target=f"handoff:{handoff.public_id}",
            data={"made_by": packet.made_by},
        )
    return packet


def suggest(tenant_id: int, conversation_id: int, lesson: Lesson) -> bool:
    """Keeps a suggestion, unless the same answer was suggested of this conversation before; whether it is new."""
    with tenant_scope(tenant_id):
        journal.lock(conversation_id)  # a task that is run twice at once suggests once
        of = {"tenant_id": tenant_id, "conversation_id": conversation_id, "answer": lesson.answer}
        row, made = Suggestion.objects.get_or_create(
            **of, defaults={"question": lesson.question, "tried": lesson.tried}
        )
        if made:
            record(actor=system("worker"), action="suggestion.made", target=f"suggestion:{row.public_id}")
    return made


def close_suggestion(
    row: Suggestion, *, accepted: bool, lesson: Lesson, actor: Actor, now: dt.datetime
) -> bool:
    """Notes what was decided about a suggestion; False when somebody was quicker."""
    status = SuggestionStatus.ACCEPTED if accepted else SuggestionStatus.DISMISSED
    with tenant_scope(row.tenant_id):
        rows = Suggestion.objects.filter(tenant_id=row.tenant_id, pk=row.pk, status=SuggestionStatus.PENDING)
        changes = {"question": lesson.question, "answer": lesson.answer, "decided_by": str(actor)[:120]}
        if not rows.update(status=status, decided_at=now, **changes):
            return False
        action = "suggestion.accepted" if accepted else "suggestion.dismissed"
        record(actor=actor, action=action, target=f"suggestion:{row.public_id}")
    return True


def _ask_for(tenant_id: int, conversation_id: int) -> None:
    if installation.away:
        return  # whoever looks first puts it together
    told = {"tenant_id": tenant_id, "conversation_id": conversation_id}
    try:
        current_app.send_task(TASK, kwargs=told, retry=False, expires=SECONDS_TO_START)
    except Exception as error:  # the broker is away: whoever looks first puts it together
        log.warning("packet_not_asked_for", error=type(error).__name__)
