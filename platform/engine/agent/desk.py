"""Where the model's tool calls are served, one after the other.

Invariant: only tools on offer in this turn are called, and only with a JSON object; what is wrong with a call
is told to the model as a result.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

from engine.agent.record import RunRecord
from engine.agent.values import Outcome, Surroundings, ToolResult, Turn
from engine.gateway.protocol import ToolCall

SEARCH = "search_knowledge"


@dataclass(frozen=True, slots=True)
class ToolDesk:
    """Serves the calls of one run."""

    turn: Turn
    around: Surroundings

    async def serve(self, calls: tuple[ToolCall, ...], record: RunRecord) -> Outcome | None:
        """Makes the calls in order; an outcome when one of them ends the run, or makes it wait."""
        for call in calls:
            if limit := record.begin_call(call):
                return record.end("exhausted", limit)
            await self.around.on_stage("searching" if call.name == SEARCH else "tool")
            began = self.around.clock()
            # A call that is cut short is not written down: who takes the run up makes it again, under the same key.
            result, detail = await self._result(call, record)
            if result.waiting:
                await self.around.on_stage("waiting")
                return record.end("waiting", result.waiting, call.name)
            await record.add_result(call, result, began, detail)
            if result.hand_off:
                return record.end("handed_over", result.hand_off.reason, result.hand_off.note)
        return None

    async def _result(self, call: ToolCall, record: RunRecord) -> tuple[ToolResult, str]:
        if call.name not in {tool.name for tool in self.turn.tools}:
            return ToolResult("There is no tool of that name.", is_error=True), "unknown_tool"
        arguments = call.arguments.strip() or "{}"
        if not _is_object(arguments):
            text = "The arguments must be one JSON object. Write the call again."
            return ToolResult(text, is_error=True), "malformed_arguments"
        result = await self.around.tools.call(
            replace(call, arguments=arguments),
            number=record.next_number,
            first_citation=record.next_citation,
        )
        return result, ""


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False
