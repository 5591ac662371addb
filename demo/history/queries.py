"""Reads what the past needs to know: what is told already, who works here, where the help pages are cited."""

from __future__ import annotations

from dataclasses import dataclass

from conversations.models import Event
from core.scope import tenant_scope
from demo.history.topics import TOPICS, Topic
from engine.agent.values import Citation
from engine.knowledge.models import Chunk
from escalation.desk.posts import Post, post_of
from tenants import queries as tenants

MARK = "past-"


def told(tenant_id: int) -> set[str]:
    """The keys of the stories that are told already."""
    with tenant_scope(tenant_id):
        rows = Event.objects.filter(
            tenant_id=tenant_id, seq=1, client_id__startswith=MARK, client_id__endswith="-1"
        )
        names = rows.values_list("client_id", flat=True)
        return {str(name).removeprefix(MARK).removesuffix("-1") for name in names}


def posts(tenant_id: int) -> dict[str, Post]:
    """The desk of every member, by the first word of her name in small letters."""
    members = tenants.members(tenant_id)
    return {member.user.name.split()[0].lower(): post_of(member, member.user) for member in members}


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where each topic is cited."""

    cited: dict[str, Citation]

    @property
    def is_complete(self) -> bool:
        return self.cited.keys() == TOPICS.keys()


def shelf(tenant_id: int) -> Shelf:
    """The citations of the topics whose help pages are there."""
    names = {f"{topic.page}.md" for topic in TOPICS.values()}
    with tenant_scope(tenant_id):
        rows = Chunk.objects.filter(
            tenant_id=tenant_id, document__is_current=True, document__name__in=names
        ).select_related("document")
        pages: dict[str, list[Chunk]] = {}
        for row in rows.order_by("document_id", "ordinal"):
            pages.setdefault(row.document.name.removesuffix(".md"), []).append(row)
    found = {key: _cited(topic, pages.get(topic.page, [])) for key, topic in TOPICS.items()}
    return Shelf({key: citation for key, citation in found.items() if citation is not None})


def _cited(topic: Topic, chunks: list[Chunk]) -> Citation | None:
    if not chunks:
        return None
    said = (chunk for chunk in chunks if topic.quote in chunk.text.replace("**", ""))
    chunk = next(said, None) or next((one for one in chunks if topic.heading in one.heading), chunks[0])
    document = chunk.document
    heading = "" if topic.heading == document.title else topic.heading
    passage = f"{document.public_id}/{chunk.ordinal}"
    return Citation(1, passage, document.title, heading, topic.quote, document.url)
