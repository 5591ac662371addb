"""Keeps the lease of a run while its process thinks, and notices when the run is somebody else's.

Invariant: a lost run is not thought about for longer than a third of a lease; in the process whose socket sees
the conversation change hands, not at all.
"""

from __future__ import annotations

import asyncio
from typing import Any

import structlog
from django.conf import settings
from django.utils import timezone

from conversations import runs
from conversations.turns import Job
from core.offload import in_database
from core.scope import tenant_scope

log = structlog.get_logger(__name__)
_keepers: dict[int, LeaseKeeper] = {}


def hands_changed(conversation_id: int) -> None:
    """Lets a run of this process see at once that its conversation is somebody else's now."""
    keeper = _keepers.get(conversation_id)
    if keeper is not None:
        keeper.check()


class LeaseKeeper:
    """Prolongs a lease every third of it; a timer only, so that a short answer pays for no task.

    Args:
        job: the run.
        thinking: cancelled when the run is lost.
    """

    def __init__(self, job: Job, thinking: asyncio.Task[Any]) -> None:
        self.lost = False
        self._job = job
        self._thinking = thinking
        self._checking: asyncio.Task[None] | None = None
        self._closed = False
        _keepers[job.conversation_id] = self
        self._wait()

    def check(self) -> None:
        """Prolongs the lease now."""
        if self._checking is None and not self._closed:
            self._timer.cancel()
            self._checking = asyncio.get_running_loop().create_task(self._check())

    def close(self) -> None:
        """The thinking is over."""
        self._closed = True
        self._timer.cancel()
        if _keepers.get(self._job.conversation_id) is self:
            del _keepers[self._job.conversation_id]

    def _wait(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(settings.RUN_LEASE_SECONDS / 3, self.check)

    async def _check(self) -> None:
        try:
            ours = await in_database(_prolong)(self._job)
        except Exception as error:  # a database that is away for a moment must not end the answer
            log.warning("lease_not_prolonged", run=self._job.run, error=type(error).__name__)
            ours = True
        self._checking = None
        if self._closed:
            return
        if ours:
            self._wait()
        else:
            self.lost = True
            self._thinking.cancel()


def _prolong(job: Job) -> bool:
    with tenant_scope(job.tenant_id):
        return runs.prolong(job, now=timezone.now())
