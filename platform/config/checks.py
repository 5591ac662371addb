"""What a production installation should not be without."""

from __future__ import annotations

from typing import Any

import structlog
from django.conf import settings
from django.core.checks import CheckMessage, Warning, register

_SENDS_NOTHING = ("console", "dummy", "filebased", "locmem")
_HINT = "Set EMAIL_HOST (and what goes with it), or EMAIL_BACKEND: see docs/running.md."
_log = structlog.get_logger(__name__)


@register(deploy=True)
def mail_is_sent(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Password resets go by mail: a backend that only writes them down shows their links to whoever reads the log."""
    if settings.EMAIL_BACKEND.split(".")[-2] not in _SENDS_NOTHING:
        return []
    return [Warning(f"{settings.EMAIL_BACKEND} sends no mail.", hint=_HINT, id="switchboard.W001")]


def warn_at_start() -> None:
    """The same, in the log of a production web server, which runs no checks."""
    for found in mail_is_sent(None) if settings.PRODUCTION else []:
        _log.warning("start.mail_is_not_sent", reason=found.msg, hint=found.hint)
