"""Sign-in, the choice between tenants, and the start page."""

from __future__ import annotations

from allauth.account import views as account
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from django_ratelimit.core import is_ratelimited

from tenants.queries import memberships_of
from tenants.requests import SESSION_KEY

WINDOW_SECONDS = 300
SIGN_INS = f"60/{WINDOW_SECONDS}s"


def sign_in(request: HttpRequest) -> HttpResponseBase:
    """The sign-in page; an address that tries too often is asked to wait, whatever it tries."""
    counted = {"group": "tenants.sign_in", "key": "ip", "rate": SIGN_INS, "method": "POST", "increment": True}
    if is_ratelimited(request, **counted):
        refused = render(request, "429.html", status=429)
        refused["Retry-After"] = str(WINDOW_SECONDS)
        return refused
    return account.login(request)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def choose_tenant(request: HttpRequest) -> HttpResponse:
    """Which organisation to work for, for people who belong to several; a clear word for those who belong to none."""
    rows = memberships_of(request.user.pk)
    chosen = request.POST.get("tenant", "")
    if any(str(row.tenant.public_id) == chosen for row in rows):
        request.session[SESSION_KEY] = chosen
        return redirect(_safe(request, request.POST.get("next", "")))
    context = {
        "memberships": rows,
        "current": request.session.get(SESSION_KEY),
        "next": request.GET.get("next", ""),
    }
    return render(request, "account/choose_tenant.html", context, status=200 if rows else 403)


def _safe(request: HttpRequest, url: str) -> str:
    secure = request.is_secure()
    ours = url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=secure)
    return url if ours else "admin:index"


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """The platform's own front page."""
    return redirect("admin:index") if request.user.is_authenticated else render(request, "start.html")
