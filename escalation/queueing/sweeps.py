"""One look over a tenant's queue: who is gone, what is offered to whom, which promises run out, who stands where."""

from __future__ import annotations

import datetime as dt

from core import sql
from core.scope import tenant_scope
from escalation.queueing import absences, offers, presence, watching

SWEEP_SECONDS = 5
_ANYTHING = (
    "SELECT coalesce(bool_or(status = 'taken'), false), coalesce(bool_or(status <> 'taken'), false) "
    "FROM escalation_handoff WHERE tenant_id = %s AND status IN ('waiting', 'offered', 'taken')"
)


def sweep(*, tenant_id: int, now: dt.datetime) -> int:
    """Does what the time asks for; how much. Any number may run at once, each step is its own transaction."""
    with tenant_scope(tenant_id):
        with sql.together():
            presence.forget_old_lines(now=now)
            anything = sql.run(_ANYTHING, [tenant_id])
        is_taken, is_waiting = anything.fetchone() or (False, False)
        if not (is_taken or is_waiting):
            return 0
        missing = absences.find(now, is_taken=is_taken, is_waiting=is_waiting)
    done = absences.mend(tenant_id, missing, now)
    with tenant_scope(tenant_id):
        done += offers.offer_waiting(tenant_id=tenant_id, now=now)
        done += watching.watch_promises(tenant_id=tenant_id, now=now)
        return done + watching.tell_places(tenant_id=tenant_id, now=now)
