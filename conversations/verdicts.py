"""What the guardrails said: the verdicts of runs and steps, in words and counted.

Invariant: reads only, of the tenant in scope, and no more than the newest rows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from core import sql
from core.scope import tenant_scope
from engine.guardrails.kinds import KINDS, title_of

DAYS = 7
MOST_RUNS = 20_000
_COUNTED = """
WITH runs AS (
    SELECT id, checks FROM conversations_run
    WHERE tenant_id = %s AND started_at > %s ORDER BY id DESC LIMIT %s
), verdicts AS (
    SELECT 'input' AS stage, one FROM runs, jsonb_array_elements(runs.checks) one
    UNION ALL
    SELECT CASE step.kind WHEN 'model' THEN 'output' ELSE 'read' END, one
    FROM conversations_step step, jsonb_array_elements(step.data -> 'checks') one
    WHERE step.tenant_id = %s AND step.run_id IN (SELECT id FROM runs) AND step.data ? 'checks'
)
SELECT stage, one ->> 'check', count(*), count(*) FILTER (WHERE (one ->> 'flagged')::boolean),
    count(*) FILTER (WHERE one ->> 'action' <> 'allow'), count(*) FILTER (WHERE one ? 'monitored'),
    count(*) FILTER (WHERE one ? 'failed'),
    percentile_cont(0.5) WITHIN GROUP (ORDER BY (one ->> 'micros')::float)
FROM verdicts GROUP BY 1, 2 ORDER BY 1, 2
"""
_DEEDS = {
    "mask": _("hidden from the model"),
    "rewrite": _("taken out"),
    "reply": _("answered by a fixed text"),
    "hand_over": _("handed over to a person"),
    "block": _("blocked"),
}
_STAGES = ("input", "read", "output")
_ORDER = {name: number for number, name in enumerate(KINDS)}


@dataclass(frozen=True, slots=True)
class Shown:
    """One verdict in words.

    Args:
        check, title: the check's name and what it is called; outcome: what came of it, empty where it found nothing.
    """

    check: str
    title: str
    score: float
    label: str
    outcome: Any
    failed: bool
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """The verdicts about a text: what was found, and what was looked for in vain."""

    found: tuple[Shown, ...]
    rest: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class Counted:
    """One check's verdicts.

    Args:
        stage: "input", "read" (passages and results) or "output".
        acted: something followed; watched: it would have, were the check not only watched; failed: of itself.
        micros: half of the verdicts took longer, in microseconds; None where that is not measured.
    """

    stage: str
    check: str
    verdicts: int
    flagged: int
    acted: int
    watched: int
    failed: int
    micros: float | None

    @property
    def title(self) -> str:
        return title_of(self.check)

    @property
    def millis(self) -> float | None:
        return None if self.micros is None else self.micros / 1000


def counted(tenant_id: int, *, now: dt.datetime, days: int = DAYS) -> list[Counted]:
    """Verdicts of the runs that began in the last days, in the order in which a text passes the checks."""
    since = now - dt.timedelta(days=days)
    with tenant_scope(tenant_id):
        rows = [Counted(*row) for row in sql.rows(_COUNTED, [tenant_id, since, MOST_RUNS, tenant_id])]
    return sorted(
        rows, key=lambda row: (_STAGES.index(row.stage), _ORDER.get(row.check, len(_ORDER)), row.check)
    )


def told(checks: Iterable[Mapping[str, Any]]) -> Told | None:
    """Verdicts as they are kept with a run or a step, in words; None where there are none."""
    shown = tuple(map(_shown, checks))
    found = tuple(one for one in shown if one.outcome or one.failed)
    return Told(found, tuple(one for one in shown if one not in found)) if shown else None


def _shown(check: Mapping[str, Any]) -> Shown:
    acted = _DEEDS.get(check.get("action", ""), "")
    seen = (_("only watched") if check.get("monitored") else _("recorded")) if check.get("flagged") else ""
    return Shown(
        check=check["check"],
        title=title_of(check["check"]),
        score=check.get("score", 0.0),
        label=check.get("label", ""),
        outcome=acted or seen,
        failed=bool(check.get("failed")),
        reasons=tuple(check.get("reasons", ())),
    )
