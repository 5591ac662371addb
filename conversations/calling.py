"""Makes a run's tool calls, for the tenant and conversation of the run whatever the model wrote."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass

import structlog

from conversations.turns import Job
from core.errors import SwitchboardError
from engine.agent.values import ToolResult
from engine.gateway.protocol import ToolCall
from engine.tools import registry
from engine.tools.registry import ToolContext

log = structlog.get_logger(__name__)
CALL_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class RunTools:
    """Implements `engine.agent.values.Tools`: what goes wrong in a tool is told to the model."""

    job: Job

    async def call(self, call: ToolCall, *, first_citation: int) -> ToolResult:
        context = ToolContext(self.job.tenant_id, self.job.conversation_id, self.job.run)
        try:
            tool = registry.get(call.name)
            arguments = json.loads(call.arguments)
            registry.check_arguments(tool.spec.parameters, arguments)
            async with asyncio.timeout(CALL_SECONDS):
                return await tool.call(context, arguments, first_citation)
        except SwitchboardError as error:
            return ToolResult(error.message, is_error=True)
        except TimeoutError:
            return ToolResult("The tool took too long. Go on without it.", is_error=True)
        except Exception:
            log.exception("tool_failed", tool=call.name, run=self.job.run)
            return ToolResult("The tool failed. Go on without it.", is_error=True)
