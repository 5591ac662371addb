"""The part of the story that leaves a row in every table of the desk."""

from __future__ import annotations

import hashlib

from django.utils import timezone

from conversations.models import Attachment, Conversation
from conversations.visits import Visit
from core.scope import tenant_scope
from engine.matrix.services import set_rules
from escalation import models
from escalation.desk import searching
from escalation.figures import rolling
from tests.factories import Person


def furnish_desk(person: Person, visit: Visit, mark: str) -> None:
    """A team with one member, a hand-off, and what a desk keeps of a conversation."""
    set_rules(tenant_id=person.tenant.pk, settings={"topics": {"place": [mark]}}, actor=person.actor)
    with tenant_scope(person.tenant.pk):
        _people(person, visit, mark)
        _texts(person, mark)
        _about(person, visit, mark)
        searching.catch_up(person.tenant.pk)
    rolling.rebuild(tenant_id=person.tenant.pk, since=None, now=timezone.now())


def _people(person: Person, visit: Visit, mark: str) -> None:
    own = {"tenant_id": person.tenant.pk}
    member = {"member_id": person.member.pk}
    team = models.Team.objects.create(**own, name=mark)
    models.Seat.objects.create(**own, team=team, **member)
    models.Agent.objects.get_or_create(tenant_id=person.tenant.pk, member_id=person.member.pk)
    models.DeskLine.objects.create(**own, **member, line=mark, seen_at=timezone.now())
    models.Handoff.objects.create(
        **own, conversation_id=visit.conversation_id, team=team, reason="asked", note=mark, status="resolved"
    )


def _texts(person: Person, mark: str) -> None:
    own = {"tenant_id": person.tenant.pk}
    models.CannedReply.objects.create(**own, shortcut=mark.lower(), title=mark, text=mark)
    models.Macro.objects.create(**own, name=mark)
    models.Disposition.objects.create(**own, name=mark)
    models.View.objects.create(**own, member_id=person.member.pk, name=mark)


def _about(person: Person, visit: Visit, mark: str) -> None:
    of = {"tenant_id": person.tenant.pk, "conversation_id": visit.conversation_id}
    hers = {**of, "member_id": person.member.pk}
    tag = models.Tag.objects.create(tenant_id=person.tenant.pk, name=mark.lower())
    models.Tagging.objects.create(**of, tag=tag)
    models.DeskDraft.objects.create(**hers, text=mark, updated_at=timezone.now())
    models.DeskRead.objects.create(**hers, seq=1)
    models.Participant.objects.create(**hers)
    models.Rating.objects.create(**of, episode=1, score=4, comment=mark, release_id=_release(visit))
    models.Aftercare.objects.create(tenant_id=person.tenant.pk)
    customer = Conversation.objects.get(pk=visit.conversation_id).customer_id
    models.Transcript.objects.create(
        **of, customer_id=customer, address=f"{mark.lower()}@example.com", address_digest="0", upto_seq=1,
        asked_by=mark,
    )  # fmt: skip
    models.Suggestion.objects.create(**of, question=mark, answer=mark)
    content = mark.encode()
    Attachment.objects.create(
        **of, author_kind="agent", author_id="a", name=f"{mark}.txt", kind="text/plain", size=len(content),
        digest=hashlib.sha256(content).hexdigest(), content=content,
    )  # fmt: skip


def _release(visit: Visit) -> int:
    return Conversation.objects.get(pk=visit.conversation_id).release_id
