"""The forms of ready texts, macros, tags and dispositions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminColorInputWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from core.errors import SwitchboardError
from escalation.admin.handing_over_forms import URGENCIES
from escalation.desk import canned
from escalation.desk.macro_steps import FIELDS, MOST_STEPS
from escalation.desk.services.texts import MOST_TEXT
from escalation.models import Priority

SAMPLES = {
    "customer.name": "Jo Winter",
    "customer.first_name": "Jo",
    "customer.email": "jo@example.com",
    "agent.name": "Sam Rivers",
    "agent.first_name": "Sam",
    "conversation.subject": "Where is my parcel?",
    "conversation.id": "7f3a",
}
"""What the preview puts in the place of variables; the organisation's name is its own."""
DEEDS = {
    "claim": _("Take the conversation"),
    "reply": _("Write to the customer"),
    "note": _("Write a private note"),
    "tag": _("Put a tag on"),
    "untag": _("Take a tag off"),
    "urgency": _("Set how urgent it is"),
    "transfer": _("Pass it to a team"),
    "ticket": _("Write a ticket"),
    "return": _("Give it back to the assistant"),
    "resolve": _("Resolve it"),
}
SCOPES = [
    ("", _("Until it is resolved")),
    ("question", _("For the next question")),
    ("conversation", _("For the whole conversation")),
]


class Variables(forms.CharField):
    """A text with variables; one that is not known is refused beside the field."""

    def __init__(self, **options: Any) -> None:
        rows = options.pop("rows", 8)
        super().__init__(
            max_length=MOST_TEXT, widget=UnfoldAdminTextareaWidget(attrs={"rows": rows}), **options
        )

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        try:
            canned.check(text)
        except SwitchboardError as error:
            raise forms.ValidationError(error.message) from error
        return text


def _choice(label: Any, choices: Sequence[tuple[str, Any]], text: Any = "") -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=choices, required=False, help_text=text, widget=UnfoldAdminSelectWidget()
    )


class CannedForm(forms.Form):
    """A ready text."""

    field_order = ("shortcut", "title", "language", "team", "text")

    shortcut = forms.RegexField(
        r"\A\s*[A-Za-z0-9][A-Za-z0-9_-]{0,39}\s*\Z",
        label=_("Shortcut"),
        widget=UnfoldAdminTextInputWidget(),
        help_text=_("At the desk a slash and this word bring the text: /refund."),
        error_messages={"invalid": _("Letters, digits and dashes, at most 40.")},
    )
    title = forms.CharField(label=_("Title"), max_length=120, widget=UnfoldAdminTextInputWidget())
    text = Variables(
        label=_("Text"), help_text=_("With variables such as {{ customer.first_name }}, see below.")
    )
    language = forms.RegexField(
        r"\A\s*(?:[a-z]{2,3}(?:-[A-Za-z]{2,4})?)?\s*\Z",
        label=_("Language"),
        required=False,
        max_length=8,
        widget=UnfoldAdminTextInputWidget(),
        help_text=_("A code such as en or de. Empty: any language."),
        error_messages={"invalid": _("A code such as en or de.")},
    )
    team = _choice(_("Team"), (), _("Who sees it."))

    def __init__(self, data: Any, *, initial: dict[str, Any], teams: Sequence[str]) -> None:
        super().__init__(data, initial=initial)
        field: Any = self.fields["team"]
        field.choices = [("", _("Everybody")), *((name, name) for name in teams)]


class StepForm(forms.Form):
    """A step of a macro: what is done, and the fields that it takes; a row without a deed is left out."""

    do = forms.ChoiceField(
        label=_("Do"),
        required=False,
        choices=[("", _("Nothing")), *DEEDS.items()],
        widget=UnfoldAdminSelectWidget(attrs={"data-deed": ""}),
    )
    canned = _choice(_("Ready text"), ())
    text = Variables(label=_("Text"), required=False, rows=4)
    tag = _choice(_("Tag"), ())
    urgency = _choice(_("Urgency"), [("", "–"), *URGENCIES])
    team = _choice(_("Team"), ())
    subject = forms.CharField(
        label=_("Subject"), required=False, max_length=200, widget=UnfoldAdminTextInputWidget()
    )
    body = forms.CharField(
        label=_("What the ticket says"),
        required=False,
        max_length=MOST_TEXT,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
    )
    priority = _choice(_("Priority"), [("", "–"), *Priority.choices])
    disposition = _choice(_("What it came to"), ())
    scope = _choice(_("The note holds"), SCOPES)
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=MOST_TEXT,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, known: Mapping[str, Sequence[str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, values in known.items():
            field: Any = self.fields[name]
            # What a step names and nobody has any more stays to be seen, and is refused by its own check.
            kept = [self.initial[name]] if self.initial.get(name) and self.initial[name] not in values else []
            field.choices = [("", "–"), *((value, value) for value in [*values, *kept])]

    @property
    def parts(self) -> list[tuple[forms.BoundField, str]]:
        """The fields with the deeds that take them, with spaces between, for the page's script."""
        return [(self[name], " ".join(_deeds_with(name))) for name in self.fields if name != "do"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        do = cleaned.get("do")
        for name in FIELDS[do][0] if do else ():
            if not cleaned.get(name) and name not in self.errors:
                self.add_error(name, _("This step needs it."))
        if (
            do == "reply"
            and bool(cleaned.get("text")) is bool(cleaned.get("canned"))
            and "text" not in self.errors
        ):
            self.add_error("text", _("Give either a text or a ready text."))
        return cleaned

    def step(self) -> dict[str, str]:
        """The deed with the fields that it takes, and no others."""
        said = self.cleaned_data
        needed, may_have = FIELDS[said["do"]]
        return {
            "do": said["do"],
            **{name: said[name] for name in sorted(needed | may_have) if said.get(name)},
        }


def _deeds_with(name: str) -> list[str]:
    return [do for do, (needed, may_have) in FIELDS.items() if name in needed | may_have]


StepForms = forms.formset_factory(StepForm, extra=3, max_num=MOST_STEPS)


class MacroForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80, widget=UnfoldAdminTextInputWidget())


class TagForm(forms.Form):
    name = forms.RegexField(
        r"\A\s*[A-Za-z0-9][A-Za-z0-9_-]{0,39}\s*\Z",
        label=_("Name"),
        widget=UnfoldAdminTextInputWidget(),
        error_messages={"invalid": _("Letters, digits and dashes, at most 40.")},
    )
    colour = forms.RegexField(
        r"\A#[0-9a-fA-F]{6}\Z",
        label=_("Colour"),
        initial="#5b6472",
        widget=UnfoldAdminColorInputWidget(),
        error_messages={"invalid": _("A colour is written like #1a7f5c.")},
    )


class DispositionForm(forms.Form):
    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        widget=UnfoldAdminTextInputWidget(),
        help_text=_("Whoever resolves a conversation chooses it: “Refunded”, “Answered”, “Not ours”."),
    )
    position = forms.IntegerField(
        label=_("Place in the list"),
        min_value=0,
        max_value=2**15 - 1,
        initial=0,
        widget=UnfoldAdminIntegerFieldWidget(),
    )
    is_active = forms.BooleanField(
        label=_("On"),
        required=False,
        initial=True,
        widget=UnfoldBooleanSwitchWidget(),
        help_text=_("Off: it is not offered any more. Conversations that have it keep it."),
    )
