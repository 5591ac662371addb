"""One look over a tenant's queue: who is gone, what is offered to whom, which promises run out, who stands where."""

from __future__ import annotations

import datetime as dt

from core import sql
from core.scope import tenant_scope
from escalation.queueing import absences, offers, presence, watching

SWEEP_SECONDS = 5
_ANYTHING = (
    "SELECT EXISTS (SELECT FROM escalation_handoff WHERE tenant_id = %s "
    "AND status IN ('waiting', 'offered', 'taken'))"
)


def sweep(*, tenant_id: int, now: dt.datetime) -> int:
    """Does what the time asks for; how much. Any number may run at once, each step is its own transaction."""
    with tenant_scope(tenant_id):
        presence.forget_old_lines(now=now)
        found = sql.row(_ANYTHING, [tenant_id])
    if not found or not found[0]:
        return 0
    done = absences.return_absent(tenant_id=tenant_id, now=now)
    done += absences.mend_promises(tenant_id=tenant_id, now=now)
    done += absences.free_stranded(tenant_id=tenant_id, now=now)
    done += offers.offer_waiting(tenant_id=tenant_id, now=now)
    done += watching.watch_promises(tenant_id=tenant_id, now=now)
    return done + watching.tell_places(tenant_id=tenant_id, now=now)
