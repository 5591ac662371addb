"""The members' door: pages for who is signed in, inside the scope of the tenant she acts for."""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from typing import cast

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.template.response import SimpleTemplateResponse

from core.errors import SwitchboardError
from core.scope import tenant_scope
from tenants import requests
from tenants.requests import NoMembership, TenantRequest
from tenants.roles import Right, may

View = Callable[..., HttpResponseBase]


def members_only(view: View) -> View:
    """Lets active members in, runs and renders inside their tenant's scope, and says coded errors in words."""

    def entered(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path(), resolve_url("account_login"))
        try:
            membership = requests.choose_membership(request)
        except NoMembership:
            return redirect("choose_tenant")
        known = cast(TenantRequest, request)
        known.membership, known.tenant = membership, membership.tenant
        known.rights = frozenset(right for right in Right if may(membership.role, right))
        try:
            with tenant_scope(membership.tenant_id):
                return _rendered(view(request, *args, **kwargs))
        except SwitchboardError as error:
            return _said(request, error)

    return update_wrapper(entered, view)


def _rendered(response: HttpResponseBase) -> HttpResponseBase:
    """Templates query too, and must do so inside the scope."""
    if isinstance(response, SimpleTemplateResponse) and not response.is_rendered:
        return response.render()
    return response


def _said(request: HttpRequest, error: SwitchboardError) -> HttpResponseBase:
    if request.method == "POST":
        messages.error(request, error.message)
        return HttpResponseRedirect(request.get_full_path())
    return render(request, "problem.html", {"message": error.message}, status=error.status)
