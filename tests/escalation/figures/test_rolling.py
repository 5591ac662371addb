"""Figures by the hour: they say what a reader of the rows counts, however often and whenever they are counted."""

from __future__ import annotations

import datetime as dt
import io
import random

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from core.scope import tenant_scope
from escalation.figures import histograms, rolling
from escalation.figures.filters import Filters
from escalation.figures.periods import period_of
from escalation.figures.reading import read
from escalation.figures.tables import steps_of
from escalation.models import Figure, FigureMark
from escalation.tasks import roll_up
from tests.escalation.figures.histories import World, counted, rolled
from tests.factories import Person


@pytest.mark.parametrize("seed", range(6))
def test_figures_are_what_a_reader_counts(ana: Person, seed: int) -> None:
    now = timezone.now()
    world = World(ana, seed, now)
    world.live(8)
    rolling.roll(tenant_id=ana.tenant.pk, now=now)
    first = (rolled(ana), counted(ana))
    for step in range(1, 4):
        world.now = now + dt.timedelta(minutes=7 * step)
        world.live(2)
        rolling.roll(tenant_id=ana.tenant.pk, now=world.now)

    assert first[0] == first[1]
    assert rolled(ana) == counted(ana)


def test_counting_twice_writes_nothing(ana: Person) -> None:
    now = timezone.now()
    World(ana, 1, now).live(5)
    rolling.roll(tenant_id=ana.tenant.pk, now=now)
    before = ids_of(ana)

    again = rolling.roll(tenant_id=ana.tenant.pk, now=now)
    anew = rolling.rebuild(tenant_id=ana.tenant.pk, since=None, now=now)

    assert (again, anew, ids_of(ana)) == (0, 0, before)


def test_who_is_stopped_in_the_middle_goes_on_where_she_was(ana: Person) -> None:
    now = timezone.now()
    World(ana, 2, now).live(6)

    rolling.roll(tenant_id=ana.tenant.pk, now=now, seconds=0)
    begun = rolling.counted_up_to(ana.tenant.pk)
    rolling.roll(tenant_id=ana.tenant.pk, now=now)

    assert begun is not None
    assert begun.rebuild_from is not None
    assert rolled(ana) == counted(ana)


def test_many_hours_that_changed_at_once_are_counted_in_parts(
    ana: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = timezone.now()
    world = World(ana, 3, now)
    world.live(3)
    rolling.roll(tenant_id=ana.tenant.pk, now=now)
    monkeypatch.setattr(rolling, "BATCH", 5)

    world.live(6)
    rolling.roll(tenant_id=ana.tenant.pk, now=now)

    assert rolled(ana) == counted(ana)


def test_rows_written_late_with_an_old_time_are_counted(ana: Person) -> None:
    now = timezone.now()
    world = World(ana, 4, now - dt.timedelta(days=2))
    world.live(3)
    rolling.roll(tenant_id=ana.tenant.pk, now=now)
    for minutes in (20, 40, 60):
        rolling.roll(tenant_id=ana.tenant.pk, now=now + dt.timedelta(minutes=minutes))

    world.live(3)
    rolling.roll(tenant_id=ana.tenant.pk, now=now + dt.timedelta(minutes=61))

    assert rolled(ana) == counted(ana)


def test_the_task_counts_each_tenant_by_itself(ana: Person, zoe: Person) -> None:
    World(ana, 5, timezone.now()).live(2)

    roll_up()

    assert rolled(ana) == counted(ana)
    assert rolled(zoe)["count"] == {}


def test_the_command_counts_anew(ana: Person) -> None:
    now, said = timezone.now(), io.StringIO()
    World(ana, 6, now).live(3)
    rolling.roll(tenant_id=ana.tenant.pk, now=now)
    with tenant_scope(ana.tenant.pk):
        Figure.objects.filter(tenant=ana.tenant).update(count=99)
        FigureMark.objects.filter(tenant=ana.tenant).delete()

    call_command("rollup", tenant=ana.tenant.slug, stdout=said)

    assert rolled(ana) == counted(ana)
    assert ana.tenant.slug in said.getvalue()
    with pytest.raises(CommandError, match="no active organisation"):
        call_command("rollup", tenant="nobody-here")
    for wrong in ("soon", "2026-02-31"):
        with pytest.raises(CommandError, match="is not a day"):
            call_command("rollup", tenant=ana.tenant.slug, since=wrong)


@pytest.mark.parametrize("share", [0.5, 0.9, 0.95])
def test_quantiles_of_merged_hours_are_right_within_two_percent(share: float) -> None:
    dice = random.Random(7)
    values = sorted(dice.lognormvariate(8, 2) + 1 for _ in range(5000))
    merged: dict[int, int] = {}
    for value in values:
        merged[histograms.bucket_of(value)] = merged.get(histograms.bucket_of(value), 0) + 1

    found = histograms.quantile(merged, share)

    assert found is not None
    assert abs(found / values[int(share * (len(values) - 1))] - 1) <= histograms.ALPHA + 1e-9
    assert histograms.quantile({}, share) is None


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "Asia/Kolkata"])
def test_a_period_read_by_days_is_the_same_as_by_hours(ana: Person, zone: str) -> None:
    now = timezone.now()
    world = World(ana, 8, now)
    world.live(6)
    rolling.roll(tenant_id=ana.tenant.pk, now=now)
    world.live(2)
    rolling.roll(tenant_id=ana.tenant.pk, now=now)
    period = period_of({"period": "7"}, now=now, zone=zone)

    found, _before = read(ana.tenant.pk, period, Filters())

    counts: dict[tuple[str, str], int] = {}
    bars: dict[tuple[str, str], int] = {}
    for part, into in (("count", counts), ("bars", bars)):
        for key, number in counted(ana)[part].items():
            if period.now.lo <= key[0] < period.now.hi:
                into[key[1], key[2]] = into.get((key[1], key[2]), 0) + number
    assert {key: one.count for key, one in found.found.items() if one.count} == counts
    assert {key: one.times for key, one in found.found.items() if one.times} == bars
    assert sum(found.at(step, "answered").count for step in steps_of(period)) == found.of("answered").count


def ids_of(person: Person) -> list[int]:
    with tenant_scope(person.tenant.pk):
        return sorted(Figure.objects.filter(tenant=person.tenant).values_list("pk", flat=True))
