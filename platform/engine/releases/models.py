"""Releases: everything that decides an answer, frozen and numbered."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from core.models import TenantOwned


class Release(TenantOwned):
    """One published configuration. Rows are never changed; a new one takes over for new conversations.

    `cheap_model` answers simple turns, `fallback_models` answer when the first is out of reach; `tools` are the names
    on offer, all when None; `max_tokens` bounds one reply, so that its price has a bound; `answer_cache` lets answers
    to anonymous customers' first questions be given again; `guardrails` says where the release differs from the
    tenant's policy.
    """

    number = models.PositiveIntegerField()
    assistant_name = models.CharField(max_length=80, default="Assistant")
    prompt = models.TextField()
    model = models.CharField(max_length=120, blank=True)
    cheap_model = models.CharField(max_length=120, blank=True)
    fallback_models = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    tools = ArrayField(models.CharField(max_length=64), null=True, blank=True)
    max_tokens = models.PositiveIntegerField(default=800)
    answer_cache = models.BooleanField(default=True)
    greeting = models.CharField(max_length=500, blank=True)
    disclosure = models.CharField(max_length=500)
    limits = models.JSONField(default=dict)
    guardrails = models.JSONField(default=dict)
    published_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "number"], name="releases_release_once")]

    def __str__(self) -> str:
        return f"Release {self.number}"
