"""Which tools a turn is offered.

Invariant: an offer is a registered built-in tool, or a row of the tenant's that is switched on and approved; a
tenant's row about a built-in tool can only make it stricter. The order is that of the names, so that prompts begin
alike and a provider's cache holds.

A process keeps a tenant's catalogue and asks the database at most every `FRESH_SECONDS` whether it is still the
current one: a change takes that long to reach everybody.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import structlog

from core.sealing import SealBroken
from engine.gateway.protocol import ToolSpec
from engine.tools import queries, registry
from engine.tools.models import Tool, ToolKind
from engine.tools.permissions import suits
from engine.tools.targets import target_of
from engine.tools.values import IDENTITIES, Audience, Offer, Policy

FRESH_SECONDS = 5.0
_TENANTS_KEPT = 1000
_STRICTNESS = ("open", "trace", "approve")
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Kept:
    """A tenant's catalogue, when it was last held against the database, and at which revision it was read."""

    at: float
    revision: queries.Revision
    offers: tuple[Offer, ...]
    hosts: tuple[str, ...]


_kept: OrderedDict[int, _Kept] = OrderedDict()


def offers(audience: Audience, names: tuple[str, ...] | None = None) -> tuple[Offer, ...]:
    """The tools on offer to an audience, by name; within the tenant's scope.

    A tool that lacks nothing but the customer's identity is on offer, so that the assistant can ask for it; its call
    is then refused by `permissions.check`.

    Args:
        names: what the release offers; None: all.
    """
    found = _current(audience.tenant_id).offers
    return tuple(one for one in found if (names is None or one.name in names) and suits(one.policy, audience))


def everything(tenant_id: int) -> tuple[Offer, ...]:
    """The tools that are on, whomever they are for, by name; within the tenant's scope."""
    return _current(tenant_id).offers


def find(audience: Audience, name: str) -> Offer:
    """One tool on offer to an audience; within the tenant's scope.

    Raises:
        engine.tools.registry.ToolUnknown: none of that name is on offer.
    """
    for one in offers(audience, (name,)):
        return one
    raise registry.ToolUnknown(f"There is no tool called {name[:64]}.")


def hosts(tenant_id: int) -> tuple[str, ...]:
    """The hosts that the tenant's tools may call, for `http.perform` and `mcp.perform`; within its scope."""
    return _current(tenant_id).hosts


def forget(tenant_id: int) -> None:
    """Lets this process read the tenant's catalogue anew at once."""
    _kept.pop(tenant_id, None)


def _current(tenant_id: int) -> _Kept:
    kept = _kept.get(tenant_id)
    now = time.monotonic()
    if kept is not None and now - kept.at < FRESH_SECONDS:
        return kept
    revision = queries.revision(tenant_id)
    if kept is not None and kept.revision == revision:
        kept = replace(kept, at=now)
    else:
        kept = _Kept(now, revision, _merged(queries.all_tools(tenant_id)), queries.allowed_hosts(tenant_id))
    _kept[tenant_id] = kept
    _kept.move_to_end(tenant_id)
    if len(_kept) > _TENANTS_KEPT:
        _kept.popitem(last=False)
    return kept


def _merged(rows: list[Tool]) -> tuple[Offer, ...]:
    by_name = {row.name: row for row in rows}
    found = [_builtin(tool, by_name) for tool in registry.tools()]
    found += [_own(row) for row in rows if row.kind != ToolKind.BUILTIN]
    return tuple(sorted((one for one in found if one is not None), key=lambda one: one.name))


def _builtin(tool: registry.Tool, rows: Mapping[str, Tool]) -> Offer | None:
    row = rows.get(tool.spec.name)
    if row is None or row.kind != ToolKind.BUILTIN or not tool.restrictable:
        return Offer(tool.spec, tool.policy, "builtin")
    if not row.enabled:
        return None
    return Offer(tool.spec, stricter(tool.policy, row.policy), "builtin", row.pk)


def _own(row: Tool) -> Offer | None:
    connection = row.connection
    taken = any(tool.spec.name == row.name for tool in registry.tools())
    if not row.enabled or row.needs_review or taken or connection is None or not connection.enabled:
        return None
    try:
        target = target_of(row)
    except SealBroken:
        log.exception("tool_secret_broken", tool=row.name)
        return None
    spec = ToolSpec(row.name, row.description, row.parameters)
    kind: Literal["http", "mcp"] = "http" if row.kind == ToolKind.HTTP else "mcp"
    return Offer(spec, row.policy, kind, row.pk, row.result_schema, target)


def stricter(ours: Policy, theirs: Policy) -> Policy:
    """A built-in tool's policy with what a tenant demands beyond it."""
    limits = [one for one in (ours.calls_per_minute, theirs.calls_per_minute) if one]
    return replace(
        ours,
        identity=max(ours.identity, theirs.identity, key=IDENTITIES.index),
        segments=theirs.segments or ours.segments,
        releases=theirs.releases or ours.releases,
        calls_per_minute=min(limits, default=0),
        requires_approval=ours.requires_approval or theirs.requires_approval,
        requires_verification=ours.requires_verification or theirs.requires_verification,
        timeout_seconds=min(ours.timeout_seconds, theirs.timeout_seconds),
        result_bytes=min(ours.result_bytes, theirs.result_bytes),
        cache_seconds=min(ours.cache_seconds, theirs.cache_seconds),
        taint=max((ours.tracing, theirs.taint or "open"), key=_STRICTNESS.index),
        asked_with=theirs.asked_with or ours.asked_with,
    )
