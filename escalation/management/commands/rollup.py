"""`manage.py rollup`: counts the dashboard's figures anew."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_date

from escalation.figures import rolling
from tenants.queries import active_tenants


class Command(BaseCommand):
    help = (
        "Counts the dashboard's figures anew: of one organisation or all, since a day or since the beginning."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", default="", help="the short name of one organisation; otherwise all")
        parser.add_argument(
            "--since", default="", help="a day such as 2026-11-01 (UTC); otherwise the beginning"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        chosen = [one for one in active_tenants() if options["tenant"] in ("", one.slug)]
        if options["tenant"] and not chosen:
            raise CommandError(f"There is no active organisation '{options['tenant']}'.")
        since = _since(options["since"])
        for tenant in chosen:
            changed = rolling.rebuild(tenant_id=tenant.pk, since=since, now=timezone.now())
            self.stdout.write(f"{tenant.slug}: {changed} figures changed.")


def _since(given: str) -> dt.datetime | None:
    if not given:
        return None
    try:
        day = parse_date(given)
    except ValueError as error:
        raise CommandError(f"'{given}' is not a day: {error}.") from error
    if day is None:
        raise CommandError(f"'{given}' is not a day such as 2026-11-01.")
    return dt.datetime.combine(day, dt.time(), dt.UTC)
