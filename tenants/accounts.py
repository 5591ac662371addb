"""How people sign in: allauth, without self-service sign-up (members are invited)."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.urls import reverse

from tenants.queries import memberships_of


class MembersOnly(DefaultAccountAdapter):
    """Closes sign-up: a person becomes a member because somebody of the tenant adds her."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Straight to the console, unless there is a choice to make or nothing to see there."""
        if len(memberships_of(request.user.pk)) == 1:
            return str(super().get_login_redirect_url(request))
        return reverse("choose_tenant")
