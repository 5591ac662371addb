import json
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.gateway.protocol import Message, ModelRequest, ToolCall, Usage
from engine.gateway.reply import ReplyBuilder
from engine.gateway.stream import EventLines

TEXTS = st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=12), max_size=8)
ENDS = st.sampled_from([b"\n", b"\r\n", b"\r"])
NOISE = st.lists(st.sampled_from([b": ping", b"event: x", b"id: 7", b"retry: 10", b"datax: 1"]), max_size=2)
REQUEST = ModelRequest("m", (Message("user", "hi"),))


def parsed(*chunks: bytes) -> list[bytes]:
    lines = EventLines()
    return [payload for chunk in chunks for payload in lines.feed(chunk)] + lines.finish()


def frame(delta: dict, **more: object) -> bytes:
    return json.dumps({"choices": [{"index": 0, "delta": delta}], **more}, ensure_ascii=False).encode()


def cut(data: bytes, places: list[int]) -> list[bytes]:
    marks = [0, *sorted(place % (len(data) + 1) for place in places), len(data)]
    return [data[start:end] for start, end in pairwise(marks)]


@settings(max_examples=300, deadline=None)
@given(texts=TEXTS, end=ENDS, noise=NOISE, places=st.lists(st.integers(0, 10_000), max_size=40))
def test_however_the_bytes_are_cut_the_reply_is_the_same(
    texts: list[str], end: bytes, noise: list[bytes], places: list[int]
) -> None:
    payloads = [frame({"content": text}) for text in texts]
    lines = [line for payload in payloads for line in (*noise, b"data: " + payload, b"")]
    data = end.join([*lines, b"data: [DONE]", b"", b""])

    events = parsed(*cut(data, places))
    reply = ReplyBuilder(REQUEST)
    text, failure = reply.take(events)

    assert events == [*payloads, b"[DONE]"]
    assert failure is None
    assert text == reply.reply().text == "".join(texts)


@settings(max_examples=300, deadline=None)
@given(data=st.binary(max_size=300), places=st.lists(st.integers(0, 10_000), max_size=20))
def test_any_bytes_however_cut_give_the_same_payloads(data: bytes, places: list[int]) -> None:
    assert parsed(*cut(data, places)) == parsed(data)


@settings(max_examples=200, deadline=None)
@given(
    pieces=st.lists(
        st.sampled_from([b"data:", b" ", b"a", b"\r", b"\n", b":", b"\xef\xbb\xbf", b"\xc3"]), max_size=40
    )
)
def test_lines_cut_at_every_byte_give_the_same_payloads(pieces: list[bytes]) -> None:
    data = b"".join(pieces)

    assert parsed(*(bytes([byte]) for byte in data)) == parsed(data)


def test_comments_and_other_fields_are_passed_over() -> None:
    assert parsed(b": ping\n\nevent: x\nid: 1\ndata: a\nretry: 5\n\n") == [b"a"]


def test_data_over_several_lines_is_one_payload() -> None:
    assert parsed(b"data: a\ndata:b\ndata\ndata:  c\n\n") == [b"a\nb\n\n c"]


def test_a_byte_order_mark_is_no_part_of_the_first_line() -> None:
    assert parsed(b"\xef\xbb", b"\xbfdata: a\n\n") == [b"a"]


def test_an_end_without_its_blank_line_counts() -> None:
    assert parsed(b"data: a\n\ndata: [DONE]") == [b"a", b"[DONE]"]


def test_tool_calls_are_told_apart_by_their_index() -> None:
    reply = ReplyBuilder(REQUEST)
    deltas = [
        {"tool_calls": [{"index": 1, "id": "b", "function": {"name": "two", "arguments": ""}}]},
        {"tool_calls": [{"index": 0, "function": {"name": "one", "arguments": '{"x"'}}]},
        {
            "tool_calls": [
                {"index": 1, "function": {"arguments": "{}"}},
                {"index": 0, "function": {"arguments": ":1}"}},
            ]
        },
    ]

    reply.take([*(frame(delta) for delta in deltas), b"[DONE]"])

    assert reply.reply().tool_calls == (ToolCall("call_0", "one", '{"x":1}'), ToolCall("b", "two", "{}"))


def test_usage_comes_with_the_last_chunk_which_has_no_choice() -> None:
    told = {"prompt_tokens": 9, "completion_tokens": 4, "prompt_tokens_details": {"cached_tokens": 3}}
    last = json.dumps({"choices": [], "usage": told}).encode()
    reply = ReplyBuilder(REQUEST)

    reply.take([frame({"content": "Hi"}, model="m-2026"), last, b"[DONE]"])

    assert reply.reply().usage == Usage(9, 4, 3)
    assert reply.reply().model == "m-2026"


@settings(max_examples=300, deadline=None)
@given(
    chunk=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["choices", "delta", "content", "tool_calls", "function", "usage", "error", "index"]
                ),
                inner,
            )
        ),
        max_leaves=12,
    )
)
def test_no_chunk_breaks_the_builder(chunk: object) -> None:
    reply = ReplyBuilder(REQUEST)

    text, failure = reply.take([json.dumps(chunk).encode()])

    assert isinstance(text, str)
    assert failure is None or failure.code in {"model_malformed", "model_server_error", "model_rate_limited"}
