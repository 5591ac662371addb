"""The guardrails' verdicts, in words and counted."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from conversations import verdicts
from conversations.models import Run, Step
from conversations.turns import Job
from conversations.verdicts import Counted
from core.scope import tenant_scope
from tests.factories import Person, a_job, a_visit


def verdict(check: str, **more: Any) -> dict[str, Any]:
    return {
        "check": check,
        "version": 1,
        "score": 0.5,
        "flagged": False,
        "action": "allow",
        "micros": 100,
    } | more


def a_run(person: Person, *checks: dict[str, Any], **steps: list[dict[str, Any]]) -> Job:
    """A run with these verdicts about the customer's words, and a step of each kind with those about its text."""
    job = a_job(a_visit(person.tenant))
    with tenant_scope(job.tenant_id):
        Run.objects.filter(tenant_id=job.tenant_id, pk=job.run_id).update(checks=list(checks))
        for number, (kind, told) in enumerate(steps.items(), 1):
            Step.objects.create(
                tenant_id=job.tenant_id,
                run_id=job.run_id,
                number=number,
                kind=kind,
                name=kind,
                status="done",
                data={"checks": told},
                started_at=timezone.now(),
            )
    return job


def counted(person: Person, **more: Any) -> list[Counted]:
    return verdicts.counted(person.tenant.pk, now=timezone.now(), **more)


def test_verdicts_are_counted_by_what_was_looked_at_and_by_check(ana: Person) -> None:
    attack = verdict("injection", flagged=True, action="reply", micros=300)
    a_run(ana, verdict("size"), attack)
    a_run(ana, verdict("size"), verdict("injection"), model=[verdict("leak")], tool=[verdict("indirect")])

    rows = counted(ana)

    assert [(row.stage, row.check, row.verdicts, row.flagged, row.acted) for row in rows] == [
        ("input", "size", 2, 0, 0),
        ("input", "injection", 2, 1, 1),
        ("read", "indirect", 1, 0, 0),
        ("output", "leak", 1, 0, 0),
    ]
    assert [row.millis for row in rows] == [0.1, 0.2, 0.1, 0.1]


def test_what_was_only_watched_and_what_failed_is_counted_apart(ana: Person) -> None:
    a_run(
        ana,
        verdict("injection", flagged=True, monitored=True),
        verdict("mood", flagged=True),
        verdict("personal", flagged=True, action="mask", failed="ValueError"),
    )

    found = {row.check: (row.flagged, row.acted, row.watched, row.failed) for row in counted(ana)}

    assert found == {"injection": (1, 0, 1, 0), "mood": (1, 0, 0, 0), "personal": (1, 1, 0, 1)}


def test_verdicts_of_another_tenant_and_of_long_ago_are_not_counted(ana: Person, zoe: Person) -> None:
    a_run(zoe, verdict("size"))
    old = a_run(ana, verdict("size"))
    with tenant_scope(old.tenant_id):
        long_ago = timezone.now() - dt.timedelta(days=verdicts.DAYS, minutes=1)
        Run.objects.filter(tenant_id=old.tenant_id, pk=old.run_id).update(started_at=long_ago)

    assert counted(ana) == []
    assert [row.verdicts for row in counted(ana, days=30)] == [1]
    assert [row.verdicts for row in counted(zoe)] == [1]


def test_a_check_without_a_measured_time_has_none(ana: Person) -> None:
    untimed = verdict("external:own")
    del untimed["micros"]
    a_run(ana, untimed)

    [row] = counted(ana)

    assert (row.title, row.millis) == ("Guard service own", None)


def test_what_was_found_is_told_in_words_before_what_was_not() -> None:
    told = verdicts.told(
        [
            verdict("size"),
            verdict("injection", flagged=True, action="hand_over", label="injection", reasons=["meaning"]),
            verdict("mood", flagged=True),
            verdict("content", flagged=True, monitored=True),
            verdict("claims", failed="KeyError"),
            verdict("of_tomorrow"),
        ]
    )

    assert told is not None
    assert [(one.title, str(one.outcome), one.failed) for one in told.found] == [
        ("Attacks on the assistant", "handed over to a person", False),
        ("Anger and despair", "recorded", False),
        ("Harmful content", "only watched", False),
        ("Deeds that were not done", "", True),
    ]
    assert [one.title for one in told.rest] == ["Too long or repetitive", "of_tomorrow"]
    assert verdicts.told([]) is None
