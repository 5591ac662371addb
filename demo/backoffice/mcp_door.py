"""The door for MCP clients: the same operations as tools, over streamable HTTP without sessions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from mcp import MCPError, types
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from starlette.types import Receive, Scope, Send

from core.errors import SwitchboardError
from demo.backoffice.office import BackOffice
from demo.backoffice.operations import OPERATIONS, Operation
from demo.backoffice.remembered import Answer
from demo.backoffice.shop import OperationUnknown, as_text

KEY = "idempotency-key"
REPLAYED = "idempotency-replayed"


class McpDoor:
    """An ASGI application; `manager.run()` has to be open while it serves."""

    def __init__(self, office: BackOffice) -> None:
        server: Server[dict[str, Any]] = Server(
            "demo-shop", version="1.0.0", on_list_tools=_list_tools, on_call_tool=_Caller(office)
        )
        self.manager = StreamableHTTPSessionManager(server, stateless=True, json_response=True)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.manager.handle_request(scope, receive, send)


def key_of(headers: Mapping[str, str], meta: Mapping[str, Any] | None) -> str | None:
    """The idempotency key of a tool call: the HTTP header, else the entry of that name in `_meta`."""
    if key := headers.get(KEY):
        return key
    found = next((value for name, value in (meta or {}).items() if name.lower() == KEY), None)
    return found if isinstance(found, str) else None


class _Caller:
    def __init__(self, office: BackOffice) -> None:
        self._office = office

    async def __call__(
        self, context: ServerRequestContext[Any, Any], params: types.CallToolRequestParams
    ) -> types.CallToolResult:
        headers = context.request.headers if context.request else {}
        key = key_of(headers, context.meta)
        try:
            return _as_result(self._office.call(params.name, params.arguments or {}, key))
        except OperationUnknown as error:
            raise MCPError(types.INVALID_PARAMS, error.message) from None
        except SwitchboardError as error:
            return _refusal(error.message)


def _as_result(answer: Answer) -> types.CallToolResult:
    result = _refusal(answer.detail) if answer.refused else _success(json.loads(answer.result))
    if answer.replayed:
        result.meta = {REPLAYED: True}
    return result


def _success(value: Any) -> types.CallToolResult:
    content: list[types.ContentBlock] = [types.TextContent(type="text", text=as_text(value))]
    return types.CallToolResult(content=content, structured_content={"result": value})


def _refusal(text: str) -> types.CallToolResult:
    return types.CallToolResult(content=[types.TextContent(type="text", text=text)], is_error=True)


async def _list_tools(
    context: ServerRequestContext[Any, Any], params: types.PaginatedRequestParams | None
) -> types.ListToolsResult:
    return types.ListToolsResult(tools=[_tool(operation) for operation in OPERATIONS.values()])


def _tool(operation: Operation) -> types.Tool:
    hints = types.ToolAnnotations(
        title=operation.title,
        read_only_hint=operation.risk == "read",
        destructive_hint=operation.risk == "irreversible",
        idempotent_hint=operation.risk == "read",
        open_world_hint=False,
    )
    return types.Tool(
        name=operation.name,
        title=operation.title,
        description=operation.description,
        input_schema=operation.parameters,
        annotations=hints,
    )
