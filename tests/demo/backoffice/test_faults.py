"""A service that misbehaves on request, and a caller who is patient."""

from __future__ import annotations

import httpx2
import pytest

from demo.backoffice.faults import KINDS, Faults
from tests.demo.backoffice.test_http_door import call, cancelling, pending_order

LONG = 600


def outcomes(client: httpx2.Client) -> list[str]:
    return [one["outcome"] for one in client.get("/log").json()["calls"]]


def test_429_and_500_come_before_the_effect(client: httpx2.Client) -> None:
    client.post("/faults", json={"plan": [{"kind": "429", "retry_after": 3}, "500"]})

    many = call(client, "cancel_pending_order", cancelling(), "k")
    broken = call(client, "cancel_pending_order", cancelling(), "k")

    assert (many.status_code, many.headers["Retry-After"], broken.status_code) == (429, "3", 500)
    assert outcomes(client) == []
    assert call(client, "cancel_pending_order", cancelling(), "k").status_code == 200


def test_a_cut_comes_after_the_effect(client: httpx2.Client) -> None:
    client.post("/faults", json={"plan": ["cut"]})

    with pytest.raises(httpx2.TransportError):
        call(client, "cancel_pending_order", cancelling(), "k")

    assert outcomes(client) == ["result"]
    assert call(client, "cancel_pending_order", cancelling(), "k").headers["Idempotency-Replayed"] == "true"


@pytest.mark.parametrize(("kind", "done"), [("timeout_before", []), ("timeout_after", ["result"])])
def test_a_timeout_leaves_the_effect_undone_or_done(
    client: httpx2.Client, kind: str, done: list[str]
) -> None:
    client.post("/faults", json={"plan": [{"kind": kind, "seconds": LONG}]})

    with pytest.raises(httpx2.ReadTimeout):
        client.post("/operations/cancel_pending_order", json=cancelling(), timeout=0.2)

    assert outcomes(client) == done


def test_one_who_waits_long_enough_gets_the_answer(client: httpx2.Client) -> None:
    client.post("/faults", json={"plan": ["timeout_before", "timeout_after"], "seconds": 0.01})

    answers = [call(client, "get_order_details", {"order_id": pending_order()}) for _ in range(2)]

    assert [one.status_code for one in answers] == [200, 200]
    assert client.get("/faults").json() == {"given": {"timeout_before": 1, "timeout_after": 1}}


def test_a_step_of_the_plan_may_wait_for_its_operation(client: httpx2.Client) -> None:
    client.post("/faults", json={"plan": [{"kind": "500", "operation": "cancel_pending_order"}, "ok", "429"]})

    seen = [
        call(client, "calculate", {"expression": "1"}).status_code,
        call(client, "cancel_pending_order", cancelling()).status_code,
        call(client, "calculate", {"expression": "2"}).status_code,
        call(client, "calculate", {"expression": "3"}).status_code,
    ]

    assert seen == [200, 500, 200, 429]


def test_a_key_meets_two_faults_and_no_more(client: httpx2.Client) -> None:
    client.post("/faults", json={"seed": 7, "rate": 1.0, "kinds": ["500"]})

    seen = [call(client, "calculate", {"expression": "1"}, "k").status_code for _ in range(3)]

    assert seen == [500, 500, 200]


def test_the_same_seed_gives_the_same_faults() -> None:
    def met(seed: int) -> list[str]:
        faults = Faults()
        faults.set({"seed": seed, "rate": 0.3})
        given = [faults.next(f"key {n}", "calculate") for n in range(200)]
        return [fault.kind if fault else "" for fault in given]

    assert met(7) == met(7)
    assert met(7) != met(8)
    assert set(met(7)) == {"", *KINDS}
    assert 30 <= sum(map(bool, met(7))) <= 90


@pytest.mark.parametrize("wanted", [{"plan": ["explode"]}, {"rate": 2}, {"kinds": []}, {"sedd": 1}])
def test_a_plan_that_is_none_is_refused(client: httpx2.Client, wanted: dict[str, object]) -> None:
    answer = client.post("/faults", json=wanted)

    assert (answer.status_code, answer.json()["code"]) == (400, "faults_invalid")
