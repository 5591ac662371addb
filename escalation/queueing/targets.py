"""Promises of time: by when a customer has a first reply, and by when her matter is resolved. Pure.

Invariant: only open hours count, and for the resolution only those in which the customer waits for the team. While the
team waits for the customer the clock stands still; her answer moves the moment by the open time that it stood.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from escalation.queueing.hours import Calendar, after_open_seconds, open_seconds

REPLY, RESOLUTION = "reply", "resolution"


@dataclass(frozen=True, slots=True)
class Targets:
    """A team's promises in open seconds, 0: none, and after how many hundredths of one a warning comes."""

    reply_seconds: int = 0
    resolution_seconds: int = 0
    warn_percent: int = 80


def due(calendar: Calendar, begin: dt.datetime, seconds: int) -> dt.datetime | None:
    """By when; None: nothing is promised, or the team is never open for so long."""
    return after_open_seconds(calendar, begin, seconds) if seconds else None


def resumed(
    calendar: Calendar, due_at: dt.datetime | None, paused_at: dt.datetime, now: dt.datetime
) -> dt.datetime | None:
    """Where a promise moves when the clock goes on that stood since `paused_at`; one already broken stays."""
    if due_at is None or due_at <= paused_at:
        return due_at
    return after_open_seconds(calendar, now, open_seconds(calendar, paused_at, due_at))


def is_near(
    calendar: Calendar, due_at: dt.datetime, now: dt.datetime, seconds: int, warn_percent: int
) -> bool:
    """Whether so much of the time is used up that a warning is due."""
    left = open_seconds(calendar, now, due_at)
    return left <= seconds * (100 - warn_percent) / 100
