"""The forms of the rules of handing over: the usual rules a row each, own rules, and a box to try them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from engine.matrix import Decision, Do, Matrix, Rule, Signals, decide
from engine.matrix.rules import ALWAYS, USUAL
from engine.matrix.topics import amount_in, topics_in

URGENCIES = [("low", _("Low")), ("normal", _("Normal")), ("high", _("High")), ("urgent", _("Urgent"))]
DOES = [(Do.HAND_OVER.value, _("Hand over")), (Do.CONFIRM.value, _("Ask first, then hand over"))]
CLARIFY = [("0", _("Hand over at once")), ("1", _("Ask one question first"))]
LIMITS = {
    "unsure": ("confidence_below", _("Confidence below"), 0, 1),
    "failed": ("failed_at_least", _("Attempts in a row"), 1, 20),
    "mood": ("mood_below", _("Mood below"), -1, 1),
}
"""The number that a usual rule goes by: its condition, its words, least and most."""
TITLES = {
    "asked": _("The customer wants a person"),
    "chosen": _("The assistant cannot go on by itself"),
    "unsure": _("The answer is not sure enough"),
    "failed": _("Attempts that did not help"),
    "mood": _("The customer is very unhappy"),
    "despair": _("Self-harm"),
    "high_stakes": _("A matter that a person decides"),
    "stopped": _("A guardrail, a budget or a limit stopped the answer"),
}
PARTS = {"on": _("On"), "urgency": _("Urgency"), "team": _("Team"), "skills": _("Skills"), "does": _("Then")}
OWN_ROWS = 3


class Words(forms.CharField):
    """A list of texts with commas between."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=UnfoldAdminTextInputWidget(), required=False, **options)

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list | tuple) else value

    def clean(self, value: Any) -> list[str]:
        return [one.strip() for one in super().clean(value).split(",") if one.strip()]


class Topics(forms.CharField):
    """Topics as lines: a name, a colon, words with commas between."""

    def __init__(self, **options: Any) -> None:
        widget = UnfoldAdminTextareaWidget(attrs={"rows": 6})
        super().__init__(widget=widget, required=False, **options)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, Mapping):
            return "\n".join(f"{name}: {', '.join(words)}" for name, words in value.items())
        return value

    def clean(self, value: Any) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for line in super().clean(value).splitlines():
            name, colon, words = line.partition(":")
            if line.strip() and not colon:
                raise forms.ValidationError(
                    _("Write a topic's name, a colon, and its words: “%s”.") % line[:60]
                )
            if line.strip():
                found[name.strip().lower()] = [word.strip() for word in words.split(",") if word.strip()]
        return found


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A usual rule with its fields, for the template."""

    title: Any
    rule: Rule
    always: bool
    on: forms.BoundField
    limit: forms.BoundField | None
    does: forms.BoundField | None
    urgency: forms.BoundField
    team: forms.BoundField
    skills: forms.BoundField


class RulesForm(forms.Form):
    """The usual rules, the topics, and what is asked first."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    clarify_asked = forms.ChoiceField(
        label=_("When somebody wants a person"),
        choices=CLARIFY,
        widget=UnfoldAdminSelectWidget,
        help_text=_("Who asks again is always passed on."),
    )
    clarify_unsure = forms.ChoiceField(
        label=_("When an answer is not sure enough"),
        choices=CLARIFY,
        widget=UnfoldAdminSelectWidget,
        help_text=_("The first unsure answer then asks for other words; the second hands over."),
    )
    topics = Topics(
        label=_("Topics"),
        help_text=_(
            "One a line: name: word, several words, beginning*. Rules go by these names. "
            "A line without words removes the topic."
        ),
    )
    high_topics = Words(label=_("Topics that a person decides"), help_text=_("Names of topics above."))
    high_tools = Words(
        label=_("Tools that a person decides"),
        help_text=_(
            "Names of tools; after one of these was used, the customer is asked whether she wants a person."
        ),
    )

    def __init__(self, data: Any, *, matrix: Matrix, version: int) -> None:
        high = matrix.rule("high_stakes") or USUAL["high_stakes"]
        tools = matrix.rule("high_tools")
        initial: dict[str, Any] = {
            "version": version,
            "clarify_asked": str(int("asked" in matrix.clarify)),
            "clarify_unsure": str(int("unsure" in matrix.clarify)),
            "topics": matrix.topics,
            "high_topics": high.when.topics,
            "high_tools": tools.when.tools if tools else (),
        }
        super().__init__(data, initial=initial)
        self.matrix = matrix
        for name in USUAL:
            self._add(matrix.rule(name) or USUAL[name])

    def _add(self, rule: Rule) -> None:
        always = rule.name in ALWAYS
        made: dict[str, forms.Field] = {
            "on": forms.BooleanField(required=False, disabled=always, widget=UnfoldBooleanSwitchWidget()),
            "urgency": forms.ChoiceField(choices=URGENCIES, widget=UnfoldAdminSelectWidget),
            "team": forms.CharField(required=False, max_length=80, widget=UnfoldAdminTextInputWidget()),
            "skills": Words(),
        }
        values: dict[str, Any] = {
            "on": rule.on, "urgency": rule.urgency, "team": rule.team, "skills": rule.skills,
        }  # fmt: skip
        if rule.name in LIMITS:
            condition, label, least, most = LIMITS[rule.name]
            made["limit"] = forms.DecimalField(
                label=label, min_value=least, max_value=most, widget=UnfoldAdminDecimalFieldWidget()
            )
            values["limit"] = getattr(rule.when, condition)
        if not always:
            made["does"] = forms.ChoiceField(choices=DOES, widget=UnfoldAdminSelectWidget)
            values["does"] = rule.do.value
        for part, field in made.items():
            field.initial = values[part]
            field.label = field.label or PARTS[part]
            self.fields[f"{rule.name}.{part}"] = field

    @property
    def rows(self) -> Iterator[RuleRow]:
        """The usual rules in order."""
        for name in USUAL:
            yield RuleRow(
                title=TITLES[name],
                rule=self.matrix.rule(name) or USUAL[name],
                always=name in ALWAYS,
                on=self[f"{name}.on"],
                limit=self._maybe(f"{name}.limit"),
                does=self._maybe(f"{name}.does"),
                urgency=self[f"{name}.urgency"],
                team=self[f"{name}.team"],
                skills=self[f"{name}.skills"],
            )

    def _maybe(self, name: str) -> forms.BoundField | None:
        return self[name] if name in self.fields else None


class OwnRule(forms.Form):
    """A rule of the tenant's own; a row without a name is left out."""

    name = forms.RegexField(
        r"\A[a-z0-9][a-z0-9_-]{0,39}\Z",
        label=_("Name"),
        required=False,
        widget=UnfoldAdminTextInputWidget(),
        error_messages={"invalid": _("Small letters, digits and dashes, at most 40.")},
    )
    on = forms.BooleanField(label=_("On"), required=False, initial=True, widget=UnfoldBooleanSwitchWidget())
    topics = Words(label=_("Topics"))
    segments = Words(label=_("Customer segments"))
    languages = Words(label=_("Languages (codes)"))
    value_at_least = forms.DecimalField(
        label=_("Money named, at least"), required=False, min_value=0, widget=UnfoldAdminDecimalFieldWidget()
    )
    do = forms.ChoiceField(
        label=_("Then"), choices=DOES, initial=Do.HAND_OVER.value, widget=UnfoldAdminSelectWidget
    )
    urgency = forms.ChoiceField(
        label=_("Urgency"), choices=URGENCIES, initial="normal", widget=UnfoldAdminSelectWidget
    )
    team = forms.CharField(
        label=_("Team"), required=False, max_length=80, widget=UnfoldAdminTextInputWidget()
    )
    skills = Words(label=_("Skills"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        given = any(cleaned.get(name) for name in ("topics", "segments", "languages", "value_at_least"))
        if cleaned.get("name") and not given:
            raise forms.ValidationError(
                _("Give this rule a condition: without one it would fire at every message.")
            )
        return cleaned


def own_rows(matrix: Matrix) -> list[dict[str, Any]]:
    """The tenant's own rules as `OwnRuleForms` takes them."""
    return [
            {
                "name": rule.name, "on": rule.on, "topics": rule.when.topics, "segments": rule.when.segments,
                "languages": rule.when.languages, "value_at_least": rule.when.value_at_least,
                "do": rule.do.value, "urgency": rule.urgency, "team": rule.team, "skills": rule.skills,
            }
            for rule in matrix.rules
            if rule.name not in USUAL and rule.name != "high_tools"
        ]  # fmt: skip


OwnRuleForms = forms.formset_factory(OwnRule, extra=OWN_ROWS, max_num=40)


class TryForm(forms.Form):
    """Words of a customer, to see what the rules make of them."""

    text = forms.CharField(
        label=_("What a customer might write"),
        max_length=2000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}),
    )
    asked = forms.BooleanField(
        label=_("She asks for a person"), required=False, widget=UnfoldBooleanSwitchWidget()
    )
    confidence = forms.DecimalField(
        label=_("Confidence of the answer"), required=False, min_value=0, max_value=1,
        widget=UnfoldAdminDecimalFieldWidget(),
    )  # fmt: skip
    failed = forms.IntegerField(
        label=_("Attempts that did not help"), required=False, min_value=0, max_value=20,
        widget=UnfoldAdminDecimalFieldWidget(),
    )  # fmt: skip
    mood = forms.DecimalField(
        label=_("Mood, -1 to 1"),
        required=False,
        min_value=-1,
        max_value=1,
        widget=UnfoldAdminDecimalFieldWidget(),
    )
    segments = Words(label=_("Customer segments"))
    language = forms.CharField(
        label=_("Language (code)"), required=False, max_length=8, widget=UnfoldAdminTextInputWidget()
    )

    def decided(self, matrix: Matrix) -> Decision:
        """What follows from what was typed."""
        said = self.cleaned_data
        unsure, felt = said["confidence"], said["mood"]
        return decide(
            matrix,
            Signals(
                asked=said["asked"],
                failed=int(said["failed"] or 0),
                topics=topics_in(said["text"], matrix.topics),
                segments=tuple(said["segments"]),
                language=said["language"],
                value=amount_in(said["text"]),
                confidence=None if unsure is None else float(unsure),
                mood=None if felt is None else float(felt),
            ),
        )


def settings_of(form: RulesForm, own: Any) -> dict[str, Any]:
    """What `engine.matrix.merged` takes, from forms that are valid."""
    said = form.cleaned_data
    removed: dict[str, list[str]] = {name: [] for name in form.matrix.topics if name not in said["topics"]}
    settings: dict[str, Any] = {
        "clarify": {name: int(said[f"clarify_{name}"]) for name in ("asked", "unsure")},
        "topics": said["topics"] | removed,
        "rules": {name: _usual(name, said) for name in USUAL},
        "own": [_own(one.cleaned_data) for one in own if one.cleaned_data.get("name")],
    }
    if said["high_tools"]:
        tools = {"name": "high_tools", "title": str(TITLES["high_stakes"]), "do": Do.CONFIRM.value}
        settings["own"].append(tools | {"urgency": "high", "when": {"tools": said["high_tools"]}})
    return settings


def _usual(name: str, said: Mapping[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {part: said[f"{name}.{part}"] for part in ("urgency", "team", "skills")}
    if name not in ALWAYS:
        told |= {"on": said[f"{name}.on"], "do": said[f"{name}.does"]}
    if name in LIMITS:
        told["when"] = {LIMITS[name][0]: float(said[f"{name}.limit"])}
    if name == "high_stakes":
        told["when"] = {"topics": said["high_topics"]}
        told["on"] = told["on"] and bool(said["high_topics"])
        if not said["high_topics"]:
            del told["when"]
    return told


def _own(said: Mapping[str, Any]) -> dict[str, Any]:
    when = {name: said[name] for name in ("topics", "segments", "languages") if said[name]}
    if said["value_at_least"] is not None:
        when["value_at_least"] = float(said["value_at_least"])
    kept = {name: said[name] for name in ("name", "on", "do", "urgency", "team", "skills")}
    return kept | {"when": when}
