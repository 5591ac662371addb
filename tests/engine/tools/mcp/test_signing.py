"""A connection of a tenant's that signs in by OAuth, from the console's two steps to calls."""

from __future__ import annotations

import asyncio

import pytest
from asgiref.sync import sync_to_async

from core.actors import Actor
from engine.tools import services, signing
from engine.tools.mcp import McpAuth, McpTarget, ToolUnauthorised, perform
from engine.tools.mcp.oauth_values import ConnectionLost, OAuthFailed, OAuthForged
from engine.tools.models import Auth, Connection, ConnectionKind
from engine.tools.services.connections import ConnectionDraft
from engine.tools.values import Policy
from tenants.queries import secret_value
from tenants.services import set_secret
from tests.engine.tools.mcp.authority import BACK, Place, browse
from tests.factories import Person

READ = Policy(timeout_seconds=20)
ANA = Actor("member", "ana", "Ana")


def connection_of(person: Person, place: Place) -> Connection:
    for one in place.hosts:
        services.allow_host(tenant_id=person.tenant.pk, host=one, actor=ANA)
    draft = ConnectionDraft("Shop", place.url, kind=ConnectionKind.MCP, auth=Auth.OAUTH)
    return services.add_connection(tenant_id=person.tenant.pk, draft=draft, actor=ANA)


def target_of(connection: Connection, place: Place) -> McpTarget:
    auth = McpAuth("oauth")
    return McpTarget(place.url, connection.tenant_id, connection.pk, "lookup_order", auth)


async def connected(person: Person, place: Place) -> Connection:
    connection = await sync_to_async(connection_of)(person, place)
    url, sealed = await signing.begin(connection, BACK, member="ana", hosts=place.hosts)
    back = await browse(url)
    await signing.finish(connection, sealed, back, member="ana", actor=ANA, hosts=place.hosts)
    return connection


async def test_a_connection_that_was_signed_in_can_be_called(ana: Person, place: Place) -> None:
    connection = await connected(ana, place)

    answer = await signing.perform(target_of(connection, place), READ, {}, key="run:1", hosts=place.hosts)

    assert answer.text == "lookup_order: sent on Monday"


async def test_tokens_that_the_server_refuses_are_renewed_once_for_all(ana: Person, place: Place) -> None:
    connection = await connected(ana, place)
    place.authority.given.clear()
    target = target_of(connection, place)

    calls = (signing.perform(target, READ, {}, key=f"run:{n}", hosts=place.hosts) for n in range(4))
    answers = await asyncio.gather(*calls)

    assert {answer.text for answer in answers} == {"lookup_order: sent on Monday"}
    grants = [form["grant_type"] for form in place.authority.asked]
    assert grants == ["authorization_code", "refresh_token"]


async def test_tokens_are_kept_sealed_under_the_connections_name(
    ana: Person, zoe: Person, place: Place
) -> None:
    connection = await connected(ana, place)

    text = await sync_to_async(secret_value)(ana.tenant.pk, signing.secret_name(connection.pk))

    assert "acc-" in text
    stolen = McpTarget(place.url, zoe.tenant.pk, connection.pk, "lookup_order", McpAuth("oauth"))
    with pytest.raises(ConnectionLost):
        await signing.perform(stolen, READ, {}, key="run:1", hosts=place.hosts)


async def test_a_sign_in_is_finished_by_who_began_it_alone(ana: Person, place: Place) -> None:
    connection = await sync_to_async(connection_of)(ana, place)
    url, sealed = await signing.begin(connection, BACK, member="ana", hosts=place.hosts)
    back = await browse(url)

    with pytest.raises(OAuthForged):
        await signing.finish(connection, sealed, back, member="ben", actor=ANA, hosts=place.hosts)
    with pytest.raises(OAuthForged):
        await signing.finish(connection, "AQ==", back, member="ana", actor=ANA, hosts=place.hosts)


async def test_a_no_on_the_other_side_is_told(ana: Person, place: Place) -> None:
    connection = await sync_to_async(connection_of)(ana, place)
    url, sealed = await signing.begin(connection, BACK, member="ana", hosts=place.hosts)
    back = await browse(url)
    back = {"error": "access_denied", "state": back["state"], "iss": back["iss"]}

    with pytest.raises(OAuthFailed):
        await signing.finish(connection, sealed, back, member="ana", actor=ANA, hosts=place.hosts)


async def test_what_the_connection_holds_is_never_sent_in_a_tokens_place(ana: Person, place: Place) -> None:
    held = McpTarget(place.url, ana.tenant.pk, 1, "lookup_order", McpAuth("oauth", "the client's secret"))

    with pytest.raises(ToolUnauthorised):
        await perform(held, READ, {}, key="run:1", hosts=place.hosts)

    assert not any("authorization" in headers for _, headers in place.shop.requests)


async def test_a_client_that_was_agreed_on_needs_no_person(ana: Person, place: Place) -> None:
    connection = await sync_to_async(connection_of)(ana, place)
    place.authority.clients["desk"] = {"client_secret": "s3cret"}
    connection.secret = await sync_to_async(set_secret)(
        tenant_id=ana.tenant.pk, name="desk", value="s3cret", actor=ANA
    )
    connection.oauth = {"client_id": "desk"}

    await signing.connect_without_person(connection, actor=ANA, hosts=place.hosts)
    answer = await signing.perform(target_of(connection, place), READ, {}, key="run:1", hosts=place.hosts)

    assert answer.text == "lookup_order: sent on Monday"
