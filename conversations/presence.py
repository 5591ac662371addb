"""Which tenants have somebody at the desk, so that nobody pays for telling an empty room.

Invariant: a hint, like all that goes through Redis. A desk says that it is there every quarter of a minute; each
process looks at most every other second and remembers in between; a desk reads its list anew as often as it speaks.
"""

from __future__ import annotations

import time
from contextlib import suppress

from core.shared_state import OutOfReach, installation

SAY_SECONDS = 15.0
KEPT_SECONDS = 40
LOOK_SECONDS = 2.0
_MOST = 10_000
_known: dict[int, tuple[float, bool]] = {}


def group(tenant_id: int) -> str:
    """The channel group of a tenant's desks."""
    return f"desk.{tenant_id}"


def talk_group(tenant_id: int, conversation_id: int) -> str:
    """The channel group of the desks at which one conversation is open. Customers are never in it."""
    return f"desk.{tenant_id}.talk.{conversation_id}"


async def watched(tenant_id: int) -> bool:
    """Whether a desk of the tenant is open anywhere, as of the last two seconds. False when Redis is gone."""
    at, found = _known.get(tenant_id, (-LOOK_SECONDS, False))
    if time.monotonic() - at < LOOK_SECONDS:
        return found
    if len(_known) > _MOST:
        _known.clear()
    _known[tenant_id] = time.monotonic(), found
    try:
        found = bool(await installation.ask(lambda client: client.exists(group(tenant_id))))
    except OutOfReach:
        found = False
    _known[tenant_id] = time.monotonic(), found
    return found


async def say(tenant_id: int) -> None:
    """Says that a desk is open."""
    _known[tenant_id] = time.monotonic(), True
    with suppress(OutOfReach):
        await installation.ask(lambda client: client.set(group(tenant_id), 1, ex=KEPT_SECONDS))
