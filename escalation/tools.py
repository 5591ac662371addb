"""The tools with which the assistant reaches a person, now or later."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from core.actors import Actor
from core.offload import in_database
from engine.gateway.protocol import ToolSpec
from engine.tools import registry
from engine.tools.values import HandOff, Policy, Risk, ToolResult
from escalation.models import Priority
from escalation.services import TicketDraft, open_ticket

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

CREATE_TICKET = ToolSpec(
    name="create_ticket",
    description=(
        "Write a ticket for the support team about something that has to be done later, when nobody needs to take "
        "the conversation over now. Tell the customer the ticket's number."
    ),
    parameters={
        "type": "object",
        "properties": {
            "subject": {
                "type": "string",
                "minLength": 1,
                "maxLength": 200,
                "description": "What has to be done, in one line.",
            },
            "body": {
                "type": "string",
                "maxLength": 4000,
                "description": "All that somebody who has not read the conversation needs to know.",
            },
            "priority": {
                "type": "string",
                "enum": list(Priority.values),
                "description": "How soon; normal where nothing speaks for another.",
            },
        },
        "required": ["subject", "body"],
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


async def _create_ticket(
    context: registry.ToolContext, arguments: dict[str, Any], first_citation: int
) -> ToolResult:
    draft = TicketDraft(
        subject=str(arguments["subject"]),
        body=str(arguments.get("body", "")),
        priority=str(arguments.get("priority", Priority.NORMAL)),
    )
    ticket = await in_database(open_ticket)(
        tenant_id=context.tenant_id,
        conversation_id=context.conversation_id,
        draft=draft,
        key=context.key or _key(context.run, arguments),
        actor=Actor("ai", "assistant"),
    )
    said = {"ticket": ticket.reference, "priority": ticket.priority, "status": ticket.status}
    return ToolResult(text=json.dumps(said))


def _key(run: str, arguments: dict[str, Any]) -> str:
    """For a caller that counts no steps: one ticket of these words in a run."""
    digest = hashlib.sha256(json.dumps(arguments, sort_keys=True).encode()).hexdigest()
    return f"{run}:{digest[:32]}"


_TICKETS = Policy(risk=Risk.WRITE, taint="open", results="own")
"""A ticket only tells the team something, in words that nobody is to trust."""


def register() -> None:
    """Puts the tools on offer; called once at start-up."""
    registry.register(
        registry.Tool(
            spec=REQUEST_PERSON, call=_request_person, policy=Policy(results="own"), restrictable=False
        )
    )
    registry.register(registry.Tool(spec=CREATE_TICKET, call=_create_ticket, policy=_TICKETS))
