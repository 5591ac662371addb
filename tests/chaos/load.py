"""The customers of a chaos run, all on one event loop in a thread of their own."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any

from tests.chaos.customers import ChatCustomer, MachineCustomer, Onlooker, Record
from tests.chaos.house import House

PATIENCE = 60.0


class Load:
    """Customers who talk from `start` to `finish`."""

    def __init__(self, house: House, customers: int) -> None:
        self.record = Record()
        address = f"{house.web.ws_url}/ws/chat/{house.slug}/"
        self.chats = [ChatCustomer(self.record, f"c{number}", address) for number in range(customers - 1)]
        self.machine = MachineCustomer(self.record, "rest", house.web.url, house.key)
        self.onlookers: list[Onlooker] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._tasks: list[Future[None]] = []
        self._watching: list[Future[None]] = []
        self.stopping = asyncio.Event()

    def start(self) -> None:
        self._thread.start()
        talkers: list[ChatCustomer | MachineCustomer] = [*self.chats, self.machine]
        for customer in talkers:
            self._tasks.append(self._run(customer.talk(self.stopping)))

    def look_on(self, most: int) -> list[Onlooker]:
        """Opens second tabs of customers who have a conversation."""
        opened = [Onlooker(chat) for chat in self.chats if chat.line.conversation][:most]
        for onlooker in opened:
            onlooker.line.name += f"-{len(self.onlookers)}"
            self.onlookers.append(onlooker)
            self._watching.append(self._run(onlooker.watch()))
        return opened

    def until(self, is_so: Callable[[], Any], what: str) -> float:
        """Waits while the load goes on; the seconds it took."""
        began = time.monotonic()
        while not is_so():
            for task in (*self._tasks, *self._watching):
                if task.done() and task.exception() is not None:
                    raise AssertionError("a customer broke") from task.exception()
            assert time.monotonic() - began < PATIENCE, f"after {PATIENCE:.0f} s still not so: {what}"
            time.sleep(0.05)
        return time.monotonic() - began

    def last(self, seconds: float) -> None:
        """Lets the load go on for so long."""
        ends = time.monotonic() + seconds
        self.until(lambda: time.monotonic() >= ends, "time passes")

    def finish(self) -> None:
        """Nobody begins another message; returns when every one that was begun is answered."""
        self._loop.call_soon_threadsafe(self.stopping.set)
        open_ones = self.record.messages
        self.until(
            lambda: all(task.done() for task in self._tasks),
            f"all is answered; open: {[one for one in open_ones if one.is_open][:5]}",
        )

    def leave(self) -> None:
        """Ends what is left, however it stands."""
        asyncio.run_coroutine_threadsafe(self._leave(), self._loop).result(20)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(20)
        self._loop.close()

    async def _leave(self) -> None:
        left = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in left:
            task.cancel()
        await asyncio.wait(left, timeout=10) if left else None

    def _run(self, talk: Coroutine[Any, Any, None]) -> Future[None]:
        return asyncio.run_coroutine_threadsafe(talk, self._loop)
