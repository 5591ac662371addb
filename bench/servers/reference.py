"""Comparator R, the reference: Channels as its tutorial has it, two ORM inserts, Django's pool, aiohttp.

It also has Channels' echo, as it comes and with `dispatch` overridden. No channel layer: nobody is sent to.
"""

from __future__ import annotations

import os
from functools import cache
from typing import Any
from urllib.parse import unquote, urlsplit

import django
from django.conf import settings

from bench.servers import model

url = urlsplit(os.environ["DATABASE_URL"])
settings.configure(
    SECRET_KEY=os.environ["SECRET_KEY"],
    USE_TZ=True,
    INSTALLED_APPS=["channels"],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": url.path.lstrip("/"),
            "USER": url.username,
            "PASSWORD": unquote(url.password or ""),
            "HOST": url.hostname,
            "PORT": url.port,
            "OPTIONS": {"pool": {"min_size": 8, "max_size": 8}},
        }
    },
)
django.setup()

from channels.exceptions import StopConsumer  # noqa: E402 — Django must be set up first
from channels.generic.websocket import AsyncJsonWebsocketConsumer, AsyncWebsocketConsumer  # noqa: E402
from channels.routing import URLRouter  # noqa: E402
from django.db import models  # noqa: E402
from django.urls import path  # noqa: E402


class Row(models.Model):
    author = models.TextField()
    text = models.TextField()
    objects: models.Manager[Row] = models.Manager()

    class Meta:
        app_label = "bench"
        db_table = "bench_turn"
        managed = False


http = cache(model.session)


class TurnConsumer(AsyncJsonWebsocketConsumer):
    async def receive_json(self, content: dict[str, Any], **kwargs: Any) -> None:
        row = await Row.objects.acreate(author="customer", text=content["text"])
        answer, length = [], 0
        async for text in model.tokens(http(), content["text"]):
            await self.send_json({"type": "delta", "run": str(row.pk), "offset": length, "text": text})
            answer.append(text)
            length += len(text)
        written = await Row.objects.acreate(author="ai", text="".join(answer))
        await self.send_json(
            {"type": "event", "seq": written.pk, "author": {"kind": "ai"}, "text": written.text}
        )


class EchoConsumer(AsyncWebsocketConsumer):
    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        await self.send(text_data=text_data)


class DirectEchoConsumer(EchoConsumer):
    """Without the hop to the database's thread that Channels makes for every frame."""

    async def dispatch(self, message: dict[str, Any]) -> None:
        match message["type"]:
            case "websocket.receive":
                await self.websocket_receive(message)
            case "websocket.connect":
                await self.websocket_connect(message)
            case "websocket.disconnect":
                raise StopConsumer


routes = URLRouter(
    [
        path("turn", TurnConsumer.as_asgi()),
        path("echo", EchoConsumer.as_asgi()),
        path("echo-direct", DirectEchoConsumer.as_asgi()),
    ]
)


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    await routes(scope, receive, send)
