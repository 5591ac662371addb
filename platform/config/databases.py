"""Which connection does what: the application's role works, the owner's role only migrates."""

from __future__ import annotations

from typing import Any

from django.conf import settings


class OwnerMigrates:
    """Sends migrations to the `owner` connection where there is one, and everything else to `default`."""

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool | None:
        return db == "owner" if "owner" in settings.DATABASES else None
