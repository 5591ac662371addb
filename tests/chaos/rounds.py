"""One round of chaos: each dependency is taken away under load and brought back, and nobody lends a hand.

Whatever is asserted here is about the time of the outage; what must hold at the end is in `ledger`: that all that
was acknowledged is stored, too, since an acknowledgement on its way when the database went may arrive later.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

import httpx2 as httpx
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.chaos.house import House
from tests.chaos.load import Load

RESTARTING = 1012
AGAIN = 3
"""Answers to messages sent after a return that show that it works again."""


@dataclass
class Figures:
    """Seconds by outage: until the first answer to a message sent after the return, and what else was seen."""

    first_answer: dict[str, list[float]] = field(default_factory=dict)
    seen: dict[str, list[object]] = field(default_factory=dict)

    def note(self, what: str, value: object) -> None:
        self.seen.setdefault(what, []).append(value)


@dataclass
class Round:
    """The phases; `seconds` is how long each outage lasts at least."""

    house: House
    load: Load
    figures: Figures
    seconds: float

    def play(self) -> None:
        self.load.last(self.seconds / 2)
        self.load.look_on(3)
        self.frozen_redis()
        self.killed_redis()
        self.killed_postgres()
        self.killed_model()
        self.killed_web()

    def frozen_redis(self) -> None:
        self._redis_away("redis frozen", self.house.freeze_redis, self.house.thaw_redis)

    def killed_redis(self) -> None:
        self._redis_away("redis killed", self.house.kill_redis, lambda: self.house.valkey.start())

    def _redis_away(self, name: str, take: Callable[[], None], bring: Callable[[], object]) -> None:
        closes = len(self.load.record.closes)
        began = time.monotonic()
        take()
        self.load.look_on(2)
        ready = httpx.get(f"{self.house.web.url}/readyz", timeout=20)
        self.load.last(self.seconds)
        during = self.load.record.answered_since(began)
        bring()
        self._back(name)
        assert (ready.status_code, ready.json()["missing"]) == (503, ["redis"])
        self.figures.note(f"{name}: answered meanwhile", len(during))
        waits = sorted(one.answered_at - one.acked_at for one in during)
        self.figures.note(f"{name}: slowest answer meanwhile", round(waits[-1], 2) if waits else None)
        self.figures.note(f"{name}: lines closed", len(self.load.record.closes) - closes)

    def killed_postgres(self) -> None:
        self.house.kill_postgres()
        gone = time.monotonic()
        self._look_at_doors()
        self.load.last(self.seconds)
        self.house.postgres.start()
        mended = time.monotonic()
        told = [frame for at, frame in self.load.record.errors if gone < at < mended]
        assert all(frame.get("retry_after") for frame in told), told
        self._back("postgres killed")
        self.figures.note("postgres killed: refusals", len(told))

    def _look_at_doors(self) -> None:
        """Alive, not ready, and honest about it."""
        url, headers = self.house.web.url, {"Authorization": f"Bearer {self.house.key}"}
        with httpx.Client(base_url=url, timeout=20) as client:
            assert client.get("/livez").status_code == 200
            ready = client.get("/readyz")
            assert (ready.status_code, ready.json()["missing"][0]) == (503, "database")
            assert int(ready.headers["retry-after"]) > 0
            refused = client.post("/api/v1/conversations", json={}, headers=headers)
            assert (refused.status_code, refused.json()["code"]) == (503, "database_unavailable")
            assert refused.headers["content-type"] == "application/problem+json"
            assert int(refused.headers["retry-after"]) > 0
        with connect(f"{self.house.web.ws_url}/ws/chat/{self.house.slug}/", legacy=True) as line:
            told = json.loads(line.recv(timeout=60))
            assert (told["type"], told["code"]) == ("error", "unavailable")
            assert told["retry_after"] > 0
            with suppress(ConnectionClosed):
                line.recv(timeout=60)
            assert line.protocol.close_code == RESTARTING

    def killed_model(self) -> None:
        gone = time.monotonic()
        self.house.model.kill9()
        self.load.until(
            lambda: self.load.record.answered_since(gone, level="stored_answers"),
            "the stored answers answer",
        )
        self.load.last(self.seconds / 2)
        self.house.model.start()
        self._back("model killed")

    def killed_web(self) -> None:
        self.house.web.kill9()
        self.house.web.start()
        self._back("web killed")

    def _back(self, name: str) -> None:
        """Waits until messages sent from now on are answered by the model again."""
        since = time.monotonic()
        self.load.until(
            lambda: len(self.load.record.answered_since(since, level="model")) >= AGAIN,
            f"answers after: {name}",
        )
        first = self.load.record.answered_since(since, level="model")[0]
        self.figures.first_answer.setdefault(name, []).append(round(first.answered_at - since, 2))
