"""Makes a run's tool calls, for the tenant and customer of the run whatever the model wrote.

Invariant: a call is checked (on offer, arguments, permission, where its values come from, approval) before it is made;
a call with an effect has the key `run:step` and is in the database before it is made, so it is never made again under
another key. What may have happened and cannot be repeated safely is handed to a person.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field, replace
from typing import Any

import structlog
from django.utils import timezone

from audit.services import record
from conversations import approvals, book, verification
from conversations.approvals import Standing
from conversations.book import Opening, Page, RunBook, RunLost
from conversations.taints import Origins
from conversations.turns import Job
from core.actors import Actor
from core.errors import SwitchboardError
from core.offload import in_database
from core.scope import tenant_scope
from engine.agent.taint import TaintVerdict, told_to_model
from engine.agent.values import ToolResult
from engine.gateway.protocol import ToolCall
from engine.tools import calls, permissions, registry
from engine.tools.errors import ToolError, ToolResultInvalid
from engine.tools.registry import ToolContext
from engine.tools.values import Audience, HandOff, Offer, Risk

log = structlog.get_logger(__name__)
BESIDES = 5.0
"""Seconds that a call may take beyond its own deadlines; then something is wrong with us."""
REFUSALS = {
    "refused": "A person of the team refused this call.",
    "expired": "Nobody of the team decided in time whether this may be done.",
    "withdrawn": "This call was withdrawn.",
}
DONE_UNREAD = "This was carried out, but the tool's answer could not be read. Do not call it again."
UNKNOWN = "It is not known whether this was carried out. A person has to look at it; do not try again."


@dataclass(frozen=True, slots=True)
class RunTools:
    """Implements `engine.agent.values.Tools`: what goes wrong in a tool is told to the model."""

    job: Job
    book: RunBook
    origins: Origins = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "origins", Origins(self.job, self.book))

    async def call(self, call: ToolCall, *, number: int, first_citation: int) -> ToolResult:
        offer = next(offer for offer in self.job.offers if offer.name == call.name)
        result = await self._guarded(offer, call, number, first_citation)
        self.origins.note(call, result)
        return result

    async def _guarded(self, offer: Offer, call: ToolCall, number: int, first_citation: int) -> ToolResult:
        try:
            return await self._call(offer, call, number, first_citation)
        except RunLost:
            raise
        except ToolError as error:
            return self._failed(offer, error)
        except SwitchboardError as error:
            return ToolResult(error.message, is_error=True, code=error.code)
        except TimeoutError:
            return self._failed(offer, calls.too_long(offer))
        except Exception:
            log.exception("tool_failed", tool=call.name, run=self.job.run)
            return self._failed(offer, calls.broken(offer))

    async def _call(self, offer: Offer, call: ToolCall, number: int, first_citation: int) -> ToolResult:
        arguments = json.loads(call.arguments)
        registry.check_arguments(offer.spec.parameters, arguments)
        permissions.check(offer, await self._audience(offer))
        verdict = await self.origins.judge(offer, arguments)
        decision = await self._decision(offer, verdict, number)
        if decision is None and _needs_a_person(offer, verdict):
            return ToolResult("", waiting=await self._ask(offer, call, number, verdict.why))
        if decision is not None and decision.status != "approved":
            return _refused(decision)
        if decision is None and not verdict.allowed:
            await in_database(_note_refusal)(self.job, number, call.name, verdict)
            return untraced(offer, verdict)
        edited = decision.arguments if decision else None
        if edited is not None:
            registry.check_arguments(offer.spec.parameters, edited)
        if self._was_begun(number) and offer.policy.risk is Risk.IRREVERSIBLE and offer.kind != "builtin":
            return _unknown(offer)
        await permissions.take_turn(self.job.tenant_id, offer)
        await self.book.open(Opening(number, call, offer.policy.risk))
        made = await self._perform(offer, arguments if edited is None else edited, number, first_citation)
        if verdict.read:
            made = replace(made, taint=verdict.as_data("approved" if decision else "made"))
        return made if edited is None else _told_of_change(made, edited)

    async def _decision(self, offer: Offer, verdict: TaintVerdict, number: int) -> Standing | None:
        """What a person decided about this call, if one was asked: now, or before the run was laid aside."""
        was_waiting = self.job.opened == "waiting" and number == len(self.job.turn.done) + 1
        if not was_waiting and not _needs_a_person(offer, verdict):
            return None
        return await in_database(approvals.standing)(self.job, number)

    async def _perform(
        self, offer: Offer, arguments: dict[str, Any], number: int, first_citation: int
    ) -> ToolResult:
        job = self.job
        context = ToolContext(
            tenant_id=job.tenant_id,
            conversation_id=job.conversation_id,
            run=job.run,
            customer_id=job.customer.id,
            identity=job.customer.identity,
            key=f"{job.run}:{number}",
            segments=job.customer.segments,
            hosts=job.hosts,
            sources=job.sources,
        )
        async with asyncio.timeout(calls.longest(offer) + BESIDES):
            return await calls.perform(offer, arguments, context, first_citation)

    async def _ask(self, offer: Offer, call: ToolCall, number: int, why: str) -> str:
        page = self.book.take_rest()
        try:
            return await in_database(_ask)(self.job, page, (number, call, offer), why)
        except BaseException:
            self.book.put_back(page)
            raise

    def _was_begun(self, number: int) -> bool:
        """Whether an earlier attempt, which died, may have made this call."""
        return self.job.opened == "started" and number == len(self.job.turn.done) + 1

    async def _audience(self, offer: Offer) -> Audience:
        """For whom a call is. Who is verified may have become it since the run began, or be it no longer."""
        job, customer = self.job, self.job.customer
        identity = customer.identity
        if permissions.identity_needed(offer.policy) == "stepped_up":
            read = in_database(verification.identity_now)
            identity = await read(job.tenant_id, customer.id, now=timezone.now())
        return Audience(job.tenant_id, job.release, identity, customer.segments)

    def _failed(self, offer: Offer, error: ToolError) -> ToolResult:
        if isinstance(error, ToolResultInvalid) and offer.policy.risk is not Risk.READ:
            return ToolResult(DONE_UNREAD, code=error.code)
        if error.effect == "unknown" and offer.policy.risk is not Risk.READ:
            return _unknown(offer)
        return ToolResult(error.message, is_error=True, code=error.code)


def _ask(job: Job, page: Page, asked: tuple[int, ToolCall, Offer], why: str) -> str:
    number, call, offer = asked
    with tenant_scope(job.tenant_id):
        book.write(job, page)
        return approvals.ask(job, number, call, offer, now=timezone.now(), why=why)


def _needs_a_person(offer: Offer, verdict: TaintVerdict) -> bool:
    by_taint = not verdict.allowed and offer.policy.tracing == "approve"
    return offer.policy.requires_approval or by_taint


def untraced(offer: Offer, verdict: TaintVerdict) -> ToolResult:
    """What a model is told of a call whose values come from nowhere."""
    text = told_to_model(offer.name, verdict)
    return ToolResult(text, is_error=True, code="untraced_arguments", taint=verdict.as_data("refused"))


def _note_refusal(job: Job, number: int, tool: str, verdict: TaintVerdict) -> None:
    with tenant_scope(job.tenant_id):
        record(
            actor=Actor("ai", "assistant", job.assistant),
            action="tool.untraced",
            target=f"run:{job.run}",
            data={"tool": tool, "step": number, "arguments": [one.path for one in verdict.untraced][:20]},
        )


def _refused(decision: Standing) -> ToolResult:
    text = " ".join(part for part in (REFUSALS[decision.status], decision.reason) if part)
    return ToolResult(text, is_error=True, code=f"approval_{decision.status}")


def _unknown(offer: Offer) -> ToolResult:
    note = f"It is not known whether “{offer.name}” was carried out. Please check before doing it again."
    return ToolResult(
        UNKNOWN, is_error=True, code="outcome_unknown", hand_off=HandOff("outcome_unknown", note)
    )


def _told_of_change(result: ToolResult, edited: dict[str, Any]) -> ToolResult:
    told = json.dumps(edited, ensure_ascii=False)
    said = f"A person of the team approved this with other arguments: {told}\n{result.text}"
    return replace(result, text=said)
