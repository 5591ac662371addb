"""Static files: from the apps' folders in development and tests, collected and hashed in production.

WhiteNoise's middleware is synchronous and would drag every asynchronous view through a thread, so it stands in
front of Django instead, for its own addresses only.
"""

from __future__ import annotations

from typing import Any

from asgiref.wsgi import WsgiToAsgi
from django.conf import settings
from django.contrib.staticfiles.handlers import ASGIStaticFilesHandler
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from whitenoise import WhiteNoise


class ByContent(ManifestStaticFilesStorage):
    """Files named by their content; a module names those that it imports in the same way, so none is fetched twice
    and none is kept too long. Each pass goes one step along the modules' imports."""

    support_js_module_import_aggregation = True
    max_post_process_passes = 20


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
