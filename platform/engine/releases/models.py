"""Releases: everything that decides an answer, frozen and numbered."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from core.models import TenantOwned


class Release(TenantOwned):
    """One published configuration. Rows are never changed; a new one takes over for new conversations."""

    number = models.PositiveIntegerField()
    assistant_name = models.CharField(max_length=80, default="Assistant")
    prompt = models.TextField()
    model = models.CharField(max_length=120, blank=True)
    greeting = models.CharField(max_length=500, blank=True)
    disclosure = models.CharField(max_length=500)
    limits = models.JSONField(default=dict)
    published_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "number"], name="releases_release_once")]

    def __str__(self) -> str:
        return f"Release {self.number}"
