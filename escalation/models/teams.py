"""Teams, their hours and promises, who sits in them, and who is there."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.models import TenantForeignKey, TenantOwned


class Routing(models.TextChoices):
    """Who of those who could take a hand-off gets it."""

    ROUND_ROBIN = "round_robin", _("In turn")
    LEAST_BUSY = "least_busy", _("Who has the least to do")


class Delivery(models.TextChoices):
    """How a hand-off reaches a person."""

    PUSH = "push", _("Offered to one person at a time")
    PULL = "pull", _("People take the next one")


class Presence(models.TextChoices):
    """What a person says of herself; without an open desk she is away, whatever she said."""

    ONLINE = "online", _("Online")
    BUSY = "busy", _("Busy: no new conversations")
    AWAY = "away", _("Away")
    OFFLINE = "offline", _("Offline")


class Team(TenantOwned):
    """People who answer the same matters.

    `hours` are by day of the week (`mon` to `sun`), each a list of [from, to] as `HH:MM` in `zone`; empty: always
    open. `holidays` are `{date, name}`; a day of them is closed. `weight` is the team's share where teams compete.
    Times of promises are in seconds; 0: none. `picking` lets people choose which hand-off they take. After
    `patience_seconds` people without the skills and languages that are wanted get a hand-off too; who says that she is
    away keeps conversations that wait for her for `grace_seconds`.
    """

    name = models.CharField(max_length=80)
    description = models.CharField(max_length=300, blank=True)
    is_default = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    zone = models.CharField(max_length=64, default="UTC")
    hours = models.JSONField(default=dict, blank=True)
    holidays = models.JSONField(default=list, blank=True)
    routing = models.CharField(max_length=12, choices=Routing.choices, default=Routing.LEAST_BUSY)
    delivery = models.CharField(max_length=4, choices=Delivery.choices, default=Delivery.PULL)
    picking = models.BooleanField(default=True)
    offer_seconds = models.PositiveIntegerField(default=20)
    patience_seconds = models.PositiveIntegerField(default=90, db_default=90)
    grace_seconds = models.PositiveIntegerField(default=15, db_default=15)
    weight = models.PositiveSmallIntegerField(default=1)
    first_reply_seconds = models.PositiveIntegerField(default=0)
    resolution_seconds = models.PositiveIntegerField(default=0)
    warn_percent = models.PositiveSmallIntegerField(default=80)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "name"], name="escalation_team_name"),
            models.UniqueConstraint(
                fields=["tenant"], condition=models.Q(is_default=True), name="escalation_team_one_default"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Seat(TenantOwned):
    """A member's place in a team; `is_lead` may whisper and move conversations of others."""

    team = TenantForeignKey(Team, related_name="seats")
    team_id: int
    member = TenantForeignKey("tenants.Member", related_name="seats")
    member_id: int
    is_lead = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "team", "member"], name="escalation_seat_once")
        ]
        indexes = [models.Index(fields=["tenant", "member"], name="escalation_seat_member")]

    def __str__(self) -> str:
        return f"Seat {self.team_id}/{self.member_id}"


class Agent(TenantOwned):
    """What a member can take, and what she says of her presence. `capacity` is conversations at once by channel."""

    member = TenantForeignKey("tenants.Member", related_name="+")
    member_id: int
    skills = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    languages = ArrayField(models.CharField(max_length=8), default=list, blank=True)
    capacity = models.JSONField(default=dict, blank=True)
    presence = models.CharField(max_length=8, choices=Presence.choices, default=Presence.OFFLINE)
    presence_since = models.DateTimeField(default=timezone.now)
    last_routed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "member"], name="escalation_agent_once")]

    def __str__(self) -> str:
        return f"Agent {self.member_id}"


class DeskLine(TenantOwned):
    """One open desk of a member: a browser tab. It counts as there for a while after `seen_at`."""

    member = TenantForeignKey("tenants.Member", related_name="+")
    member_id: int
    line = models.CharField(max_length=120)
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "line"], name="escalation_deskline_once")]
        indexes = [models.Index(fields=["tenant", "member", "-seen_at"], name="escalation_deskline_seen")]

    def __str__(self) -> str:
        return self.line
