"""The web server dies in mid-answer: nothing is lost, nothing is said twice."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from conversations.models import Run
from conversations.queries import get_conversation, read_log
from core.scope import tenant_scope
from tests.clients import ChatClient
from tests.conftest import model_of
from tests.factories import Person
from tests.servers import CeleryBeat, CeleryWorker, LiveServer, ModelSimulator

QUICK = {"RUN_LEASE_SECONDS": "2"}


@pytest.fixture
def house(tmp_path: Path, model_simulator: ModelSimulator) -> Iterator[LiveServer]:
    """Web server, worker and beat of this test alone."""
    extra = QUICK | model_of(model_simulator)
    web = LiveServer(tmp_path / "web.log", **extra)
    children = [
        web,
        CeleryWorker(tmp_path / "worker.log", **extra),
        CeleryBeat(tmp_path / "beat.log", **extra),
    ]
    try:
        for child in children:
            child.start()
        yield web
    finally:
        for child in reversed(children):
            child.stop()


def test_a_run_whose_server_was_killed_is_finished_once_by_another_process(
    house: LiveServer, ana: Person
) -> None:
    chat = ChatClient(house.ws_url, ana.tenant.slug, hello={})
    chat.say("[[simulate: slow delay_ms=150]] Tell me all", client_id="c1")
    while len(chat.draft) < 15:
        chat.next()
    house.kill9()
    house.start()

    hello = {"token": chat.welcome["token"], "after": chat.seq, "run": chat.run, "offset": len(chat.draft)}
    with ChatClient(house.ws_url, ana.tenant.slug, hello=hello) as again:
        again.run, again.draft = chat.run, chat.draft
        answer = again.answer()
        if again.welcome["after"] < answer["seq"]:  # it was still being written when she came back
            assert answer["text"] == again.draft
        assert answer["text"].startswith(chat.draft)
        again.say("[[simulate: slow delay_ms=150]] Tell me all", client_id="c1")
        assert again.until("ack")["seq"] == 1

    row = get_conversation(ana.tenant.pk, chat.welcome["conversation"])
    events = read_log(ana.tenant.pk, row.pk, after=0).events
    assert [(event.seq, event.author_kind) for event in events] == [(1, "customer"), (2, "ai")]
    with tenant_scope(ana.tenant.pk):
        run = Run.objects.get(conversation_id=row.pk)
        assert (run.status, run.attempt, run.answer_seq) == ("done", 2, 2)
