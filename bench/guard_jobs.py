"""A message as the way of a turn has it before the guardrails, and the clock they are measured by.

Needs Django to be set up, and no database.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from bench.guard_texts import Written
from bench.load import percentile
from conversations.guards import Guard
from conversations.placeholders import Placeholders
from conversations.turns import Asker, Job
from engine.agent.values import Turn
from engine.gateway.protocol import Message
from engine.guardrails.personal import Known
from engine.guardrails.policy import GuardPolicy
from engine.releases.services import Configuration

POLICY = GuardPolicy()
PROMPT = Configuration().prompt


def known_of(one: Written) -> Known:
    """What the profile of who wrote it holds."""
    return Known(names=(one.name,) if one.name else (), emails=(one.mail,) if one.mail else ())


def job(one: Written) -> Job:
    """The job of answering a first message."""
    known = known_of(one)
    messages = (Message("system", PROMPT), Message("user", one.text))
    guard = Guard(POLICY, (), Placeholders(POLICY.masked, known), "", (), (one.text,), prompt=PROMPT)
    turn = Turn(run="bench", model="bench", messages=messages)
    return Job(
        tenant_id=1,
        conversation_id=1,
        run_id=1,
        run="bench",
        attempt=1,
        owner_version=1,
        upto_seq=1,
        turn=turn,
        routes=(),
        assistant="",
        customer=Asker(1),
        release=1,
        guard=guard,
    )


def cpu(work: Callable[..., object], *given: object) -> float:
    """CPU seconds of this process, all its threads: other programs at work do not count."""
    began = time.process_time()
    work(*given)
    return time.process_time() - began


def spread(seconds: Iterable[float]) -> dict[str, float]:
    """Median, 95th percentile and maximum in milliseconds."""
    times = list(seconds)
    return {
        "p50_ms": percentile(times, 50),
        "p95_ms": percentile(times, 95),
        "most_ms": percentile(times, 100),
    }
