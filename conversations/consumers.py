"""The chat socket: a postman. It parses, calls, forwards; what it says is in the log, and a lost client comes back.

Protocol version 1: frames.py (client), events.py (server), docs/chat-socket.md.
"""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

from channels.exceptions import StopConsumer
from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone

from conversations import admission, aftercare, chat, events, leases, pace
from conversations.frames import BadFrame, Hello, Ping, parse
from conversations.journal import LogEvent
from conversations.line import CLOSE_CODES, IDLE, NOT_AUTHORISED, TOO_MANY, Line
from conversations.visits import Visit, missed, welcome
from core.errors import NotAuthorised, NotFound, SwitchboardError, TooMany, Unavailable
from core.offload import in_database

HELLO_SECONDS = 10
PING = '{"type":"ping"}'
STRIKES = 20


class HelloFirst(BadFrame):
    code = "hello_first"
    default_message = "The first frame must be a 'hello', and there is only one."


class TooFast(TooMany):
    code = "too_fast"
    default_message = "Too many frames at once. Slow down a little."


class ChatConsumer(Line):
    """One socket of one customer."""

    tenant_id = 0
    visit: Visit | None = None
    seq = 0
    owner = ""

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Calls the handler of a message; Channels' own would hop to a database thread for every frame."""
        match message["type"]:
            case "websocket.receive":
                await self.guarded(message.get("text"))
            case "chat.frames":
                await self.chat_frames(message)
            case "chat.look":
                self.mend()
            case "chat.roll":
                await self.here()
            case "websocket.connect":
                await self.websocket_connect(message)
            case "websocket.disconnect":
                await self.left()
                raise StopConsumer

    async def connect(self) -> None:
        await self.accept()
        self.address = (self.scope.get("client") or ("", 0))[0]
        self.counted = pace.enter(self.address, settings.CHAT_SOCKETS_PER_IP)
        self.pace = pace.Pace(settings.CHAT_FRAMES_PER_SECOND, settings.CHAT_FRAMES_BURST)
        self.showing, self.ready = asyncio.Lock(), asyncio.Event()
        self.opened = self.heard = time.monotonic()
        self.watch = asyncio.get_running_loop().call_later(HELLO_SECONDS, self.check_idle)
        if not self.counted:
            await self.refuse(TooFast("Too many open chats from this address."))
            return
        slug, origin = self.scope["url_route"]["kwargs"]["tenant"], admission.origin_of(self.scope)
        try:
            self.tenant_id = await in_database(admission.admit)(slug, origin)
        except SwitchboardError as error:
            await self.refuse(error)
        except DatabaseError:
            await self.refuse(Unavailable(retry_after=2))

    async def left(self) -> None:
        """The line is gone; what the assistant is writing goes on."""
        self.closing = True
        self.watch.cancel()
        if self.counted:
            pace.leave(self.address)
        if self.visit:
            await self.leave(self.group)

    async def take(self, raw: str) -> None:
        self.heard = time.monotonic()
        if not self.pace.allow():
            raise TooFast(retry_after=self.pace.wait)
        if raw == PING:  # as the widget writes it: the one frame that comes all day
            await self.write('{"type":"pong"}')
            return
        frame = parse(raw)
        if isinstance(frame, Ping):
            await self.write('{"type":"pong"}')
        elif isinstance(frame, Hello):
            await self.hello(frame)
        elif self.visit is None:
            raise HelloFirst
        else:
            await chat.handle(self, self.visit, frame)

    async def hello(self, frame: Hello) -> None:
        """Lets the customer in: joins the group first, then reads the log, so that nothing falls between."""
        if self.visit is not None:
            raise HelloFirst
        visit = await in_database(welcome)(tenant_id=self.tenant_id, hello=frame, now=timezone.now())
        self.group = events.group(visit.tenant_id, visit.conversation_id)
        await self.join(self.group)
        self.visit, self.seq, self.owner = visit, frame.after, visit.owner
        await self.deliver(chat.welcome_frame(visit))
        if visit.last_seq > frame.after:
            await self.catch_up()
        if visit.answering:
            await chat.resume_draft(self, visit, frame)
        if visit.owner == "queue":
            await chat.show_queue(self, visit)
        self.ready.set()

    async def deliver(self, frame: dict[str, Any]) -> None:
        """Sends one frame; an event only in its turn, and after what is missing before it."""
        if self.closing:
            return
        if frame["type"] == "delta" and self.owner != "ai":
            return  # a person has the conversation: what the assistant was writing is thrown away
        if frame["type"] != "event":
            await self.write(json.dumps(frame))
            return
        async with self.showing:
            if frame["seq"] > self.seq + 1:
                await self._catch_up()
            if frame["seq"] == self.seq + 1:
                await self._show(frame)
        if self.visit and frame["data"].get("owner") == "closed":
            await chat.ask_for_rating(self, self.visit)

    async def look_again(self) -> None:
        if self.visit is not None:
            await self.ready.wait()
            await self.catch_up()

    async def catch_up(self) -> None:
        """Sends the log after this socket's cursor."""
        async with self.showing:
            await self._catch_up()

    async def _catch_up(self) -> None:
        visit = self.visit
        while visit is not None:
            rows: list[LogEvent] = await in_database(missed)(
                visit.tenant_id, visit.conversation_id, after=self.seq
            )
            for event in rows:
                await self._show(events.frame(event))
            if not rows:
                return

    async def _show(self, frame: dict[str, Any]) -> None:
        self.seq = frame["seq"]
        if self.visit and "owner" in frame["data"]:
            self.owner = frame["data"]["owner"]
            leases.hands_changed(self.visit.conversation_id)
        await self.write(json.dumps(events.shown_to_customer(frame)))

    async def chat_frames(self, message: dict[str, Any]) -> None:
        """What the group is told, once the hello is done; a socket that wrote it itself has it already."""
        await self.ready.wait()
        if message["origin"] != self.channel_name:
            for frame in json.loads(message["frames"]):
                await self.deliver(frame)

    async def here(self) -> None:
        """She who waits for a person is still there."""
        if self.visit is not None and self.owner == "queue":
            await in_database(aftercare.here)(
                self.visit.tenant_id, self.visit.conversation_id, timezone.now()
            )

    def error_frame(self, error: SwitchboardError, raw: str | None) -> str:
        return json.dumps(chat.error_frame(error, raw))

    async def complain(self, error: SwitchboardError, raw: str | None = None) -> None:
        """Tells the client what was wrong; some wrongs, and too many of them, end the socket."""
        await super().complain(error, raw)
        if isinstance(error, NotAuthorised):
            await self.hang_up(NOT_AUTHORISED)
        elif isinstance(error, NotFound) and self.visit is None:
            await self.hang_up(CLOSE_CODES[NotFound])
        elif self.pace.refused >= STRIKES:
            await self.hang_up(TOO_MANY)

    def check_idle(self) -> None:
        """Closes a socket that said no hello in time, or nothing at all for long."""
        allowed = settings.CHAT_IDLE_SECONDS if self.visit else HELLO_SECONDS
        quiet = time.monotonic() - (self.heard if self.visit else self.opened)
        event_loop = asyncio.get_running_loop()
        if quiet >= allowed:
            self.farewell = event_loop.create_task(self.hang_up(IDLE))
        else:
            self.watch = event_loop.call_later(allowed - quiet, self.check_idle)
