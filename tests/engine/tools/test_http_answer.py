"""What a server's answer means."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.tools.errors import ToolBroken, ToolBusy, ToolError, ToolRefused, ToolResultInvalid
from engine.tools.http.answer import CUT, MOST_RETRY_AFTER, cut, failure, pointed, read_answer, retry_after
from engine.tools.http.schemas import check_result

JSON = "application/json; charset=utf-8"


def answered(body: bytes | str, kind: str = JSON, path: str = "", most: int = 1000) -> Any:
    return read_answer(200, kind, body.encode() if isinstance(body, str) else body, path, most)


def test_json_is_parsed_and_told_as_it_came() -> None:
    answer = answered('{"a":  [1, "é"]}')

    assert answer.text == '{"a":  [1, "é"]}'
    assert answer.value == {"a": [1, "é"]}


def test_the_part_that_counts_is_unwrapped() -> None:
    body = json.dumps({"result": "Order #W1 is on its way", "a/b": [{"~": 5}], "": 1})

    assert answered(body, path="/result").text == "Order #W1 is on its way"
    assert answered(body, path="/a~1b/0/~0").value == 5
    assert answered(body, path="/a~1b").text == '[{"~": 5}]'
    assert pointed({"": 1}, "/") == 1
    for path in ("/gone", "/result/x", "/a~1b/1", "/a~1b/-1"):
        with pytest.raises(ToolResultInvalid):
            answered(body, path=path)


def test_text_is_text() -> None:
    assert answered("ok\n", "text/plain").value == "ok\n"
    assert answered("<a/>", "application/xml").text == "<a/>"
    assert answered('{"a": 1}', "").value == {"a": 1}
    assert answered("not json", "").value == "not json"
    assert answered(b"caf\xe9", "text/plain; charset=ISO-8859-1").text == "café"
    assert answered(b"", "").value is None


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"{", JSON), (b'{"a": NaN}', JSON), (b"\x89PNG", "image/png"), (b"\xff\xfe", "text/plain"),
        (b"a\0b", "text/plain"),
        (b"[" * 100_000, JSON), (b"[" * 80 + b"]" * 80, JSON), (b"1" * 5000, JSON), (b"x", "application/octet-stream"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_no_result(body: bytes, kind: str) -> None:
    with pytest.raises(ToolResultInvalid):
        answered(body, kind)


def test_what_is_too_long_is_cut_with_a_mark() -> None:
    text, is_cut = cut("é" * 600, 1000)

    assert is_cut
    assert text.endswith("é" + CUT)
    assert len(text.encode()) <= 1000
    assert cut("é" * 500, 1000) == ("é" * 500, False)


@given(
    st.binary(max_size=300),
    st.sampled_from([JSON, "", "text/plain", "text/html"]),
    st.sampled_from(["", "/a"]),
)
def test_whatever_comes_can_be_stored_or_is_refused_by_name(body: bytes, kind: str, path: str) -> None:
    for one in (body, json.dumps({"a": body.decode("utf-8", "surrogateescape")}).encode()):
        with suppress(ToolError):
            assert "\0" not in answered(one, kind, path).text.encode().decode()


@pytest.mark.parametrize(
    ("status", "kind", "body", "message"),
    [
        (404, "application/problem+json", {"title": "Not found", "detail": "No order #W1."}, "No order #W1."),
        (400, JSON, {"message": "Bad id"}, "Bad id"),
        (422, JSON, {"error": {"message": "Too many"}}, "Too many"),
        (409, JSON, {"error": "Already cancelled"}, "Already cancelled"),
        (422, JSON, {"detail": [{"loc": ["x"]}]}, '[{"loc": ["x"]}]'),
        (403, "text/plain", "Error: not yours", "Error: not yours"),
        (404, "text/html", "<h1>x</h1>", "The tool answered HTTP 404."),
        (418, JSON, "{", "The tool answered HTTP 418."),
        (400, JSON, {"detail": "x" * 900 + "\0\ud800"}, "x" * 500),
        (400, JSON, {"detail": "a\0\ud800b"}, "a\ufffd\ufffdb"),
    ],
)  # fmt: skip
def test_a_no_is_told_in_the_servers_words(status: int, kind: str, body: Any, message: str) -> None:
    error = failure(
        status, {"content-type": kind}, (body if isinstance(body, str) else json.dumps(body)).encode()
    )

    assert isinstance(error, ToolRefused)
    assert (error.message, error.effect, error.transient) == (message, "none", False)


def test_statuses_are_classed() -> None:
    for status in (408, 425, 429, 503):
        error = failure(status, {"retry-after": "7"}, b"")
        assert isinstance(error, ToolBusy)
        assert (error.retry_after, error.effect) == (7.0, "none")
    for status in (500, 501, 502, 504, 599):
        error = failure(status, {}, b'{"detail": "stack trace"}')
        assert isinstance(error, ToolBroken)
        assert (error.effect, error.message) == ("unknown", ToolBroken.default_message)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("3", 3.0), (" 0.5 ", 0.5), ("0", 0.0), ("999999", MOST_RETRY_AFTER), ("Thu, 01 Jan 1970 00:01:40 GMT", 60.0),
        ("Thu, 01 Jan 1970 00:00:01 GMT", 0.0), ("Fri, 31 Dec 9999 23:59:59 GMT", MOST_RETRY_AFTER),
        ("", None), ("-1", None), ("soon", None), ("nan", None), ("1e9", None), ("9" * 400, None), ("٣", None),
    ],
)  # fmt: skip
def test_the_time_to_come_back_is_read_and_bounded(text: str, seconds: float | None) -> None:
    assert retry_after(text, now=40.0) == seconds


def test_a_result_is_held_against_its_schema_and_not_repeated() -> None:
    schema = {"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]}
    check_result(schema, {"id": "W1"})

    with pytest.raises(ToolResultInvalid) as refused:
        check_result(schema, {"id": 4929_1234})

    assert "4929" not in refused.value.message


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "http://127.0.0.1:9/schema.json"}, {"$ref": "file:///etc/passwd"}, {"$ref": "#"}, {"$ref": "#/gone"},
        {"type": 3}, {"type": "strange"}, {"properties": 3}, {"pattern": "("},
    ],
)  # fmt: skip
def test_a_schema_fetches_nothing_and_fails_by_name(schema: Any) -> None:
    with pytest.raises(ToolResultInvalid):
        check_result(schema, "x")
