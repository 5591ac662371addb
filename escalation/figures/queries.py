"""Reads beside the counted figures: names, the queue as it is now, budgets, and what a new tenant has done yet."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Min
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from conversations.models import Conversation
from core.scope import tenant_scope
from engine.budgets.models import Budget
from engine.budgets.queries import with_spent
from engine.budgets.values import Scope
from engine.knowledge.models import Document
from engine.releases.models import Release
from escalation.models import Handoff, HandoffStatus, Seat, Team
from escalation.queueing.presence import presences
from tenants.models import Domain, Member, ProviderAccount

SINGLE = (Scope.TENANT_DAY, Scope.TENANT_MONTH, Scope.RELEASE, Scope.FEATURE)
"""Budgets with one purse at a time."""
_WAITING = (HandoffStatus.WAITING, HandoffStatus.OFFERED)


@dataclass(frozen=True, slots=True)
class Names:
    """What numbers of figures are called."""

    teams: dict[int, str]
    members: dict[int, str]
    releases: list[int]
    channels: list[str]

    def team(self, number: int) -> str:
        return self.teams.get(number, "") or (_("No team") if not number else f"#{number}")

    def member(self, label: str) -> str:
        known = self.members.get(int(label)) if label.isdigit() else None
        return known or _("Somebody who left")


@dataclass(frozen=True, slots=True)
class Line:
    """One team's queue now. `longest` is in milliseconds; `there`: people online or busy, with an open desk."""

    team: int
    name: str
    waiting: int
    longest: float | None
    taken: int
    online: int
    busy: int


@dataclass(frozen=True, slots=True)
class Purse:
    """A budget of this day or month, in nanos, with the parts of its bar in percent of the limit."""

    name: str
    limit: int
    spent: int
    reserved: int

    @property
    def left(self) -> int:
        return max(self.limit - self.spent - self.reserved, 0)

    @property
    def parts(self) -> tuple[float, float]:
        whole = max(self.limit, self.spent + self.reserved, 1)
        return self.spent * 100 / whole, self.reserved * 100 / whole

    @property
    def used(self) -> float | None:
        return (self.spent + self.reserved) / self.limit if self.limit else None


@dataclass(frozen=True, slots=True)
class Step:
    """One thing a new organisation does first."""

    title: str
    why: str
    link: str
    done: bool


def names(tenant_id: int) -> Names:
    """Names of teams, members and releases, and the channels there are."""
    own = {"tenant_id": tenant_id}
    with tenant_scope(tenant_id):
        people = Member.objects.filter(**own).select_related("user")
        return Names(
            teams=dict(Team.objects.filter(**own).order_by("name").values_list("pk", "name")),
            members={row.pk: str(row.user) for row in people},
            releases=list(
                Release.objects.filter(**own).order_by("-number").values_list("number", flat=True)[:50]
            ),
            channels=_channels(tenant_id),
        )


def _channels(tenant_id: int) -> list[str]:
    newest = Conversation.objects.filter(tenant_id=tenant_id).order_by("-updated_at", "-id")[:2000]
    return sorted({*newest.values_list("channel", flat=True), "chat"})


def zone_of(tenant_id: int) -> str:
    """The zone in which a tenant's days are shown: its default team's, else UTC."""
    with tenant_scope(tenant_id):
        chosen = (
            Team.objects.filter(tenant_id=tenant_id, is_default=True).values_list("zone", flat=True).first()
        )
    return chosen or "UTC"


def queue_now(tenant_id: int, *, now: dt.datetime, teams: frozenset[int] | None = None) -> list[Line]:
    """Each team's queue at this moment; `teams`: those alone."""
    own = {"tenant_id": tenant_id}
    with tenant_scope(tenant_id):
        rows = Handoff.objects.filter(**own).order_by()
        waiting = (
            rows.filter(status__in=_WAITING)
            .values_list("team")
            .annotate(n=Count("pk"), since=Min("queued_at"))
        )
        lines = {team: (n, since) for team, n, since in waiting}
        taken = dict(rows.filter(status=HandoffStatus.TAKEN).values_list("team").annotate(n=Count("pk")))
        there = presences(tenant_id, now=now)
        seats = list(Seat.objects.filter(**own).values_list("team", "member"))
        known = Team.objects.filter(**own, is_active=True).order_by("-is_default", "name")
        return [
            _line(
                team,
                lines.get(team.pk, (0, None)),
                taken.get(team.pk, 0),
                _people(team.pk, seats, there),
                now,
            )
            for team in known
            if teams is None or team.pk in teams
        ]


def _people(team: int, seats: list[tuple[int, int]], there: dict[int, str]) -> list[str]:
    """The presence of a team's people; of everybody where nobody sits in it."""
    sitting = [member for seat, member in seats if seat == team]
    return [there.get(member, "offline") for member in sitting] if sitting else list(there.values())


def _line(team: Team, waits: tuple[int, Any], taken: int, people: list[str], now: dt.datetime) -> Line:
    waiting, since = waits
    longest = max((now - since).total_seconds() * 1000, 0) if since else None
    return Line(team.pk, team.name, waiting, longest, taken, people.count("online"), people.count("busy"))


def budgets_now(tenant_id: int, *, now: dt.datetime) -> list[Purse]:
    """The budgets of this day and month with what is spent and held of them."""
    with tenant_scope(tenant_id):
        rows = Budget.objects.filter(tenant_id=tenant_id, enabled=True, scope__in=SINGLE).order_by(
            "scope", "subject"
        )
        return [
            Purse(
                f"{row.get_scope_display()} {row.subject}".strip(),
                row.limit_nanos,
                getattr(row, "settled", 0) or 0,
                getattr(row, "reserved", 0) or 0,
            )
            for row in with_spent(rows, tenant_id, now=now)[:12]
        ]


def has_talked(tenant_id: int) -> bool:
    """Whether anything was ever said to this tenant's assistant."""
    with tenant_scope(tenant_id):
        return Conversation.objects.filter(tenant_id=tenant_id, last_seq__gt=0).exists()


def _link(name: str) -> str:
    try:
        return reverse(f"admin:{name}")
    except NoReverseMatch:  # it is set from the command line
        return ""


def first_steps(tenant_id: int) -> list[Step]:
    """What a new organisation does first, and what of it is done."""
    own = {"tenant_id": tenant_id}
    with tenant_scope(tenant_id):
        facts = (
            (_("Bring a model"), _("Without one the assistant answers from stored answers alone."),
             "tenants_provideraccount_changelist",
             ProviderAccount.objects.filter(**own).exists()),
            (_("Upload what it should know"), _("Answers cite your documents; without any it knows nothing of you."),
             "knowledge_document_changelist", Document.objects.filter(**own).exists()),
            (_("Try it in the playground"), _("Ask what your customers ask, and see the sources and the steps."),
             "playground", False),
            (_("Publish your release"), _("The prompt, the tools and the limits that your customers get."),
             "releases_release_changelist", Release.objects.filter(**own, number__gt=1).exists()),
            (_("Invite your team"), _("Whoever takes over when a customer wants a person."),
             "tenants_member_changelist", Member.objects.filter(**own, is_active=True).count() > 1),
            (_("Put the chat on your site"), _("Allow your web address, then paste the widget's two lines."),
             "tenants_domain_changelist", Domain.objects.filter(**own).exists()),
        )  # fmt: skip
        return [Step(title, why, _link(name), done) for title, why, name, done in facts]
