"""Figures: what happened in each hour, counted once, so that a page over months opens at once."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from core.models import TenantOwned


class FigureFields(models.Model):
    """One figure of one time, for one release, team and channel; `label` says which kind of it.

    `count` is how many, `bad` how many of them went wrong, `total` what they add up to (its unit is the figure's own);
    `buckets` and `counts` are a histogram (see `figures.histograms`). Releases are by number, teams by row number; 0
    and the empty channel: none. `hour` is the first one that is counted, in UTC.
    """

    hour = models.DateTimeField()
    name = models.CharField(max_length=16)
    label = models.CharField(max_length=120, blank=True)
    release = models.IntegerField(default=0)
    team = models.BigIntegerField(default=0)
    channel = models.CharField(max_length=16, blank=True)
    count = models.BigIntegerField(default=0)
    bad = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    buckets = ArrayField(models.IntegerField(), default=list, blank=True)
    counts = ArrayField(models.BigIntegerField(), default=list, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "hour", "name", "label", "release", "team", "channel"],
                name="%(app_label)s_%(class)s_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.label} {self.hour:%Y-%m-%d %H}"


class Figure(TenantOwned, FigureFields):
    """A figure of one hour."""

    class Meta(FigureFields.Meta):
        pass


class FigureDay(TenantOwned, FigureFields):
    """A figure of one whole day in UTC: its hours added up, so that a quarter is read as fast as a week."""

    class Meta(FigureFields.Meta):
        pass


class FigureMark(TenantOwned):
    """How far a tenant's figures are counted: what changed after `seen_at` is still to be looked at.

    `ids` are the newest rows known of each counted table, of a while ago and of now; hours from `rebuild_from` on are
    to be counted anew.
    """

    seen_at = models.DateTimeField()
    ids = models.JSONField(default=dict)
    rebuild_from = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant"], name="escalation_figuremark_one")]

    def __str__(self) -> str:
        return f"Counted up to {self.seen_at:%Y-%m-%d %H:%M}"
