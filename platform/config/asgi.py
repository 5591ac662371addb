"""The door of every request and socket."""

from __future__ import annotations

import gc
import os
import threading
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from django.core.asgi import get_asgi_application

django_application = get_asgi_application()

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402 — models must be loaded first
from django.conf import settings  # noqa: E402
from django.urls import re_path  # noqa: E402

from config.bodies import with_body_limit  # noqa: E402
from config.checks import warn_at_start  # noqa: E402
from config.statics import with_static_files  # noqa: E402
from conversations.routing import websocket_urlpatterns as chat  # noqa: E402
from engine.guardrails.screening import warm  # noqa: E402
from escalation.routing import websocket_urlpatterns as desk  # noqa: E402


async def _no_such_socket(scope: Any, receive: Any, send: Any) -> Any:
    await receive()
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.close", "code": 4404, "reason": "There is no socket at this address."})


application = ProtocolTypeRouter(
    {
        "http": with_body_limit(with_static_files(django_application)),
        "websocket": URLRouter([*chat, *desk, re_path(r"^", _no_such_socket)]),
    }
)


def _warm() -> None:
    """Reads all weights, and keeps what is there for good out of every later look for garbage: it would take a
    tenth of a second each time."""
    warm()
    gc.collect()
    gc.freeze()


warn_at_start()
if settings.ENVIRONMENT != "test":
    # Weights take a second or two to read: not in the middle of the first customer's message.
    threading.Thread(target=_warm, name="warm", daemon=True).start()
