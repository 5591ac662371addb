"""When a team is open: what a clock on its wall says, whatever the zone does."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from escalation.queueing.hours import (
    ALWAYS,
    DAYS,
    BadHours,
    Calendar,
    after_open_seconds,
    calendar_of,
    is_open,
    next_opening,
    open_seconds,
)
from escalation.queueing.targets import due, is_near, resumed

ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia"]
TIMES = st.integers(0, 95).map(lambda quarter: f"{quarter // 4:02}:{quarter % 4 * 15:02}")
SPANS = st.lists(st.tuples(TIMES, TIMES).map(list), max_size=3)
WEEKS = st.dictionaries(st.sampled_from(DAYS), SPANS, min_size=1, max_size=7)
MOMENTS = st.datetimes(dt.datetime(2025, 1, 1), dt.datetime(2027, 12, 31), timezones=st.just(dt.UTC))
HOLIDAYS = st.lists(st.dates(dt.date(2025, 1, 1), dt.date(2027, 12, 31)).map(str), max_size=5)
CALENDARS = st.builds(calendar_of, st.sampled_from(ZONES), WEEKS, HOLIDAYS)
BERLIN = ZoneInfo("Europe/Berlin")


def berlin(week: dict[str, Any], holidays: list[Any] | None = None) -> Calendar:
    return calendar_of("Europe/Berlin", week, holidays or [])


def at(text: str, fold: int = 0) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=BERLIN, fold=fold)


def says_the_clock(calendar: Calendar, moment: dt.datetime) -> bool:
    """Open by the wall clock alone, said in another way than the code does."""
    wall = moment.astimezone(calendar.zone)
    if wall.date() in calendar.holidays or calendar.week is None:
        return wall.date() not in calendar.holidays
    minute = wall.hour * 60 + wall.minute
    yesterday = wall.date() - dt.timedelta(days=1)
    over = () if yesterday in calendar.holidays else calendar.week[yesterday.weekday()]
    today = calendar.week[wall.weekday()]
    return any(one <= minute < end for one, end in today) or any(minute < end - 1440 for _, end in over)


def is_in_a_repeated_hour(calendar: Calendar, moment: dt.datetime) -> bool:
    near = (moment + dt.timedelta(hours=hours) for hours in (-3, 0, 3))
    return len({one.astimezone(calendar.zone).utcoffset() for one in near}) > 1


@settings(max_examples=150, deadline=None)
@given(CALENDARS, MOMENTS)
def test_open_is_what_the_clock_on_the_wall_says(calendar: Calendar, moment: dt.datetime) -> None:
    if is_in_a_repeated_hour(calendar, moment):
        return
    assert is_open(calendar, moment) == says_the_clock(calendar, moment)


@settings(max_examples=100, deadline=None)
@given(CALENDARS, MOMENTS)
def test_the_next_opening_is_open_and_nothing_before_it_is(calendar: Calendar, moment: dt.datetime) -> None:
    opening = next_opening(calendar, moment)

    if opening is None:
        assert open_seconds(calendar, moment, moment + dt.timedelta(days=390)) == 0
    else:
        assert opening >= moment
        assert is_open(calendar, opening)
        assert open_seconds(calendar, moment, opening) == 0


@settings(max_examples=100, deadline=None)
@given(CALENDARS, MOMENTS, st.integers(0, 200_000), st.integers(0, 200_000))
def test_open_time_adds_up_and_counting_it_off_leads_back(
    calendar: Calendar, moment: dt.datetime, first: int, second: int
) -> None:
    moment = moment.replace(microsecond=0)  # sums of fractions are off by the last digit
    middle = moment + dt.timedelta(seconds=first)
    end = middle + dt.timedelta(seconds=second)

    whole = open_seconds(calendar, moment, end)

    assert whole == open_seconds(calendar, moment, middle) + open_seconds(calendar, middle, end)
    assert 0 <= whole <= first + second
    if whole:
        reached = after_open_seconds(calendar, moment, whole)
        assert reached is not None
        assert reached <= end
        assert open_seconds(calendar, moment, reached) == whole


def test_a_night_shift_goes_on_over_midnight_but_not_into_a_holiday() -> None:
    nights = berlin({"tue": [["22:00", "06:00"]]}, [{"date": "2026-11-26", "name": "Feast"}])
    eve = berlin({"wed": [["22:00", "06:00"]]}, [{"date": "2026-11-26", "name": "Feast"}])

    assert is_open(nights, at("2026-11-25T05:59"))
    assert not is_open(nights, at("2026-11-25T06:00"))
    assert is_open(eve, at("2026-11-25T23:59"))
    assert not is_open(eve, at("2026-11-26T00:00"))


def test_an_hour_that_is_jumped_over_is_none_and_one_that_comes_twice_counts_twice() -> None:
    every = {day: [["01:00", "04:00"]] for day in DAYS}
    sundays = berlin(every)

    assert open_seconds(sundays, at("2026-03-29T00:00"), at("2026-03-29T12:00")) == 2 * 3600
    assert open_seconds(sundays, at("2026-10-25T00:00"), at("2026-10-25T12:00")) == 4 * 3600
    jumped = berlin({"sun": [["02:15", "02:45"], ["02:30", "03:30"]]})
    assert open_seconds(jumped, at("2026-03-29T00:00"), at("2026-03-29T12:00")) == 1800
    assert next_opening(jumped, at("2026-03-29T00:00")) == at("2026-03-29T03:00")


def test_hours_that_never_open_promise_nothing() -> None:
    never = berlin({"mon": []})

    assert not is_open(never, at("2026-11-23T12:00"))
    assert next_opening(never, at("2026-11-23T12:00")) is None
    assert due(never, at("2026-11-23T12:00"), 60) is None


def test_without_hours_a_team_is_open_but_on_holidays() -> None:
    assert is_open(ALWAYS, at("2026-11-22T03:00"))
    feast = berlin({}, ["2026-12-25"])
    assert not is_open(feast, at("2026-12-25T12:00"))
    assert next_opening(feast, at("2026-12-25T12:00")) == at("2026-12-26T00:00")


@pytest.mark.parametrize(
    ("zone", "week", "holidays", "field"),
    [
        ("Europe/Nowhere", {}, [], "zone"),
        ("../etc/passwd", {}, [], "zone"),
        ("UTC", {"monday": []}, [], "hours"),
        ("UTC", {"mon": [["9:00", "17:00"]]}, [], "hours"),
        ("UTC", {"mon": [["09:00"]]}, [], "hours"),
        ("UTC", {"mon": [["24:00", "25:00"]]}, [], "hours"),
        ("UTC", [], [], "hours"),
        ("UTC", {}, ["tomorrow"], "holidays"),
        ("UTC", {}, [{"name": "Feast"}], "holidays"),
    ],
)
def test_what_cannot_be_read_is_refused_by_field(zone: str, week: Any, holidays: Any, field: str) -> None:
    with pytest.raises(BadHours) as refused:
        calendar_of(zone, week, holidays)

    assert refused.value.field == field


def test_a_promise_counts_open_hours_and_stands_still_while_the_customer_is_waited_for() -> None:
    days = berlin({day: [["09:00", "17:00"]] for day in DAYS[:5]})
    friday = at("2026-11-27T16:30")

    promised = due(days, friday, 3600)
    assert promised == at("2026-11-30T09:30")
    # Waited for from Friday 16:45 to Monday 10:00: a quarter of an hour was used up.
    assert resumed(days, promised, at("2026-11-27T16:45"), at("2026-11-30T10:00")) == at("2026-11-30T10:45")
    # What was broken before stays broken.
    assert resumed(days, promised, at("2026-11-30T09:31"), at("2026-11-30T12:00")) == promised


@settings(max_examples=60, deadline=None)
@given(CALENDARS, MOMENTS, st.integers(1, 100_000), st.integers(0, 100_000), st.integers(0, 500_000))
def test_a_pause_gives_back_exactly_the_open_time_it_took(
    calendar: Calendar, begin: dt.datetime, seconds: int, until_pause: int, paused_for: int
) -> None:
    promised = due(calendar, begin, seconds)
    paused = begin + dt.timedelta(seconds=until_pause)
    if promised is None or promised <= paused:
        return
    back = paused + dt.timedelta(seconds=paused_for)

    moved = resumed(calendar, promised, paused, back)

    if moved is not None:
        left = open_seconds(calendar, paused, promised)
        assert abs(open_seconds(calendar, back, moved) - left) < 0.001


def test_a_warning_comes_when_most_of_the_open_time_is_used_up() -> None:
    days = berlin({day: [["09:00", "17:00"]] for day in DAYS})
    promised = at("2026-11-24T09:10")

    assert not is_near(days, promised, at("2026-11-23T16:49"), 3600, 80)
    assert is_near(days, promised, at("2026-11-23T16:59"), 3600, 80)
