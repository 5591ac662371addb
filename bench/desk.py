"""How soon the desk shows what happens: 200 open desks, 50 events a second, and the page's first paint.

Invariant: one clock. The customers that write and the desks that read are in this process, on the load's core; the
server has its own. Customers write by their chat sockets, into conversations that a person has, so that what is
measured is the way of an event and no assistant's answer.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import time
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

import uvloop
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin

from bench import ours
from bench.desk_seed import LIST
from bench.machine import BenchFailed
from bench.report import Goal
from bench.world import Running, World, run_step, serving

DESKS = 200
EVENTS_PER_SECOND = 50
WRITERS = 50
WARM_SECONDS, SECONDS = 3.0, 10.0
PAGES = 40
OPEN_SECONDS = 60.0
PAINTS = 5
_COOKIE = "sessionid"


@dataclass(slots=True)
class Seen:
    """Moments: when each text was sent, and when desks had it as an event and as a row of the list."""

    sent: dict[str, float] = field(default_factory=dict)
    event_ms: list[float] = field(default_factory=list)
    row_ms: list[float] = field(default_factory=list)
    page_ms: list[float] = field(default_factory=list)
    measuring: bool = False


def measured(world: World) -> dict[str, Any]:
    """The figures. Raises BenchFailed."""
    seed = json.loads(run_step(world, ["-m", "bench.desk_seed"]))
    with serving(world, ours.SERVER) as running:
        figures = uvloop.run(_load(running, seed))
        return figures | _paints(running, seed)


def goals(figures: Mapping[str, Any]) -> list[Goal]:
    found = [
        Goal("desk: an event reaches who reads it, p95", figures["event_p95_ms"], 150, unit=" ms"),
        Goal("desk: and every desk's list, p95", figures["row_p95_ms"], 300, unit=" ms"),
        Goal(f"desk: a page of {LIST:,} conversations, p95", figures["page_p95_ms"], 50, unit=" ms"),
    ]
    if figures["paint_ms"] is not None:
        found.append(Goal("desk: first paint", figures["paint_ms"], 1000, unit=" ms"))
    return found


def text(figures: Mapping[str, Any]) -> str:
    """The part of the report about the desk."""
    paint = (
        "no browser here" if figures["paint_ms"] is None
        else f"first paint {figures['paint_ms']:.0f} ms, list {figures['list_ms']:.0f} ms"
    )  # fmt: skip
    return (
        f"The desk: {DESKS} open desks, {figures['events_per_second']:.0f} events/s\n"
        f"  event at its reader    p50 {figures['event_p50_ms']:>7.1f}   p95 {figures['event_p95_ms']:>7.1f} ms\n"
        f"  row at every desk      p50 {figures['row_p50_ms']:>7.1f}   p95 {figures['row_p95_ms']:>7.1f} ms\n"
        f"  a page of the list     p50 {figures['page_p50_ms']:>7.1f}   p95 {figures['page_p95_ms']:>7.1f} ms\n"
        f"  in a browser           {paint}"
    )


async def _load(running: Running, seed: Mapping[str, Any]) -> dict[str, Any]:
    seen = Seen()
    async with AsyncExitStack() as stack:
        desks = [await _desk(stack, running, seed, number) for number in range(DESKS)]
        readers = [asyncio.create_task(_read(desk, seen)) for desk in desks]
        chats = [await _chat(stack, running, seed, number) for number in range(WRITERS)]
        drains = [asyncio.create_task(_drain(chat)) for chat in chats]
        await asyncio.sleep(1)
        seen.page_ms = await _pages(stack, running, seed)
        sent = await _write(chats, seen)
        await asyncio.sleep(1)
        if broken := [task for task in (*readers, *drains) if task.done()]:
            raise BenchFailed(f"desk: {len(broken)} sockets ended: {broken[0].exception()!r}")
        for task in (*readers, *drains):
            task.cancel()
    return _figures(seen, sent)


async def _desk(
    stack: AsyncExitStack, running: Running, seed: Mapping[str, Any], number: int
) -> ClientConnection:
    cookie = f"{_COOKIE}={seed['sessions'][number % len(seed['sessions'])]}"
    socket = await _open(stack, running, f"/ws/desk/{seed['slug']}/", {"Cookie": cookie})
    talk = seed["talks"][number % len(seed["talks"])]["conversation"]
    await socket.send(json.dumps({"type": "hello", "view": "mine", "watch": talk}))
    async with asyncio.timeout(OPEN_SECONDS):
        while json.loads(await socket.recv())["type"] != "log":
            pass
    return socket


async def _chat(
    stack: AsyncExitStack, running: Running, seed: Mapping[str, Any], number: int
) -> ClientConnection:
    socket = await _open(stack, running, f"/ws/chat/{seed['slug']}/", {})
    talk = seed["talks"][number]
    await socket.send(
        json.dumps({"type": "hello", "token": talk["token"], "conversation": talk["conversation"]})
    )
    await socket.recv()
    return socket


async def _open(
    stack: AsyncExitStack, running: Running, path: str, headers: Mapping[str, str]
) -> ClientConnection:
    origin = Origin(f"http://127.0.0.1:{running.port}") if headers else None
    return await stack.enter_async_context(
        connect(
            f"ws://127.0.0.1:{running.port}{path}", origin=origin, additional_headers=dict(headers),
            max_size=None, compression=None, open_timeout=OPEN_SECONDS, ping_interval=None,
        )
    )  # fmt: skip


async def _read(socket: ClientConnection, seen: Seen) -> None:
    async for raw in socket:
        now = time.perf_counter()
        if not seen.measuring:
            continue
        frame = json.loads(raw)
        if frame["type"] == "event" and frame["text"] in seen.sent:
            seen.event_ms.append((now - seen.sent[frame["text"]]) * 1000)
        elif frame["type"] == "rows":
            known = (seen.sent.get(row["preview"]) for row in frame["rows"])
            seen.row_ms += [(now - at) * 1000 for at in known if at is not None]


async def _drain(socket: ClientConnection) -> None:
    async for _ in socket:
        pass


async def _write(chats: list[ClientConnection], seen: Seen) -> float:
    """Writes at the pace that is asked for; how many a second it came to."""
    began, number = time.perf_counter(), 0
    while (elapsed := time.perf_counter() - began) < WARM_SECONDS + SECONDS:
        seen.measuring = elapsed > WARM_SECONDS
        said = f"Message {number}"
        seen.sent[said] = time.perf_counter()
        message = {"type": "message", "client_id": f"c{number}", "text": said}
        await chats[number % len(chats)].send(json.dumps(message))
        number += 1
        await asyncio.sleep(max(0.0, began + number / EVENTS_PER_SECOND - time.perf_counter()))
    return number / (time.perf_counter() - began)


async def _pages(stack: AsyncExitStack, running: Running, seed: Mapping[str, Any]) -> list[float]:
    """How long each page of the long list takes, by key, as the page asks for it."""
    cookie = f"{_COOKIE}={seed['sessions'][0]}"
    socket = await _open(stack, running, f"/ws/desk/{seed['slug']}/", {"Cookie": cookie})
    found, cursor = [], ""
    for number in range(PAGES):
        began = time.perf_counter()
        await socket.send(
            json.dumps({"type": "list", "filters": {"view": "all"}, "cursor": cursor, "id": str(number)})
        )
        frame: dict[str, Any] = {}
        while frame.get("type") != "list" or frame["id"] != str(number):
            frame = json.loads(await socket.recv())
        found.append((time.perf_counter() - began) * 1000)
        cursor = frame["next"]
        await asyncio.sleep(0.12)  # the pace that a desk may have
    return found


def _figures(seen: Seen, sent: float) -> dict[str, Any]:
    if not seen.event_ms or not seen.row_ms:
        raise BenchFailed("desk: no event reached a desk")
    parts = {"event": seen.event_ms, "row": seen.row_ms, "page": seen.page_ms}
    found: dict[str, Any] = {
        "events_per_second": sent,
        "events": len(seen.event_ms),
        "rows": len(seen.row_ms),
    }
    for name, values in parts.items():
        found[f"{name}_p50_ms"] = statistics.median(values)
        found[f"{name}_p95_ms"] = statistics.quantiles(values, n=20)[-1]
    return found


_PAINT = (
    "() => Math.max(...performance.getEntriesByType('paint')"
    ".filter(one => one.name === 'first-contentful-paint').map(one => one.startTime))"
)


def _paints(running: Running, seed: Mapping[str, Any]) -> dict[str, Any]:
    """The page in a browser, opened anew each time with nothing kept; the median."""
    from playwright.sync_api import sync_playwright

    from tests.browsers import find_chromium

    chromium = find_chromium()
    if chromium is None:
        return {"paint_ms": None, "list_ms": None}
    paints, lists = [], []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(chromium), args=["--no-sandbox", "--disable-gpu"]
        )
        for number in range(PAINTS):
            context = browser.new_context(viewport={"width": 1280, "height": 900})
            url = f"http://127.0.0.1:{running.port}"
            context.add_cookies([{"name": _COOKIE, "value": seed["sessions"][number], "url": url}])
            page = context.new_page()
            page.goto(f"{url}/desk/?view=all")
            page.locator(".row").first.wait_for()
            lists.append(float(page.evaluate("() => performance.now()")))
            paints.append(float(page.evaluate(_PAINT)))
            context.close()
        browser.close()
    return {"paint_ms": statistics.median(paints), "list_ms": statistics.median(lists)}
