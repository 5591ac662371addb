"""Whether a tool may be called now, for this customer.

Invariant: asked again at the call whatever was on offer before it, because a model may name any tool; what a refusal
says is for the model, and tells it what to tell the customer.
"""

from __future__ import annotations

from time import time as now

from core import sql
from core.offload import in_database
from core.scope import tenant_scope
from core.shared_state import OutOfReach, Script, installation
from engine.tools.errors import ToolBusy, ToolError
from engine.tools.values import IDENTITIES, Audience, Offer, Policy

MINUTE = 60
_COUNT = (
    "INSERT INTO tools_callcount (tenant_id, tool_name, minute, calls) VALUES (%s, %s, %s, 1) "
    "ON CONFLICT (tenant_id, tool_name) DO UPDATE SET minute = excluded.minute, calls = "
    "CASE WHEN tools_callcount.minute = excluded.minute THEN tools_callcount.calls + 1 ELSE 1 END "
    "RETURNING calls"
)
_COUNT_SHARED = Script(
    "local calls = redis.call('INCR', KEYS[1]) "
    "if calls == 1 then redis.call('EXPIRE', KEYS[1], ARGV[1]) end "
    "return calls"
)


class ToolNotAllowed(ToolError):
    code = "tool_not_allowed"
    status = 403
    default_message = (
        "This tool may not be used for this customer. Do not try it again: say that you cannot do this here, "
        "and offer a person of the team."
    )


class VerificationNeeded(ToolError):
    code = "verification_needed"
    status = 403
    default_message = (
        "Nothing was done: the customer has to prove who they are first. Ask the customer to do so, and call the "
        "tool again afterwards."
    )


_ASKS = {
    "claimed": (
        "Nothing was done: it has to be known who the customer is. Ask the customer for a name and e-mail address "
        "or to sign in, and call the tool again afterwards."
    ),
    "signed": (
        "Nothing was done: the customer is not signed in. Ask the customer to sign in to their account and to write "
        "again from there."
    ),
    "stepped_up": (
        "Nothing was done: the customer has to be verified with a one-time code first. Send one, ask the customer "
        "for it, have it checked, and call this tool again once it was right."
    ),
}


def suits(policy: Policy, audience: Audience) -> bool:
    """Whether the release and the customer's segment may have the tool at all."""
    if policy.releases and audience.release not in policy.releases:
        return False
    return not policy.segments or not set(policy.segments).isdisjoint(audience.segments)


def identity_needed(policy: Policy) -> str:
    """The least that the customer must be known, of `IDENTITIES`."""
    return "stepped_up" if policy.requires_verification else policy.identity


def check(offer: Offer, audience: Audience) -> None:
    """
    Raises:
        ToolNotAllowed: not for this release or segment.
        VerificationNeeded: the customer is not known well enough yet.
    """
    if not suits(offer.policy, audience):
        raise ToolNotAllowed
    needed = identity_needed(offer.policy)
    if IDENTITIES.index(audience.identity) < IDENTITIES.index(needed):
        raise VerificationNeeded(_ASKS[needed])


async def take_turn(tenant_id: int, offer: Offer) -> None:
    """Counts one call of the tenant's in this minute (a fixed window, of the clock).

    Counted in Redis; while that is out of reach, in the database, where the minute begins at nought again.

    Raises:
        engine.tools.errors.ToolBusy: the minute's calls are used up; `retry_after` in seconds.
    """
    most = offer.policy.calls_per_minute
    if not most:
        return
    second = int(now())
    calls = await _count(tenant_id, offer.name, second // MINUTE)
    if calls > most:
        raise ToolBusy(
            "The tool has been used as often as is allowed in a minute. Tell the customer that it takes a moment.",
            retry_after=float(MINUTE - second % MINUTE),
        )


async def _count(tenant_id: int, name: str, minute: int) -> int:
    try:
        key = f"tool-calls:{tenant_id}:{name}:{minute}"
        return int(await installation.run(_COUNT_SHARED, [key], [2 * MINUTE]))
    except OutOfReach:
        return await in_database(count_in_database)(tenant_id, name, minute)


def count_in_database(tenant_id: int, name: str, minute: int) -> int:
    """Calls of a tool in this minute of the clock, this one included."""
    with tenant_scope(tenant_id):
        found = sql.row(_COUNT, [tenant_id, name, minute])
    return int(found[0]) if found else 1
