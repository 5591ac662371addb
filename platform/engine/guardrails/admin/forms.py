"""The form of a guardrail policy: a row a check, and what answers may say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldBooleanSwitchWidget,
)

from core.errors import SwitchboardError
from engine.guardrails.kinds import KINDS, Kind
from engine.guardrails.policy import PROMISES, GuardPolicy, merged
from engine.guardrails.values import Action, Stage

ACTIONS = {
    Action.ALLOW: _("Record only"),
    Action.MASK: _("Mask"),
    Action.REWRITE: _("Take it out"),
    Action.REPLY: _("Say a fixed text"),
    Action.HAND_OVER: _("Hand over to a person"),
    Action.BLOCK: _("Block"),
}
STAGES = {
    Stage.INPUT: _("What the customer writes"),
    Stage.PASSAGE: _("What the assistant reads"),
    Stage.TOOL_RESULT: _("What the assistant reads"),
    Stage.OUTPUT: _("What the assistant says"),
}
_SCALARS = ("monitor_only", "most_input", "most_output", "real_in_tools", "real_in_replies", "unsupported")
_LISTS = ("masked", "own_data", "allowed_hosts", "blocked_words", "competitors")


class Lines(forms.CharField):
    """A list of texts, one a line."""

    def __init__(self, **options: Any) -> None:
        widget = UnfoldAdminTextareaWidget(attrs={"rows": 4})
        super().__init__(widget=widget, required=False, **options)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list | tuple) else value

    def clean(self, value: Any) -> list[str]:
        return [line.strip() for line in super().clean(value).splitlines() if line.strip()]


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One check with its fields, for the template."""

    kind: Kind
    on: forms.BoundField
    action: forms.BoundField
    threshold: forms.BoundField
    monitor: forms.BoundField

    @property
    def fields(self) -> tuple[forms.BoundField, ...]:
        return self.on, self.action, self.threshold, self.monitor

    @property
    def stage(self) -> Any:
        return STAGES[self.kind.stages[0]]


class PolicyForm(forms.Form):
    """Everything that `policy.merged` takes, in words for people who don't program."""

    monitor_only = forms.BooleanField(
        label=_("Only watch"),
        required=False,
        widget=UnfoldBooleanSwitchWidget(),
        help_text=_("Verdicts are recorded and nothing follows from them. Masking goes on."),
    )
    masked = Lines(
        label=_("Masked for models"),
        help_text=_(
            "Kinds of personal data that models see placeholders of, one a line, such as EMAIL, PHONE, IBAN."
        ),
    )
    real_in_tools = forms.BooleanField(
        label=_("Tools get the real values"), required=False, widget=UnfoldBooleanSwitchWidget()
    )
    real_in_replies = forms.BooleanField(
        label=_("Answers get the real values"), required=False, widget=UnfoldBooleanSwitchWidget()
    )
    own_data = Lines(
        label=_("Your own contact data"),
        help_text=_(
            "Addresses and numbers that every customer may read, one a line; @shop.example is all mailboxes."
        ),
    )
    allowed_hosts = Lines(
        label=_("Hosts that answers may link to"),
        help_text=_("One a line: shop.example. Links that stand in your help pages are allowed without it."),
    )
    blocked_words = Lines(
        label=_("Words that no answer has"),
        help_text=_("Words or phrases, one a line; * stands for the rest of a word."),
    )
    competitors = Lines(
        label=_("Competitors"), help_text=_("Names that answers do not bring up, one a line.")
    )
    promises = forms.MultipleChoiceField(
        label=_("Promises that need support"),
        required=False,
        choices=[
            ("discount", _("Discounts")),
            ("price", _("Prices")),
            ("refund", _("Refunds")),
            ("delivery_date", _("Delivery dates")),
            ("legal", _("Legal statements")),
        ],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Such a sentence passes only when a help page or a tool's result says so."),
    )
    unsupported = forms.ChoiceField(
        label=_("A citation that does not support its sentence"),
        choices=[
            ("mark", _("Drop the citation")),
            ("sentence", _("Drop the sentence")),
            ("hand_over", _("Hand over to a person")),
        ],
        widget=UnfoldAdminSelectWidget(),
    )
    most_input = forms.IntegerField(
        label=_("Longest message"),
        min_value=100,
        max_value=100_000,
        widget=UnfoldAdminIntegerFieldWidget(),
        help_text=_("Characters."),
    )
    most_output = forms.IntegerField(
        label=_("Longest answer"),
        min_value=100,
        max_value=100_000,
        widget=UnfoldAdminIntegerFieldWidget(),
        help_text=_("Characters."),
    )

    def __init__(self, *args: Any, policy: GuardPolicy, **kwargs: Any) -> None:
        values = {name: getattr(policy, name) for name in (*_SCALARS, *_LISTS, "promises")}
        super().__init__(*args, initial={**values, **kwargs.pop("initial", {})}, **kwargs)
        for kind in KINDS.values():
            self._add(kind, policy)

    def _add(self, kind: Kind, policy: GuardPolicy) -> None:
        rule, name = policy.rule(kind.name), kind.name
        switch = UnfoldBooleanSwitchWidget
        self.fields[f"{name}-on"] = forms.BooleanField(
            label=_("%(check)s: on") % {"check": name}, required=False, initial=rule.on, widget=switch()
        )
        self.fields[f"{name}-action"] = forms.ChoiceField(
            label=_("%(check)s: what follows") % {"check": name},
            choices=[(action.value, ACTIONS[action]) for action in kind.choices],
            initial=rule.action.value,
            widget=UnfoldAdminSelectWidget(),
        )
        self.fields[f"{name}-threshold"] = forms.FloatField(
            label=_("%(check)s: least score") % {"check": name},
            required=False,
            min_value=0,
            max_value=1,
            initial=rule.threshold,
            widget=UnfoldAdminDecimalFieldWidget(attrs={"step": "any", "placeholder": _("its own")}),
        )
        self.fields[f"{name}-monitor"] = forms.BooleanField(
            label=_("%(check)s: only watch") % {"check": name},
            required=False,
            initial=rule.monitor,
            widget=switch(),
        )

    def rows(self) -> Iterator[CheckRow]:
        """The checks in the order in which they run."""
        for kind in KINDS.values():
            parts = (self[f"{kind.name}-{part}"] for part in ("on", "action", "threshold", "monitor"))
            yield CheckRow(kind, *parts)

    def general(self) -> list[forms.BoundField]:
        """The fields that belong to no single check."""
        return [self[name] for name in self.fields if "-" not in name]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        try:
            merged(self.settings())
        except SwitchboardError as error:
            raise forms.ValidationError(error.message) from error
        return cleaned

    def settings(self) -> dict[str, Any]:
        """What differs from the defaults, as `policy.merged` takes it."""
        given, default = self.cleaned_data, GuardPolicy()
        told: dict[str, Any] = {
            name: given[name] for name in _SCALARS if given[name] != getattr(default, name)
        }
        told |= {name: given[name] for name in _LISTS if tuple(given[name]) != getattr(default, name)}
        if set(given["promises"]) != set(PROMISES):
            told["promises"] = given["promises"]
        rules = {name: rule for name in KINDS if (rule := _rule(name, given, default))}
        return told | ({"rules": rules} if rules else {})


def _rule(name: str, given: Mapping[str, Any], default: GuardPolicy) -> dict[str, Any]:
    rule = default.rule(name)
    values = {part: given[f"{name}-{part}"] for part in ("on", "action", "threshold", "monitor")}
    usual = {"on": rule.on, "action": rule.action.value, "threshold": rule.threshold, "monitor": rule.monitor}
    return {part: value for part, value in values.items() if value != usual[part]}
