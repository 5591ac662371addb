"""Asks the guard services of a tenant: each one more check, with a deadline and a fail mode of its own.

Invariant: a service never ends an answer by being away; its verdict then counts as its fail mode says and names the
error. It is called through the same guarded client as tools: only hosts that the tenant allows, no private address.

Two ways of asking: the moderation endpoint as OpenAI documents it (`{"model", "input"}` gives `results` with
`flagged` and `category_scores`), and a plain one: `{"stage", "text"}` gives `{"flagged", "score"?, "label"?}`.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx2
import structlog

from core import breakers
from core.errors import SwitchboardError, Unavailable
from engine.guardrails import kinds
from engine.guardrails.policies import Service
from engine.guardrails.policy import GuardPolicy
from engine.guardrails.screening import Verdict
from engine.guardrails.values import Action, FailMode, Judgement, Stage
from engine.tools import guarded

log = structlog.get_logger(__name__)
MOST_BYTES = 256 * 1024
MOST_CHARACTERS = 20_000
LABEL = 60


class GuardServiceFailed(Unavailable):
    code = "guard_service_failed"
    default_message = "The guard service did not answer as it should."


@dataclass(frozen=True, slots=True)
class Case:
    """What a service is asked about.

    Args:
        text: what it gets to read; hosts: that the tenant allows to be called.
    """

    tenant_id: int
    stage: Stage
    text: str
    hosts: tuple[str, ...]


async def ask_all(services: Sequence[Service], case: Case, policy: GuardPolicy) -> list[Verdict]:
    """The verdicts of all services about one text, asked at the same time."""
    return list(await asyncio.gather(*(_verdict(service, case, policy) for service in services)))


async def _verdict(service: Service, case: Case, policy: GuardPolicy) -> Verdict:
    began, failed = time.monotonic(), ""
    try:
        judged = await ask(service, case)
    except (SwitchboardError, httpx2.HTTPError, httpx2.StreamError, TimeoutError, ValueError) as error:
        failed = getattr(error, "code", type(error).__name__)
        log.warning("guard_service_failed", service=service.name, reason=failed)
        judged = Judgement(0.0, service.fails is FailMode.CLOSED)
    flagged = judged.flagged
    if not failed and service.threshold is not None:
        flagged = judged.score >= service.threshold
    acts = flagged and not policy.monitor_only and service.action is not Action.ALLOW
    return Verdict(
        check=kinds.EXTERNAL + service.name,
        version=1,
        score=judged.score,
        flagged=flagged,
        action=service.action if acts else Action.ALLOW,
        label=judged.label,
        monitored=flagged and policy.monitor_only,
        failed=failed,
        micros=int((time.monotonic() - began) * 1e6),
    )


async def ask(service: Service, case: Case) -> Judgement:
    """What one service says.

    Raises:
        core.breakers.BreakerOpen, GuardServiceFailed, engine.tools.errors.ToolError, httpx2.HTTPError, TimeoutError
    """
    permit = await breakers.enter(f"guard:{case.tenant_id}:{service.name}")
    try:
        async with asyncio.timeout(service.seconds):
            judged = _read(service, await _post(service, case))
    except (httpx2.HTTPError, httpx2.StreamError, TimeoutError, GuardServiceFailed):
        await permit.failed()
        raise
    except BaseException:
        await permit.dropped()
        raise
    await permit.succeeded()
    return judged


async def _post(service: Service, case: Case) -> Any:
    text = case.text[:MOST_CHARACTERS]
    body: dict[str, Any] = {"stage": case.stage.value, "text": text}
    if service.kind == "moderation":
        body = {"input": text} | ({"model": service.model} if service.model else {})
    headers = {"Authorization": f"Bearer {service.key}"} if service.key else {}
    async with (
        guarded.client(
            hosts=case.hosts, timeout=service.seconds, headers=headers, most_bytes=MOST_BYTES
        ) as client,
        client.stream("POST", service.url, json=body) as response,
    ):
        if not response.is_success:
            raise GuardServiceFailed(f"The guard service answered with status {response.status_code}.")
        return json.loads(await guarded.read_limited(response, MOST_BYTES))


def _read(service: Service, told: Any) -> Judgement:
    try:
        return _moderation(told["results"]) if service.kind == "moderation" else _plain(told)
    except (KeyError, TypeError, IndexError, ValueError, AttributeError) as error:
        raise GuardServiceFailed("The guard service's answer has another form.") from error


def _moderation(results: Sequence[Mapping[str, Any]]) -> Judgement:
    scores = {name: float(score) for one in results for name, score in one["category_scores"].items()}
    worst = max(scores, key=lambda name: scores[name], default="")
    return Judgement(scores.get(worst, 0.0), any(one["flagged"] is True for one in results), worst[:LABEL])


def _plain(told: Mapping[str, Any]) -> Judgement:
    flagged = told["flagged"]
    if not isinstance(flagged, bool):
        raise TypeError("flagged")
    score = float(told.get("score", 1.0 if flagged else 0.0))
    if not 0 <= score <= 1:
        raise ValueError("score")
    return Judgement(score, flagged, str(told.get("label") or "")[:LABEL])
