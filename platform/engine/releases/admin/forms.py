"""The form of a draft: everything that a release freezes, in words for people who don't program."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from engine.agent.values import Limits
from engine.guardrails.admin.forms import Lines
from engine.releases.reading import BadConfiguration, read
from engine.releases.values import (
    LABELS,
    LIMIT_LABELS,
    RANGES,
    Configuration,
    Guideline,
    Problem,
    columns_of,
)
from engine.tools.admin.fields import JSONText

_WHOLE = frozenset({"steps", "tool_calls", "identical_calls", "alternations", "no_progress", "tokens"})
_MODEL = {"list": "known-models", "autocomplete": "off"}


@dataclass(frozen=True, slots=True)
class Choices:
    """What there is to choose from: names with a word about each."""

    tools: tuple[tuple[str, Any], ...] = ()
    sources: tuple[tuple[str, Any], ...] = ()


class Variables(forms.CharField):
    """Names and what they stand for, one pair a line: `phone = 555 0100`."""

    def __init__(self, **options: Any) -> None:
        widget = UnfoldAdminTextareaWidget(attrs={"rows": 4, "spellcheck": "false"})
        super().__init__(widget=widget, required=False, **options)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, dict):
            return "\n".join(f"{name} = {text}" for name, text in value.items())
        return value

    def clean(self, value: Any) -> dict[str, str]:
        found: dict[str, str] = {}
        for line in filter(None, (one.strip() for one in super().clean(value).splitlines())):
            name, sign, text = (part.strip() for part in line.partition("="))
            if not sign or not name:
                said = _("Write one variable a line, as: name = what it stands for.")
                raise forms.ValidationError(said)
            if name in found:
                raise forms.ValidationError(_("“%(name)s” stands here twice.") % {"name": name})
            found[name] = text
        return found


@dataclass(frozen=True, slots=True)
class Row:
    """A guideline as the form shows it."""

    number: int
    when: str
    do: str

    @property
    def place(self) -> int:
        return self.number + 1


@dataclass(frozen=True, slots=True)
class Shown:
    """A field with what keeps it from being published."""

    bound: forms.BoundField
    problems: tuple[Problem, ...]


def _prompt() -> Any:
    attrs = {"rows": 16, "spellcheck": "true", "data-count": "yes", "class": "release-prompt"}
    return UnfoldAdminTextareaWidget(attrs=attrs)


class DraftForm(forms.Form):
    """A configuration. Rows of guidelines come as `row` (their order), `when-N` and `do-N`."""

    assistant_name = forms.CharField(
        label=LABELS["assistant_name"], max_length=80, widget=UnfoldAdminTextInputWidget()
    )
    prompt = forms.CharField(
        label=LABELS["prompt"], required=False, strip=False, max_length=100_000, widget=_prompt()
    )
    variables = Variables(
        label=LABELS["variables"],
        help_text=_("One a line: phone = 555 0100. In the prompt {phone} stands for it."),
    )
    model = forms.CharField(
        label=LABELS["model"],
        required=False,
        max_length=120,
        widget=UnfoldAdminTextInputWidget(attrs=_MODEL),
        help_text=_("Empty: the one that your provider account names."),
    )
    cheap_model = forms.CharField(
        label=LABELS["cheap_model"],
        required=False,
        max_length=120,
        widget=UnfoldAdminTextInputWidget(attrs=_MODEL),
        help_text=_("Answers what needs no thought, and everything when money runs short. Empty: none."),
    )
    fallback_models = Lines(
        label=LABELS["fallback_models"],
        help_text=_("One a line, asked in this order when the first is out of reach."),
    )
    temperature = forms.FloatField(
        label=LABELS["temperature"],
        required=False,
        widget=UnfoldAdminDecimalFieldWidget(attrs={"step": "any", "placeholder": _("the model's own")}),
        help_text=_("0 says the same every time, 2 is wild. Some models take no other than their own."),
    )
    max_tokens = forms.IntegerField(
        label=LABELS["max_tokens"],
        widget=UnfoldAdminIntegerFieldWidget(),
        help_text=_("Bounds what one reply can cost. A token is about four letters."),
    )
    all_tools = forms.BooleanField(
        label=_("All tools, those made later too"), required=False, widget=UnfoldBooleanSwitchWidget()
    )
    tools = forms.MultipleChoiceField(
        label=_("Only these"), required=False, widget=UnfoldAdminCheckboxSelectMultipleWidget
    )
    all_sources = forms.BooleanField(
        label=_("All knowledge, what is added later too"), required=False, widget=UnfoldBooleanSwitchWidget()
    )
    sources = forms.MultipleChoiceField(
        label=_("Only these"), required=False, widget=UnfoldAdminCheckboxSelectMultipleWidget
    )
    guardrails = JSONText(
        label=LABELS["guardrails"],
        required=False,
        rows=6,
        help_text=_(
            "Only what this release does otherwise than your guardrails, as JSON. Empty: nothing. For example "
            '{"rules": {"mood": {"on": false}}, "competitors": ["Acme"]}'
        ),
    )
    escalation = JSONText(
        label=LABELS["escalation"],
        required=False,
        rows=6,
        help_text=_("Only what this release does otherwise than your rules of handing over, as JSON."),
    )
    answer_cache = forms.BooleanField(
        label=LABELS["answer_cache"],
        required=False,
        widget=UnfoldBooleanSwitchWidget(),
        help_text=_(
            "What was answered from the help pages alone is given again to who asks the same, for nothing."
        ),
    )
    greeting = forms.CharField(
        label=LABELS["greeting"],
        required=False,
        max_length=500,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}),
    )
    disclosure = forms.CharField(
        label=LABELS["disclosure"],
        required=False,
        max_length=500,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}),
        help_text=_("Shown before the first message: that this is an AI."),
    )

    def __init__(
        self,
        data: Any = None,
        *,
        configuration: Configuration,
        choices: Choices,
        problems: Iterable[Problem] = (),
        locked: bool = False,
    ) -> None:
        super().__init__(data, initial=_initial(configuration))
        self.problems = tuple(problems)
        self.before = configuration
        for name, offered in (("tools", choices.tools), ("sources", choices.sources)):
            field: Any = self.fields[name]
            field.choices = _with_gone(offered, getattr(configuration, name), data and data.getlist(name))
        for limit in fields(Limits):
            self.fields[f"limit-{limit.name}"] = _limit_field(limit.name)
        self.rows = _rows(data) if data is not None else _rows_of(configuration.guidelines)
        for field in self.fields.values():
            field.disabled = locked

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        try:
            self.configuration = read(self._told(cleaned), self.before)
        except BadConfiguration as error:
            for problem in error.problems:
                name = problem.field.partition(".")[0]
                self.add_error(name if name in self.fields else None, problem.message)
        return cleaned

    def _told(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        plain = {name: cleaned[name] for name in LABELS if name in cleaned}
        plain["tools"] = None if cleaned["all_tools"] else cleaned["tools"]
        plain["sources"] = None if cleaned["all_sources"] else cleaned["sources"]
        for name in ("guardrails", "escalation"):
            plain[name] = {} if cleaned[name] is None else cleaned[name]
        plain["guidelines"] = [{"when": row.when, "do": row.do} for row in self.rows if row.when or row.do]
        plain["limits"] = {one.name: cleaned[f"limit-{one.name}"] for one in fields(Limits)}
        return plain

    def rearrange(self, order: str) -> None:
        """Does what a button beside a guideline says: `add`, `up:2`, `down:2`, `drop:2`."""
        word, _sign, number = order.partition(":")
        rows = list(self.rows)
        at = int(number) if number.isdecimal() and int(number) < len(rows) else -1
        if word == "add":
            rows.append(Row(0, "", ""))
        elif word == "drop" and at >= 0:
            del rows[at]
        elif word == "up" and at > 0:
            rows[at - 1], rows[at] = rows[at], rows[at - 1]
        elif word == "down" and 0 <= at < len(rows) - 1:
            rows[at + 1], rows[at] = rows[at], rows[at + 1]
        self.rows = [Row(number, row.when, row.do) for number, row in enumerate(rows)]

    def shown(self, *names: str) -> list[Shown]:
        """Fields for the template, each with its problems."""
        return [Shown(self[name], self.about(name)) for name in names]

    def about(self, name: str) -> tuple[Problem, ...]:
        wanted = name.replace("limit-", "limits.")
        return tuple(one for one in self.problems if one.field == wanted)

    def limits(self) -> list[Shown]:
        return self.shown(*(f"limit-{limit.name}" for limit in fields(Limits)))

    def models(self) -> list[Shown]:
        return self.shown("model", "cheap_model", "fallback_models", "temperature", "max_tokens")


def _initial(configuration: Configuration) -> dict[str, Any]:
    told = columns_of(configuration)
    limits = told.pop("limits")
    told |= {f"limit-{name}": value for name, value in limits.items()}
    told |= {"all_tools": told["tools"] is None, "all_sources": told["sources"] is None}
    for name in ("guardrails", "escalation"):
        told[name] = told[name] or None
    return told


def _with_gone(offered: Sequence[tuple[str, Any]], *chosen: Any) -> list[tuple[str, Any]]:
    """The choices, and those chosen before that are no more: dropping them silently would lose them."""
    known = {name for name, _ in offered}
    gone = dict.fromkeys(name for names in chosen for name in names or () if name not in known)
    return [*offered, *((name, _("%(name)s (gone)") % {"name": name}) for name in gone)]


def _limit_field(name: str) -> forms.Field:
    label = LIMIT_LABELS[name]
    if name == "hand_over":
        return forms.BooleanField(label=label, required=False, widget=UnfoldBooleanSwitchWidget())
    least, most = RANGES[name]
    said = _("%(least)s to %(most)s.") % {"least": f"{least:g}", "most": f"{most:,.10g}"}
    if name in _WHOLE:
        return forms.IntegerField(label=label, widget=UnfoldAdminIntegerFieldWidget(), help_text=said)
    widget = UnfoldAdminDecimalFieldWidget(attrs={"step": "any"})
    return forms.FloatField(label=label, widget=widget, help_text=said)


def _rows_of(guidelines: Iterable[Guideline]) -> list[Row]:
    return [Row(number, one.when, one.do) for number, one in enumerate(guidelines)]


def _rows(data: Any) -> list[Row]:
    def given() -> Iterator[tuple[str, str]]:
        for name in data.getlist("row")[:200]:
            yield data.get(f"when-{name}", "").strip(), data.get(f"do-{name}", "").strip()

    return [Row(number, when, do) for number, (when, do) in enumerate(given())]


class StartForm(forms.Form):
    """A new draft."""

    name = forms.CharField(
        label=_("Name"),
        max_length=60,
        widget=UnfoldAdminTextInputWidget(),
        help_text=_("What this is about, for your colleagues. Most teams need one draft, called “next”."),
    )
    number = forms.IntegerField(
        label=_("Begin from release"),
        required=False,
        min_value=1,
        max_value=2**31 - 1,
        widget=UnfoldAdminIntegerFieldWidget(),
        help_text=_("Its number. Empty: the one that is live."),
    )
