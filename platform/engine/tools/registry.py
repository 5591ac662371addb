"""The tools a model may be offered, by name.

Invariant: a name belongs to one tool, and a tool acts for the tenant of its run, whatever a model writes.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.exceptions import Unresolvable

from core.errors import Conflict, Invalid, NotFound
from engine.gateway.protocol import ToolSpec
from engine.tools.values import Policy, ToolResult


class ToolUnknown(NotFound):
    code = "tool_unknown"
    default_message = "There is no tool by that name."


class ToolNameTaken(Conflict):
    code = "tool_name_taken"
    default_message = "Another tool is already registered under that name."


class ToolArgumentsInvalid(Invalid):
    code = "tool_arguments_invalid"
    default_message = "The arguments do not fit the tool's schema."


@dataclass(frozen=True, slots=True)
class ToolContext:
    """For whom a tool is called; never taken from what a model wrote.

    Args:
        run: public id of the run.
        customer_id: row number of the run's customer; 0 where none is known.
        key: `run:step`, which names the call: the same key is the same call.
        identity: how far the customer is known, of `values.IDENTITIES`.
        segments: the customer's.
        hosts: that the tenant's tools may call.
        sources: names of the knowledge that is searched; None: all.
    """

    tenant_id: int
    conversation_id: int
    run: str
    customer_id: int = 0
    key: str = ""
    identity: str = "anonymous"
    segments: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    sources: tuple[str, ...] | None = None


ToolCallable = Callable[[ToolContext, dict[str, Any], int], Awaitable[ToolResult]]
"""(context, arguments, number of the first citation) -> result."""


@dataclass(frozen=True, slots=True)
class Tool:
    """What the model sees and what is run.

    Args:
        policy: who may have it called; a tenant can only make it stricter.
        restrictable: whether a tenant may switch it off or restrict it at all.
    """

    spec: ToolSpec
    call: ToolCallable
    policy: Policy = field(default_factory=Policy)
    restrictable: bool = True


_tools: dict[str, Tool] = {}


def register(tool: Tool) -> None:
    """Adds a tool at start-up; the same tool twice is no error.

    Raises:
        ToolNameTaken: another tool has this name.
    """
    known = _tools.setdefault(tool.spec.name, tool)
    if known != tool:
        raise ToolNameTaken(f"Another tool is already called {tool.spec.name}.")


def get(name: str) -> Tool:
    """The tool called `name`.

    Raises:
        ToolUnknown: there is none.
    """
    try:
        return _tools[name]
    except KeyError:
        raise ToolUnknown(f"There is no tool called {name[:64]}.") from None


def specs() -> tuple[ToolSpec, ...]:
    """All tools as a model sees them, by name."""
    return tuple(_tools[name].spec for name in sorted(_tools))


def tools() -> tuple[Tool, ...]:
    """All tools, by name."""
    return tuple(_tools[name] for name in sorted(_tools))


def check_arguments(schema: Mapping[str, Any], arguments: object) -> None:
    """Holds arguments against a tool's JSON Schema.

    Raises:
        ToolArgumentsInvalid: naming the first offence.
    """
    try:
        error = next(iter(Draft202012Validator(schema, registry=Registry()).iter_errors(arguments)), None)
    except (RecursionError, Unresolvable) as broken:
        raise ToolArgumentsInvalid("The tool's schema goes round in circles or leads nowhere.") from broken
    if error is not None:
        where = "/".join(str(part) for part in error.absolute_path) or "arguments"
        raise ToolArgumentsInvalid(f"{where}: {error.message[:200]}")
