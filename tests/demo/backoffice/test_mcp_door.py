"""The service as MCP clients meet it: the official client over real HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import pytest
from mcp import Client, MCPError
from mcp.client.streamable_http import streamable_http_client
from mcp.types import CallToolResult, TextContent

from demo.backoffice import OPERATIONS, Shop
from demo.backoffice.service import Wanted
from demo.backoffice.shop import as_text
from tests.demo.backoffice.serving import served
from tests.demo.backoffice.test_http_door import call, cancelling, pending_order


@asynccontextmanager
async def connected(address: str, **headers: str) -> AsyncIterator[Client]:
    async with (
        httpx2.AsyncClient(headers=headers, timeout=30) as http,
        Client(streamable_http_client(f"{address}/mcp", http_client=http)) as client,
    ):
        yield client


def text(result: CallToolResult) -> str:
    [content] = result.content
    assert isinstance(content, TextContent)
    return content.text


async def test_the_tools_are_the_operations(address: str) -> None:
    async with connected(address) as mcp:
        tools = (await mcp.list_tools()).tools

    assert {tool.name: tool.description for tool in tools} == {
        name: operation.description for name, operation in OPERATIONS.items()
    }
    assert {tool.name: tool.input_schema for tool in tools} == {
        name: operation.parameters for name, operation in OPERATIONS.items()
    }
    assert {tool.name for tool in tools if tool.annotations and tool.annotations.destructive_hint} == {
        name for name, operation in OPERATIONS.items() if operation.risk == "irreversible"
    }


async def test_a_result_comes_as_text_and_as_structure(client: httpx2.Client, address: str) -> None:
    wanted = Shop.load().execute("get_order_details", {"order_id": pending_order()})

    async with connected(address) as mcp:
        order = await mcp.call_tool("get_order_details", {"order_id": pending_order()})
        sum_ = await mcp.call_tool("calculate", {"expression": "1.5 * 3"})

    assert (text(order), order.structured_content) == (as_text(wanted), {"result": wanted})
    assert (text(sum_), order.is_error, sum_.is_error) == ("4.5", False, False)


async def test_a_refusal_is_an_error_the_model_can_read(client: httpx2.Client, address: str) -> None:
    async with connected(address) as mcp:
        refused = await mcp.call_tool("get_order_details", {"order_id": "#none"})
        wrong = await mcp.call_tool("get_order_details", {"order": "#none"})
        with pytest.raises(MCPError):
            await mcp.call_tool("open_the_till", {})

    assert (refused.is_error, text(refused)) == (True, "Order not found")
    assert wrong.is_error
    assert "order" in text(wrong)


async def test_both_doors_lead_to_one_shop(client: httpx2.Client, address: str) -> None:
    meta: Any = {"idempotency-key": "k"}

    async with connected(address) as mcp:
        first = await mcp.call_tool("cancel_pending_order", cancelling(), meta=meta)

    again = call(client, "cancel_pending_order", cancelling(), "k")

    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.json() == first.structured_content


async def test_a_key_in_the_header_counts_too(client: httpx2.Client, address: str) -> None:
    async with connected(address, **{"Idempotency-Key": "k"}) as mcp:
        first = await mcp.call_tool("cancel_pending_order", cancelling())
        again = await mcp.call_tool("cancel_pending_order", cancelling())

    assert text(first) == text(again)
    assert again.meta is not None
    assert again.meta["idempotency-replayed"] is True
    assert len(client.get("/log").json()["calls"]) == 1


async def test_faults_strike_calls_and_leave_the_handshake_alone(client: httpx2.Client, address: str) -> None:
    client.post("/faults", json={"plan": ["500"]})

    async with connected(address) as mcp:
        await mcp.list_tools()
        with pytest.raises(MCPError):
            await mcp.call_tool("calculate", {"expression": "1"})
        assert text(await mcp.call_tool("calculate", {"expression": "1"})) == "1.0"


async def test_the_token_opens_this_door_as_well() -> None:
    with served(Wanted(token="let-me-in")) as address:
        async with connected(address, Authorization="Bearer let-me-in") as mcp:
            assert text(await mcp.call_tool("calculate", {"expression": "1"})) == "1.0"
