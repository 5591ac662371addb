"""Pages of the console with a form of their own: what a service refuses stands beside its field, and what was typed
stays.

Invariant: a page is written through `keep` alone, which calls a service; a refusal undoes what `keep` had done, and
the page is shown again as it was filled in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.console import TenantAdmin, rights_of
from core.errors import SwitchboardError

PREVIEW = "preview"
"""The name of a button that shows the page as it is filled in and keeps nothing."""

MOST_DIGITS = 18


@dataclass(frozen=True, slots=True)
class Section:
    """Fields of a form under one heading."""

    title: Any
    fields: tuple[str, ...]
    about: Any = ""


def say(form: forms.BaseForm, error: SwitchboardError, places: Mapping[str, str] | None = None) -> None:
    """Puts a coded error beside its field.

    Args:
        error: its `fields` (field -> sentence) go where they belong, those of no field above the form.
        places: of errors without `fields`, code -> field.
    """
    told: Mapping[str, str] = getattr(error, "fields", None) or {}
    if not told:
        form.add_error((places or {}).get(error.code), error.message)
    for name, sentence in told.items():
        form.add_error(name if name in form.fields else None, sentence)


class FormPage(TenantAdmin):
    """Adds and changes a row through `keep`.

    `places` says beside which field an error of this code belongs; `sections` orders the fields, all under one
    heading where there are none; `plural` is what the rows are called, else as the model calls them.
    """

    addable = True
    template = "console/forms/page.html"
    sections: ClassVar[tuple[Section, ...]] = ()
    places: ClassVar[Mapping[str, str]] = {}
    plural: Any = ""

    def make_form(self, request: Any, obj: Any, data: Any) -> forms.BaseForm:
        """The form of a row, or of a new one (`obj` None), filled in from `data` where that is given."""
        raise NotImplementedError

    def keep(self, request: Any, obj: Any, form: Any) -> Any:
        """Calls the service with what was typed; None when it was refused and that is said already."""
        raise NotImplementedError

    def beside(self, request: Any, obj: Any, form: Any) -> dict[str, Any]:
        """What the template shows besides."""
        return {}

    def more_valid(self, request: Any, obj: Any, form: Any) -> bool:
        """Whether what stands beside the form is right as well."""
        return True

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.write_right in rights_of(request)

    def changeform_view(
        self, request: Any, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        obj = self._named(request, object_id)
        may_write = self.has_add_permission(request) if obj is None else self.has_change_permission(request)
        if not self.has_view_permission(request) or (
            not may_write and (obj is None or request.method == "POST")
        ):
            raise PermissionDenied
        form = self.make_form(request, obj, request.POST if request.method == "POST" else None)
        form.use_required_attribute = False
        if request.method == "POST":
            rest_is_valid = self.more_valid(request, obj, form)
            is_right = form.is_valid() and rest_is_valid and PREVIEW not in request.POST
            if is_right and (kept := self._kept(request, obj, form)):
                messages.success(request, _("Saved: %(name)s.") % {"name": kept})
                return HttpResponseRedirect(self.after_keeping(request, kept))
        return self._shown(request, obj, form, may_write)

    def _named(self, request: HttpRequest, object_id: str | None) -> Any:
        if object_id is None:
            return None
        is_number = object_id.isdecimal() and len(object_id) <= MOST_DIGITS
        obj = self.get_queryset(request).filter(pk=object_id).first() if is_number else None
        if obj is None:
            raise Http404
        return obj

    def _kept(self, request: Any, obj: Any, form: Any) -> Any:
        try:
            with transaction.atomic():  # the page is rendered in the same transaction
                return self.keep(request, obj, form)
        except SwitchboardError as error:
            say(form, error, self.places)
            return None

    def _shown(self, request: Any, obj: Any, form: Any, may_write: bool) -> HttpResponse:
        if not may_write:
            for field in form.fields.values():
                field.disabled = True
        name = str(self.opts.verbose_name)
        context = {
            **self.admin_site.each_context(request),
            "title": str(obj) if obj else _("Add: %(what)s") % {"what": name},
            "plural": self.plural or self.opts.verbose_name_plural,
            "form": form,
            "row": obj,
            "may_write": may_write,
            "may_remove": obj is not None and self.has_delete_permission(request, obj),
            "parts": [
                (one, [form[field] for field in one.fields]) for one in self.sections or (_all_of(form),)
            ],
            "list_url": self.list_url,
            **self.beside(request, obj, form),
        }
        return TemplateResponse(request, self.template, context)

    @property
    def list_url(self) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")

    def after_keeping(self, request: Any, obj: Any) -> str:
        """Where saving leads."""
        return self.list_url


def _all_of(form: forms.BaseForm) -> Section:
    return Section("", tuple(name for name, field in form.fields.items() if not field.widget.is_hidden))
