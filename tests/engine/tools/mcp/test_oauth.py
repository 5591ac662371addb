"""Signing in at a real MCP server that asks for OAuth, through an authorization server of our own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from engine.tools.errors import AddressRefused
from engine.tools.mcp import McpTarget, ToolUnauthorised, call
from engine.tools.mcp.oauth import begin, client_credentials, finish, fresh, refresh
from engine.tools.mcp.oauth_values import (
    Begun,
    ConnectionLost,
    OAuthClient,
    OAuthFailed,
    OAuthForged,
    Tokens,
)
from engine.tools.values import Policy
from tests.engine.tools.mcp.authority import BACK, Place, browse

READ = Policy(timeout_seconds=20)


async def signed_in(place: Place) -> Tokens:
    url, begun = await begin(place.url, BACK, hosts=place.hosts)
    back = await browse(url)
    return await finish(begun, code=back["code"], state=back["state"], issuer=back["iss"], hosts=place.hosts)


async def test_a_sign_in_goes_through_two_requests_to_a_call(place: Place) -> None:
    url, begun = await begin(place.url, BACK, hosts=place.hosts)
    back = await browse(url)
    kept = Begun.from_text(begun.to_text())

    tokens = await finish(kept, code=back["code"], state=back["state"], issuer=back["iss"], hosts=place.hosts)
    answer = await call(place.target(tokens), READ, {}, key="run:1", hosts=place.hosts)

    assert answer.text == "lookup_order: sent on Monday"
    assert Tokens.from_text(tokens.to_text()) == tokens
    assert place.authority.asked[0]["resource"] == place.url


async def test_without_a_token_the_call_is_refused(place: Place) -> None:
    stranger = McpTarget(place.url, tenant_id=1, connection_id=1, tool="lookup_order")

    with pytest.raises(ToolUnauthorised):
        await call(stranger, READ, {}, key="run:1", hosts=place.hosts)


async def test_no_secret_is_in_sight(place: Place) -> None:
    _, begun = await begin(place.url, BACK, hosts=place.hosts)
    tokens = await signed_in(place)

    shown = repr((begun, tokens))
    secrets = (
        begun.verifier,
        begun.state,
        begun.client.client_secret,
        tokens.access_token,
        tokens.refresh_token,
    )
    assert not any(secret in shown for secret in secrets)


@pytest.mark.parametrize("wrong", [{"state": "another"}, {"iss": "https://evil.example"}, {"iss": None}])
async def test_a_return_that_does_not_belong_is_not_taken(place: Place, wrong: dict[str, Any]) -> None:
    url, begun = await begin(place.url, BACK, hosts=place.hosts)
    back = await browse(url) | wrong

    with pytest.raises(OAuthForged):
        await finish(begun, code=back["code"], state=back["state"], issuer=back["iss"], hosts=place.hosts)

    assert place.authority.asked == []


async def test_a_return_that_comes_too_late_is_not_taken(place: Place) -> None:
    url, begun = await begin(place.url, BACK, hosts=place.hosts)
    back = await browse(url)
    old = replace(begun, began_at=begun.began_at - 601)

    with pytest.raises(OAuthForged):
        await finish(old, code=back["code"], state=back["state"], issuer=back["iss"], hosts=place.hosts)


async def test_a_code_is_of_no_use_to_who_did_not_begin(place: Place) -> None:
    url, begun = await begin(place.url, BACK, hosts=place.hosts)
    back = await browse(url)
    thief = replace(begun, verifier="x" * 64)

    with pytest.raises(OAuthFailed) as refused:
        await finish(thief, code=back["code"], state=back["state"], issuer=back["iss"], hosts=place.hosts)

    assert back["code"] not in refused.value.message


@pytest.mark.parametrize(
    "says",
    [
        {"issuer": "https://evil.example"},
        {"code_challenge_methods_supported": ["plain"]},
        {"code_challenge_methods_supported": None},
        {"registration_endpoint": None},
        {"token_endpoint": None},
    ],
)
async def test_an_authority_that_cannot_be_trusted_is_left(place: Place, says: dict[str, Any]) -> None:
    place.authority.says = says

    with pytest.raises(OAuthFailed):
        await begin(place.url, BACK, hosts=place.hosts)

    assert place.authority.clients == {}


@pytest.mark.parametrize("name", ["authorization_endpoint", "token_endpoint", "registration_endpoint"])
@pytest.mark.parametrize("address", ["http://169.254.169.254/latest", "https://other.example/x"])
async def test_an_address_outside_the_tenants_hosts_is_not_gone_to(
    place: Place, name: str, address: str
) -> None:
    place.authority.says = {name: address}

    with pytest.raises(AddressRefused):
        await begin(place.url, BACK, hosts=place.hosts)

    assert place.authority.clients == {}


async def test_an_authority_outside_the_tenants_hosts_is_not_asked(place: Place) -> None:
    place.says = {"authorization_servers": ["http://169.254.169.254"]}

    with pytest.raises(AddressRefused):
        await begin(place.url, BACK, hosts=place.hosts)


async def test_a_server_that_describes_another_one_is_left(place: Place) -> None:
    place.says = {"resource": "https://bank.example/mcp"}

    with pytest.raises(OAuthFailed):
        await begin(place.url, BACK, hosts=place.hosts)


async def test_tokens_are_refreshed_and_the_old_ones_are_spent(place: Place) -> None:
    first = await signed_in(place)

    second = await refresh(first, hosts=place.hosts)

    assert second.access_token != first.access_token
    assert second.refresh_token != first.refresh_token
    with pytest.raises(ConnectionLost):
        await refresh(first, hosts=place.hosts)


async def test_a_client_gets_tokens_of_its_own(place: Place) -> None:
    place.authority.clients["desk"] = {"client_secret": "s3cret: with % signs"}
    client = OAuthClient("desk", "s3cret: with % signs", "client_secret_basic")

    tokens = await client_credentials(place.url, client, hosts=place.hosts)
    again = await refresh(tokens, hosts=place.hosts)

    assert (await call(place.target(again), READ, {}, key="run:1", hosts=place.hosts)).text
    assert again.access_token != tokens.access_token


class Kept:
    """A store for one process."""

    def __init__(self, tokens: Tokens | None) -> None:
        self.tokens = tokens
        self._lock = asyncio.Lock()

    async def load(self) -> Tokens | None:
        return self.tokens

    async def save(self, tokens: Tokens) -> None:
        self.tokens = tokens

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        async with self._lock:
            yield


async def test_tokens_about_to_expire_are_refreshed_once_for_all(place: Place) -> None:
    place.authority.lifetime = 30
    store = Kept(await signed_in(place))
    place.authority.lifetime = 3600

    found = await asyncio.gather(*(fresh(store, hosts=place.hosts) for _ in range(5)))

    assert len({tokens.access_token for tokens in found}) == 1
    assert [form["grant_type"] for form in place.authority.asked] == ["authorization_code", "refresh_token"]


async def test_a_token_that_a_server_refused_is_refreshed(place: Place) -> None:
    store = Kept(await signed_in(place))
    spent = (await fresh(store, hosts=place.hosts)).access_token

    tokens = await fresh(store, hosts=place.hosts, spent=spent)

    assert tokens.access_token != spent
    assert store.tokens == tokens


async def test_nothing_to_refresh_with_is_a_lost_connection(place: Place) -> None:
    with pytest.raises(ConnectionLost):
        await fresh(Kept(None), hosts=place.hosts)
    with pytest.raises(ConnectionLost):
        await refresh(replace(await signed_in(place), refresh_token=""), hosts=place.hosts)
