"""What tenants set about handing over."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.models import TenantOwned


class HandoverRules(TenantOwned):
    """How a tenant wants its matrix; `settings` are those of `rules.merged`, only what differs from the usual.

    `version` counts the changes: whoever saves over a version that is not the current one is told.
    """

    settings = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("rules of handing over")
        verbose_name_plural = _("rules of handing over")
        constraints = [models.UniqueConstraint(fields=["tenant"], name="matrix_rules_once")]

    def __str__(self) -> str:
        return "Rules of handing over"
