"""The live page's socket: a postman between the desk and one member's browser.

Server frames: `desk {can_act}`, `list {rows}`, `rows {rows}`, `watched {row}`, then that conversation's own frames
(`event`, `delta`, `status`, `typing`; notes included), `done {id}`, `error {code, message, id?}`, `pong`.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import urlsplit

import structlog
from channels.exceptions import StopConsumer
from django.conf import settings
from django.db import DatabaseError

from conversations import desk, desk_frames, drafts, events, pace, presence
from conversations.admission import OriginRefused, origin_of
from conversations.desk import Post
from conversations.desk_frames import Act, Watch
from conversations.line import Line
from conversations.visits import missed
from core.errors import Forbidden, NotAuthorised, SwitchboardError, TooMany, Unavailable
from core.offload import in_database

log = structlog.get_logger(__name__)
FRAMES_PER_SECOND, FRAMES_BURST = 5, 40
GATHER_SECONDS = 0.25
FIRST_LOOK_SECONDS = presence.LOOK_SECONDS + 1


class DeskConsumer(Line):
    """One open live page."""

    post: Post | None = None
    watching = 0
    seq = 0
    ends_it = (*Line.ends_it, NotAuthorised)
    gathering: asyncio.Task[None] | None = None
    rounds: asyncio.Task[None] | None = None

    async def dispatch(self, message: dict[str, Any]) -> None:
        match message["type"]:
            case "websocket.receive":
                await self.guarded(message.get("text"))
            case "chat.frames":
                await self.conversation_frames(message)
            case "chat.look":
                self.mend()
            case "desk.hint":
                self.hinted.add(message["conversation"])
                self.gathering = self.gathering or asyncio.create_task(self.gather())
            case "websocket.connect":
                await self.websocket_connect(message)
            case "websocket.disconnect":
                await self.left()
                raise StopConsumer

    async def connect(self) -> None:
        await self.accept()
        self.hinted: set[int] = set()
        self.showing = asyncio.Lock()
        self.pace = pace.Pace(FRAMES_PER_SECOND, FRAMES_BURST)
        try:
            if not _from_our_page(self.scope):
                raise OriginRefused("The live page is opened from the console only.")
            self.post = await self.enter()
            await self.join(presence.group(self.post.tenant_id))
            await presence.say(self.post.tenant_id)
            await self.show({"type": "desk", "can_act": self.post.can_act})
            await self.show_list()
        except SwitchboardError as error:
            await self.refuse(error)
        except DatabaseError:
            await self.refuse(Unavailable(retry_after=2))
        else:
            self.rounds = asyncio.create_task(self.go_round())

    async def enter(self) -> Post:
        key = self.scope["cookies"].get(settings.SESSION_COOKIE_NAME, "")
        return await in_database(desk.enter)(key, self.scope["url_route"]["kwargs"]["tenant"])

    async def left(self) -> None:
        self.closing = True
        for task in (self.rounds, self.gathering):
            if task is not None:
                task.cancel()
        if self.post is not None:
            await self.leave(presence.group(self.post.tenant_id))
            await self.watch_nothing()

    async def go_round(self) -> None:
        """Says that somebody is here, sees that she still may be, and mends a list that missed a hint."""
        wait = FIRST_LOOK_SECONDS
        while True:
            await asyncio.sleep(wait)
            wait = presence.SAY_SECONDS
            try:
                self.post = await self.enter()
                await presence.say(self.post.tenant_id)
                await self.show_list()
            except SwitchboardError as error:
                await self.refuse(error)
                return
            except DatabaseError as error:
                log.warning("desk_round_failed", error=type(error).__name__)

    async def gather(self) -> None:
        """Shows all rows that were hinted at within a quarter of a second, read in one go."""
        await asyncio.sleep(GATHER_SECONDS)
        self.gathering, hinted, self.hinted = None, self.hinted, set()
        try:
            await self.show(
                {"type": "rows", "rows": await in_database(desk.rows)(self.at_desk(), only=hinted)}
            )
        except DatabaseError as error:
            log.warning("desk_rows_not_read", error=type(error).__name__)

    async def show_list(self) -> None:
        await self.show({"type": "list", "rows": await in_database(desk.rows)(self.at_desk())})

    async def take(self, raw: str) -> None:
        if not self.pace.allow():
            raise TooMany(retry_after=self.pace.wait)
        match desk_frames.parse(raw):
            case Watch(conversation, after):
                await self.watch(conversation, after)
            case Act() as deed:
                self.post = await self.enter()
                posted = await in_database(desk.act)(self.post, deed)
                log.info("desk_deed", do=deed.do, events=len(posted))
                await self.show({"type": "done", "id": deed.id})
            case _:
                await self.show({"type": "pong"})

    async def watch(self, conversation: str, after: int) -> None:
        """Joins the conversation's group first, then reads its log, so that nothing falls between."""
        post = self.at_desk()
        await self.watch_nothing()
        if not conversation:
            return
        pk, row = await in_database(desk.look)(post, conversation)
        await self.join(events.group(post.tenant_id, pk))
        async with self.showing:
            self.watching, self.seq = pk, min(after, row["seq"])
            await self.show({"type": "watched", "row": row})
            await self.catch_up()
        draft = await drafts.load(post.tenant_id, pk)
        if draft is not None:
            await self.show({"type": "delta", "run": draft.run, "offset": 0, "text": draft.text})

    async def watch_nothing(self) -> None:
        if self.watching:
            watched, self.watching = self.watching, 0
            await self.leave(events.group(self.at_desk().tenant_id, watched))

    async def conversation_frames(self, message: dict[str, Any]) -> None:
        """Passes on what the watched conversation's group is told; an event only in its turn."""
        for frame in json.loads(message["frames"]):
            async with self.showing:
                if message["conversation"] != self.watching:
                    return
                if frame["type"] != "event":
                    await self.show(frame)
                elif frame["seq"] == self.seq + 1:
                    self.seq += 1
                    await self.show(frame)
                elif frame["seq"] > self.seq:
                    await self.catch_up()

    async def look_again(self) -> None:
        if self.post is None:
            return
        async with self.showing:
            if self.watching:
                await self.catch_up()
        await self.show_list()

    async def catch_up(self) -> None:
        post = self.at_desk()
        while rows := await in_database(missed)(post.tenant_id, self.watching, after=self.seq):
            for event in rows:
                self.seq = event.seq
                await self.show(events.frame(event))

    def at_desk(self) -> Post:
        if self.post is None:
            raise Forbidden
        return self.post

    async def show(self, frame: dict[str, Any]) -> None:
        await self.write(json.dumps(frame))

    def error_frame(self, error: SwitchboardError, raw: str | None) -> str:
        frame = {"type": "error", "code": error.code, "message": error.message, "id": _id_of(raw)}
        return json.dumps(frame)


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
    return found[: desk_frames.MOST_ID] if isinstance(found, str) else ""
