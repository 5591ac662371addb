"""The tool with which the assistant reaches a person."""

from __future__ import annotations

from typing import Any

from engine.gateway.protocol import ToolSpec
from engine.tools import registry
from engine.tools.values import HandOff, ToolResult

REQUEST_PERSON = ToolSpec(
    name="request_person",
    description=(
        "Pass the conversation to a person of the support team. Use it when the customer asks for a person, "
        "when the passages do not answer the question and the customer still needs help, or when the matter "
        "needs a person's decision."
    ),
    parameters={
        "type": "object",
        "properties": {
            "reason": {
                "type": "string",
                "enum": ["asked", "not_answered", "needs_decision", "upset", "other"],
                "description": "Why a person is needed.",
            },
            "summary": {
                "type": "string",
                "maxLength": 500,
                "description": "The problem in a sentence or two.",
            },
        },
        "required": ["reason"],
        "additionalProperties": False,
    },
)


async def _request_person(
    context: registry.ToolContext, arguments: dict[str, Any], first_citation: int
) -> ToolResult:
    return ToolResult(
        text='{"status": "handed_over"}',
        hand_off=HandOff(reason=str(arguments["reason"]), note=str(arguments.get("summary", ""))),
    )


def register() -> None:
    """Puts the tool on offer; called once at start-up."""
    registry.register(registry.Tool(spec=REQUEST_PERSON, call=_request_person))
