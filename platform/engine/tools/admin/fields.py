"""Form fields that say where a mistake is, in words for people who don't program."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from core.errors import SwitchboardError


class JSONText(forms.CharField):
    """JSON in a text box; a mistake is told with its line and column."""

    def __init__(self, *, rows: int = 12, **options: Any) -> None:
        attrs = {"rows": rows, "spellcheck": "false", "style": "font-family: monospace; max-width: 56rem"}
        super().__init__(widget=UnfoldAdminTextareaWidget(attrs=attrs), **options)

    def prepare_value(self, value: Any) -> Any:
        if value is None or isinstance(value, str):
            return value
        return json.dumps(value, indent=2, ensure_ascii=False)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text.strip():
            return None
        try:
            return json.loads(text)
        except json.JSONDecodeError as error:
            what = _(
                "Line %(line)d, column %(column)d: %(mistake)s. JSON wants double quotes and no last comma."
            )
            facts = {"line": error.lineno, "column": error.colno, "mistake": error.msg}
            raise forms.ValidationError(what, params=facts) from error
        except RecursionError as error:
            raise forms.ValidationError(_("Nested too deep.")) from error

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(super().has_changed(self.prepare_value(initial), data))


class Words(forms.CharField):
    """A list of short texts, separated by commas."""

    def __init__(self, *, longest: int = 40, **options: Any) -> None:
        self.longest = longest
        super().__init__(widget=UnfoldAdminTextInputWidget(), required=False, **options)

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(str(one) for one in value) if isinstance(value, list | tuple) else value

    def clean(self, value: Any) -> list[Any]:
        words = [word.strip() for word in super().clean(value).split(",") if word.strip()]
        if any(len(word) > self.longest for word in words) or len(words) > 50:
            what = _("At most 50 entries of at most %(longest)d characters each.")
            raise forms.ValidationError(what, params={"longest": self.longest})
        return list(dict.fromkeys(words))


class Numbers(Words):
    """A list of whole numbers, separated by commas."""

    def clean(self, value: Any) -> list[Any]:
        words = super().clean(value)
        if not all(word.isdecimal() and len(word) < 9 for word in words):
            raise forms.ValidationError(_("Numbers, separated by commas, such as 3, 4."))
        return [int(word) for word in words]


def blame(form: forms.BaseForm, error: SwitchboardError) -> None:
    """Puts a coded error to the field that its sentence begins with, else above the form."""
    label, colon, rest = error.message.partition(": ")
    by_label = {str(field.label): name for name, field in form.fields.items()}
    name = by_label.get(label) if colon else None
    form.add_error(name, rest[:1].upper() + rest[1:] if name else error.message)
