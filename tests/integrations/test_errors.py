"""Whatever is wrong with a request is named, in one shape, and changes nothing."""

import datetime as dt
import socket
import uuid
from pathlib import Path

import httpx2 as httpx
import pytest
from django.utils import timezone

from core.scope import tenant_scope
from tenants.models import ApiKey
from tenants.roles import Scope
from tenants.services import issue_api_key, revoke_api_key
from tests.factories import Person
from tests.integrations.callers import a_caller, a_conversation, a_key, code_of
from tests.servers import LiveServer

NOBODYS = uuid.UUID("7f6b2a60-3f3c-4a53-9d2e-0d8cbd1c7a11")
EVERYWHERE = [
    ("GET", "conversations"),
    ("POST", "conversations"),
    ("GET", f"conversations/{NOBODYS}"),
    ("POST", f"conversations/{NOBODYS}/messages"),
    ("POST", f"conversations/{NOBODYS}/person"),
    ("GET", f"conversations/{NOBODYS}/events"),
    ("GET", "knowledge/documents"),
    ("POST", "knowledge/documents"),
    ("GET", f"knowledge/documents/{NOBODYS}"),
    ("DELETE", f"knowledge/documents/{NOBODYS}"),
    ("POST", "knowledge/search"),
]
everywhere = pytest.mark.parametrize(("method", "address"), EVERYWHERE)


@everywhere
def test_without_a_key_nothing_is_open(server: LiveServer, method: str, address: str) -> None:
    with httpx.Client(base_url=f"{server.url}/api/v1/") as stranger:
        assert code_of(stranger.request(method, address)) == (401, "api_key_missing")


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Basic abc", "Bearer a.b.c", "Bearer a b", "Bearer " + "a" * 300, "Bearer ä"],
)
@pytest.mark.parametrize("address", ["conversations", f"conversations/{NOBODYS}/events"])
def test_a_key_that_is_none_opens_nothing(server: LiveServer, header: str, address: str) -> None:
    with httpx.Client(base_url=f"{server.url}/api/v1/") as stranger:
        answer = stranger.get(address, headers={b"Authorization": header.encode("latin-1")})
    assert code_of(answer) == (401, "bad_api_key")


def test_a_revoked_an_expired_and_another_tenants_key_with_this_name_open_nothing(
    server: LiveServer, ana: Person, zoe: Person
) -> None:
    key, value = issue_api_key(tenant=ana.tenant, name="k", scopes=Scope.values, actor=ana.actor)
    revoke_api_key(tenant_id=ana.tenant.pk, key=key, actor=ana.actor)
    past = timezone.now() - dt.timedelta(seconds=1)
    _, expired = issue_api_key(
        tenant=ana.tenant, name="k", scopes=Scope.values, actor=ana.actor, expires_at=past
    )
    theirs = a_key(zoe).replace(zoe.tenant.slug, ana.tenant.slug)

    for bad in (value, expired, theirs):
        assert code_of(a_caller(server, ana, key=bad).get("conversations")) == (401, "bad_api_key")


def test_a_keys_use_is_noted(server: LiveServer, ana: Person) -> None:
    key, value = issue_api_key(tenant=ana.tenant, name="k", scopes=Scope.values, actor=ana.actor)

    a_caller(server, ana, key=value).get("conversations")

    with tenant_scope(ana.tenant.pk):
        assert ApiKey._default_manager.get(pk=key.pk).last_used_at is not None


@everywhere
def test_a_key_does_what_its_scopes_say(server: LiveServer, ana: Person, method: str, address: str) -> None:
    room = address.split("/")[0]
    reads = method == "GET" or address.endswith("search")
    needed = f"{room}:{'read' if reads else 'write'}"
    others = [scope for scope in Scope.values if scope != needed]

    with a_caller(server, ana, others) as caller:
        assert code_of(caller.request(method, address)) == (403, "scope_missing")
    with a_caller(server, ana, [needed]) as caller:
        assert caller.request(method, address, json={}).status_code not in {401, 403}


def test_unknown_addresses_and_methods_are_problems_too(api: httpx.Client, server: LiveServer) -> None:
    assert code_of(api.get("nothing")) == (404, "not_found")
    assert code_of(api.get(f"{server.url}/api/nothing")) == (404, "not_found")
    assert code_of(api.get("conversations/not-a-uuid")) == (404, "not_found")
    assert code_of(api.get(f"conversations/{NOBODYS}")) == (404, "no_such_conversation")
    refused = api.put("conversations", json={})
    assert code_of(refused) == (405, "method_not_allowed")
    assert set(refused.headers["allow"].split(", ")) >= {"GET", "POST"}
    for odd in ("OPTIONS", "TRACE"):
        assert code_of(api.request(odd, f"conversations/{NOBODYS}/messages")) == (
            405,
            "method_not_allowed",
        )


BODIES: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "invalid_fields"),
    "no JSON": (b"{", "bad_json"),
    "bad UTF-8": (b'{"text": "\xff"}', "bad_json"),
    "UTF-16": ('{"text": "a"}'.encode("utf-16"), "bad_json"),
    "NUL": (b'{"text": "a\\u0000b"}', "bad_json"),
    "half a character": (b'{"text": "\\ud800"}', "bad_json"),
    "NUL in a name": (b'{"a\\u0000": 1, "text": "a"}', "bad_json"),
    "NaN": (b'{"text": NaN}', "bad_json"),
    "deep": (b"[" * 100_000 + b"]" * 100_000, "bad_json"),
    "deep objects": (b'{"a":' * 5_000 + b"1" + b"}" * 5_000, "bad_json"),
    "a bit deep": (b'{"text": ' + b"[" * 40 + b"]" * 40 + b"}", "bad_json"),
    "a large number": (b'{"text": ' + b"9" * 10_000 + b"}", "bad_json"),
    "a list": (b"[]", "invalid_fields"),
    "a text": (b'"text"', "invalid_fields"),
    "null": (b"null", "invalid_fields"),
    "a number as text": (b'{"text": {"a": 1}}', "invalid_fields"),
    "blank": (b'{"text": "   "}', "invalid_fields"),
    "too long": (b'{"text": "' + b"a" * 8001 + b'"}', "invalid_fields"),
    "64 KiB": (b'{"text": "' + b"a" * 65_536 + b'"}', "invalid_fields"),
    "a bad client id": (b'{"text": "a", "client_id": "a b"}', "invalid_fields"),
    "a long client id": (b'{"text": "a", "client_id": "' + b"a" * 65 + b'"}', "invalid_fields"),
}


@pytest.mark.parametrize("name", BODIES)
def test_a_bad_body_is_named_and_nothing_is_written(api: httpx.Client, name: str) -> None:
    conversation = a_conversation(api)
    body, code = BODIES[name]

    for accepted in ("application/json", "text/event-stream"):
        headers = {"Content-Type": "application/json", "Accept": accepted}
        answer = api.post(f"conversations/{conversation}/messages", content=body, headers=headers)
        assert code_of(answer) == (400, code)
    assert api.get(f"conversations/{conversation}/events").json()["last_seq"] == 0


@pytest.mark.parametrize("address", ["conversations", "knowledge/documents", "knowledge/search"])
@pytest.mark.parametrize("name", ["no JSON", "bad UTF-8", "NUL", "deep", "a list", "null"])
def test_a_bad_body_is_named_in_every_room(api: httpx.Client, address: str, name: str) -> None:
    body, _ = BODIES[name]

    answer = api.post(address, content=body, headers={"Content-Type": "application/json"})

    assert code_of(answer)[0] == 400


def test_a_body_too_large_is_refused_however_it_is_sent(api: httpx.Client) -> None:
    body = b'{"query": "' + b"a" * 2_000_000 + b'"}'

    for content in (body, (body[at : at + 100_000] for at in range(0, len(body), 100_000))):
        answer = api.post("knowledge/search", content=content, headers={"Content-Type": "application/json"})
        assert code_of(answer) == (413, "body_too_large")


def test_a_flood_is_refused_before_it_is_all_here(server: LiveServer, ana: Person) -> None:
    """A body without end, in chunks: the server answers and hangs up."""
    key = a_key(ana)
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as line:
        line.sendall(
            b"POST /api/v1/knowledge/search HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            b"Authorization: Bearer " + key.encode() + b"\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        chunk = b"100000\r\n" + b"a" * 0x100000 + b"\r\n"
        sent = 0
        line.settimeout(0.01)
        heard = b""
        while sent < 60 and not heard:
            line.settimeout(30)
            try:
                line.sendall(chunk)
                sent += 1
                line.settimeout(0.01)
                heard = line.recv(4096)
            except TimeoutError:
                continue
            except OSError:
                break
    assert sent < 60
    assert not heard or b" 413 " in heard


def test_an_unknown_type_of_body_or_answer_is_refused(api: httpx.Client) -> None:
    conversation = a_conversation(api)
    for address in ("conversations", f"conversations/{conversation}/messages", "knowledge/search"):
        unknown = api.post(address, content=b"<a/>", headers={"Content-Type": "application/xml"})
        assert code_of(unknown) == (415, "unsupported_media_type")
        unwanted = api.post(address, json={}, headers={"Accept": "image/png"})
        assert code_of(unwanted) == (406, "not_acceptable")


def test_a_field_that_is_wrong_is_named(api: httpx.Client) -> None:
    answer = api.post("conversations", json={"customer": {"email": "nobody", "name": "a" * 121}})

    assert code_of(answer) == (400, "invalid_fields")
    errors = answer.json()["errors"]
    assert set(errors) == {"customer.email", "customer.name"}
    assert errors["customer.email"][0]["code"] == "invalid"


def test_every_answer_says_what_is_left_and_a_key_that_calls_too_often_waits(
    server: LiveServer, ana: Person, log_folder: Path
) -> None:
    slow = LiveServer(log_folder / "slow.log", API_RATE_PER_KEY="3/minute", API_RATE_PER_TENANT="5/minute")
    slow.start()
    try:
        with a_caller(slow, ana) as one, a_caller(slow, ana) as two:
            left = [one.get("conversations").headers["ratelimit-remaining"] for _ in range(3)]
            assert left == ["2", "1", "0"]
            refused = one.get("conversations")
            assert code_of(refused) == (429, "too_many_requests")
            assert int(refused.headers["retry-after"]) == refused.json()["retry_after"] > 0
            assert (refused.headers["ratelimit-limit"], refused.headers["ratelimit-remaining"]) == ("3", "0")
            events = f"conversations/{NOBODYS}/events"
            assert [two.get(events).status_code for _ in range(3)] == [404, 404, 429]
    finally:
        slow.stop()
