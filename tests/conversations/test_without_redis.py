"""Redis is gone: slower, not wrong. The chat opens, is answered, and its log is whole."""

from pathlib import Path

from embedded.processes import free_port
from tests.clients import ChatClient
from tests.conftest import model_of
from tests.factories import Person
from tests.servers import LiveServer, ModelSimulator


def test_a_chat_opens_and_is_answered_without_redis(
    tmp_path: Path, ana: Person, model_simulator: ModelSimulator
) -> None:
    nowhere = {"REDIS_URL": f"redis://127.0.0.1:{free_port()}/0"}
    server = LiveServer(tmp_path / "web.log", **nowhere, **model_of(model_simulator))
    server.start()
    try:
        with ChatClient(server.ws_url, ana.tenant.slug, hello={}) as chat:
            chat.say("Hello")
            assert chat.until("ack")["seq"] == 1
            assert chat.answer()["text"] == chat.draft
            assert [event["seq"] for event in chat.events] == [1, 2]
    finally:
        server.stop()
