"""An answer while it is being written: straight to the socket that asked, bundled to everybody else.

Invariant: what was streamed, joined, is what the log gets. A send to the channel layer costs as much as a whole
small turn, so others get pieces bundled every 40 ms, with the events that fall due meanwhile.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from conversations import drafts, events
from conversations.drafts import Draft
from conversations.journal import LogEvent
from conversations.turns import Job
from engine.agent.values import Stage

BUNDLE_SECONDS = 0.04
DRAFT_SECONDS = 0.2
BLINK_SECONDS = 0.05
Frame = dict[str, Any]
Deliver = Callable[[Frame], Awaitable[None]]
"""Sends one frame to the socket that asked; does nothing once it is gone."""


class LiveAnswer:
    """The streaming side of one run.

    Args:
        job: what is being answered.
        deliver: the asking socket, if there is one in this process.
        origin: that socket's channel name, so that it can pass over the bundle's copy.
    """

    def __init__(self, job: Job, deliver: Deliver | None = None, origin: str = "") -> None:
        self.job = job
        self.draft = job.draft
        self._deliver = deliver
        self._origin = origin
        self._text: list[str] = []
        self._length = 0
        self._sent = 0
        self._frames: list[Frame] = []
        self._timer: asyncio.TimerHandle | None = None
        self._sending: asyncio.Task[None] | None = None
        self._kept = self._over = False
        self._began = time.monotonic()
        self._blink: asyncio.TimerHandle | None = None

    def add_events(self, happened: Sequence[LogEvent]) -> None:
        """Puts events of the log, delivered to the asker already, into the next bundle."""
        self._frames += [events.frame(event) for event in happened]
        self._due()

    async def on_stage(self, stage: Stage) -> None:
        """Tells what is going on; that it thinks only when it does so for a moment longer than a blink."""
        self._stop_blink()
        if stage == "thinking":
            self._blink = asyncio.get_running_loop().call_later(BLINK_SECONDS, self._thinks)
        else:
            await self._tell(stage)

    def _stop_blink(self) -> None:
        if self._blink is not None:
            self._blink.cancel()
            self._blink = None

    def _thinks(self) -> None:
        self._telling = asyncio.get_running_loop().create_task(self._tell("thinking"))

    async def _tell(self, stage: Stage) -> None:
        frame = {"type": "status", "stage": stage}
        self._frames = [held for held in self._frames if held["type"] != "status"] + [frame]
        self._due()
        if self._deliver:
            await self._deliver(frame)

    async def on_text(self, piece: str) -> None:
        self._stop_blink()
        offset = self._length
        self._text.append(piece)
        self._length += len(piece)
        self._due()
        if self._deliver:
            await self._deliver(self._delta(offset, piece))

    def following(self, job: Job) -> LiveAnswer:
        """The stream of the next answer, to the same audience."""
        return LiveAnswer(job, self._deliver, self._origin)

    def restart(self) -> None:
        """Begins another draft in place of this one, when another level has to answer."""
        self.draft += "b"
        self._text, self._length, self._sent, self._kept = [], 0, 0, False

    async def finish(self, happened: Sequence[LogEvent]) -> None:
        """Publishes how it ended: the events that were written, or nothing when the answer was dropped."""
        self._over = True
        self._stop_blink()
        if self._timer:
            self._timer.cancel()
        ended = [events.frame(event) for event in happened]
        if not ended:
            ended = [{"type": "status", "stage": "idle"}]
        # Who asked waits for nobody: what is on its way to the others may hang with Redis.
        if self._deliver:
            for frame in ended:
                await self._deliver(frame)
        if self._sending:
            await self._sending
        held = [held for held in self._frames if held["type"] == "event"]
        self._frames = [*held, *self._last_words(happened), *ended]
        await self._send()
        if self._kept:
            await drafts.clear(self.job.tenant_id, self.job.conversation_id)

    def _last_words(self, happened: Sequence[LogEvent]) -> list[Frame]:
        """What a reader who has had the beginning lacks of the answer that now stands in the log."""
        text = "".join(self._text)
        begun = 0 < self._sent < len(text)
        if not begun or not any(event.text == text for event in happened):
            return []
        return [self._delta(self._sent, text[self._sent :])]

    def _due(self) -> None:
        if self._timer is None and self._sending is None and not self._over:
            self._timer = asyncio.get_running_loop().call_later(BUNDLE_SECONDS, self._start_bundle)

    def _start_bundle(self) -> None:
        self._timer = None
        self._sending = asyncio.get_running_loop().create_task(self._bundle())

    async def _bundle(self) -> None:
        try:
            text, run, before = "".join(self._text), self.draft, self._sent
            if len(text) > self._sent:
                await self._keep(text)
                self._frames.append(self._delta(self._sent, text[self._sent :]))
                self._sent = len(text)
            # What did not go out is said again with the next piece, so that nobody is left with a hole.
            if not await self._send() and self.draft == run:
                self._sent = min(before, self._sent)
        finally:
            self._sending = None
        if self._length > self._sent or self._frames:
            self._due()

    async def _keep(self, text: str) -> None:
        """Keeps the draft once an answer takes longer than a reconnection.

        The first bundle after that begins at 0 again: who came in before there was a draft then has no hole.
        """
        if time.monotonic() - self._began < DRAFT_SECONDS:
            return
        if not self._kept:
            self._kept, self._sent = True, 0
        await drafts.save(self.job.tenant_id, self.job.conversation_id, Draft(self.draft, text))

    async def _send(self) -> bool:
        frames, self._frames = self._frames, []
        if not frames:
            return True
        place = self.job.tenant_id, self.job.conversation_id
        return await events.send(*place, frames, origin=self._origin)

    def _delta(self, offset: int, text: str) -> Frame:
        return {"type": "delta", "run": self.draft, "offset": offset, "text": text}
