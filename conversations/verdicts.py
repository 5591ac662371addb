"""What the guardrails did lately: verdicts of runs and steps, counted.

Invariant: reads only, of the tenant in scope, and no more than the newest rows.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from core import sql
from core.scope import tenant_scope

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


def counted(tenant_id: int, *, now: dt.datetime, days: int = DAYS) -> list[Counted]:
    """Verdicts of the runs that began in the last days, by stage and check."""
    since = now - dt.timedelta(days=days)
    with tenant_scope(tenant_id):
        return [Counted(*row) for row in sql.rows(_COUNTED, [tenant_id, since, MOST_RUNS, tenant_id])]
