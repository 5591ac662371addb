"""The scripted model over HTTP: the simulator's server with our script behind it, and a count of what it sold.

Invariant: every request is counted under its key before a byte of the answer leaves, so that no call is forgotten
whatever becomes of it.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from demo.replay import script
from demo.replay.chances import Chances
from demo.replay.script import NotOfTheReplay, Place
from demo.replay.tasks import Task
from engine.gateway.simulator import frames
from engine.gateway.simulator.answering import Answering
from engine.gateway.simulator.counts import Counts
from engine.gateway.simulator.plans import Plan, Planner
from engine.gateway.simulator.requests import Request
from engine.gateway.simulator.server import Connection

HANGS_SECONDS = 3600.0
REFUSALS = {"429": 429, "500": 500}


@dataclass(slots=True)
class Sold:
    """The calls under one key: `prompt` and `completion` tokens of a whole reply, and how often each way happened."""

    tenant: str
    prompt: int = 0
    completion: int = 0
    whole: int = 0
    broken: int = 0
    refused: int = 0


@dataclass(slots=True)
class Till:
    """What the model sold, by the key `run:step`. `strays` are requests that no task explains."""

    by_key: dict[str, Sold] = field(default_factory=dict)
    strays: list[str] = field(default_factory=list)
    faults: dict[str, int] = field(default_factory=dict)

    def of(self, key: str, tenant: str) -> Sold:
        sold = self.by_key.setdefault(key, Sold(tenant))
        if sold.tenant != tenant or not key:
            self.strays.append(f"key {key!r} of {sold.tenant} came from {tenant}")
        return sold

    def fault(self, kind: str) -> None:
        self.faults[kind] = self.faults.get(kind, 0) + 1


class Scripted(Answering):
    """Answers for all tenants of a replay.

    Args:
        keys: the API key of each tenant.
        on_place: told in the server's thread that a place of a task was asked for, the first time.
    """

    def __init__(
        self,
        tasks: Mapping[str, Task],
        keys: Mapping[str, str],
        chances: Chances,
        on_place: Callable[[Place], None],
    ) -> None:
        super().__init__(Planner(), Counts())
        self.till = Till()
        self._tasks, self._keys, self._chances, self._on_place = tasks, keys, chances, on_place
        self._asked: dict[tuple[str, str, int], int] = {}

    async def _chat(self, request: Request, body: Mapping[str, Any], transport: asyncio.Transport) -> None:
        try:
            place = script.place_of(body, self._tasks)
            if request.headers.get("authorization") != f"Bearer {self._keys[place.tenant]}":
                raise NotOfTheReplay
        except (LookupError, TypeError, AttributeError):
            self.till.strays.append("a request of nobody")
            transport.write(frames.refusal(400))
            return
        sold = self.till.of(request.headers.get("idempotency-key", ""), place.tenant)
        await self._answer(place, body, sold, transport)

    async def _answer(
        self, place: Place, body: Mapping[str, Any], sold: Sold, transport: asyncio.Transport
    ) -> None:
        fault = self._fault(place)
        if fault in REFUSALS:
            sold.refused += 1
            transport.write(frames.refusal(REFUSALS[fault], "1" if fault == "429" else ""))
            return
        if fault == "hang":
            sold.broken += 1
            await asyncio.sleep(HANGS_SECONDS)
            return
        reply = script.reply_at(place)
        usage = script.usage_of(body, reply)
        parts = _frames(str(body.get("model") or "scripted"), reply, f"call_{place.task.id}_{place.number}")
        transport.write(frames.STREAM_HEAD)
        if fault == "cut":
            sold.broken += 1
            await _write(transport, parts[: max(2, len(parts) // 2)])
            transport.close()
            return
        sold.prompt, sold.completion = usage["prompt_tokens"], usage["completion_tokens"]
        sold.whole += 1
        await _write(transport, parts)
        plan = Plan(texts=reply.texts, calls=((reply.name, reply.arguments),) if reply.name else ())
        closing = frames.closing_frames(str(body.get("model") or "scripted"), plan, usage)
        transport.write(b"".join([*map(frames.chunk, closing), frames.LAST_CHUNK]))

    def _fault(self, place: Place) -> str:
        spot = (place.tenant, place.task.id, place.number)
        asked = self._asked.get(spot, 0)
        self._asked[spot] = asked + 1
        if not asked:
            self._on_place(place)
        faults = self._chances.model_faults(*spot)
        if asked >= len(faults):
            return ""
        self.till.fault(faults[asked])
        return faults[asked]


class ModelServer:
    """The server in a thread of its own; `url` is what a provider account wants."""

    def __init__(self, answering: Scripted) -> None:
        self._answering = answering
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="replay-model", daemon=True)
        self._port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}/v1"

    def start(self) -> None:
        self._thread.start()
        self._ready.wait(20)

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        listening = self._loop.create_server(lambda: Connection(self._answering), "127.0.0.1", 0, backlog=256)
        server = self._loop.run_until_complete(listening)
        self._port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        server.close()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()


def _frames(model: str, reply: script.Reply, ids: str) -> list[bytes]:
    if reply.name:
        return frames.call_frames(model, ((reply.name, reply.arguments),), ids)
    return list(frames.text_frames(model, reply.texts))


async def _write(transport: asyncio.Transport, parts: list[bytes]) -> None:
    for part in parts:
        if transport.is_closing():
            return
        transport.write(frames.chunk(part))
        await asyncio.sleep(0)
