"""More customers than one process can answer at once: who waits is answered, who is refused is told when to come."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from conversations.queries import get_conversation, read_log
from tests.clients import ChatClient, Frame
from tests.conftest import model_of
from tests.factories import Person
from tests.servers import LiveServer, ModelSimulator


@pytest.fixture
def small_house(log_folder: Path, model_simulator: ModelSimulator) -> Iterator[LiveServer]:
    """A web server that writes one answer at a time, and lets one more wait."""
    few = {"ANSWERS_AT_ONCE": "1", "ANSWERS_WAITING": "1"}
    server = LiveServer(log_folder / "small_house.log", **few, **model_of(model_simulator))
    server.start()
    yield server
    server.stop()


def test_who_is_too_many_is_told_when_to_come_back_and_loses_nothing(
    small_house: LiveServer, ana: Person
) -> None:
    chats = [ChatClient(small_house.ws_url, ana.tenant.slug, hello={}) for _ in range(5)]
    first, *others = chats
    first.say("[[simulate: slow delay_ms=150]] Tell me all", client_id="c1")
    first.until("delta")

    # One writes, one waits; of those who come now the next but one at the latest is too many.
    accepted, refused, refusal = [first], first, {}
    for chat in others:
        chat.say("[[simulate: plain]] And me", client_id="c1")
        told = _told(chat)
        if told["type"] == "error":
            refused, refusal = chat, told
            break
        accepted.append(chat)
    answers = [chat.answer()["text"] for chat in accepted]
    refused.say("[[simulate: plain]] And me", client_id="c1")
    late = refused.answer()

    assert (refusal["code"], refusal["client_id"]) == ("busy", "c1")
    assert refusal["retry_after"] > 0
    assert len(accepted) in {2, 3}
    assert all(text.startswith("word1") for text in answers)
    row = get_conversation(ana.tenant.pk, refused.welcome["conversation"])
    log = read_log(ana.tenant.pk, row.pk, after=0).events
    assert [event.seq for event in log] == [1, 2]
    assert log[1].text == late["text"]
    for chat in chats:
        chat.cut()


def _told(chat: ChatClient) -> Frame:
    """Whether the message was taken or refused."""
    while True:
        frame = chat.next()
        if frame["type"] in {"ack", "error"}:
            return frame
