"""The sweep over addresses: a stranger with another tenant's ids finds nothing behind any of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from conversations.models import Attachment
from core.scope import tenant_scope
from engine.tools.models import Tool
from escalation.models import CannedReply, Disposition, Macro, Tag, Team
from tenants.models import ProviderAccount
from tenants.roles import Role
from tests.factories import Person, a_person, a_tenant
from tests.story import MARK, Story, rows_of, tell

Pattern = tuple[str, URLPattern]


NUMBERED: dict[str, Any] = {
    "<int:provider_id>": ProviderAccount,
    "<int:tool_id>": Tool,
    "<int:canned_id>": CannedReply,
    "<int:macro_id>": Macro,
    "<int:tag_id>": Tag,
    "<int:disposition_id>": Disposition,
    "<int:team_id>": Team,
}
"""Places about one row, by its number."""
COUNTED = "<int:number>"
"""Not an id: every tenant counts its releases from 1, and finds its own under the same address."""


def patterns(resolver: URLResolver, prefix: str = "") -> Iterator[Pattern]:
    """Every address there is, as Django spells it."""
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from patterns(entry, route)
        else:
            yield route, entry


WITH_IDS = [
    (route, entry)
    for route, entry in patterns(get_resolver())
    if entry.pattern.converters and COUNTED not in route
]
LISTS = [
    route for route, entry in patterns(get_resolver()) if not entry.pattern.converters and "(?P" not in route
]


@pytest.fixture(scope="module")
def hers() -> Story:
    return tell(a_person("ana", a_tenant("Ana"), Role.OWNER))


@pytest.fixture(scope="module")
def stranger() -> Story:
    """Another tenant's owner, with rows of her own (so that lists aren't empty) that do not bear the mark."""
    return tell(a_person("zoe", a_tenant("Zoe"), Role.OWNER), mark="Unremarkable")


def addresses(route: str, story: Story) -> list[str]:
    """The route with a story's ids in it, every row's for the console."""
    ids = {
        "<uuid:conversation_id>": story.visit.conversation,
        "<uuid:document_id>": str(story.document.public_id),
        "<uuid:run_id>": str(story.approval.run.public_id),
        "<uuid:approval_id>": str(story.approval.public_id),
        "<uuid:conversation>": story.visit.conversation,
        "<uuid:file>": str(_public_id(story, Attachment)),
        "<uuid:file_id>": str(_public_id(story, Attachment)),
        "<uuid:member_id>": str(story.person.user.public_id),
        "<slug:tenant>": story.person.tenant.slug,
    }
    for name, value in ids.items():
        route = route.replace(name, value)
    for name, numbered in NUMBERED.items():
        route = (
            route.replace(name, str(rows_of(story.person.tenant.pk, numbered)[0])) if name in route else route
        )
    for name in ("<path:object_id>", "<int:pk>"):
        if name in route and route.startswith("console/"):
            label, model = route.split("/")[1:3]
            rows = rows_of(story.person.tenant.pk, apps.get_model(label, model))
            return [f"/{route.replace(name, str(row))}" for row in rows]
    assert "<" not in route, f"the sweep has no id for {route}"
    return [f"/{route}"]


def _public_id(story: Story, model: Any) -> Any:
    with tenant_scope(story.person.tenant.pk):
        return model.objects.values_list("public_id", flat=True).first()


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def answers(client: Client, story: Story, address: str) -> Iterator[Any]:
    """What every method says, in the browser's session and with an API key."""
    for method in ("get", "post", "put", "patch", "delete"):
        call = getattr(client, method)
        headers = {"authorization": f"Bearer {story.key_value}"} if address.startswith("/api/") else {}
        yield call(
            address,
            data=json.dumps(body_for(address)) if method != "get" else None,
            content_type="application/json",
            headers=headers,
        )


BODIES: dict[str, dict[str, Any]] = {
    "canned": {"shortcut": "a", "title": "a", "text": "a"},
    "macros": {"name": "a", "steps": [{"do": "claim"}]},
    "tags": {"name": "a"},
    "dispositions": {"name": "a"},
    "deeds": {"do": "claim", "actor": "nobody@example.com"},
    "rating": {"score": 5},
}
"""What an address takes that refuses anything else before it looks for the row."""


def body_for(address: str) -> dict[str, Any]:
    named = next((body for part, body in BODIES.items() if part in address.split("/")), None)
    return named or {"text": "Hello", "verdict": "approve"}


def content_of(answer: Any) -> bytes:
    """What was answered, all of it where it is streamed."""
    return b"".join(answer) if answer.streaming else bytes(answer.content)


@pytest.mark.parametrize("route", [route for route, _ in WITH_IDS])
def test_her_ids_open_nothing_for_a_stranger(hers: Story, stranger: Story, route: str) -> None:
    client = signed_in(stranger.person)

    for address in addresses(route, hers):
        for answer in answers(client, stranger, address):
            wants_a_form = {415} if address.endswith("/files") else set()
            assert answer.status_code in {302, 401, 403, 404, 405} | wants_a_form, (
                address,
                answer.status_code,
            )
            assert MARK.encode() not in answer.content


@pytest.mark.parametrize("route", LISTS)
def test_no_list_and_no_page_of_a_stranger_shows_anything_of_hers(
    hers: Story, stranger: Story, route: str
) -> None:
    headers = {"authorization": f"Bearer {stranger.key_value}"} if route.startswith("api/") else {}

    answer = signed_in(stranger.person).get(f"/{route}", headers=headers)

    said = content_of(answer)
    assert answer.status_code < 500
    assert MARK.encode() not in said
    assert hers.visit.conversation.encode() not in said


@pytest.mark.parametrize("route", [route for route, _ in WITH_IDS if route.startswith("api/")])
def test_her_own_ids_do_open_for_herself(hers: Story, route: str) -> None:
    client = signed_in(hers.person)

    found = [
        client.get(address, headers={"authorization": f"Bearer {hers.key_value}"}).status_code
        for address in addresses(route, hers)
    ]

    assert set(found) <= {200, 405}


@pytest.mark.parametrize("route", [route for route, _ in WITH_IDS if not route.startswith("api/")])
def test_nobody_unknown_gets_past_the_sign_in(hers: Story, route: str) -> None:
    for address in addresses(route, hers):
        answer = Client().get(address)

        if "/files/" in address:  # no page: a door for files says what is missing, or takes files only
            assert answer.status_code in {401, 405}
        else:
            assert answer.status_code == 302
            assert "/accounts/login/" in answer["Location"]
