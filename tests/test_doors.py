"""The sweep over addresses: a stranger with another tenant's ids finds nothing behind any of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from engine.tools.models import Tool
from tenants.models import ProviderAccount
from tenants.roles import Role
from tests.factories import Person, a_person, a_tenant
from tests.story import MARK, Story, rows_of, tell

Pattern = tuple[str, URLPattern]


NUMBERED: dict[str, Any] = {"<int:provider_id>": ProviderAccount, "<int:tool_id>": Tool}
"""Pages of the console about one row, by its number."""


def patterns(resolver: URLResolver, prefix: str = "") -> Iterator[Pattern]:
    """Every address there is, as Django spells it."""
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from patterns(entry, route)
        else:
            yield route, entry


WITH_IDS = [(route, entry) for route, entry in patterns(get_resolver()) if entry.pattern.converters]
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
            data='{"text": "Hello", "verdict": "approve"}' if method != "get" else None,
            content_type="application/json",
            headers=headers,
        )


def content_of(answer: Any) -> bytes:
    """What was answered, all of it where it is streamed."""
    return b"".join(answer) if answer.streaming else bytes(answer.content)


@pytest.mark.parametrize("route", [route for route, _ in WITH_IDS])
def test_her_ids_open_nothing_for_a_stranger(hers: Story, stranger: Story, route: str) -> None:
    client = signed_in(stranger.person)

    for address in addresses(route, hers):
        for answer in answers(client, stranger, address):
            assert answer.status_code in {302, 401, 403, 404, 405}, (address, answer.status_code)
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

        assert answer.status_code == 302
        assert "/accounts/login/" in answer["Location"]
