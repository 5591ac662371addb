"""The document that managers import."""

from __future__ import annotations

import json
from typing import Any

import httpx2
import pytest
from pytest_django import Settings

from demo.backoffice import OPERATIONS
from demo.backoffice.openapi import document
from engine.tools.openapi import operations
from tests.demo.backoffice import recorded


def posts(content: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {path["post"]["operationId"]: path["post"] for path in content["paths"].values()}


def parameters(post: dict[str, Any]) -> dict[str, Any]:
    schema: dict[str, Any] = post["requestBody"]["content"]["application/json"]["schema"]
    return schema


def test_the_document_names_itself_and_sixteen_operations(client: httpx2.Client, address: str) -> None:
    content = client.get("/openapi.json").json()

    assert content["openapi"].startswith("3.1")
    assert content["servers"] == [{"url": address}]
    assert list(posts(content)) == list(OPERATIONS)
    assert len(OPERATIONS) == 16
    assert set(content["paths"]) == {f"/operations/{name}" for name in OPERATIONS}


def test_every_operation_tells_its_risk_and_says_something(client: httpx2.Client) -> None:
    described = posts(client.get("/openapi.json").json())

    risks = {name: post["x-risk"] for name, post in described.items()}
    assert {name for name, risk in risks.items() if risk == "irreversible"} == {
        "cancel_pending_order",
        "modify_pending_order_items",
        "return_delivered_order_items",
        "exchange_delivered_order_items",
    }
    assert {name for name, risk in risks.items() if risk == "write"} == {
        "modify_user_address",
        "modify_pending_order_address",
        "modify_pending_order_payment",
    }
    assert all(len(post["description"].split()) >= 8 for post in described.values())


def test_a_token_is_announced_where_one_is_wanted() -> None:
    assert "security" not in document("http://shop.example", with_token=False)
    assert document("http://shop.example", with_token=True)["security"] == [{"bearer": []}]


def test_the_platform_imports_every_operation_as_a_tool(settings: Settings, client: httpx2.Client) -> None:
    settings.TOOLS_ALLOW_LOOPBACK = True

    imported = operations.read(client.get("/openapi.json").text)

    assert {one.name: one.unsupported for one in imported} == dict.fromkeys(OPERATIONS, "")
    for one in imported:
        ours = OPERATIONS[one.name]
        assert (one.description, one.risk.value) == (ours.description, ours.risk)
        assert one.parameters is not None
        assert json.dumps(dict(one.parameters), sort_keys=True) == json.dumps(ours.parameters, sort_keys=True)


@pytest.mark.shared_data
@recorded.NEEDED
def test_names_parameters_and_types_are_the_recorded_ones() -> None:
    described = posts(document("http://shop.example", with_token=False))

    for tool in recorded.tools():
        ours, theirs = parameters(described[tool["name"]]), tool["parameters"]
        shape = {name: (one["type"], one.get("items")) for name, one in ours["properties"].items()}
        assert shape == {name: (one["type"], one.get("items")) for name, one in theirs["properties"].items()}
        assert list(shape) == list(theirs["properties"])
        assert ours.get("required", []) == theirs.get("required", [])
    assert set(described) == {tool["name"] for tool in recorded.tools()}


@pytest.mark.shared_data
@recorded.NEEDED
def test_no_sentence_is_taken_from_the_record() -> None:
    theirs = {words for tool in recorded.tools() for words in runs_of_words(tool)}
    ours = {words for post in posts(document("", with_token=False)).values() for words in runs_of_words(post)}

    assert ours & theirs == set()


def runs_of_words(value: Any, length: int = 6) -> set[str]:
    """Every run of that many words in every description below `value`."""
    found: set[str] = set()
    if isinstance(value, dict):
        text = value.get("description")
        words = text.lower().split() if isinstance(text, str) else []
        found = {" ".join(words[at : at + length]) for at in range(len(words) - length + 1)}
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return found.union(*(runs_of_words(one, length) for one in inner))
