"""The form of a guardrail policy: a row a check, and what answers may say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldBooleanSwitchWidget,
)

from core.errors import SwitchboardError
from engine.guardrails.kinds import KINDS, Kind
from engine.guardrails.policy import GuardPolicy, merged
from engine.guardrails.values import Action, FailMode, Stage

ACTIONS = {
    Action.ALLOW: _("Only record it"),
    Action.MASK: _("Hide from models"),
    Action.REWRITE: _("Take it out"),
    Action.REPLY: _("Say a fixed text"),
    Action.HAND_OVER: _("Give it to a person"),
    Action.BLOCK: _("Block"),
}
STAGES = (
    (frozenset({Stage.INPUT}), _("What the customer writes")),
    (frozenset({Stage.TOOL_RESULT, Stage.PASSAGE}), _("What the assistant reads")),
    (frozenset({Stage.OUTPUT}), _("What the assistant says")),
)
PERSONAL = [
    ("EMAIL", _("Email addresses")),
    ("PHONE", _("Phone numbers")),
    ("CREDIT_CARD", _("Card numbers")),
    ("IBAN", _("Bank accounts (IBAN)")),
    ("US_SSN", _("US social security numbers")),
    ("NATIONAL_ID", _("Other national numbers")),
    ("PASSPORT", _("Passport numbers")),
    ("US_DRIVER_LICENSE", _("US driver's licences")),
    ("IP_ADDRESS", _("IP addresses")),
    ("DATE_OF_BIRTH", _("Dates of birth")),
    ("PERSON", _("Names")),
    ("ADDRESS", _("Postal addresses")),
    ("ZIP", _("Postal codes")),
]
LEAST_SCORE = 0.05
"""Below it a check would flag everything, and customers would get no answer any more."""
_SCALARS = ("monitor_only", "most_input", "most_output", "real_in_tools", "real_in_replies", "unsupported")
_LISTS = ("own_data", "allowed_hosts", "blocked_words", "competitors")
_SETS = ("masked", "promises")


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
    """One check with its fields, for the template; `threshold` of graded checks only."""

    kind: Kind
    on: forms.BoundField
    action: forms.BoundField
    monitor: forms.BoundField
    threshold: forms.BoundField | None

    @property
    def passes_when_failing(self) -> bool:
        return self.kind.fails is FailMode.OPEN


class PolicyForm(forms.Form):
    """Everything that `policy.merged` takes, in words for people who don't program."""

    field_order = (
        "monitor_only", "masked", "promises", "real_in_tools", "real_in_replies", "own_data", "allowed_hosts",
        "blocked_words", "competitors", "most_input", "most_output", "unsupported",
    )  # fmt: skip

    monitor_only = forms.BooleanField(
        label=_("Only watch, all checks"),
        required=False,
        widget=UnfoldBooleanSwitchWidget(),
        help_text=_(
            "To try the guardrails out: what they find is recorded and nothing follows from it. Personal data stays "
            "hidden from models all the same."
        ),
    )
    masked = forms.MultipleChoiceField(
        label=_("Personal data that models do not see"),
        required=False,
        choices=PERSONAL,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text=_("A model reads a placeholder such as <email_1> in its place."),
    )
    real_in_tools = forms.BooleanField(
        label=_("Tools get the real values"),
        required=False,
        widget=UnfoldBooleanSwitchWidget(),
        help_text=_("Off: a tool is called with the placeholder, and can do nothing with it."),
    )
    real_in_replies = forms.BooleanField(
        label=_("Answers get the real values"),
        required=False,
        widget=UnfoldBooleanSwitchWidget(),
        help_text=_("Off: where the assistant repeats them, the customer reads the placeholder."),
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
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
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

    def __init__(self, data: Any = None, *, policy: GuardPolicy) -> None:
        values = {name: getattr(policy, name) for name in (*_SCALARS, *_LISTS, *_SETS)}
        super().__init__(data, initial=values)
        for kind in KINDS.values():
            self._add(kind, policy)

    def _add(self, kind: Kind, policy: GuardPolicy) -> None:
        rule, name = policy.rule(kind.name), kind.name
        switch = UnfoldBooleanSwitchWidget
        self.fields[f"{name}-on"] = forms.BooleanField(
            label=_("On"), required=False, initial=rule.on, widget=switch()
        )
        self.fields[f"{name}-action"] = forms.ChoiceField(
            label=_("When it finds something"),
            choices=[(action.value, ACTIONS[action]) for action in kind.choices],
            initial=rule.action.value,
            widget=UnfoldAdminSelectWidget(),
        )
        self.fields[f"{name}-monitor"] = forms.BooleanField(
            label=_("Only watch"), required=False, initial=rule.monitor, widget=switch()
        )
        if kind.graded:
            self.fields[f"{name}-threshold"] = forms.FloatField(
                label=_("From a score of"),
                required=False,
                min_value=LEAST_SCORE,
                max_value=1,
                initial=rule.threshold,
                widget=UnfoldAdminDecimalFieldWidget(attrs={"step": "any", "placeholder": _("as trained")}),
            )

    def stages(self) -> Iterator[tuple[Any, list[CheckRow]]]:
        """The checks in the order in which they run, by what they look at."""
        for stages, title in STAGES:
            yield title, [self._row(kind) for kind in KINDS.values() if stages & set(kind.stages)]

    def _row(self, kind: Kind) -> CheckRow:
        on, action, monitor = (self[f"{kind.name}-{part}"] for part in ("on", "action", "monitor"))
        return CheckRow(kind, on, action, monitor, self[f"{kind.name}-threshold"] if kind.graded else None)

    def general(self) -> list[forms.BoundField]:
        """The fields of what may be said and seen."""
        return [self[name] for name in self.fields if "-" not in name and name != "monitor_only"]

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
        told |= {name: given[name] for name in _SETS if set(given[name]) != set(getattr(default, name))}
        rules = {name: rule for name in KINDS if (rule := _rule(name, given, default))}
        return told | ({"rules": rules} if rules else {})


def _rule(name: str, given: Mapping[str, Any], default: GuardPolicy) -> dict[str, Any]:
    rule = default.rule(name)
    usual = {"on": rule.on, "action": rule.action.value, "threshold": rule.threshold, "monitor": rule.monitor}
    values = {part: given.get(f"{name}-{part}") for part in usual}
    return {part: value for part, value in values.items() if value != usual[part]}
