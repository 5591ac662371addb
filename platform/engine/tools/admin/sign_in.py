"""Signing in at an MCP server by OAuth: to the other side, and back.

Invariant: only the member who went there finishes, in the same session; what waits there meanwhile is sealed.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from contextvars import Context
from typing import Any

from asgiref.sync import async_to_sync
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from core.console import rights_of
from core.errors import Forbidden, Unprocessable
from engine.tools import queries, signing
from engine.tools.errors import ToolError
from engine.tools.models import Auth, Connection
from tenants.requests import actor_of

WAITING = "tool_sign_in"


class SignInFailed(Unprocessable):
    code = "sign_in_failed"
    default_message = "This sign-in was not begun here, or too long ago. Begin again at the connection."


class SignInPages:
    """The two pages, for the connections' admin class."""

    admin_site: Any
    write_right: str
    get_queryset: Callable[[Any], Any]

    def sign_in_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("signed-in/", view(self.back_view), name="tools_connection_back"),
            path("<path:object_id>/sign-in/", view(self.sign_in_view), name="tools_connection_sign_in"),
        ]

    def sign_in_view(self, request: Any, object_id: str) -> HttpResponse:
        """Shows where to go on, or signs in without a person where the other side gave a client secret."""
        connection = self._of(request, object_id)
        there = reverse("admin:tools_connection_change", args=[connection.pk])
        if request.method != "POST":
            return HttpResponseRedirect(there)
        hosts = queries.allowed_hosts(connection.tenant_id)
        if request.POST.get("how") == "machine":
            actor = actor_of(request.user)
            _outside(signing.connect_without_person, connection, actor=actor, hosts=hosts)
            messages.success(request, _("Signed in."))
            return HttpResponseRedirect(there)
        back = settings.PUBLIC_URL + reverse("admin:tools_connection_back")
        member = str(request.user.public_id)
        url, sealed = _outside(signing.begin, connection, back, member=member, hosts=hosts)
        request.session[WAITING] = [connection.pk, sealed]
        context = {**self.admin_site.each_context(request), "title": _("Sign in on the other side")}
        context |= {"url": url, "connection": connection, "back": there}
        return TemplateResponse(request, "console/tools/sign_in.html", context)

    def back_view(self, request: Any) -> HttpResponse:
        """Where the other side sends the browser to."""
        pk, sealed = request.session.pop(WAITING, (None, ""))
        if pk is None:
            raise SignInFailed
        connection = self._of(request, str(pk))
        _outside(
            signing.finish,
            connection,
            sealed,
            request.GET.dict(),
            member=str(request.user.public_id),
            actor=actor_of(request.user),
            hosts=queries.allowed_hosts(connection.tenant_id),
        )
        messages.success(request, _("Signed in. Ask the server for its tools now."))
        return HttpResponseRedirect(reverse("admin:tools_connection_change", args=[connection.pk]))

    def _of(self, request: Any, object_id: str) -> Connection:
        if self.write_right not in rights_of(request):
            raise Forbidden
        rows = self.get_queryset(request).filter(auth=Auth.OAUTH).select_related("secret")
        found: Connection = get_object_or_404(rows, pk=object_id if object_id.isdecimal() else None)
        return found


def _outside(call: Callable[..., Coroutine[Any, Any, Any]], *args: Any, **kwargs: Any) -> Any:
    """Runs asynchronous work that opens scopes of its own, on other connections than this page's.

    Raises:
        SignInFailed: with what went wrong on the other side.
    """
    try:
        return Context().run(async_to_sync(call), *args, **kwargs)
    except ToolError as error:
        raise SignInFailed(error.message) from error
