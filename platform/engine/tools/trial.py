"""A call of a tool that a manager tries out, before or after the assistant may use it.

Invariant: it goes through the same guarded door as every call; what changes something is only shown, unless that was
asked for; a secret is in nothing that comes back.
"""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

from audit.services import record
from core.actors import Actor
from core.errors import Conflict, SwitchboardError
from core.offload import in_database
from core.scope import tenant_scope
from engine.gateway.protocol import ToolSpec
from engine.tools import addresses, calls, permissions, queries, registry
from engine.tools.errors import AddressRefused
from engine.tools.http.target import outgoing
from engine.tools.models import Tool, ToolKind
from engine.tools.registry import ToolContext
from engine.tools.targets import target_of
from engine.tools.values import Offer, Risk

MOST_SHOWN = 20_000
_ADVICE = {
    "tool_unreachable": _("Nothing was sent. Check the address of the connection, and whether the system is up."),
    "tool_timeout": _("It was sent and no whole answer came in time. Raise the timeout of the tool, or look there."),
    "tool_broken": _("The system answered with an error of its own (5xx), or hung up. Look into its log."),
    "tool_refused": _("The system understood and said no. See what it says, and check the secret of the connection."),
    "tool_busy": _("The system asks for a pause. Try again in a minute."),
    "tool_result_invalid": _("The call was made, and the answer does not fit. Check the result's path and schema."),
    "tool_arguments_invalid": _("Nothing was sent: the arguments do not fit the tool's schema."),
}  # fmt: skip


class NotTriable(Conflict):
    code = "tool_not_triable"
    default_message = "This tool works on a conversation: try it in the playground."


@dataclass(frozen=True, slots=True)
class Tried:
    """How it went.

    Attributes:
        made: whether the call went out; request: what is or would be sent, without secrets.
        problem: what went wrong, empty where nothing did; advice: what to do about it.
        allow: a host that may be called once somebody allows it.
    """

    made: bool
    seconds: float = 0.0
    text: str = ""
    request: str = ""
    problem: str = ""
    code: str = ""
    advice: str = ""
    allow: str = ""


async def try_tool(
    *, tenant_id: int, tool_id: int, arguments: Mapping[str, Any], really: bool, actor: Actor
) -> Tried:
    """Makes the call, or shows what would be sent where it changes something and `really` is off.

    Raises:
        engine.tools.queries.NoSuchTool, NotTriable
    """
    offer, hosts = await in_database(_prepared)(tenant_id, tool_id)
    begun, made, request = time.monotonic(), False, ""
    try:
        registry.check_arguments(offer.spec.parameters, arguments)
        request = await _checked(offer, arguments, hosts)
        if offer.policy.risk is not Risk.READ and not really:
            return Tried(False, request=request)
        await permissions.take_turn(tenant_id, offer)
        made = True
        tried = Tried(True, text=await _called(tenant_id, offer, arguments, hosts), request=request)
    except SwitchboardError as error:
        tried = _failed(error, offer, made=made, request=request)
    await in_database(_noted)(tenant_id, offer, tried, actor)
    return Tried(**{**_fields(tried), "seconds": time.monotonic() - begun})


async def _called(tenant_id: int, offer: Offer, arguments: Mapping[str, Any], hosts: tuple[str, ...]) -> str:
    run = str(uuid.uuid4())
    context = ToolContext(tenant_id, 0, run, key=f"{run}:1", hosts=hosts)
    try:
        async with asyncio.timeout(calls.longest(offer)):
            result = await calls.perform(offer, arguments, context, 1)
    except TimeoutError:
        raise calls.too_long(offer) from None
    return result.text[:MOST_SHOWN]


async def _checked(offer: Offer, arguments: Mapping[str, Any], hosts: tuple[str, ...]) -> str:
    """The request as it would be sent, once its address is found to be allowed."""
    if offer.kind == "http":
        request = outgoing(offer.target, arguments, key="trial")
        url, shown = request.url, f"{request.method} {request.url}"
        shown += f"\n\n{request.body.decode()}" if request.body else ""
    else:
        url = offer.target.url
        shown = f"{offer.target.tool}: {url}"
    target = addresses.check_url(url, hosts=hosts)
    await addresses.resolve(target.host, target.port)
    return shown[:MOST_SHOWN]


def _failed(error: SwitchboardError, offer: Offer, *, made: bool, request: str) -> Tried:
    advice, allow = _ADVICE.get(error.code, ""), ""
    if isinstance(error, AddressRefused):
        allow, advice = _about_the_address(error, offer)
    message = error.message.removesuffix(" Go on without it.")
    return Tried(made, 0.0, "", request, message, error.code, str(advice), allow)


def _about_the_address(error: AddressRefused, offer: Offer) -> tuple[str, Any]:
    """A host to allow, where that helps, and what to do."""
    url = urlsplit(offer.target.url.partition("{")[0])
    host = url.netloc.rpartition("@")[2][:253]
    if "not one of the hosts" in error.message:
        return host, _("Tools call only hosts that a manager has allowed. Allow this one, if you trust it.")
    if "private network" in error.message or url.scheme == "http":
        return "", _(
            "Addresses inside a private network and addresses without https are never called: through them an "
            "assistant could be led to your inner systems. Give the system a public address with https."
        )
    return "", _("Check the address of the connection and the tool's path.")


def _prepared(tenant_id: int, tool_id: int) -> tuple[Offer, tuple[str, ...]]:
    with tenant_scope(tenant_id):
        rows = queries.all_tools(tenant_id)
        tool = next((row for row in rows if row.pk == tool_id), None)
        if tool is None:
            raise queries.NoSuchTool
        return offer_of(tool), queries.allowed_hosts(tenant_id)


def offer_of(tool: Tool) -> Offer:
    """A tool as it would be offered, switched on or not.

    Raises:
        NotTriable: it is one of our own, or somebody has to look at it first.
    """
    if tool.kind == ToolKind.BUILTIN or tool.connection is None:
        raise NotTriable
    if tool.needs_review:
        raise NotTriable("Look at what the server says about this tool, and approve it first.")
    kind: Literal["http", "mcp"] = "http" if tool.kind == ToolKind.HTTP else "mcp"
    spec = ToolSpec(tool.name, tool.description, tool.parameters)
    return Offer(spec, tool.policy, kind, tool.pk, tool.result_schema, target_of(tool))


def _noted(tenant_id: int, offer: Offer, tried: Tried, actor: Actor) -> None:
    with tenant_scope(tenant_id):
        data = {"made": tried.made, "risk": offer.policy.risk.value, "code": tried.code}
        record(actor=actor, action="tool.tried", target=f"tool:{offer.name}", data=data)


def _fields(tried: Tried) -> dict[str, Any]:
    return {name: getattr(tried, name) for name in Tried.__slots__}
