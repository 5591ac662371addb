"""Ratings and copies by mail, over the API."""

from __future__ import annotations

import httpx2 as httpx

from tenants.roles import Scope
from tests.escalation.after.afterwards import answered, resolved
from tests.factories import Person, a_visit
from tests.integrations.callers import a_caller, code_of
from tests.servers import LiveServer


def test_a_program_rates_in_the_customers_name_and_reads_it_again(api: httpx.Client, ana: Person) -> None:
    visit = resolved(ana)
    address = f"conversations/{visit.conversation}"
    assert api.get(address).json()["rating"] is None

    made = api.post(f"{address}/rating", json={"score": 5, "comment": "Quick"})
    changed = api.post(f"{address}/rating", json={"score": 2, "episode": 1})

    assert (made.status_code, made.json()["rating"]["score"], made.json()["rating"]["comment"]) == (
        200,
        5,
        "Quick",
    )
    assert changed.json()["rating"]["score"] == 2
    assert api.get(address).json()["rating"]["episode"] == 1
    listed = api.get("conversations").json()["items"]
    assert [row["rating"]["score"] for row in listed if row["id"] == visit.conversation] == [2]


def test_what_cannot_be_rated_is_said_by_name(
    api: httpx.Client, server: LiveServer, ana: Person, zoe: Person
) -> None:
    visit, hers = a_visit(ana.tenant), resolved(zoe)
    answered(visit)
    address = f"conversations/{visit.conversation}/rating"

    assert code_of(api.post(address, json={"score": 4})) == (409, "not_over_yet")
    assert code_of(api.post(address, json={"score": 4, "episode": 9})) == (404, "no_such_episode")
    assert api.post(address, json={"score": 6}).status_code == 400
    assert code_of(api.post(f"conversations/{hers.conversation}/rating", json={"score": 4})) == (
        404, "no_such_conversation",
    )  # fmt: skip
    reader = a_caller(server, ana, [Scope.READ_CONVERSATIONS])
    assert reader.post(address, json={"score": 4}).status_code == 403


def test_a_copy_is_sent_where_the_program_says(api: httpx.Client, ana: Person, zoe: Person) -> None:
    visit, hers = resolved(ana), resolved(zoe)
    address = f"conversations/{visit.conversation}/transcript"

    sent = api.post(address, json={"email": "ida@example.com"})

    assert (sent.status_code, sent.json()) == (202, {"to": "i***@example.com"})
    assert code_of(api.post(address, json={})) == (400, "address_needed")
    assert api.post(address, json={"email": "nobody"}).status_code == 400
    for _ in range(2):
        api.post(address, json={"email": "ida@example.com"})
    assert code_of(api.post(address, json={"email": "b@example.com"})) == (429, "too_many_transcripts")
    assert api.post(f"conversations/{hers.conversation}/transcript", json={}).status_code == 404
