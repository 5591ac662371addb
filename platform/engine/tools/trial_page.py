"""The console's page on which a tool is tried with a sample call."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import admin
from django.http import Http404
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from core.offload import in_database
from core.scope import tenant_scope
from engine.tools import queries, trial
from engine.tools.models import Tool
from engine.tools.values import Risk
from tenants.requests import actor_of, demand
from tenants.roles import Right

MOST_FIELDS = 20
MOST_TEXT = 20_000


class JSONField(forms.CharField):
    """Any value, written as JSON; empty: not given."""

    def __init__(self, **options: Any) -> None:
        widget = UnfoldAdminTextareaWidget(attrs={"rows": 4, "spellcheck": "false"})
        super().__init__(max_length=MOST_TEXT, widget=widget, **options)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text.strip():
            return None
        try:
            return json.loads(text)
        except (ValueError, RecursionError) as error:
            raise forms.ValidationError(_("This is not JSON.")) from error


class ArgumentsForm(forms.Form):
    """A field for each argument of a tool's schema; one of JSON where the schema names none."""

    def __init__(self, data: Any, tool: Tool) -> None:
        super().__init__(data)
        self.use_required_attribute = False
        said = tool.parameters.get("properties")
        named = said if isinstance(said, dict) and 0 < len(said) <= MOST_FIELDS else {}
        self.names = list(named)
        listed = tool.parameters.get("required")
        needed = set(listed) if isinstance(listed, list) else set()
        for name, schema in named.items():
            told = schema if isinstance(schema, dict) else {}
            self.fields[f"argument-{name}"] = _field(name, told, required=name in needed)
        if not named:
            self.fields["arguments"] = JSONField(label=_("Arguments, as JSON"), initial="{}", required=False)
        if tool.policy.risk is not Risk.READ:
            self.fields["really"] = forms.BooleanField(
                label=_("Really call it"),
                required=False,
                widget=UnfoldBooleanSwitchWidget(),
                help_text=_("It changes something in the other system. Off: you see what would be sent."),
            )

    def arguments(self) -> dict[str, Any]:
        """What was typed; an argument that was left empty is not given."""
        if not self.names:
            return self.cleaned_data["arguments"] or {}
        found = {name: self.cleaned_data[f"argument-{name}"] for name in self.names}
        return {name: value for name, value in found.items() if value not in (None, "")}


def _field(name: str, schema: Mapping[str, Any], *, required: bool) -> forms.Field:
    kind = schema.get("type")
    said: dict[str, Any] = {
        "label": name[:60], "required": required, "help_text": str(schema.get("description", ""))[:300],
    }  # fmt: skip
    listed = schema.get("enum")
    if isinstance(listed, list) and all(isinstance(one, str) for one in listed):
        choices = [("", "–"), *((one, one) for one in listed)]
        return forms.ChoiceField(choices=choices, widget=UnfoldAdminSelectWidget(), **said)
    if kind == "boolean":
        return forms.TypedChoiceField(
            choices=[("", "–"), ("yes", _("yes")), ("no", _("no"))],
            coerce=lambda value: value == "yes",
            empty_value=None,
            widget=UnfoldAdminSelectWidget(),
            **said,
        )
    if kind == "integer":
        return forms.IntegerField(widget=UnfoldAdminIntegerFieldWidget(), **said)
    if kind == "number":
        return forms.FloatField(widget=UnfoldAdminDecimalFieldWidget(attrs={"step": "any"}), **said)
    if kind == "string":
        return forms.CharField(max_length=MOST_TEXT, widget=UnfoldAdminTextInputWidget(), **said)
    said["help_text"] = f"{said['help_text']} {_('As JSON.')}".strip()
    return JSONField(**said)


async def trial_page(request: Any, tool_id: int) -> TemplateResponse:
    """Shows the form, and how the call went.

    Raises:
        core.errors.Forbidden: the member may not change the configuration.
        engine.tools.trial.NotTriable
    """
    demand(request.membership, Right.WRITE_CONFIGURATION)
    tool = await in_database(_tool)(request.tenant.pk, tool_id)
    form = ArgumentsForm(request.POST if request.method == "POST" else None, tool)
    tried = None
    if form.is_valid():
        tried = await trial.try_tool(
            tenant_id=request.tenant.pk,
            tool_id=tool.pk,
            arguments=form.arguments(),
            really=bool(form.cleaned_data.get("really")),
            actor=actor_of(request.user),
        )
        if tried.code == "tool_arguments_invalid":
            form.add_error(None, tried.problem)
            tried = None
    return await in_database(_page)(request, tool, form, tried)


def _tool(tenant_id: int, tool_id: int) -> Tool:
    with tenant_scope(tenant_id):
        tool = next((row for row in queries.all_tools(tenant_id) if row.pk == tool_id), None)
        if tool is None:
            raise Http404
        trial.offer_of(tool)
        return tool


def _page(request: Any, tool: Tool, form: ArgumentsForm, tried: trial.Tried | None) -> TemplateResponse:
    context = {
        **admin.site.each_context(request),
        "title": _("Try %(tool)s") % {"tool": tool.name},
        "tool": tool,
        "form": form,
        "tried": tried,
    }
    return TemplateResponse(request, "console/tools/try.html", context)
