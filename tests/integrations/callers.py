"""A caller of the API, over HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

import httpx2 as httpx

from tenants.roles import Scope
from tenants.services import issue_api_key
from tests.factories import Person
from tests.servers import LiveServer

Event = tuple[str, dict[str, Any]]
SECONDS = 30.0


def a_key(person: Person, scopes: Sequence[str] = tuple(Scope.values)) -> str:
    return issue_api_key(tenant=person.tenant, name="Tests", scopes=scopes, actor=person.actor)[1]


def a_caller(
    server: LiveServer, person: Person, scopes: Sequence[str] = tuple(Scope.values), key: str = ""
) -> httpx.Client:
    """A client with a key of the person's tenant."""
    headers = {"Authorization": f"Bearer {key or a_key(person, scopes)}"}
    return httpx.Client(base_url=f"{server.url}/api/v1/", headers=headers, timeout=SECONDS)


def a_conversation(caller: httpx.Client, **customer: str) -> str:
    made = caller.post("conversations", json={"customer": customer} if customer else {})
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


def there(caller: httpx.Client, location: str) -> str:
    """The address of a `Location`; the client would put its own prefix before a path."""
    return f"http://127.0.0.1:{caller.base_url.port}{location}"


def code_of(answer: httpx.Response) -> tuple[int, str]:
    """Status and code of a problem, which is in the right shape."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    body = answer.json()
    assert body["status"] == answer.status_code
    assert {"type", "title", "detail"} <= set(body)
    assert answer.status_code != 401 or answer.headers["www-authenticate"].startswith("Bearer")
    return answer.status_code, body["code"]


def events_of(answer: httpx.Response) -> Iterator[Event]:
    """A stream's events; its comments are passed over."""
    name = ""
    for line in answer.iter_lines():
        field, _, value = line.partition(": ")
        if field == "event":
            name = value
        elif field == "data":
            yield name, json.loads(value)


def a_stream(caller: httpx.Client, conversation: str, text: str, **headers: str) -> Any:
    """A message whose answer is streamed, to be opened with `with`."""
    accepting = {"Accept": "text/event-stream"} | headers
    address = f"conversations/{conversation}/messages"
    return caller.stream("POST", address, json={"text": text}, headers=accepting)


def texts(events: Sequence[Event]) -> dict[str, str]:
    """By run: the text put together from its deltas, without a hole."""
    drafts: dict[str, str] = {}
    for name, data in events:
        if name == "delta":
            draft = "" if data["offset"] == 0 else drafts[data["run"]]
            assert data["offset"] <= len(draft)
            drafts[data["run"]] = draft + data["text"][len(draft) - data["offset"] :]
    return drafts
