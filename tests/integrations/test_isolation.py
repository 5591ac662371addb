"""Zoe's key with ana's ids opens nothing, at any address."""

from typing import Any

import httpx2 as httpx
import pytest
from django.db.models import Model
from drf_spectacular.generators import SchemaGenerator

from conversations.models import Approval, Attachment, Conversation, Run
from core.scope import tenant_scope
from engine.knowledge.models import Document
from escalation.models import CannedReply, Disposition, Macro, Tag, Team
from tenants.roles import Role
from tests.factories import Person, a_person, a_tenant
from tests.integrations.callers import a_caller, code_of
from tests.servers import LiveServer
from tests.story import MARK, Story, tell

BODIES = {
    "messages": {"text": "Hello"},
    "search": {"query": MARK},
    "decision": {"verdict": "approve"},
    "rating": {"score": 5},
    "deeds": {"do": "claim", "actor": "nobody@example.com"},
}
PUT_BODIES = {
    "canned": {"shortcut": "a", "title": "a", "text": "a"},
    "macros": {"name": "a", "steps": [{"do": "claim"}]},
    "tags": {"name": "a"},
    "dispositions": {"name": "a"},
}
FILE = {"file": ("a.txt", b"a")}


def operations() -> list[tuple[str, str]]:
    """Every operation the API describes."""
    paths = SchemaGenerator().get_schema(request=None, public=True)["paths"]
    return [(method.upper(), path) for path, methods in paths.items() for method in methods]


@pytest.fixture(scope="module")
def hers() -> Story:
    return tell(a_person("ana", a_tenant("Ana"), Role.OWNER))


def rows(story: Story) -> list[list[dict]]:
    tables: tuple[type[Model], ...] = (Conversation, Document, Run, Approval, CannedReply, Macro, Tag, Team)
    with tenant_scope(story.person.tenant.pk):
        return [[dict(row) for row in model._default_manager.order_by("id").values()] for model in tables]


def hers_at_the_desk(story: Story) -> dict[str, str]:
    """The ids of what her desk is furnished with."""
    names = {"canned": CannedReply, "macro": Macro, "tag": Tag, "disposition": Disposition, "team": Team}
    with tenant_scope(story.person.tenant.pk):
        ids = {
            f"{{{name}_id}}": str(model._default_manager.get(**called(model)).pk)
            for name, model in names.items()
        }
        ids["{file_id}"] = str(Attachment.objects.get().public_id)
    return ids | {"{member_id}": str(story.person.user.public_id)}


def sent_to(method: str, address: str) -> dict[str, Any]:
    """A body that would do, were the ids the caller's own."""
    *_, listed, last = ["", *address.split("/")]
    if method == "POST" and last == "files":
        return {"files": FILE, "data": {"actor": "nobody@example.com"}}
    return {"json": PUT_BODIES.get(listed, {}) if method == "PUT" else BODIES.get(last, {})}


def called(model: type[Model]) -> dict[str, str]:
    return {"title": MARK} if model is CannedReply else {"name__iexact": MARK}


@pytest.mark.parametrize(("method", "path"), operations())
def test_anothers_ids_open_nothing(
    server: LiveServer, hers: Story, zoe: Person, method: str, path: str
) -> None:
    before = rows(hers)
    ids = {
        "{conversation_id}": hers.visit.conversation,
        "{document_id}": str(hers.document.public_id),
        "{run_id}": str(hers.approval.run.public_id),
        "{approval_id}": str(hers.approval.public_id),
        **hers_at_the_desk(hers),
    }
    address = path.removeprefix("/api/v1/")
    for name, value in ids.items():
        address = address.replace(name, value)

    with a_caller(server, zoe) as caller:
        answer = caller.request(method, address, **sent_to(method, address))

    if "{" in path:
        assert code_of(answer)[0] == 404
    assert MARK not in answer.text
    assert rows(hers) == before


def test_her_own_key_opens_them(server: LiveServer, hers: Story) -> None:
    with a_caller(server, hers.person) as caller:
        assert caller.get(f"conversations/{hers.visit.conversation}").status_code == 200
        assert MARK in caller.get(f"knowledge/documents/{hers.document.public_id}").text


def test_a_list_shows_ones_own_only(server: LiveServer, hers: Story, zoe: Person) -> None:
    with a_caller(server, zoe) as caller:
        for address in ("conversations", "knowledge/documents", "approvals"):
            assert caller.get(address).json()["items"] == []


def test_a_stream_of_anothers_conversation_is_not_opened(
    server: LiveServer, hers: Story, zoe: Person
) -> None:
    with a_caller(server, zoe) as caller:
        answer: httpx.Response = caller.post(
            f"conversations/{hers.visit.conversation}/messages",
            json={"text": "Hello"},
            headers={"Accept": "text/event-stream"},
        )
    assert code_of(answer) == (404, "no_such_conversation")
