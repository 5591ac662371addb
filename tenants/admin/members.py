"""Members in the console: invited, given another role, switched off and on."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminEmailInputWidget, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from core.console import rights_of
from core.errors import Forbidden, SwitchboardError
from core.pages import FormPage
from tenants import services
from tenants.models import Member
from tenants.requests import actor_of
from tenants.roles import DUTIES, ROOMS, Right, Role, may


class InviteForm(forms.Form):
    """Who is added: the address is enough, since she sets her own password by e-mail."""

    email = forms.EmailField(
        label=_("E-mail"),
        widget=UnfoldAdminEmailInputWidget(),
        help_text=_("She sets a password herself: at the sign-in page, under “Forgot your password?”."),
    )
    name = forms.CharField(
        label=_("Name"), max_length=120, required=False, widget=UnfoldAdminTextInputWidget()
    )
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, widget=UnfoldAdminSelectWidget())


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, widget=UnfoldAdminSelectWidget())


@admin.register(Member)
class MemberAdmin(FormPage):
    """A member is never removed, since her deeds stand in the ledger: she is switched off."""

    read_right, write_right = Right.READ_MEMBERS, Right.WRITE_MEMBERS
    template = "console/members/member.html"
    list_display = ("name", "email", "role", "state", "teams", "created_at")
    list_filter = ("role", "is_active")
    list_select_related = ("user",)
    search_fields = ("user__name", "user__email")
    ordering = ("id",)
    places = {
        services.AlreadyMember.code: "email",
        services.LastOwner.code: "role",
        services.OwnersOnly.code: "role",
    }

    @admin.display(description=_("Name"), ordering="user__name")
    def name(self, member: Member) -> str:
        return str(member.user)

    @admin.display(description=_("E-mail"), ordering="user__email")
    def email(self, member: Member) -> str:
        return member.user.email

    @display(description=_("State"), ordering="is_active", label={"on": "success", "off": "danger"})
    def state(self, member: Member) -> tuple[str, Any]:
        return ("on", _("On")) if member.is_active else ("off", _("Switched off"))

    @admin.display(description=_("Teams"))
    def teams(self, member: Any) -> str:
        return ", ".join(str(seat.team) for seat in member.seats.all())

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("user").prefetch_related("seats__team")

    def make_form(self, request: Any, obj: Member | None, data: Any) -> forms.Form:
        return InviteForm(data) if obj is None else RoleForm(data, initial={"role": obj.role})

    def keep(self, request: Any, obj: Member | None, form: Any) -> Any:
        said = form.cleaned_data
        given: dict[str, Any] = {
            "tenant_id": request.tenant.pk, "role": Role(said["role"]), "actor": actor_of(request.user),
            "by": request.membership.role,
        }  # fmt: skip
        if obj is None:
            return services.invite_member(email=said["email"], name=said["name"], **given).user
        return services.change_role(member_id=obj.pk, **given).user

    def beside(self, request: Any, obj: Any, form: Any) -> dict[str, Any]:
        return {
            "title": str(obj.user) if obj else _("Invite a member"),
            "duties": [(Role(role).label, duty) for role, duty in DUTIES.items()],
            "roles": Role.labels,
            "rooms": [(title, [_access(role, read, write) for role in Role]) for title, read, write in ROOMS],
        }

    def get_urls(self) -> list[Any]:
        switch = path(
            "<path:object_id>/switch/",
            self.admin_site.admin_view(self.switch_view),
            name="tenants_member_switch",
        )
        return [switch, *super().get_urls()]

    def switch_view(self, request: Any, object_id: str) -> HttpResponse:
        """Switches a member off or on."""
        if self.write_right not in rights_of(request):
            raise Forbidden
        member = self._named(request, object_id)
        if request.method == "POST":
            self._switched(request, member, on=request.POST.get("on") == "yes")
        return HttpResponseRedirect(reverse("admin:tenants_member_change", args=[member.pk]))

    def _switched(self, request: Any, member: Member, *, on: bool) -> None:
        try:
            services.switch_member(
                tenant_id=request.tenant.pk,
                member_id=member.pk,
                on=on,
                by=request.membership.role,
                actor=actor_of(request.user),
            )
        except SwitchboardError as error:
            messages.error(request, error.message)
            return
        told = _("%(name)s is switched on.") if on else _("%(name)s is switched off: she is out at once.")
        messages.success(request, told % {"name": member.user})


def _access(role: str, read: Right, write: Right) -> Any:
    if may(role, write):
        return _("reads and changes")
    return _("reads") if may(role, read) else _("no")
