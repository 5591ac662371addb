"""Any bytes at all: an error or a close code, a server that lives, and nothing half-written."""

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from websockets.exceptions import ConnectionClosed

from conversations.frames import Frame, parse
from conversations.queries import get_conversation, read_log
from core.errors import SwitchboardError
from tests.clients import ChatClient
from tests.factories import Person
from tests.servers import LiveServer

TYPES = [
    "hello",
    "message",
    "typing",
    "feedback",
    "person",
    "offer",
    "read",
    "ping",
    "event",
    "delta",
    "",
    "HELLO",
]
NAMES = [
    "client_id",
    "text",
    "on",
    "seq",
    "value",
    "reason",
    "after",
    "run",
    "offset",
    "token",
    "conversation",
    "choice",
    "email",
]
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
FIELDS = st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=6)
TYPED = st.builds(lambda kind, fields: {"type": kind, **fields}, st.sampled_from(TYPES) | VALUES, FIELDS)
JSON = (TYPED | VALUES).map(json.dumps)
RAW = JSON | st.text(max_size=60) | st.binary(max_size=60)


@given(JSON | st.text(max_size=200))
def test_parsing_gives_a_frame_or_a_named_error(raw: str) -> None:
    outcome = _parsed(raw)

    assert isinstance(outcome, Frame) or (outcome.status == 400 and outcome.message)


def _parsed(raw: str) -> Frame | SwitchboardError:
    try:
        return parse(raw)
    except SwitchboardError as error:
        return error


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(frames=st.lists(RAW, max_size=12))
def test_whatever_is_sent_the_server_lives_and_the_log_is_whole(
    live_server_with_model: LiveServer, ana: Person, frames: list[str | bytes]
) -> None:
    server = live_server_with_model
    with ChatClient(server.ws_url, ana.tenant.slug, hello={}) as chat:
        for raw in frames:
            try:
                chat.socket.send(raw)
            except ConnectionClosed:
                break

    with ChatClient(server.ws_url, ana.tenant.slug, hello={"token": chat.welcome["token"]}) as again:
        again.send({"type": "ping"})
        assert again.until("pong")
    row = get_conversation(ana.tenant.pk, chat.welcome["conversation"])
    seqs = [event.seq for event in read_log(ana.tenant.pk, row.pk, after=0).events]
    assert seqs == list(range(1, len(seqs) + 1))
    assert "Traceback" not in server.output()
