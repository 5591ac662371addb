"""What an MCP server offers, and whether it is still what a manager approved.

Invariant: a fingerprint covers everything a model or a manager is told about a tool, the hints on its
dangers included; nothing that a person cannot see is taken into a description or a schema.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import unicodedata
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import anyio
from mcp.client.session import ClientSession
from mcp_types import PaginatedRequestParams
from mcp_types import Tool as Listed

from engine.tools.mcp.errors import ServerUnfit, ToolChanged
from engine.tools.mcp.failures import is_stale, told
from engine.tools.mcp.handshakes import handshakes
from engine.tools.mcp.session import opened, watch_of
from engine.tools.mcp.target import McpTarget
from engine.tools.rules import MOST_DESCRIPTION, BadSchema, check_schema
from engine.tools.values import Risk

MOST_TOOLS = 200
MOST_PAGES = 40
MOST_NAME = 128
SECONDS = 15.0
_JOINERS = "\u200c\u200d"


@dataclass(frozen=True, slots=True)
class Discovered:
    """A tool as its server describes it; `risk` is a guess for a manager to judge."""

    name: str
    description: str
    parameters: dict[str, Any]
    result_schema: dict[str, Any] | None
    annotations: dict[str, Any]
    fingerprint: str

    @property
    def risk(self) -> Risk:
        """By the server's hints, which the protocol says are not to be trusted."""
        if self.annotations.get("readOnlyHint") is True:
            return Risk.READ
        return Risk.IRREVERSIBLE if self.annotations.get("destructiveHint") is True else Risk.WRITE


@dataclass(frozen=True, slots=True)
class Survey:
    """All that a server lists; `refused`: names of what cannot be taken, and why."""

    tools: tuple[Discovered, ...]
    refused: tuple[tuple[str, str], ...] = ()


def fingerprint(
    name: str,
    description: str,
    parameters: Mapping[str, Any],
    result_schema: Mapping[str, Any] | None,
    annotations: Mapping[str, Any],
) -> str:
    """The SHA-256, in hex, of a tool's description in canonical JSON: what a manager pins."""
    told_of_it = {
        "name": name,
        "description": description,
        "parameters": parameters,
        "result_schema": result_schema,
        "annotations": annotations,
    }
    text = json.dumps(told_of_it, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


async def discover(
    server: McpTarget, *, hosts: Collection[str], timeout: float = SECONDS
) -> tuple[Discovered, ...]:
    """The usable tools of a server; see `survey`."""
    return (await survey(server, hosts=hosts, timeout=timeout)).tools


async def survey(server: McpTarget, *, hosts: Collection[str], timeout: float = SECONDS) -> Survey:
    """Lists all tools of a server.

    Args:
        timeout: seconds for the whole.

    Raises:
        ServerUnfit: too many tools, or two of one name.
        ToolError: the server cannot be reached or does not answer as it should.
    """
    listed = await _listed(server, hosts, timeout)
    if len(listed) > MOST_TOOLS:
        raise ServerUnfit(f"The tool's server lists more than {MOST_TOOLS} tools.")
    twice = [name for name, times in Counter(tool.name for tool in listed).items() if times > 1]
    if twice:
        raise ServerUnfit(f"The tool's server lists two tools called {twice[0][:MOST_NAME]!r}.")
    tools, refused = [], []
    for tool in listed:
        try:
            tools.append(_checked(tool))
        except (BadSchema, ServerUnfit) as error:
            refused.append((tool.name[:MOST_NAME], error.message))
    return Survey(tuple(tools), tuple(refused))


async def verify_pin(
    target: McpTarget, pinned: str, *, hosts: Collection[str], timeout: float = SECONDS
) -> None:
    """Looks whether the server still describes the tool as it was approved.

    Raises:
        ToolChanged: it does not, or no longer has it.
        ToolError: it cannot be asked.
    """
    offered = {tool.name: tool.fingerprint for tool in await discover(target, hosts=hosts, timeout=timeout)}
    if not hmac.compare_digest(offered.get(target.tool, ""), pinned):
        raise ToolChanged


async def _listed(server: McpTarget, hosts: Collection[str], timeout: float) -> list[Listed]:
    for is_last in (False, True):
        watch = watch_of(server, hosts, most_requests=MOST_PAGES + 4)
        try:
            with anyio.fail_after(timeout):
                async with opened(server, watch, timeout=timeout) as session:
                    return await _pages(session)
        except Exception as error:
            handshakes.forget(server.server)
            if is_stale(error, watch) and not is_last:
                continue
            plain = told(error, watch)
            if plain is None:
                raise
            raise plain from None
    raise AssertionError("the second time ends it")


async def _pages(session: ClientSession) -> list[Listed]:
    tools: list[Listed] = []
    cursor: str | None = None
    for _ in range(MOST_PAGES):
        page = await session.list_tools(params=PaginatedRequestParams(cursor=cursor) if cursor else None)
        tools += page.tools
        cursor = page.next_cursor
        if not cursor or len(tools) > MOST_TOOLS:
            return tools
    raise ServerUnfit("The tool's server lists its tools without end.")


def _checked(tool: Listed) -> Discovered:
    """
    Raises:
        ServerUnfit, BadSchema: it cannot be offered to a model.
    """
    description = (tool.description or "").strip()[:MOST_DESCRIPTION]
    parameters = dict(tool.input_schema)
    result_schema = dict(tool.output_schema) if tool.output_schema else None
    annotations = _hints(tool)
    if not tool.name or len(tool.name) > MOST_NAME:
        raise ServerUnfit(f"The name is empty or longer than {MOST_NAME} characters.")
    check_schema(parameters, "Arguments")
    if result_schema is not None:
        check_schema(result_schema, "Result")
    seen = json.dumps([tool.name, annotations, parameters, result_schema], ensure_ascii=False)
    if _hides_something(description) or _hides_something(seen):
        raise ServerUnfit("There are characters in its description that nobody can see.")
    pin = fingerprint(tool.name, description, parameters, result_schema, annotations)
    return Discovered(tool.name, description, parameters, result_schema, annotations, pin)


def _hints(tool: Listed) -> dict[str, Any]:
    hints = (
        tool.annotations.model_dump(by_alias=True, mode="json", exclude_none=True) if tool.annotations else {}
    )
    if len(json.dumps(hints)) > MOST_DESCRIPTION:
        raise ServerUnfit("Its hints are too long.")
    return hints


def _hides_something(text: str) -> bool:
    """Control, formatting, private and half characters: they can carry words past a reader to a model."""
    return any(
        unicodedata.category(char) in ("Cc", "Cf", "Co", "Cs")
        and char not in "\n\r\t"
        and char not in _JOINERS
        for char in text
    )
