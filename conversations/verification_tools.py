"""The built-in tools `send_verification_code` and `check_verification_code`.

Invariant: they act for the customer whom the run answers; no argument names a customer or an address. They are on
offer only beside a tool that needs them, whatever the release lists, so that other tenants' prompts stay small.
"""

from __future__ import annotations

import json
from typing import Any

from django.utils import timezone

from conversations import verification
from conversations.verification import CODE_LIFE, DIGITS, VERIFIED_FOR, Asked
from core.offload import in_database
from engine.gateway.protocol import ToolSpec
from engine.tools.permissions import identity_needed
from engine.tools.registry import Tool, ToolContext
from engine.tools.values import Offer, Policy, Risk, ToolResult

SEND = ToolSpec(
    name="send_verification_code",
    description=(
        f"Send a one-time code of {DIGITS} digits to the e-mail address on the customer's profile, when something the "
        "customer wants needs proof of who they are. Then ask the customer for the code. It cannot be sent to an "
        "address that the customer writes in the chat."
    ),
    parameters={"type": "object", "properties": {}, "additionalProperties": False},
)
CHECK = ToolSpec(
    name="check_verification_code",
    description=(
        "Check the one-time code that the customer has written in the chat. Never guess a code. Once it is right, go "
        "on with what the customer asked for."
    ),
    parameters={
        "type": "object",
        "properties": {
            "code": {"type": "string", "maxLength": 20, "description": f"The {DIGITS} digits, as written."}
        },
        "required": ["code"],
        "additionalProperties": False,
    },
)
NAMES = (CHECK.name, SEND.name)


def where_needed(offers: tuple[Offer, ...]) -> tuple[Offer, ...]:
    """The offers, without these two tools where none of the others needs a verified customer."""
    others = tuple(one for one in offers if one.name not in NAMES)
    needed = any(identity_needed(one.policy) == "stepped_up" for one in others)
    return offers if needed else others


async def _send(context: ToolContext, arguments: dict[str, Any], first_citation: int) -> ToolResult:
    address = await in_database(verification.ask_for_code)(_asked(context), now=timezone.now())
    told = {
        "status": "on_its_way",
        "to": address,
        "valid_minutes": _minutes(CODE_LIFE.total_seconds()),
        "next": f"Ask the customer for the code, then call {CHECK.name}.",
    }
    return ToolResult(json.dumps(told))


async def _check(context: ToolContext, arguments: dict[str, Any], first_citation: int) -> ToolResult:
    code = str(arguments["code"])
    await in_database(verification.check_code)(_asked(context), code, now=timezone.now())
    told = {
        "status": "verified",
        "for_minutes": _minutes(VERIFIED_FOR.total_seconds()),
        "next": "Go on with what the customer asked for.",
    }
    return ToolResult(json.dumps(told))


def _asked(context: ToolContext) -> Asked:
    return Asked(context.tenant_id, context.customer_id, context.key)


def _minutes(seconds: float) -> int:
    return int(seconds // 60)


TOOLS = (
    # Who makes the assistant send a code reaches nobody but the customer; who makes it try one might lock her out.
    Tool(SEND, _send, policy=Policy(risk=Risk.WRITE, taint="open", results="own")),
    Tool(CHECK, _check, policy=Policy(risk=Risk.WRITE, results="own")),
)
