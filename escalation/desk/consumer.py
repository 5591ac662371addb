"""The desk's socket: a postman between the desk and one member's browser. Frames: docs/desk.md.

Invariant: what a member may see and do is looked up anew before each deed and every quarter of a minute; a role that
was taken back ends the socket.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from typing import Any
from urllib.parse import urlsplit

import structlog
from channels.exceptions import StopConsumer
from django.conf import settings
from django.db import DatabaseError

from conversations import pace, presence
from conversations.admission import OriginRefused, origin_of
from conversations.frames import Ping
from conversations.line import Line
from core.errors import NotAuthorised, SwitchboardError, TooMany, Unavailable
from core.offload import in_database
from escalation.desk import doing, frames, hints, posts, queries, room
from escalation.desk.frames import Act, Hello, Listing, Older, Steps, Things, Typing, Unwatch, Watch
from escalation.desk.posts import Post
from escalation.desk.reading import Reading

log = structlog.get_logger(__name__)
FRAMES_PER_SECOND, FRAMES_BURST = 10, 60
MOST_UNSENT = 100
MOST_AT_ONCE = 3
"""Answers of the assistant to one member at once: each may take many seconds."""


class DeskConsumer(Reading):
    """One open desk."""

    ends_it = (*Line.ends_it, NotAuthorised)
    room: room.Room | None = None
    rounds: asyncio.Task[None] | None = None
    feeding: asyncio.Task[None] | None = None
    offer: dict[str, Any] | None = None

    async def dispatch(self, message: dict[str, Any]) -> None:
        match message["type"]:
            case "websocket.receive":
                await self.guarded(message.get("text"))
            case "chat.frames" | "desk.frames":
                await self.conversation_frames(message)
            case "chat.look":
                self.mend()
            case "desk.here":
                await self.heard_here(message)
            case "desk.call":
                await self.show_offer()
            case "websocket.connect":
                await self.websocket_connect(message)
            case "websocket.disconnect":
                await self.left()
                raise StopConsumer

    async def connect(self) -> None:
        await self.accept()
        self.prepare()
        self.unsent: deque[str] = deque()
        self.working: set[asyncio.Task[None]] = set()
        self.filters: dict[str, str] = {}
        self.pace = pace.Pace(FRAMES_PER_SECOND, FRAMES_BURST)
        try:
            if not _from_our_page(self.scope):
                raise OriginRefused("The desk is opened from our own pages only.")
            self.post = await self.enter()
            self.room = room.enter(self)
            await self.join(hints.member_group(self.post.tenant_id, self.post.member_id))
            await presence.say(self.post.tenant_id)
            await in_database(doing.arrive)(self.post, self.line)
            await self.show_desk()
        except SwitchboardError as error:
            await self.refuse(error)
        except DatabaseError:
            await self.refuse(Unavailable(retry_after=2))
        else:
            self.rounds = asyncio.create_task(self.go_round())

    @property
    def line(self) -> str:
        """Names this open desk among the member's tabs."""
        return f"{id(self):x}.{self.channel_name}"[:120]

    async def enter(self) -> Post:
        key = self.scope["cookies"].get(settings.SESSION_COOKIE_NAME, "")
        return await in_database(posts.enter)(key, self.scope["url_route"]["kwargs"]["tenant"])

    async def left(self) -> None:
        self.closing = True
        for task in (self.rounds, self.feeding, self.looking, *self.working):
            if task is not None:
                task.cancel()
        if self.room is not None and self.post is not None:
            room.leave(self.room, self)
            await self.leave(hints.member_group(self.post.tenant_id, self.post.member_id))
            await self.watch_nothing()
            try:
                await in_database(doing.gone)(self.post, self.line)
            except DatabaseError as error:
                log.warning("desk_did_not_say_goodbye", error=type(error).__name__)

    async def go_round(self) -> None:
        """Sees that she still may be here, and shows an offer whose call was lost."""
        while True:
            await asyncio.sleep(presence.SAY_SECONDS)
            try:
                self.post = await self.enter()
                await presence.say(self.seat.tenant_id)
                await self.keep_company()
                await self.show_offer()
            except SwitchboardError as error:
                await self.refuse(error)
                return
            except DatabaseError as error:
                log.warning("desk_round_failed", error=type(error).__name__)

    # What a frame asks

    async def take(self, raw: str) -> None:
        if not self.pace.allow():
            raise TooMany(retry_after=self.pace.wait)
        match frames.parse(raw):
            case Act() as deed:
                await self.act(deed)
            case Typing() as typing:
                await self.typing(typing)
            case Ping():
                await self.write('{"type":"pong"}')
            case asked:
                await self.answer(asked)

    async def answer(self, asked: frames.DeskFrame) -> None:
        """Shows what she asks to see."""
        match asked:
            case Hello(filters, watch, after):
                await self.hello(filters, Watch(watch, after))
            case Listing() as listing:
                await self.show_list(listing)
            case Watch() as watched:
                await self.watch(watched)
            case Unwatch():
                await self.watch_nothing()
            case Older() as older:
                await self.older(older)
            case Steps(run, id_):
                steps = await in_database(doing.steps, lane="long")(self.seat, run)
                await self.show({"type": "done", "id": id_, "result": {"steps": steps}})
            case Things():
                await self.show({"type": "things", "things": await self.things()})

    async def hello(self, filters: dict[str, str], watched: Watch) -> None:
        self.filters = filters
        await self.show_list(Listing(filters))
        self.count()
        if watched.conversation:
            await self.watch(watched)
        await self.show_offer()

    async def act(self, deed: Act) -> None:
        if deed.do not in doing.LIGHT:
            self.post = await self.enter()
        if deed.do == "assist":
            self.assist(deed)
            return
        done = await in_database(doing.do)(self.seat, deed)
        if deed.do not in doing.LIGHT:
            log.info("desk_deed", do=deed.do, events=len(done.events))
        await self.show({"type": "done", "id": deed.id, "result": done.result})
        if deed.do in doing.CHANGES_OFFERS:
            await self.show_offer()
        if deed.do not in doing.LIGHT:
            self.count()

    def assist(self, deed: Act) -> None:
        """Asks the assistant beside everything else that goes on here."""
        if len(self.working) >= MOST_AT_ONCE:
            raise TooMany("The assistant is still busy with what you asked before.", retry_after=5)
        task = asyncio.get_running_loop().create_task(self.assisted(deed))
        self.working.add(task)
        task.add_done_callback(self.working.discard)

    async def assisted(self, deed: Act) -> None:
        raw = json.dumps({"id": deed.id})
        try:
            result = await doing.assist(self.seat, deed)
        except SwitchboardError as error:
            await self.complain(error, raw)
        except DatabaseError:
            await self.complain(Unavailable(retry_after=2), raw)
        except Exception:
            log.exception("desk_assist_failed")
            await self.complain(SwitchboardError(), raw)
        else:
            await self.show({"type": "done", "id": deed.id, "result": result})

    # What is shown without being asked for

    async def show_desk(self) -> None:
        me = doing.introduced(self.seat)
        await self.show({"type": "desk", **me, "things": await self.things()})

    async def things(self) -> dict[str, Any]:
        return await in_database(queries.things, lane="long")(self.seat)

    async def show_list(self, listing: Listing) -> None:
        if not listing.cursor:
            self.filters = listing.filters
        found = await in_database(queries.page, lane="long")(
            self.seat, listing.filters, cursor=listing.cursor
        )
        told = {"id": listing.id, "rows": found.rows, "next": found.next, "more": bool(listing.cursor)}
        await self.show({"type": "list", **told})

    async def show_offer(self) -> None:
        offer = await in_database(doing.offer)(self.seat)
        if offer != self.offer:
            self.offer = offer
            await self.show({"type": "offer", "offer": offer})

    def count(self) -> None:
        if self.room is not None:
            self.room.count(self)

    async def look_again(self) -> None:
        if self.post is None:
            return
        async with self.showing:
            if self.watching:
                await self.catch_up()
        self.look_soon()
        await self.show_list(Listing(self.filters))
        self.count()

    def feed(self, text: str) -> None:
        if len(self.unsent) >= MOST_UNSENT:  # a browser that reads too slowly reads its list anew instead
            self.unsent.clear()
            self.mend(after=1.0)
            return
        self.unsent.append(text)
        if self.feeding is None or self.feeding.done():
            self.feeding = asyncio.get_running_loop().create_task(self.send_unsent())

    async def send_unsent(self) -> None:
        while self.unsent:
            await self.write(self.unsent.popleft())

    def error_frame(self, error: SwitchboardError, raw: str | None) -> str:
        return json.dumps(
            {"type": "error", "code": error.code, "message": error.message, "id": _id_of(raw)}
            | doing.more_of(error)
        )


def _from_our_page(scope: dict[str, Any]) -> bool:
    """Cookies are not bound to a port, so a page of another origin on this host must not open the desk."""
    origin = origin_of(scope)
    host = dict(scope["headers"]).get(b"host", b"").decode("latin-1")
    return origin is not None and (origin == settings.PUBLIC_URL or urlsplit(origin).netloc == host != "")


def _id_of(raw: str | None) -> str:
    try:
        fields = json.loads(raw or "null")
    except (ValueError, RecursionError):
        return ""
    found = fields.get("id") if isinstance(fields, dict) else None
    return found[: frames.MOST_ID] if isinstance(found, str) else ""
