"""A member's desk, as far as the socket goes: the real protocol over a real socket, synchronous."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from tests.factories import Person
from tests.servers import LiveServer

Frame = dict[str, Any]
SignIn = Callable[[Person], Client]
SECONDS = 20.0


class Desk:
    """One open desk."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    def tell(self, type_: str, **frame: Any) -> None:
        self.socket.send(json.dumps({"type": type_, **frame}))

    def hello(self, view: str = "all", **more: Any) -> Frame:
        """Says hello; the list that comes."""
        self.tell("hello", view=view, **more)
        return self.until("list")

    def watch(self, conversation: str, after: int = 0) -> list[Frame]:
        """Opens a conversation; the events that it shows at once."""
        self.tell("watch", conversation=conversation, after=after)
        self.until("talk")
        return list(self.until("log")["events"])

    def frames(self) -> Iterator[Frame]:
        """What comes within the next twenty seconds."""
        deadline = time.monotonic() + SECONDS
        while True:
            yield json.loads(self.socket.recv(timeout=deadline - time.monotonic()))

    def until(self, type_: str, **wanted: Any) -> Frame:
        """The next frame of this type with these fields."""
        wanted |= {"type": type_}
        return next(frame for frame in self.frames() if wanted.items() <= frame.items())

    def row(self, conversation: str, **wanted: Any) -> Frame:
        """A row of the list as soon as it has these fields."""
        wanted |= {"conversation": conversation}
        rows = (row for frame in self.frames() for row in frame.get("rows", []))
        return next(row for row in rows if wanted.items() <= row.items())

    def act(self, do: str, conversation: str = "", **fields: Any) -> Frame:
        """Does something and waits for how it ended."""
        self.tell("act", do=do, conversation=conversation, id=f"id-{do}", **fields)
        ends = {"done", "error"}
        return next(one for one in self.frames() if one["type"] in ends and one["id"] == f"id-{do}")

    def close_code(self) -> int:
        with pytest.raises(ConnectionClosed) as closed:
            list(self.frames())
        assert closed.value.rcvd is not None
        return closed.value.rcvd.code


Opener = Callable[..., AbstractContextManager[Desk]]


def desk_of(server: LiveServer, signed_in: SignIn) -> Opener:
    """desk(person, slug="", origin="") opens the desk's socket as this person."""

    @contextmanager
    def opened(person: Person | None, slug: str = "", origin: str = "") -> Iterator[Desk]:
        headers = {}
        if person is not None:
            key = signed_in(person).cookies[settings.SESSION_COOKIE_NAME].value
            headers["Cookie"] = f"{settings.SESSION_COOKIE_NAME}={key}"
            slug = slug or person.tenant.slug
        address = f"{server.ws_url}/ws/desk/{slug}/"
        sent_from = Origin(origin or server.url)
        with connect(
            address, origin=sent_from, additional_headers=headers, max_size=None, close_timeout=1
        ) as socket:
            yield Desk(socket)

    return opened
