"""Releases: everything that decides an answer, frozen and numbered; and drafts, from which the next ones are made."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.models import TenantOwned

NEXT = "next"
"""The draft that a tenant works on, unless it asks for another."""


class ConfigurationFields(models.Model):
    """What decides an answer; see `values.Configuration`.

    `cheap_model` answers simple turns, `fallback_models` answer when the first is out of reach; `tools` are the names
    on offer, all when None; `sources` are the names of the knowledge that is searched, all when None; `max_tokens`
    bounds one reply, so that its price has a bound; `answer_cache` lets answers to anonymous customers' first
    questions be given again; `guardrails` and `escalation` say where the release differs from the tenant's own policy;
    `guidelines` are objects with `when` and `do`.
    """

    assistant_name = models.CharField(max_length=80, default="Assistant")
    prompt = models.TextField()
    guidelines = models.JSONField(default=list)
    variables = models.JSONField(default=dict)
    model = models.CharField(max_length=120, blank=True)
    cheap_model = models.CharField(max_length=120, blank=True)
    fallback_models = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    temperature = models.FloatField(null=True, blank=True)
    max_tokens = models.PositiveIntegerField(default=800)
    tools = ArrayField(models.CharField(max_length=64), null=True, blank=True)
    sources = ArrayField(models.CharField(max_length=120), null=True, blank=True)
    limits = models.JSONField(default=dict)
    guardrails = models.JSONField(default=dict)
    escalation = models.JSONField(default=dict)
    answer_cache = models.BooleanField(default=True)
    greeting = models.CharField(max_length=500, blank=True)
    disclosure = models.CharField(max_length=500)

    class Meta:
        abstract = True


class Release(TenantOwned, ConfigurationFields):
    """One published configuration. Rows are never changed; a new one takes over for new conversations.

    `message` says why it was published; `reverts` is the number of the release that it repeats.
    """

    number = models.PositiveIntegerField(_("Number"))
    message = models.CharField(_("Why"), max_length=500, blank=True)
    published_by = models.CharField(_("Published by"), max_length=120, blank=True)
    reverts = models.PositiveIntegerField(null=True, blank=True)
    published_at = models.DateTimeField(_("Published"), default=timezone.now, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "number"], name="releases_release_once")]

    def __str__(self) -> str:
        return f"Release {self.number}"


class Draft(TenantOwned, ConfigurationFields):
    """A configuration in work. `version` counts the saves: who saves names the one that she began with.

    `base` is the number of the release that it began from, or was published as last; 0 without any.
    """

    name = models.CharField(_("Name"), max_length=60, default=NEXT)
    base = models.PositiveIntegerField(_("Began from"), default=0)
    version = models.PositiveIntegerField(_("Version"), default=1)
    edited_by = models.CharField(_("Edited by"), max_length=120, blank=True)
    edited_at = models.DateTimeField(_("Edited"), default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "name"], name="releases_draft_once")]

    def __str__(self) -> str:
        return self.name
