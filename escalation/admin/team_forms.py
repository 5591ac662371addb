"""The forms of a team: its week as a table of times, its holidays, how conversations reach people, its promises."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from escalation.admin.handing_over_forms import Words
from escalation.models import Agent, Team
from escalation.models.teams import Delivery, Routing
from escalation.queueing.hours import DAYS
from escalation.queueing.routing import DEFAULT_CAPACITY, OTHER_CHANNELS
from escalation.queueing.teams.services import MOST_CAPACITY, Abilities

SPANS = 2
"""Spans of a day that the table shows; a team that has more shows as many as it has."""
DAY_NAMES = dict(
    zip(
        DAYS,
        (_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday")),
        strict=True,
    )
)
UNITS = [("60", _("minutes")), ("3600", _("hours")), ("86400", _("days"))]
PROMISES = {"first_reply_seconds": "first_reply", "resolution_seconds": "resolution"}
"""The column of a promise -> the name of its fields."""
PLAIN = (
    "name", "description", "is_default", "is_active", "zone", "routing", "delivery", "picking", "offer_seconds",
    "patience_seconds", "grace_seconds", "weight", "warn_percent",
)  # fmt: skip


def _time(label: Any) -> forms.TimeField:
    widget = UnfoldAdminTextInputWidget(attrs={"type": "time", "aria-label": label})
    return forms.TimeField(label=label, required=False, widget=widget, input_formats=["%H:%M", "%H:%M:%S"])


def _number(label: Any, text: Any = "", **options: Any) -> forms.IntegerField:
    widget = UnfoldAdminIntegerFieldWidget()
    return forms.IntegerField(label=label, help_text=text, widget=widget, min_value=0, **options)


def _switch(label: Any, text: Any = "") -> forms.BooleanField:
    return forms.BooleanField(label=label, required=False, help_text=text, widget=UnfoldBooleanSwitchWidget())


@lru_cache(maxsize=1)
def zones() -> list[tuple[str, str]]:
    """Time zones by name, UTC first."""
    named = sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc/"))
    return [("UTC", "UTC"), *((name, name.replace("_", " ")) for name in named)]


@dataclass(frozen=True, slots=True)
class Day:
    """A row of the table: the day and its spans."""

    title: Any
    spans: list[tuple[forms.BoundField, forms.BoundField]]


class TeamForm(forms.Form):
    """A team in words; `first_reply` and `resolution` are a number and its unit."""

    name = forms.CharField(label=_("Name"), max_length=80, widget=UnfoldAdminTextInputWidget())
    description = forms.CharField(
        label=_("What it is for"),
        max_length=300,
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}),
    )
    is_active = _switch(_("On"), _("A team that is off gets no conversations."))
    is_default = _switch(_("Default team"), _("It gets what no rule and no release gives to another."))
    zone = forms.ChoiceField(
        label=_("Time zone"),
        widget=UnfoldAdminSelectWidget(),
        help_text=_("The times below are what a clock on the wall shows there, summer time too."),
    )
    always = _switch(
        _("Always open"), _("Off: open in the hours below, closed else. Holidays are closed in both.")
    )
    delivery = forms.ChoiceField(
        label=_("How conversations reach people"), choices=Delivery.choices, widget=UnfoldAdminSelectWidget()
    )
    routing = forms.ChoiceField(
        label=_("Who is asked first"), choices=Routing.choices, widget=UnfoldAdminSelectWidget()
    )
    picking = _switch(
        _("People may choose"), _("Off: everybody takes what waits longest or is most urgent, nobody picks.")
    )
    offer_seconds = _number(_("An offer stands for, seconds"), _("5 to 600. Then the next person is asked."))
    patience_seconds = _number(
        _("Wait for skills and languages, seconds"),
        _("After this time somebody who lacks them gets the conversation. 0: at once."),
    )
    grace_seconds = _number(
        _("Keep conversations of who went away, seconds"),
        _("Her waiting conversations go back to the queue after this time."),
    )
    weight = _number(
        _("Weight"), _("1 to 100. Where teams share people, 2 gets twice as many conversations as 1.")
    )
    first_reply = _number(_("First reply within"), required=False)
    first_reply_unit = forms.ChoiceField(
        label=_("Unit of the first reply"), choices=UNITS, widget=UnfoldAdminSelectWidget()
    )
    resolution = _number(_("Resolved within"), required=False)
    resolution_unit = forms.ChoiceField(
        label=_("Unit of the resolution"), choices=UNITS, widget=UnfoldAdminSelectWidget()
    )
    warn_percent = _number(
        _("Warn at, percent of the time"), _("1 to 100. The conversation then shows under “Breaching soon”.")
    )

    def __init__(self, data: Any, team: Team) -> None:
        initial: dict[str, Any] = {name: getattr(team, name) for name in PLAIN}
        initial["always"] = not team.hours
        for column, name in PROMISES.items():
            initial[name], initial[f"{name}_unit"] = _in_units(getattr(team, column))
        super().__init__(data, initial=initial)
        listed = zones()
        known = {name for name, _title in listed}
        choices: Any = self.fields["zone"]
        choices.choices = listed if team.zone in known else [(team.zone, team.zone), *listed]
        self._add_week(team.hours)

    def _add_week(self, hours: Mapping[str, Sequence[Sequence[str]]]) -> None:
        self.spans = max([SPANS, *(len(spans) for spans in hours.values())])
        for day in DAYS:
            spans = hours.get(day) or ()
            for number in range(self.spans):
                begin, end = spans[number] if number < len(spans) else ("", "")
                words = {"day": DAY_NAMES[day], "number": number + 1}
                for part, label, at in (
                    ("from", _("%(day)s, from (%(number)s)") % words, begin),
                    ("to", _("%(day)s, to (%(number)s)") % words, end),
                ):
                    self.fields[f"{day}-{number}-{part}"] = _time(label)
                    self.initial[f"{day}-{number}-{part}"] = "00:00" if at == "24:00" else at

    @property
    def week(self) -> Iterator[Day]:
        """The days with their fields, for the template."""
        for day in DAYS:
            numbers = range(self.spans)
            yield Day(
                DAY_NAMES[day], [(self[f"{day}-{one}-from"], self[f"{day}-{one}-to"]) for one in numbers]
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for day in DAYS:
            for number in range(self.spans):
                begin, end = (f"{day}-{number}-{part}" for part in ("from", "to"))
                for given, missing in ((begin, end), (end, begin)):
                    has_one = cleaned.get(given) is not None and cleaned.get(missing) is None
                    if has_one and missing not in self.errors:
                        self.add_error(missing, _("Both times are needed, or none."))
        return cleaned

    def hours(self) -> dict[str, list[list[str]]]:
        """The week as the column holds it: `{}` is always open, and a week without a time is never open."""
        said = self.cleaned_data
        if said["always"]:
            return {}
        return {day: list(self._spans(day)) for day in DAYS}

    def _spans(self, day: str) -> Iterator[list[str]]:
        for number in range(self.spans):
            begin, end = (self.cleaned_data.get(f"{day}-{number}-{part}") for part in ("from", "to"))
            if begin is not None and end is not None:
                yield [f"{begin:%H:%M}", "24:00" if end == dt.time() else f"{end:%H:%M}"]

    def fill(self, team: Team, holidays: list[dict[str, str]]) -> Team:
        """The team as it is wished for."""
        said = self.cleaned_data
        for name in PLAIN:
            setattr(team, name, said[name])
        for column, name in PROMISES.items():
            setattr(team, column, (said[name] or 0) * int(said[f"{name}_unit"]))
        team.hours, team.holidays = self.hours(), holidays
        return team


def _in_units(seconds: int) -> tuple[int, str]:
    """A length of time as a whole number of the greatest unit that fits."""
    fits = [int(unit) for unit, _title in UNITS if seconds and seconds % int(unit) == 0]
    unit = max(fits, default=60)
    return seconds // unit if fits or not seconds else -(-seconds // unit), str(unit)


class HolidayForm(forms.Form):
    """A day on which the team is closed; a row without a date is left out."""

    date = forms.DateField(
        label=_("Date"),
        required=False,
        input_formats=["%Y-%m-%d"],
        widget=UnfoldAdminTextInputWidget(attrs={"type": "date"}),
    )
    name = forms.CharField(
        label=_("Name"), max_length=80, required=False, widget=UnfoldAdminTextInputWidget()
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("name") and not cleaned.get("date") and "date" not in self.errors:
            self.add_error("date", _("Give the date, or empty the name too."))
        return cleaned


HolidayForms = forms.formset_factory(HolidayForm, extra=3, max_num=366)


def holidays_of(forms_: Any) -> list[dict[str, str]]:
    """The column, from rows that are valid, in order and each day once."""
    found = {one["date"].isoformat(): one["name"] for one in forms_.cleaned_data if one.get("date")}
    return [{"date": day, "name": name} for day, name in sorted(found.items())]


def rows_of(holidays: Sequence[Any]) -> list[dict[str, Any]]:
    """The column as the rows of the form take it; dates alone are allowed there too."""
    return [dict(one) if isinstance(one, Mapping) else {"date": one, "name": ""} for one in holidays]


class AgentForm(forms.Form):
    """What a member can take: skills, languages, and for each channel how many conversations at once."""

    skills = Words(
        label=_("Skills"),
        help_text=_("With commas between: billing, returns. Rules of handing over ask for them."),
    )
    languages = Words(label=_("Languages"), help_text=_("Codes with commas between: en, de, pt-br."))

    def __init__(self, data: Any, agent: Agent) -> None:
        super().__init__(data, initial={"skills": agent.skills, "languages": agent.languages})
        self.channels = sorted({*DEFAULT_CAPACITY, *agent.capacity})
        for channel in self.channels:
            usual = DEFAULT_CAPACITY.get(channel, OTHER_CHANNELS)
            self.fields[f"capacity_{channel}"] = _number(
                _("Conversations at once: %(channel)s") % {"channel": channel},
                _("Empty: %(usual)s.") % {"usual": usual},
                required=False,
                max_value=MOST_CAPACITY,
                initial=agent.capacity.get(channel),
            )

    def abilities(self) -> Abilities:
        said = self.cleaned_data
        numbers = {channel: said[f"capacity_{channel}"] for channel in self.channels}
        capacity = {channel: number for channel, number in numbers.items() if number is not None}
        return Abilities(said["skills"], said["languages"], capacity)
