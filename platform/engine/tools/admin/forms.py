"""The forms of tools: what they ask, in words for people who don't program."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from core.errors import SwitchboardError
from core.scope import require_tenant_id
from engine.tools import queries, registry
from engine.tools.admin.fields import JSONText, Numbers, Words, blame
from engine.tools.models import Connection, ConnectionKind, Tool, ToolKind
from engine.tools.services.tools import CHANGEABLE, check, default_policy
from engine.tools.values import Risk

ARGUMENTS_EXAMPLE = """{
  "type": "object",
  "properties": {
    "order_id": {
      "type": "string",
      "description": "The order's number, such as W123."
    }
  },
  "required": ["order_id"],
  "additionalProperties": false
}"""
USE = ("risk", "requires_approval", "requires_verification", "identity", "segments", "releases")
ORIGINS = ("results", "taint", "free_arguments", "asked_with")
BOUNDS = ("calls_per_minute", "timeout_seconds", "result_bytes", "cache_seconds")


class PolicyForm(forms.ModelForm):
    """Who may have a tool called, how often and under which conditions; the base of all kinds."""

    segments = Words(
        label=_("Only for segments"),
        help_text=_(
            "Customer segments that may have it, separated by commas: vip, trade. Empty: all customers."
        ),
    )
    releases = Numbers(
        label=_("Only in releases"),
        help_text=_("Numbers of the releases that may use it, separated by commas: 3, 4. Empty: all."),
    )

    free_arguments = Words(
        label=_("The assistant's own words"),
        longest=80,
        help_text=_(
            "Arguments that the assistant may word itself, separated by commas: note, reason. All others have to come "
            "from the customer."
        ),
    )
    asked_with = Words(
        label=_("Asked for with"),
        help_text=_(
            "Words with which customers ask for it, in their languages, separated by commas: cancel, stornieren. The "
            "beginning of a word is enough. Empty: the customer has named one of the arguments, or said yes."
        ),
    )

    builtin = ""
    """The built-in tool that is to be restricted, where a row about it is still to be made."""

    class Meta:
        model = Tool
        fields: tuple[str, ...] = ("enabled", *USE, *ORIGINS, *BOUNDS)
        labels = {
            "enabled": _("Switched on"),
            "risk": _("Risk"),
            "identity": _("The customer has to be"),
            "requires_approval": _("A person has to approve every call"),
            "requires_verification": _("The customer has to confirm by a one-time code"),
            "calls_per_minute": _("Calls per minute"),
            "timeout_seconds": _("Timeout"),
            "result_bytes": _("Largest result"),
            "cache_seconds": _("Answer from memory"),
            "results": _("Its answers are"),
            "taint": _("A call with values the customer did not give"),
        }
        help_texts = {
            "enabled": _(
                "Off: the assistant does not know of it. A change takes up to five seconds everywhere."
            ),
            "risk": _(
                "The worst a call can do. Irreversible calls are never repeated blindly, and ask a person first "
                "unless you switch that off below."
            ),
            "identity": _(
                "How well the customer must be known. The assistant asks a customer who is not to sign in."
            ),
            "requires_approval": _("The customer waits; people of your team see the call and decide."),
            "requires_verification": _("For what a stolen account must not be able to do."),
            "results": _(
                "Values of the customer's own records and of your catalogue may be used in further calls. Choose them "
                "only where nobody else can write there."
            ),
            "taint": _(
                "Once the assistant has read something that others wrote (help pages, answers of tools), it can be "
                "deceived. So values of a call have to come from the customer's words or records, or this happens."
            ),
            "calls_per_minute": _("Of all your customers together. 0: no limit."),
            "timeout_seconds": _("Seconds to wait for an answer, from 1 to 60."),
            "result_bytes": _("Bytes that are kept of an answer; 16384 is enough for most."),
            "cache_seconds": _(
                "Seconds in which the same question is not asked again. Only for what reads. 0: never."
            ),
        }
        widgets = {
            "enabled": UnfoldBooleanSwitchWidget,
            "risk": UnfoldAdminSelectWidget,
            "identity": UnfoldAdminSelectWidget,
            "requires_approval": UnfoldBooleanSwitchWidget,
            "requires_verification": UnfoldBooleanSwitchWidget,
            "calls_per_minute": UnfoldAdminIntegerFieldWidget,
            "timeout_seconds": UnfoldAdminIntegerFieldWidget,
            "result_bytes": UnfoldAdminIntegerFieldWidget,
            "cache_seconds": UnfoldAdminIntegerFieldWidget,
            "results": UnfoldAdminSelectWidget,
            "taint": UnfoldAdminSelectWidget,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.builtin:
            self.instance.kind, self.instance.name = ToolKind.BUILTIN, self.builtin
            self.instance.risk = str(registry.get(self.builtin).policy.risk)
        if "results" in self.fields:
            self.fields["results"].required = False

    def clean_results(self) -> str:
        """Where nothing is said it stays as it is."""
        return self.cleaned_data["results"] or str(self.instance.results)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors:
            try:
                check(self.candidate())
            except SwitchboardError as error:
                blame(self, error)
            self._check_name()
        return cleaned

    def candidate(self) -> Tool:
        """The row as it would be."""
        was = self.instance
        row = Tool(**{field.attname: getattr(was, field.attname) for field in Tool._meta.fields})
        row.tenant_id = require_tenant_id()
        for name, value in self.wishes().items():
            setattr(row, name, value)
        return row

    def wishes(self) -> dict[str, Any]:
        """What may be changed about this kind of tool, as the form says it."""
        allowed = CHANGEABLE[self.instance.kind]
        return {name: value for name, value in self.cleaned_data.items() if name in allowed}

    def _check_name(self) -> None:
        name = self.cleaned_data.get("name", self.instance.name)
        changed = self.instance.pk is None or name != self.instance.name
        if changed and "name" in self.fields and queries.taken_names(require_tenant_id(), [name]):
            self.add_error("name", _("There is a tool of this name already. Choose another one."))


NAME_HELP = _("How the assistant calls it: letters, digits, dashes and underscores, such as find_order.")


class McpToolForm(PolicyForm):
    class Meta(PolicyForm.Meta):
        fields = ("name", *PolicyForm.Meta.fields)
        labels = PolicyForm.Meta.labels | {"name": _("Name")}
        help_texts = PolicyForm.Meta.help_texts | {"name": NAME_HELP}
        widgets = PolicyForm.Meta.widgets | {"name": UnfoldAdminTextInputWidget}


class HttpToolForm(PolicyForm):
    """A tool that is one request to a web API."""

    parameters = JSONText(
        label=_("Arguments"),
        rows=14,
        initial=ARGUMENTS_EXAMPLE,
        help_text=_(
            "A JSON Schema: what the assistant has to say for a call. Describe each argument; the assistant fills "
            "it in from the conversation. The example asks for an order's number."
        ),
    )
    result_schema = JSONText(
        label=_("Result"),
        rows=6,
        required=False,
        help_text=_(
            "A JSON Schema that answers have to fit; one that does not is an error. Empty: anything goes."
        ),
    )

    class Meta(PolicyForm.Meta):
        fields = (
            "name", "description", "connection", "method", "url_template", "parameters", "result_path",
            "result_schema", *PolicyForm.Meta.fields,
        )  # fmt: skip
        labels = PolicyForm.Meta.labels | {
            "name": _("Name"),
            "description": _("Description"),
            "connection": _("Connection"),
            "method": _("Method"),
            "url_template": _("URL template"),
            "result_path": _("Result path"),
        }
        help_texts = PolicyForm.Meta.help_texts | {
            "name": NAME_HELP,
            "description": _(
                "What it does and when to use it. The assistant reads this to decide: “Looks up an order by its "
                "number and says where it is. Use it when a customer asks about an order.”"
            ),
            "connection": _("The system that is called."),
            "method": _(
                "GET and DELETE send the other arguments in the address, the rest as JSON in the body."
            ),
            "url_template": _(
                "The path below the connection's address, with arguments in braces: /orders/{order_id}. In the "
                "query: /orders?status={status}."
            ),
            "result_path": _("Where in the answer the useful part is: /data/items. Empty: the whole answer."),
        }
        widgets = PolicyForm.Meta.widgets | {
            "name": UnfoldAdminTextInputWidget(attrs={"placeholder": "find_order"}),
            "description": UnfoldAdminTextareaWidget(attrs={"rows": 4, "style": "max-width: 56rem"}),
            "method": UnfoldAdminSelectWidget,
            "url_template": UnfoldAdminTextInputWidget(attrs={"placeholder": "/orders/{order_id}"}),
            "result_path": UnfoldAdminTextInputWidget(attrs={"placeholder": "/data/items"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("description", "url_template"):
            if name in self.fields:
                self.fields[name].required = True
        if "connection" in self.fields:
            rows = Connection.objects.filter(tenant_id=require_tenant_id(), kind=ConnectionKind.HTTP)
            field: Any = self.fields["connection"]
            field.queryset, field.required = rows, True

    def clean_connection(self) -> Connection:
        found = self.cleaned_data["connection"]
        if found is None:
            raise forms.ValidationError(_("Choose the system that is called."))
        return found

    def clean(self) -> dict[str, Any]:
        """What a method does at its worst counts where nothing was said about the risk."""
        said = self.cleaned_data
        if self.instance.pk is None and "risk" not in self.changed_data and said.get("method"):
            usual = default_policy(said["method"])
            said["risk"] = str(usual.risk)
            said["requires_approval"] = said.get("requires_approval") or usual.requires_approval
        if self.instance.pk is None and said.get("risk") == Risk.IRREVERSIBLE:
            said["requires_approval"] = True
        return super().clean()


FORMS: dict[str, type[PolicyForm]] = {
    ToolKind.BUILTIN: PolicyForm,
    ToolKind.HTTP: HttpToolForm,
    ToolKind.MCP: McpToolForm,
}
