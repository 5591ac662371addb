from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from demo import seed


class Command(BaseCommand):
    help = "Makes the two demo organisations, or completes them. Running it again changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--show-logins", action="store_true", help="print the demo's log-ins at the end")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError(
                "The demo's people must not be made in production (SWITCHBOARD_ENV=production)."
            )
        shown = options["show_logins"]
        seed.seed(self.stderr.write if shown else self.stdout.write)
        if shown:
            self.show(seed.logins())

    def show(self, logins: list[seed.Login]) -> None:
        self.stdout.write(f"Sign in at {settings.PUBLIC_URL}/accounts/login/")
        widths = [
            max(len(getattr(one, name)) for one in logins) for name in ("email", "password", "organisation")
        ]
        for one in logins:
            cells = zip((one.email, one.password, one.organisation), widths, strict=True)
            self.stdout.write("   ".join([*(text.ljust(width) for text, width in cells), one.role]))
