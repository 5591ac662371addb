"""`manage.py load_prices`: takes the bundled price list over, without a connection."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from engine.budgets import services, vendors


class Command(BaseCommand):
    help = "Adds the prices of the genai-prices package that are new or have changed, in force from the start of today."

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        today = now.replace(hour=0, minute=0, second=0, microsecond=0)
        found = list(vendors.quotes(now))
        added = services.add_prices(found, source=vendors.source(), effective_from=today)
        self.stdout.write(f"{added} of {len(found)} prices are new or changed ({vendors.source()}).")
