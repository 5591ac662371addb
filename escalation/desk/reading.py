"""The half of the desk's socket that reads one conversation along: its log in order, its card, and who else is there.

Invariant: the conversation's group is joined before its log is read, and an event is shown in its turn only: nothing
falls between and nothing comes twice, whatever the line or Redis did meanwhile.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterable
from typing import Any

import structlog
from django.db import DatabaseError

from conversations import drafts, events, presence
from conversations.journal import LogEvent
from conversations.line import Line
from conversations.visits import missed
from core.errors import Forbidden, SwitchboardError
from core.offload import in_database
from escalation.desk import hints, queries
from escalation.desk.company import GONE, LOOKS, SAY_SECONDS, WRITES, Company
from escalation.desk.frames import Older, Typing, Watch
from escalation.desk.posts import Post

log = structlog.get_logger(__name__)
FIRST_EVENTS = 60
"""How much of a log is shown at first; what was before is read on request."""
OLDER_EVENTS = 100
LOOK_SECONDS = 0.15
TELLING = frozenset({"handoff", "owner", "tool"})
"""Kinds of events after which the card beside the conversation may be another."""


class Reading(Line):
    """Watches one conversation at a time."""

    post: Post | None = None
    watching = 0
    talk = ""
    seq = 0
    owns = False
    state = LOOKS
    told_at = 0.0
    looking: asyncio.Task[None] | None = None

    @property
    def seat(self) -> Post:
        """Where she is.

        Raises:
            core.errors.Forbidden: she is not let in yet.
        """
        if self.post is None:
            raise Forbidden
        return self.post

    def prepare(self) -> None:
        self.showing = asyncio.Lock()
        self.company = Company()

    async def watch(self, frame: Watch) -> None:
        post = self.seat
        await self.watch_nothing()
        found = await in_database(queries.look, lane="long")(post, frame.conversation)
        await self.join(events.group(post.tenant_id, found.pk))
        await self.join(presence.talk_group(post.tenant_id, found.pk))
        async with self.showing:
            # Read again once the group is joined: what was appended between would be in neither.
            self.watching, self.talk, self.company = found.pk, frame.conversation, Company()
            self.owns, head = found.row["mine"], found.row["seq"]
            self.seq = min(frame.after, head) or max(0, head - FIRST_EVENTS)
            await self.show({"type": "talk", "conversation": self.talk, "after": self.seq, **found.told})
            await self.catch_up()
        draft = await drafts.load(post.tenant_id, found.pk)
        if draft is not None:
            await self.show({"type": "delta", "run": draft.run, "offset": 0, "text": draft.text})
        await self.say_here(LOOKS, ask=True)

    async def watch_nothing(self) -> None:
        if self.watching:
            await self.say_here(GONE)
            watched, self.watching, self.talk = self.watching, 0, ""
            await self.leave(events.group(self.seat.tenant_id, watched))
            await self.leave(presence.talk_group(self.seat.tenant_id, watched))

    async def conversation_frames(self, message: dict[str, Any]) -> None:
        """Passes on what the watched conversation's groups are told; an event only in its turn."""
        for frame in json.loads(message["frames"]):
            async with self.showing:
                if message["conversation"] != self.watching:
                    return
                if frame["type"] != "event":
                    await self.show(frame)
                elif frame["seq"] == self.seq + 1:
                    self.seq += 1
                    await self.show(frame)
                    self.note_turn(frame)
                elif frame["seq"] > self.seq:
                    await self.catch_up()

    def note_turn(self, frame: dict[str, Any]) -> None:
        if frame["kind"] in TELLING or frame["data"].get("waiting"):
            self.look_soon()

    async def catch_up(self) -> None:
        """Shows the log after this socket's cursor, a page a frame."""
        while rows := await in_database(missed)(self.seat.tenant_id, self.watching, after=self.seq):
            self.seq = rows[-1].seq
            await self.show({"type": "log", "conversation": self.talk, "events": _frames(rows)})
            self.look_soon() if any(row.type in TELLING for row in rows) else None

    async def older(self, frame: Older) -> None:
        found = await in_database(queries.log)(
            self.seat, frame.conversation, before=frame.before, limit=OLDER_EVENTS
        )
        told = {"conversation": frame.conversation, "events": _frames(found)}
        await self.show({"type": "older", **told})

    def look_soon(self) -> None:
        """Shows the card anew in a moment: what changed may have changed in several steps."""
        if self.looking is None and self.watching:
            self.looking = asyncio.get_running_loop().create_task(self.look())

    async def look(self) -> None:
        await asyncio.sleep(LOOK_SECONDS)
        self.looking, talk = None, self.talk
        try:
            if talk:
                found = await in_database(queries.look, lane="long")(self.seat, talk)
                if talk == self.talk:
                    self.owns = found.row["mine"]
                    await self.show({"type": "card", "conversation": talk, **found.told})
        except SwitchboardError as error:
            await self.complain(error)
        except DatabaseError as error:
            log.warning("desk_talk_not_read", error=type(error).__name__)

    # Who else is here

    async def typing(self, frame: Typing) -> None:
        """Tells colleagues that she writes, and the customer if it is her who answers."""
        if not self.watching or not self.seat.can_act:
            return
        state = WRITES if frame.on else LOOKS
        if state != self.state or time.monotonic() - self.told_at > SAY_SECONDS:
            await self.say_here(state)
        if self.owns and not frame.note:
            author = {"kind": "agent", "name": self.seat.actor.name}
            told = {"type": "typing", "author": author, "on": frame.on}
            await events.send(self.seat.tenant_id, self.watching, [told], origin=self.channel_name)

    async def say_here(self, state: str, *, ask: bool = False) -> None:
        self.state, self.told_at = state, time.monotonic()
        if self.channel_name and self.watching:
            said = {
                "conversation": self.watching,
                "line": self.channel_name,
                "member": self.seat.member_id,
                "name": self.seat.actor.name,
                "state": state,
                "ask": ask,
            }
            await hints.here(self.seat.tenant_id, self.watching, said)

    async def heard_here(self, message: dict[str, Any]) -> None:
        """Another desk at this conversation says that it is there."""
        if message["conversation"] != self.watching or message["line"] == self.channel_name:
            return
        if message["ask"]:
            await self.say_here(self.state)
        if message["member"] != self.seat.member_id and self.company.heard(message):
            await self.show_company()

    async def show_company(self) -> None:
        await self.show({"type": "present", "conversation": self.talk, "members": self.company.shown()})

    async def keep_company(self) -> None:
        """Says once in a while that she is here still, and forgets who is not."""
        if self.watching:
            await self.say_here(self.state)
            if self.company.aged():
                await self.show_company()

    async def show(self, frame: dict[str, Any]) -> None:
        await self.write(json.dumps(frame))


def _frames(rows: Iterable[LogEvent]) -> list[dict[str, Any]]:
    return [events.frame(row) for row in rows]
