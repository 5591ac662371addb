"""The service as HTTP tools meet it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

import httpx2
import pytest

from demo.backoffice import Shop
from demo.backoffice.gate import MOST_BODY
from demo.backoffice.service import Wanted
from tests.demo.backoffice.conftest import SECONDS
from tests.demo.backoffice.serving import served


def call(client: httpx2.Client, name: str, arguments: Any, key: str = "") -> httpx2.Response:
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(f"/operations/{name}", json=arguments, headers=headers)


@cache
def pending_order() -> str:
    orders = Shop.load().content()["orders"].values()
    return str(next(order["order_id"] for order in orders if order["status"] == "pending"))


def cancelling() -> dict[str, str]:
    return {"order_id": pending_order(), "reason": "no longer needed"}


def test_a_result_comes_as_it_is_in_process(client: httpx2.Client) -> None:
    shop = Shop.load()

    answer = call(client, "cancel_pending_order", cancelling())

    assert answer.status_code == 200
    assert answer.json() == {"result": shop.execute("cancel_pending_order", cancelling())}
    assert client.get("/state").json() == {"digest": shop.digest()}
    assert client.get("/state/full").json() == shop.content()


def test_a_refusal_is_a_problem_with_the_exact_reason(client: httpx2.Client) -> None:
    answer = call(client, "get_order_details", {"order_id": "#none"})

    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json() == {
        "type": "about:blank",
        "title": "Unprocessable Entity",
        "status": 422,
        "detail": "Order not found",
        "code": "order_not_found",
    }


@pytest.mark.parametrize(
    ("name", "content", "status", "code"),
    [
        ("get_order_details", b"{", 400, "body_not_json"),
        ("get_order_details", b"\xff", 400, "body_not_json"),
        ("get_order_details", b"[" * 30_000, 400, "body_not_json"),
        ("get_order_details", b"[]", 400, "body_not_json"),
        ("get_order_details", b"{}", 400, "arguments_invalid"),
        ("get_order_details", b'{"order_id": 7}', 400, "arguments_invalid"),
        ("get_order_details", b'{"order_id": "#1", "more": 1}', 400, "arguments_invalid"),
        ("__import__", b"{}", 404, "operation_unknown"),
        ("get_order_details", b" " * (MOST_BODY + 1), 413, "body_too_large"),
    ],
)
def test_a_call_that_is_none_is_told_why(
    client: httpx2.Client, name: str, content: bytes, status: int, code: str
) -> None:
    answer = client.post(f"/operations/{name}", content=content)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert client.get("/log").json() == {"calls": []}


def test_the_same_key_has_one_effect_and_one_answer(client: httpx2.Client) -> None:
    first = call(client, "cancel_pending_order", cancelling(), "run-1:4")
    again = call(client, "cancel_pending_order", cancelling(), "run-1:4")
    other = call(client, "cancel_pending_order", cancelling(), "run-1:5")

    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert (other.status_code, other.json()["code"]) == (422, "order_not_pending")
    noted = [(one["key"], one["outcome"], one["replayed"]) for one in client.get("/log").json()["calls"]]
    assert noted == [("run-1:4", "result", 1), ("run-1:5", "error", 0)]


def test_a_refusal_is_remembered_as_well(client: httpx2.Client) -> None:
    first = call(client, "get_order_details", {"order_id": "#none"}, "k")
    again = call(client, "get_order_details", {"order_id": "#none"}, "k")

    assert (again.status_code, again.content) == (422, first.content)
    assert again.headers["Idempotency-Replayed"] == "true"


def test_a_key_belongs_to_one_call(client: httpx2.Client) -> None:
    call(client, "calculate", {"expression": "1"}, "k")

    other = call(client, "calculate", {"expression": "2"}, "k")

    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")
    assert call(client, "calculate", {"expression": "2"}, "k" * 256).status_code == 400


def test_many_at_once_under_one_key_have_one_effect(client: httpx2.Client) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: call(client, "cancel_pending_order", cancelling(), "k"), range(40)))

    assert {(one.status_code, one.content) for one in answers} == {(200, answers[0].content)}
    assert [one["replayed"] for one in client.get("/log").json()["calls"]] == [39]


def test_a_reset_brings_back_the_beginning(client: httpx2.Client) -> None:
    before = client.get("/state").json()
    call(client, "cancel_pending_order", cancelling(), "k")

    assert client.get("/state").json() != before
    assert client.post("/reset").json() == before
    assert client.get("/log").json() == {"calls": []}
    assert "Idempotency-Replayed" not in call(client, "cancel_pending_order", cancelling(), "k").headers


def test_without_the_token_only_the_pulse_can_be_felt_and_the_document_be_read() -> None:
    with (
        served(Wanted(token="let-me-in")) as address,
        httpx2.Client(base_url=address, timeout=SECONDS) as client,
    ):
        refused = [
            call(client, "calculate", {"expression": "1"}),
            client.post("/mcp", json={}),
            client.get("/nowhere"),
            client.get("/nowhere", headers={"Authorization": "Bearer let-me"}),
        ]
        document = client.get("/openapi.json").json()
        client.headers["Authorization"] = "Bearer let-me-in"

        assert {one.status_code for one in refused} == {401}
        assert {one.headers["WWW-Authenticate"] for one in refused} == {"Bearer"}
        assert httpx2.get(f"{address}/healthz").json() == {"status": "ok"}
        assert call(client, "calculate", {"expression": "1"}).json() == {"result": "1.0"}
        assert document["security"] == [{"bearer": []}]


def test_the_levers_are_only_there_on_request() -> None:
    with served(Wanted()) as address, httpx2.Client(base_url=address, timeout=SECONDS) as client:
        gets = [client.get(path).status_code for path in ("/state", "/state/full", "/log", "/faults")]
        posted = [client.post(path, json={}).status_code for path in ("/reset", "/faults")]

        assert set(gets + posted) == {404}
