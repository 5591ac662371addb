"""Where the arguments of a run's calls come from, as far as the database knows: the log, the steps, the customer.

Invariant: reads nothing until a call is judged, and then once a run; what the run reads afterwards it is told. Who
wrote what is taken from the log and not from the prompt, where a model's words could pass for somebody else's.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any, Literal

from conversations.book import RunBook
from conversations.turns import Job
from core import sql
from core.offload import in_database
from core.scope import tenant_scope
from engine.agent.taint import Done, Ledger, Said, Source, TaintVerdict, judge
from engine.agent.values import Step, ToolResult
from engine.gateway.protocol import ToolCall
from engine.tools.values import Offer

MESSAGES = 80
STEPS = 200
_SAID = (
    "SELECT author_kind, text FROM conversations_event WHERE tenant_id = %s AND conversation_id = %s "
    "AND type = 'message' AND seq <= %s ORDER BY seq DESC LIMIT %s"
)
_STEPS = (
    "SELECT s.run_id, s.number, s.name, s.is_error, s.text, s.data FROM conversations_run r "
    "JOIN conversations_step s ON s.tenant_id = r.tenant_id AND s.run_id = r.id "
    "WHERE r.tenant_id = %s AND r.conversation_id = %s AND s.kind = 'tool' AND s.status = 'done' "
    "ORDER BY s.run_id DESC, s.number DESC LIMIT %s"
)
_CUSTOMER = "SELECT name, email, external_id FROM conversations_customer WHERE tenant_id = %s AND id = %s"
_AUTHORS: dict[str, Literal["customer", "member"]] = {"customer": "customer", "agent": "member"}


@dataclass(frozen=True, slots=True)
class Material:
    """What the database has of a conversation: messages and tool steps in order, and what is known of the customer."""

    said: tuple[Said, ...]
    done: tuple[Done, ...]
    written: frozenset[int]
    profile: tuple[str, ...]


@dataclass(slots=True)
class Origins:
    """Judges the calls of one run."""

    job: Job
    book: RunBook
    _ledger: Ledger | None = None

    async def judge(self, offer: Offer, arguments: dict[str, Any]) -> TaintVerdict:
        """Whether a call may be made with these arguments, as far as where they come from goes."""
        if offer.policy.tracing == "open":
            return TaintVerdict(True)
        if self._ledger is None:
            self._ledger = await self._read()
        return judge(offer.name, arguments, offer.spec.parameters, offer.policy, self._ledger)

    def note(self, call: ToolCall, result: ToolResult) -> None:
        """Takes in what a call of this run gave."""
        if self._ledger is not None and not result.waiting:
            done = Done(call.name, call.arguments, result.text, result.is_error, result.code, result.taint)
            self._ledger.add(done)

    async def _read(self) -> Ledger:
        found = await self._material()
        ledger = Ledger(found.said, found.profile, _sources(self.job.offers))
        pending = (step for step in self.book.unwritten if step.number not in found.written)
        for done in (*found.done, *(_done(step) for step in pending if step.call)):
            ledger.add(self._real(done))
        return ledger

    async def _material(self) -> Material:
        return await in_database(material)(self.job)

    def _real(self, done: Done) -> Done:
        """A step with the values that the model saw placeholders of: a call that is judged has the values too."""
        if self.job.guard is None:
            return done
        own = self.job.guard.placeholders
        return replace(done, arguments=own.real_json(done.arguments), text=own.real_json(done.text))


def material(job: Job) -> Material:
    """Reads it, up to the message that the run answers."""
    with tenant_scope(job.tenant_id):
        said = sql.rows(_SAID, [job.tenant_id, job.conversation_id, job.upto_seq, MESSAGES])
        steps = sql.rows(_STEPS, [job.tenant_id, job.conversation_id, STEPS])
        customer = sql.row(_CUSTOMER, [job.tenant_id, job.customer.id]) or ()
    return Material(
        tuple(Said(_AUTHORS.get(author, "assistant"), text) for author, text in reversed(said)),
        tuple(_from_row(row) for row in reversed(steps)),
        frozenset(row[1] for row in steps if row[0] == job.run_id),
        tuple(fact for fact in customer if fact),
    )


def _sources(offers: tuple[Offer, ...]) -> dict[str, Source]:
    return {
        offer.name: Source(offer.policy, offer.spec.parameters, offer.kind != "builtin") for offer in offers
    }


def _from_row(row: tuple[Any, ...]) -> Done:
    _, _, name, is_error, text, raw = row
    data = json.loads(raw) if isinstance(raw, str | bytes) else raw
    arguments = (data.get("call") or {}).get("arguments", "")
    return Done(name, arguments, text, is_error, data.get("detail", ""), data.get("taint", {}))


def _done(step: Step) -> Done:
    arguments = step.call.arguments if step.call else ""
    return Done(step.name, arguments, step.text, step.is_error, step.detail, step.taint)
