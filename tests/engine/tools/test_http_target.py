"""What a call's arguments make of a target, and what they cannot."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.tools.http.target import ArgumentRefused, Auth, HttpTarget, Outgoing, TargetInvalid, outgoing

API = "https://api.shop.example"


def request(method: str, template: str, arguments: dict[str, Any], **more: Any) -> Outgoing:
    return outgoing(HttpTarget(method, f"{API}{template}", **more), arguments, key="run:1")


def test_places_are_filled_and_the_rest_goes_to_the_query() -> None:
    made = request(
        "GET",
        "/orders/{id}/items?lang=en&page={page}&sort={sort}",
        {"id": "#W 1/2?é", "page": 2, "tag": ["a&b", "c"], "deep": {"x": 1}, "new": True, "none": None},
    )

    assert made.url == (
        f"{API}/orders/%23W%201%2F2%3F%C3%A9/items?lang=en&page=2&tag=a%26b&tag=c&deep=%7B%22x%22%3A1%7D&new=true"
    )
    assert made.body is None


def test_the_rest_goes_to_a_json_body_where_there_is_one() -> None:
    made = request("POST", "/orders/{id}/cancel", {"id": 7, "why": "a\r\nb", "items": [1, 2]})

    assert made.url == f"{API}/orders/7/cancel"
    assert json.loads(made.body or b"") == {"why": "a\r\nb", "items": [1, 2]}
    assert ("Content-Type", "application/json") in made.headers


@pytest.mark.parametrize(
    "value",
    [
        "..", ".", "../admin", "a/../../admin", "..\\admin", "%2e%2e", "%2e%2e%2fadmin", "%252e%252e%252fadmin",
        "..;/admin", "..%2fadmin", ".%2e/x", "a/./b", "", None, [], [""], "a\r\nHost: evil.example", "a\nb", "a\0b",
        "\x7f", "\ud800", ["ok", ".."], float("nan"), {"a": float("inf")},
    ],
)  # fmt: skip
def test_an_argument_cannot_leave_its_segment(value: Any) -> None:
    with pytest.raises(ArgumentRefused):
        request("GET", "/orders/{id}", {"id": value})


def test_two_arguments_cannot_make_a_step_up_together() -> None:
    with pytest.raises(ArgumentRefused):
        request("GET", "/orders/{a}{b}/x", {"a": ".", "b": "."})


@given(st.text(min_size=1, max_size=40))
def test_whatever_is_put_in_stays_in_its_segment(value: str) -> None:
    with suppress(ArgumentRefused):
        made = urlsplit(request("GET", "/orders/{id}/items", {"id": value}).url)

        assert made.netloc == "api.shop.example"
        assert made.path.split("/")[1::2] == ["orders", "items"]
        assert unquote(made.path.split("/")[2]) == value


@given(st.dictionaries(st.text(max_size=9), st.text(max_size=9) | st.integers() | st.none(), max_size=4))
def test_whatever_is_asked_makes_no_other_address(arguments: dict[str, Any]) -> None:
    with suppress(ArgumentRefused):
        made = urlsplit(request("GET", "/orders", arguments).url)

        assert (made.scheme, made.netloc, made.path, made.fragment) == (
            "https",
            "api.shop.example",
            "/orders",
            "",
        )


@pytest.mark.parametrize(
    "url",
    [
        "https://{host}/x", "{scheme}://api.shop.example/x", "https://api.shop.example:{port}/x", "{all}",
        "/relative/{id}",
        "https://api.shop.example/x?{key}=1", "https://api.shop.example/x?a=b{key}",
    ],
)  # fmt: skip
def test_only_path_and_query_values_have_places(url: str) -> None:
    with pytest.raises(TargetInvalid):
        outgoing(
            HttpTarget("GET", url),
            dict.fromkeys(("host", "scheme", "port", "all", "id", "key"), "x"),
            key="k",
        )


@pytest.mark.parametrize(
    "headers",
    [
        (("Host", "evil.example"),), (("content-length", "0"),), (("Transfer-Encoding", "chunked"),),
        (("Idempotency-Key", "other"),), (("X-A", "b\r\nX-C: d"),), (("X A", "b"),), (("", "b"),), (("X-A", "é"),),
    ],
)  # fmt: skip
def test_a_header_is_plain_and_not_one_of_ours(headers: Any) -> None:
    with pytest.raises(TargetInvalid):
        request("GET", "/x", {}, headers=headers)
    with pytest.raises(TargetInvalid):
        outgoing(HttpTarget("GET", API), {}, key="k", extra=headers)


@pytest.mark.parametrize("secret", ["a\r\nX: y", "é", ""])
def test_a_secret_that_is_no_header_is_refused_without_being_told(secret: str) -> None:
    with pytest.raises(TargetInvalid) as refused:
        request("GET", "/x", {}, auth=Auth("header", "X-Key", secret))

    assert not secret or secret not in refused.value.message


def test_signing_in_is_a_header_and_stays_out_of_sight() -> None:
    secret = "s3cret-9f2"

    for auth, header in [
        (Auth("bearer", secret=secret), ("Authorization", f"Bearer {secret}")),
        (Auth("header", "X-Key", secret), ("X-Key", secret)),
        (Auth("basic", "shop", secret), ("Authorization", "Basic c2hvcDpzM2NyZXQtOWYy")),
    ]:
        target = HttpTarget("GET", API, auth=auth)
        made = outgoing(target, {}, key="run:1")
        assert header in made.headers
        assert secret not in f"{target!r} {made!r}"
    assert request("GET", "/x", {}).headers == (("Accept", "application/json"), ("Idempotency-Key", "run:1"))


def test_a_method_of_another_trade_and_arguments_without_end_are_refused() -> None:
    with pytest.raises(TargetInvalid):
        request("CONNECT", "/x", {})
    with pytest.raises(ArgumentRefused):
        request("GET", "/x", {"q": "a" * 9000})
    with pytest.raises(ArgumentRefused):
        request("POST", "/x", {"q": "a" * 600_000})
