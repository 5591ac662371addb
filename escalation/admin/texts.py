"""Ready texts, macros, tags and dispositions in the console."""

from __future__ import annotations

import re
from typing import Any

from django.contrib import admin
from django.db.models import Count
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from core.errors import SwitchboardError
from core.pages import FormPage
from escalation.admin.text_forms import (
    DEEDS,
    SAMPLES,
    CannedForm,
    DispositionForm,
    MacroForm,
    StepForms,
    TagForm,
)
from escalation.desk import canned
from escalation.desk.errors import NameTaken
from escalation.desk.macro_steps import BadMacro
from escalation.desk.services import texts
from escalation.models import CannedReply, Disposition, Macro, Tag, Team
from tenants.requests import actor_of
from tenants.roles import Right

_STEP = re.compile(r"Step (\d+): ")


class TextPage(FormPage):
    """What all four have in common."""

    read_right, write_right = Right.READ_CONFIGURATION, Right.WRITE_CONFIGURATION
    removable = True

    def given(self, request: Any, obj: Any) -> dict[str, Any]:
        """Whose it is, who asks, and which row is changed."""
        return {
            "tenant_id": request.tenant.pk,
            "actor": actor_of(request.user),
            "pk": obj.pk if obj else None,
        }


@admin.register(CannedReply)
class CannedAdmin(TextPage):
    template = "console/texts/canned.html"
    list_display = ("title", "slash", "language", "team", "used", "created_at")
    list_filter = ("language", ("team", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("team",)
    search_fields = ("shortcut", "title", "text")
    ordering = ("shortcut", "language")
    places = {NameTaken.code: "shortcut", "no_such_team": "team", "unknown_variable": "text"}

    @admin.display(description=_("Shortcut"), ordering="shortcut")
    def slash(self, row: CannedReply) -> str:
        return f"/{row.shortcut}"

    def make_form(self, request: Any, obj: CannedReply | None, data: Any) -> CannedForm:
        names = ("shortcut", "title", "text", "language")
        initial = {name: getattr(obj, name) for name in names} if obj else {}
        initial["team"] = obj.team.name if obj and obj.team else ""
        return CannedForm(data, initial=initial, teams=_names(request, Team))

    def keep(self, request: Any, obj: CannedReply | None, form: Any) -> CannedReply:
        draft = texts.CannedDraft(**form.cleaned_data)
        return texts.save_canned(draft=draft, **self.given(request, obj))

    def beside(self, request: Any, obj: CannedReply | None, form: Any) -> dict[str, Any]:
        text = form["text"].value() or ""
        try:
            canned.check(text)
            preview = canned.fill(text, SAMPLES | {"tenant.name": request.tenant.name})
        except SwitchboardError:
            preview = ""
        shown = SAMPLES | {"tenant.name": request.tenant.name}
        variables = [(name, said, shown[name]) for name, said in canned.VARIABLES.items()]
        return {"preview": preview, "variables": variables}

    def delete_model(self, request: Any, obj: CannedReply) -> None:
        texts.remove_canned(**self.given(request, obj))


@admin.register(Macro)
class MacroAdmin(TextPage):
    template = "console/texts/macro.html"
    list_display = ("name", "shown_steps", "created_at")
    search_fields = ("name",)
    ordering = ("name",)
    places = {NameTaken.code: "name"}

    @admin.display(description=_("Steps"))
    def shown_steps(self, macro: Macro) -> str:
        return " → ".join(str(DEEDS.get(step["do"], step["do"])) for step in macro.steps)

    def make_form(self, request: Any, obj: Macro | None, data: Any) -> MacroForm:
        return MacroForm(data, initial={"name": obj.name} if obj else None)

    def steps(self, request: Any, obj: Macro | None) -> Any:
        """The rows of steps, as they were posted or as they are kept."""
        if not hasattr(request, "step_forms"):
            known = {
                "canned": _names(request, CannedReply, "shortcut"),
                "tag": _names(request, Tag),
                "team": _names(request, Team),
                "disposition": _names(request, Disposition),
            }
            data = request.POST if request.method == "POST" else None
            kept = obj.steps if obj else []
            request.step_forms = StepForms(data, prefix="steps", initial=kept, form_kwargs={"known": known})
        return request.step_forms

    def more_valid(self, request: Any, obj: Macro | None, form: Any) -> bool:
        return bool(self.steps(request, obj).is_valid())

    def keep(self, request: Any, obj: Macro | None, form: Any) -> Macro | None:
        rows = [row for row in self.steps(request, obj) if row.cleaned_data.get("do")]
        name, steps = form.cleaned_data["name"], [row.step() for row in rows]
        try:
            return texts.save_macro(name=name, steps=steps, **self.given(request, obj))
        except BadMacro as error:
            match = _STEP.match(error.message)
            if match and int(match[1]) <= len(rows):
                rows[int(match[1]) - 1].add_error(None, error.message.removeprefix(match[0]))
                return None
            raise

    def beside(self, request: Any, obj: Macro | None, form: Any) -> dict[str, Any]:
        steps = self.steps(request, obj)
        for row in steps:
            for field in row.fields.values():
                field.disabled = not self.has_change_permission(request)
        return {"steps": steps, "more_errors": any(row.errors for row in steps) if steps.is_bound else False}

    def delete_model(self, request: Any, obj: Macro) -> None:
        texts.remove_macro(**self.given(request, obj))


@admin.register(Tag)
class TagAdmin(TextPage):
    list_display = ("name", "shown_colour", "conversations")
    search_fields = ("name",)
    ordering = ("name",)
    places = {NameTaken.code: "name", texts.BadTag.code: "name"}

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).annotate(many=Count("taggings"))

    @admin.display(description=_("Colour"), ordering="colour")
    def shown_colour(self, tag: Tag) -> str:
        swatch = (
            '<span class="inline-block mr-2 rounded-full" style="background: {}; width: 0.75rem; height: 0.75rem">'
            "</span>{}"
        )
        return format_html(swatch, tag.colour, tag.colour)

    @admin.display(description=_("Conversations"), ordering="many")
    def conversations(self, tag: Any) -> int:
        return int(tag.many)

    def make_form(self, request: Any, obj: Tag | None, data: Any) -> TagForm:
        return TagForm(data, initial={"name": obj.name, "colour": obj.colour} if obj else None)

    def keep(self, request: Any, obj: Tag | None, form: Any) -> Tag:
        return texts.save_tag(**form.cleaned_data, **self.given(request, obj))

    def delete_model(self, request: Any, obj: Tag) -> None:
        texts.remove_tag(**self.given(request, obj))


@admin.register(Disposition)
class DispositionAdmin(TextPage):
    list_display = ("name", "position", "is_active")
    list_filter = ("is_active",)
    search_fields = ("name",)
    ordering = ("position", "name")
    places = {NameTaken.code: "name", texts.BadDisposition.code: "name"}

    def make_form(self, request: Any, obj: Disposition | None, data: Any) -> DispositionForm:
        names = ("name", "position", "is_active")
        initial = {name: getattr(obj, name) for name in names} if obj else None
        return DispositionForm(data, initial=initial)

    def keep(self, request: Any, obj: Disposition | None, form: Any) -> Disposition:
        draft = texts.DispositionDraft(**form.cleaned_data)
        return texts.save_disposition(draft=draft, **self.given(request, obj))

    def delete_model(self, request: Any, obj: Disposition) -> None:
        texts.remove_disposition(**self.given(request, obj))


def _names(request: Any, model: Any, column: str = "name") -> list[str]:
    rows = model._default_manager.filter(tenant_id=request.tenant.pk).order_by(column)
    return list(dict.fromkeys(rows.values_list(column, flat=True)))
