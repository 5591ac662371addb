"""Static files: from the apps' folders in development and tests, collected and hashed in production.

WhiteNoise's middleware is synchronous and would drag every asynchronous view through a thread, so it stands in
front of Django instead, for its own addresses only.
"""

from __future__ import annotations

from typing import Any

from asgiref.wsgi import WsgiToAsgi
from django.conf import settings
from django.contrib.staticfiles.handlers import ASGIStaticFilesHandler
from whitenoise import WhiteNoise


def with_static_files(application: Any) -> Any:
    """The application, with the static files in front of it."""
    if not settings.PRODUCTION:
        return ASGIStaticFilesHandler(application)
    files = WhiteNoise(_nothing_here, root=str(settings.STATIC_ROOT), prefix=settings.STATIC_URL.strip("/"))
    collected = WsgiToAsgi(files)

    async def route(scope: Any, receive: Any, send: Any) -> None:
        target = collected if scope["path"].startswith(settings.STATIC_URL) else application
        await target(scope, receive, send)

    return route


def _nothing_here(environ: Any, start_response: Any) -> list[bytes]:
    start_response("404 Not Found", [("Content-Type", "text/plain; charset=utf-8")])
    return [b"There is no such file.\n"]
