"""Messages over the API, and their answers: whole, streamed, taken over, lost in the middle."""

import secrets
import time
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest
from django.utils import timezone

from conversations.queries import get_conversation
from conversations.services import claim, close
from tests.clients import ChatClient
from tests.conftest import model_of
from tests.factories import Person
from tests.integrations.callers import a_caller, a_conversation, a_stream, code_of, events_of, texts, there
from tests.servers import LiveServer, ModelSimulator


def log_of(api: httpx.Client, conversation: str) -> list[dict]:
    return list(api.get(f"conversations/{conversation}/events").json()["events"])


def until_answered(api: httpx.Client, conversation: str) -> list[dict]:
    """The log once the assistant has spoken."""
    for _ in range(15):
        events = log_of(api, conversation)
        if any(event["author"]["kind"] == "ai" for event in events):
            return events
        after = events[-1]["seq"] if events else 0
        api.get(f"conversations/{conversation}/events", params={"after": after, "wait": 2})
    raise AssertionError(f"no answer in {events}")


def test_a_message_is_answered_whole(api: httpx.Client) -> None:
    conversation = a_conversation(api)

    answer = api.post(f"conversations/{conversation}/messages", json={"text": "Hello", "client_id": "m-1"})

    assert answer.status_code == 201
    turn = answer.json()
    log = log_of(api, conversation)
    assert turn["conversation"] == conversation
    assert log[0]["text"] == "Hello"
    assert log[0]["client_id"] == "m-1"
    assert (turn["seq"], turn["last_seq"], turn["owner"]) == (1, 2, "ai")
    assert turn["answer"] == log[1]
    assert turn["events"] == log[1:]


def test_a_streams_joined_text_is_the_final_event(api: httpx.Client) -> None:
    conversation = a_conversation(api)

    with a_stream(api, conversation, "Tell me something") as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "text/event-stream"
        events = list(events_of(answer))

    said = [data for name, data in events if name == "event"]
    final = said[-1]
    assert [event["seq"] for event in said] == [1, 2]
    assert final["text"] == texts(events)[final["data"]["run"]] != ""
    assert events[-1][0] == "done"
    assert events[-1][1] == {
        "conversation": conversation, "seq": 1, "owner": "ai", "answered": True, "last_seq": 2,
    }  # fmt: skip
    assert log_of(api, conversation) == said


def test_words_come_before_the_answer_is_done(api: httpx.Client) -> None:
    with a_stream(api, a_conversation(api), "[[simulate: slow delay_ms=20 tokens=40]] Tell me all") as answer:
        events = list(events_of(answer))

    assert len([name for name, _ in events if name == "delta"]) > 5


def test_whoever_hangs_up_in_mid_answer_loses_none_of_it(
    server: LiveServer, ana: Person, api: httpx.Client
) -> None:
    conversation = a_conversation(api)

    with (
        a_caller(server, ana) as hasty,
        a_stream(hasty, conversation, "[[simulate: slow delay_ms=60]] Tell me all") as answer,
    ):
        seen = next(data["text"] for name, data in events_of(answer) if name == "delta")

    events = until_answered(api, conversation)
    assert [event["seq"] for event in events] == [1, 2]
    assert events[1]["text"].startswith(seen)


def test_whoever_waits_for_a_whole_answer_and_hangs_up_loses_none_of_it(
    server: LiveServer, ana: Person, api: httpx.Client
) -> None:
    conversation = a_conversation(api)

    with a_caller(server, ana) as hasty, pytest.raises(httpx.TimeoutException):
        hasty.post(
            f"conversations/{conversation}/messages",
            json={"text": "[[simulate: slow delay_ms=60]] Tell me all"},
            timeout=0.5,
        )

    assert [event["seq"] for event in until_answered(api, conversation)] == [1, 2]


def test_a_socket_and_a_stream_show_the_same(server: LiveServer, ana: Person, api: httpx.Client) -> None:
    with ChatClient(server.ws_url, ana.tenant.slug, hello={}) as chat:
        conversation = chat.welcome["conversation"]
        with a_stream(api, conversation, "Hello there") as answer:
            events = list(events_of(answer))
        chat.answer()

    assert [data for name, data in events if name == "event"] == chat.events


def test_a_message_to_a_person_waits_for_nobody(api: httpx.Client) -> None:
    conversation = a_conversation(api)
    api.post(f"conversations/{conversation}/person")

    whole = api.post(f"conversations/{conversation}/messages", json={"text": "Are you there?"})
    with a_stream(api, conversation, "Hello?") as answer:
        events = list(events_of(answer))

    assert whole.status_code == 201
    assert (whole.json()["answer"], whole.json()["owner"]) == (None, "queue")
    assert [name for name, _ in events] == ["event", "done"]
    assert events[-1][1]["answered"] is False


def test_a_person_who_steps_in_ends_the_stream(
    server: LiveServer, ana: Person, ben: Person, api: httpx.Client
) -> None:
    conversation = a_conversation(api)

    with a_stream(api, conversation, "[[simulate: slow delay_ms=200]] Tell me all") as answer:
        coming = events_of(answer)
        next(data for name, data in coming if name == "delta")
        row = get_conversation(ana.tenant.pk, conversation)
        claim(
            tenant_id=ana.tenant.pk,
            conversation_id=row.pk,
            agent=ben.user,
            actor=ben.actor,
            now=timezone.now(),
        )
        rest = list(coming)

    assert rest[-1][0] == "done"
    assert (rest[-1][1]["owner"], rest[-1][1]["answered"]) == ("agent", False)
    assert [data["kind"] for name, data in rest if name == "event"] == ["owner"]


def test_messages_sent_together_are_both_answered_and_both_streams_end(
    server: LiveServer, ana: Person, api: httpx.Client
) -> None:
    conversation = a_conversation(api)

    with (
        a_caller(server, ana) as second,
        a_stream(api, conversation, "[[simulate: slow delay_ms=30]] First") as one,
    ):
        first = events_of(one)
        next(data for name, data in first if name == "delta")
        with a_stream(second, conversation, "Second") as two:
            later = list(events_of(two))
        assert list(first)[-1][0] == "done"

    events = [data for name, data in later if name == "event"]
    assert [event["seq"] for event in events] == list(range(events[0]["seq"], events[-1]["seq"] + 1))
    assert events[0]["text"] == "Second"
    assert later[-1][1]["answered"] is True
    # Who did not ask is sent bundles; what the last one held back is in the final event.
    assert events[-1]["text"].startswith(texts(later).get(events[-1]["data"]["run"], ""))


def test_the_same_client_id_is_one_message_with_the_same_answer(api: httpx.Client) -> None:
    conversation = a_conversation(api)
    sent = {"text": "Hello", "client_id": secrets.token_hex(8)}

    first, second = (api.post(f"conversations/{conversation}/messages", json=sent).json() for _ in range(2))
    other = api.post(f"conversations/{conversation}/messages", json=sent | {"text": "Other"})

    assert first == second
    assert code_of(other) == (409, "client_id_reused")
    assert len(log_of(api, conversation)) == 2


def test_a_closed_conversation_goes_on(api: httpx.Client, ana: Person) -> None:
    conversation = a_conversation(api)
    row = get_conversation(ana.tenant.pk, conversation)
    hers: Any = {"tenant_id": ana.tenant.pk, "conversation_id": row.pk, "agent": ana.user, "actor": ana.actor}
    claim(**hers, now=timezone.now())
    close(**hers, now=timezone.now())

    turn = api.post(f"conversations/{conversation}/messages", json={"text": "Once more"}).json()

    assert turn["answer"] is not None
    assert api.get(f"conversations/{conversation}").json()["episode"] == 2


def test_what_takes_too_long_is_accepted_with_an_address_to_read_on(
    ana: Person, log_folder: Path, model_simulator: ModelSimulator
) -> None:
    hurried = LiveServer(log_folder / "hurried.log", API_ANSWER_SECONDS="1", **model_of(model_simulator))
    hurried.start()
    try:
        with a_caller(hurried, ana) as api:
            conversation = a_conversation(api)
            began = time.monotonic()
            answer = api.post(
                f"conversations/{conversation}/messages", json={"text": "[[simulate: slow delay_ms=150]] All"}
            )
            assert answer.status_code == 202, time.monotonic() - began
            assert (answer.json()["seq"], answer.json()["answer"]) == (1, None)
            read_on = api.get(there(api, answer.headers["location"]) + "&wait=20").json()
    finally:
        hurried.stop()
    assert [event["author"]["kind"] for event in read_on["events"]] == ["ai"]
