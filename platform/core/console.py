"""What every page of the console about a tenant's table has in common.

Invariant: a page shows rows of the tenant in scope only, to members whose role has the room's right, and writes
through the services alone: nothing here ever calls a bare `save()` or `delete()`, and superusers are members like
any other.
"""

from __future__ import annotations

from typing import Any, NoReturn

from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import path
from unfold.admin import ModelAdmin, TabularInline

from core.errors import Forbidden
from core.exports import export
from core.models import TenantOwned
from core.scope import require_tenant_id


def rights_of(request: HttpRequest) -> frozenset[str]:
    """The rights of the member who asks; none for a request that did not come through the console's door."""
    return getattr(request, "rights", frozenset())


class TenantAdmin(ModelAdmin):
    """A tenant-owned table. Read-only unless a subclass says what may be added or removed, and by which service.

    `read_right`, `write_right`: names of `tenants.roles.Right`. `exportable`: the page is a list, and the list may be
    had as CSV by who may read it.
    """

    read_right = ""
    write_right = ""
    addable = False
    removable = False
    actions = None
    show_full_result_count = False
    view_on_site = False
    list_per_page = 50
    change_list_template = "console/list.html"
    exportable = True

    def get_urls(self) -> list[Any]:
        if not self.exportable:
            return super().get_urls()
        view = self.admin_site.admin_view(self.export_view)
        name = f"{self.opts.app_label}_{self.opts.model_name}_export"
        return [path("export/", view, name=name), *super().get_urls()]

    def export_view(self, request: HttpRequest) -> HttpResponseBase:
        """The list as it is filtered, as CSV."""
        return export(self, request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).filter(tenant_id=require_tenant_id())

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        target = db_field.remote_field.model
        if issubclass(target, TenantOwned):
            kwargs["queryset"] = target._default_manager.filter(tenant_id=require_tenant_id())
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.read_right in rights_of(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.addable and self.write_right in rights_of(request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.removable and self.write_right in rights_of(request)

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        """What goes with an object is the service's business, so the page names the object alone."""
        return [str(obj) for obj in objs], {str(self.opts.verbose_name_plural): len(objs)}, set(), []

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        """What is made is not changed after, and one at a time is enough."""
        once = {"show_save_and_add_another": False, "show_save_and_continue": False}
        return super().render_change_form(request, context | once, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        raise Forbidden

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        raise Forbidden

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Nothing: a service has written all there is."""

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> NoReturn:
        raise Http404

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> NoReturn:
        raise Http404

    # What happened is in the tenant's own ledger; Django's log is nobody's and would hold all tenants' names.
    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None: ...

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> None: ...

    def log_deletions(self, request: HttpRequest, queryset: Any) -> None: ...


class TenantInline(TabularInline):
    """Rows of a tenant-owned table below the object they belong to; read only."""

    extra = 0
    max_num = 0
    can_delete = False
    read_right = ""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).filter(tenant_id=require_tenant_id())

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.read_right in rights_of(request)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
