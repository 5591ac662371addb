"""Conversations over the API: opened, listed, read, handed to a person."""

import threading
import time

import httpx2 as httpx

from tests.factories import Person
from tests.integrations.callers import a_caller, a_conversation, code_of, there
from tests.servers import LiveServer

ROBIN = {"external_id": "u-1", "name": "Robin Sample", "email": "robin@example.com"}


def test_a_conversation_is_opened_for_a_claimed_customer(api: httpx.Client) -> None:
    made = api.post("conversations", json={"customer": ROBIN})

    assert made.status_code == 201
    opened = made.json()
    assert opened["owner"] == "ai"
    assert opened["customer"] | ROBIN | {"identity": "claimed"} == opened["customer"]
    assert api.get(there(api, made.headers["location"])).json() == opened


def test_without_a_customer_she_is_an_anonymous_visitor(api: httpx.Client) -> None:
    opened = api.post("conversations", json={}).json()

    assert opened["customer"]["identity"] == "anonymous"
    assert opened["customer"]["external_id"] is None


def test_the_same_external_id_is_the_same_customer_with_her_newest_name(api: httpx.Client) -> None:
    first = api.post("conversations", json={"customer": ROBIN}).json()
    second = api.post("conversations", json={"customer": {"external_id": "u-1", "name": "Robin S."}}).json()

    assert first["id"] != second["id"]
    assert first["customer"]["id"] == second["customer"]["id"]
    assert second["customer"]["name"] == "Robin S."
    assert second["customer"]["email"] == "robin@example.com"


def test_the_same_external_id_in_another_tenant_is_somebody_else(
    server: LiveServer, api: httpx.Client, zoe: Person
) -> None:
    hers = api.post("conversations", json={"customer": ROBIN}).json()
    theirs = a_caller(server, zoe).post("conversations", json={"customer": ROBIN}).json()

    assert hers["customer"]["id"] != theirs["customer"]["id"]


def test_a_list_is_walked_to_its_end_by_cursor(api: httpx.Client) -> None:
    made = [a_conversation(api) for _ in range(5)]

    seen, cursor = [], ""
    while cursor is not None:
        page = api.get("conversations", params={"limit": 2, "cursor": cursor}).json()
        assert len(page["items"]) <= 2
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]

    assert seen == made[::-1]


def test_a_cursor_fits_its_own_list_of_its_own_tenant_only(
    server: LiveServer, api: httpx.Client, zoe: Person
) -> None:
    for _ in range(2):
        a_conversation(api)
    cursor = api.get("conversations", params={"limit": 1}).json()["next_cursor"]

    assert code_of(a_caller(server, zoe).get("conversations", params={"cursor": cursor})) == (
        400,
        "bad_cursor",
    )
    assert code_of(api.get("knowledge/documents", params={"cursor": cursor})) == (400, "bad_cursor")
    for wrong in ("1", "ä", "=", "a" * 100, "\x00"):
        assert code_of(api.get("conversations", params={"cursor": wrong}))[0] == 400


def test_the_log_is_read_by_cursor(api: httpx.Client) -> None:
    conversation = a_conversation(api)
    api.post(f"conversations/{conversation}/messages", json={"text": "Hello"})
    address = f"conversations/{conversation}/events"

    first = api.get(address, params={"limit": 1}).json()
    rest = api.get(address, params={"after": first["next_after"]}).json()
    nothing = api.get(address, params={"after": rest["next_after"]}).json()

    assert [event["seq"] for event in first["events"] + rest["events"]] == [1, 2]
    assert [event["author"]["kind"] for event in first["events"] + rest["events"]] == ["customer", "ai"]
    assert first["last_seq"] == rest["last_seq"] == nothing["last_seq"] == nothing["next_after"] == 2
    assert nothing["events"] == []


def test_a_cursor_from_the_future_is_refused(api: httpx.Client) -> None:
    conversation = a_conversation(api)

    for after in (1, 2**31 - 1):
        answer = api.get(f"conversations/{conversation}/events", params={"after": after})
        assert code_of(answer) == (400, "future_cursor")
    for wrong in ("-1", str(2**31), "9" * 30, "x", "1.5"):
        answer = api.get(f"conversations/{conversation}/events", params={"after": wrong})
        assert code_of(answer) == (400, "invalid_fields")


def test_a_reader_who_waits_gets_the_news_when_it_happens(
    server: LiveServer, ana: Person, api: httpx.Client
) -> None:
    conversation = a_conversation(api)
    news: list[httpx.Response] = []

    def wait() -> None:
        with a_caller(server, ana) as reader:
            news.append(reader.get(f"conversations/{conversation}/events", params={"wait": 20}))

    reading = threading.Thread(target=wait)
    reading.start()
    time.sleep(0.3)
    api.post(f"conversations/{conversation}/person")
    reading.join(20)

    assert [event["kind"] for event in news[0].json()["events"]] == ["handoff"]


def test_a_reader_who_waits_in_vain_gets_an_empty_page(api: httpx.Client) -> None:
    page = api.get(f"conversations/{a_conversation(api)}/events", params={"wait": 1})

    assert page.json() == {"events": [], "next_after": 0, "last_seq": 0}


def test_a_person_is_asked_for_once(api: httpx.Client) -> None:
    conversation = a_conversation(api)

    answers = [api.post(f"conversations/{conversation}/person") for _ in range(2)]

    assert [answer.json()["owner"] for answer in answers] == ["queue", "queue"]
    log = api.get(f"conversations/{conversation}/events").json()
    assert [event["kind"] for event in log["events"]] == ["handoff"]
