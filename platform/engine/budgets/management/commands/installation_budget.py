"""`manage.py installation_budget day 50`: what all organisations together may spend."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from engine.budgets import queries, services
from engine.budgets.values import NANOS, Period, dollars


class Command(BaseCommand):
    help = (
        "Sets, switches off or shows the limits of the whole installation. Without arguments it shows them."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("period", nargs="?", choices=Period.values, help="in UTC")
        parser.add_argument("dollars", nargs="?", help='US dollars, such as 50 or 12.50; "off" for no limit')

    def handle(self, *args: Any, **options: Any) -> None:
        if options["period"]:
            self._set(Period(options["period"]), options["dollars"])
        for budget in queries.installation_budgets():
            state = dollars(budget.limit_nanos) if budget.enabled else "off"
            self.stdout.write(f"{budget.period}: {state}")

    def _set(self, period: Period, wanted: str | None) -> None:
        if wanted == "off":
            services.set_installation_budget(period=period, limit_nanos=0, enabled=False)
            return
        try:
            nanos = int(Decimal(wanted or "") * NANOS)
        except (InvalidOperation, ValueError, OverflowError):
            raise CommandError('Give the limit in US dollars, such as 50 or 12.50, or "off".') from None
        services.set_installation_budget(period=period, limit_nanos=nanos)
