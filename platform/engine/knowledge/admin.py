"""Sources and documents in the console: upload, look, remove."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminTextInputWidget, UnfoldAdminURLInputWidget

from core.console import TenantAdmin
from core.errors import SwitchboardError
from engine.knowledge import intake, queries, services
from engine.knowledge.extract.sections import MAX_BYTES
from engine.knowledge.models import Document, Source
from tenants.requests import actor_of
from tenants.roles import Right

MOST_CHUNKS = 100


class SourceForm(forms.ModelForm):
    class Meta:
        model = Source
        fields = ("name", "language")
        widgets = {"name": UnfoldAdminTextInputWidget, "language": UnfoldAdminTextInputWidget}


@admin.register(Source)
class SourceAdmin(TenantAdmin):
    read_right, write_right = Right.READ_CONFIGURATION, Right.WRITE_CONFIGURATION
    addable = True
    list_display = ("name", "kind", "language", "created_at")
    list_filter = ("kind", "language")
    search_fields = ("name",)
    ordering = ("name",)

    def get_fields(self, request: HttpRequest, obj: Source | None = None) -> tuple[str, ...]:
        return ("name", "language") if obj is None else ("name", "kind", "language", "url", "created_at")

    def get_readonly_fields(self, request: HttpRequest, obj: Source | None = None) -> tuple[str, ...]:
        return () if obj is None else ("created_at",)

    def get_form(
        self, request: HttpRequest, obj: Source | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        return SourceForm if obj is None else super().get_form(request, obj, change, **kwargs)

    def save_model(self, request: Any, obj: Source, form: Any, change: bool) -> None:
        made = services.ensure_source(
            tenant_id=request.tenant.pk, name=obj.name, language=obj.language, actor=actor_of(request.user)
        )
        obj.pk = made.pk


class UploadForm(forms.ModelForm):
    """A file to be read by a worker, once this page is done."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("Markdown, HTML, PDF, Word, plain text, or CSV of questions and answers; at most 20 MB"),
        widget=UnfoldAdminFileFieldWidget,
    )

    class Meta:
        model = Document
        fields = ("source", "title", "url")
        widgets = {"title": UnfoldAdminTextInputWidget, "url": UnfoldAdminURLInputWidget}

    def clean_file(self) -> services.Upload:
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(_("The file is larger than 20 MB."))
        upload = services.Upload(file.name, file.read())
        try:
            return upload.checked()
        except SwitchboardError as error:
            raise forms.ValidationError(error.message) from error


@admin.register(Document)
class DocumentAdmin(TenantAdmin):
    read_right, write_right = Right.READ_CONFIGURATION, Right.WRITE_CONFIGURATION
    addable = removable = True
    list_display = (
        "name",
        "title",
        "source",
        "version",
        "is_current",
        "status",
        "error",
        "size",
        "created_at",
    )
    list_filter = ("status", "is_current", "kind")
    list_select_related = ("source",)
    search_fields = ("name", "title", "text")
    ordering = ("-id",)
    change_form_outer_after_template = "console/knowledge/chunks.html"

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("waiting_bytes")

    def get_fields(self, request: HttpRequest, obj: Document | None = None) -> tuple[str, ...]:
        if obj is None:
            return ("source", "file", "title", "url")
        facts = ("name", "title", "source", "url", "version", "is_current", "status", "error", "kind", "size")
        return (*facts, "uploaded_by", "created_at", "text")

    def get_readonly_fields(self, request: HttpRequest, obj: Document | None = None) -> tuple[str, ...]:
        return () if obj is None else ("created_at",)

    def get_form(
        self, request: HttpRequest, obj: Document | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        if obj is None:
            kwargs["form"] = UploadForm
        return super().get_form(request, obj, change, **kwargs)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        """Shows the pieces that a search finds, as they were cut."""
        document = kwargs.get("obj")
        if document is not None:
            chunks = queries.chunks_of(document, limit=MOST_CHUNKS + 1)
            context |= {
                "chunks": chunks[:MOST_CHUNKS],
                "more": len(chunks) > MOST_CHUNKS,
                "document": document,
            }
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(self, request: Any, obj: Document, form: Any, change: bool) -> None:
        file = form.cleaned_data["file"]
        made = intake.queue_document(
            tenant_id=request.tenant.pk,
            actor=actor_of(request.user),
            source=obj.source,
            upload=services.Upload(file.name, file.data, obj.title, obj.url),
        )
        obj.pk, obj.name, obj.version = made.pk, made.name, made.version

    def delete_model(self, request: Any, obj: Document) -> None:
        services.delete_document(
            tenant_id=request.tenant.pk, actor=actor_of(request.user), public_id=obj.public_id
        )
