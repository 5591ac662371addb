"""Teams in the console: hours, holidays, how conversations reach people, promises, and who sits where."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from core.console import rights_of
from core.errors import Forbidden, SwitchboardError
from core.pages import FormPage
from escalation.admin.team_forms import PROMISES, AgentForm, HolidayForms, TeamForm, holidays_of, rows_of
from escalation.models import Agent, Presence, Seat, Team
from escalation.queueing.hours import BadHours, calendar_of, is_open, next_opening
from escalation.queueing.teams import services
from escalation.queueing.teams.services import BadAgent, BadTeam
from tenants.models import Member
from tenants.requests import actor_of
from tenants.roles import Right


def opening(team: Team, now: dt.datetime) -> tuple[str, str]:
    """When a team is open next: a word for its colour (`open`, `closed`, `never`) and a sentence."""
    try:
        calendar = calendar_of(team.zone, team.hours, team.holidays)
    except BadHours as error:
        return "never", error.message
    if is_open(calendar, now):
        return "open", gettext("Open now")
    begin = next_opening(calendar, now)
    if begin is None:
        return "never", gettext("Never opens")
    at = date_format(begin.astimezone(calendar.zone), "D j M, H:i", use_l10n=False)
    return "closed", gettext("Opens %(at)s (%(zone)s)") % {"at": at, "zone": team.zone}


@admin.register(Team)
class TeamAdmin(FormPage):
    read_right, write_right = Right.READ_CONFIGURATION, Right.WRITE_CONFIGURATION
    removable = True
    template = "console/teams/team.html"
    list_display = ("name", "people", "next_opening", "delivery", "zone", "is_default", "is_active")
    list_filter = ("is_active", "delivery", "routing")
    search_fields = ("name", "description")
    ordering = ("name",)
    places = {services.TeamNameTaken.code: "name", services.DefaultTeamNeeded.code: "is_default"}

    @display(description=_("Opening"), label={"open": "success", "closed": "info", "never": "danger"})
    def next_opening(self, team: Team) -> tuple[str, str]:
        return opening(team, timezone.now())

    @admin.display(description=_("People"))
    def people(self, team: Team) -> str:
        rows = Seat.objects.filter(tenant_id=team.tenant_id, team_id=team.pk).select_related("member__user")
        names = [str(row.member.user) for row in rows.order_by("id")[:6]]
        return ", ".join(names[:5]) + (" …" if len(names) > 5 else "") if names else gettext("Nobody")

    def make_form(self, request: Any, obj: Team | None, data: Any) -> TeamForm:
        return TeamForm(data, obj or Team())

    def holidays(self, request: Any, obj: Team | None) -> Any:
        """The rows of holidays, as they were posted or as they are kept."""
        if not hasattr(request, "holiday_forms"):
            data = request.POST if request.method == "POST" else None
            kept = rows_of(obj.holidays) if obj else []
            request.holiday_forms = HolidayForms(data, prefix="holidays", initial=kept)
        return request.holiday_forms

    def more_valid(self, request: Any, obj: Team | None, form: Any) -> bool:
        return bool(self.holidays(request, obj).is_valid())

    def keep(self, request: Any, obj: Team | None, form: Any) -> Team:
        wished = form.fill(obj or Team(), holidays_of(self.holidays(request, obj)))
        try:
            team = services.save_team(tenant_id=request.tenant.pk, team=wished, actor=actor_of(request.user))
        except BadTeam as error:
            error.fields = {PROMISES.get(name, name): said for name, said in error.fields.items()}
            raise
        if opening(team, timezone.now())[0] == "never":
            messages.warning(
                request, _("By these hours and holidays the team never opens: nobody is passed on to it.")
            )
        return team

    def after_keeping(self, request: Any, obj: Any) -> str:
        return reverse("admin:escalation_team_change", args=[obj.pk])

    def beside(self, request: Any, obj: Team | None, form: Any) -> dict[str, Any]:
        holidays = self.holidays(request, obj)
        if obj is not None and form.is_bound:
            obj = self.get_queryset(request).get(pk=obj.pk)  # what is kept, not what was refused
        for row in holidays:
            for field in row.fields.values():
                field.disabled = self.write_right not in rights_of(request)
        state, sentence = opening(obj, timezone.now()) if obj else ("", "")
        return {
            "holidays": holidays,
            "more_errors": holidays.total_error_count() if holidays.is_bound else 0,
            "opening": sentence,
            "never": state == "never",
            "seats": _seats(obj) if obj else [],
        }

    def get_urls(self) -> list[Any]:
        seats = path(
            "<path:object_id>/seats/",
            self.admin_site.admin_view(self.seats_view),
            name="escalation_team_seats",
        )
        return [seats, *super().get_urls()]

    def seats_view(self, request: Any, object_id: str) -> HttpResponse:
        """Who sits in a team and who leads it, all at once."""
        if self.write_right not in rights_of(request):
            raise Forbidden
        pk = object_id if object_id.isdecimal() else None
        team = get_object_or_404(self.get_queryset(request), pk=pk)
        if request.method == "POST":
            try:
                self._seated(request, team)
            except SwitchboardError as error:
                messages.error(request, error.message)
            else:
                messages.success(request, _("Saved: who sits in %(name)s.") % {"name": team})
        return HttpResponseRedirect(reverse("admin:escalation_team_change", args=[team.pk]))

    def _seated(self, request: Any, team: Team) -> None:
        wanted, leads = set(request.POST.getlist("seat")), set(request.POST.getlist("lead"))
        given: dict[str, Any] = {
            "tenant_id": request.tenant.pk, "team_id": team.pk, "actor": actor_of(request.user),
        }  # fmt: skip
        for member, seat, _agent in _seats(team):
            key = str(member.pk)
            is_lead = key in leads
            if key in wanted and (seat is None or seat.is_lead != is_lead):
                services.seat(member_id=member.pk, is_lead=is_lead, **given)
            elif seat is not None and key not in wanted:
                services.unseat(member_id=member.pk, **given)

    def delete_model(self, request: Any, obj: Team) -> None:
        services.remove_team(tenant_id=request.tenant.pk, team=obj, actor=actor_of(request.user))


def _seats(team: Team) -> list[tuple[Member, Seat | None, Agent | None]]:
    """Every active member with her seat in the team and what she can take."""
    own = {"tenant_id": team.tenant_id}
    seats = {row.member_id: row for row in Seat.objects.filter(**own, team_id=team.pk)}
    agents = {row.member_id: row for row in Agent.objects.filter(**own)}
    members = Member.objects.filter(**own, is_active=True).select_related("user").order_by("user__name", "id")
    return [(one, seats.get(one.pk), agents.get(one.pk)) for one in members]


@admin.register(Agent)
class AgentAdmin(FormPage):
    """What each member who sits in a team can take."""

    read_right, write_right = Right.READ_CONFIGURATION, Right.WRITE_CONFIGURATION
    addable = False
    template = "console/teams/agent.html"
    list_display = ("person", "shown_skills", "shown_languages", "shown_capacity", "shown_presence")
    list_display_links = ("person",)
    list_filter = ("presence",)
    list_select_related = ("member__user",)
    search_fields = ("member__user__name", "member__user__email", "skills__icontains", "languages__icontains")
    ordering = ("member__user__name", "id")

    @admin.display(description=_("Name"), ordering="member__user__name")
    def person(self, agent: Agent) -> str:
        return str(agent.member.user)

    @admin.display(description=_("Skills"))
    def shown_skills(self, agent: Agent) -> str:
        return ", ".join(agent.skills)

    @admin.display(description=_("Languages"))
    def shown_languages(self, agent: Agent) -> str:
        return ", ".join(agent.languages)

    @admin.display(description=_("Conversations at once"))
    def shown_capacity(self, agent: Agent) -> str:
        return ", ".join(f"{channel}: {number}" for channel, number in sorted(agent.capacity.items()))

    @display(description=_("Says of herself"), label={Presence.ONLINE: "success", Presence.BUSY: "warning"})
    def shown_presence(self, agent: Agent) -> tuple[str, str]:
        return agent.presence, agent.get_presence_display()

    def make_form(self, request: HttpRequest, obj: Agent, data: Any) -> AgentForm:
        return AgentForm(data, obj)

    def keep(self, request: Any, obj: Agent, form: Any) -> Any:
        try:
            services.save_agent(
                tenant_id=request.tenant.pk,
                member_id=obj.member_id,
                abilities=form.abilities(),
                actor=actor_of(request.user),
            )
        except BadAgent as error:
            error.fields = {
                f"capacity_{form.channels[0]}" if name == "capacity" else name: said
                for name, said in error.fields.items()
            }
            raise
        return obj.member.user

    def beside(self, request: Any, obj: Agent, form: Any) -> dict[str, Any]:
        seats = Seat.objects.filter(tenant_id=obj.tenant_id, member_id=obj.member_id).select_related("team")
        return {"title": str(obj.member.user), "seats": list(seats.order_by("team__name"))}
