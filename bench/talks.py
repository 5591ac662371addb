"""What one socket of a load says and expects to hear: a chat turn, or an echo.

Invariant: a turn counts only when all of its answer has arrived, word by word; anything else is a fault.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from dataclasses import dataclass, field

from bench.wire import TEXT, Line, frame

TOKENS = 20
# As the model simulator speaks: sentences of five words.
_PLACES = [(number, number % 5) for number in range(1, TOKENS + 1)]
WORDS = [f"{'Word' if at == 1 < n else 'word'}{n}{'' if at else '.'}" for n, at in _PLACES]
QUESTION = "When will the lamp that I ordered last week arrive?"
PING, PONG = b'{"type":"ping"}', b'{"type":"pong"}'


@dataclass(frozen=True, slots=True)
class Door:
    """Where a load knocks. `hello`: the product's protocol, with its hello and acks; the comparators have neither.

    `pid` is the process that must be serving; `frames` is how many frames an answer must have (0: any).
    """

    name: str
    port: int
    pid: int
    path: str
    hello: bool = False
    frames: int = 0


@dataclass(slots=True)
class Tally:
    """What all sockets of one round did. Times are seconds."""

    latencies: list[float] = field(default_factory=list)
    firsts: list[float] = field(default_factory=list)
    frames: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    going_on: bool = True


class Talk:
    """One socket. Subclasses say what a turn is."""

    def __init__(self, door: Door, tally: Tally, line: Line) -> None:
        self.door, self.tally, self.line = door, tally, line
        self.is_ready = self.is_waiting = False
        self.turns = 0
        self._asked = 0.0
        line.on_open, line.on_text, line.on_lost = self.opened, self.heard, self.lost

    def begin(self) -> None:
        """Starts the next turn."""
        self.is_waiting = True
        self._asked = time.perf_counter()
        self.ask()

    def ask(self) -> None:
        raise NotImplementedError

    def answered(self, payload: bytes) -> None:
        raise NotImplementedError

    def opened(self) -> None:
        if self.door.hello:
            self.line.send(frame(TEXT, b'{"type":"hello"}'))
        else:
            self.is_ready = True

    def heard(self, payload: bytes) -> None:
        if self.is_ready:
            self.answered(payload)
        elif json.loads(payload)["type"] == "welcome":
            self.is_ready = True
        else:
            self.fault(f"instead of a welcome: {payload[:100]!r}")

    def finish(self) -> None:
        self.tally.latencies.append(time.perf_counter() - self._asked)
        self.turns += 1
        self.is_waiting = False
        if self.tally.going_on:
            self.begin()

    def fault(self, what: str) -> None:
        """Counts a fault and stops this socket."""
        self.is_waiting = False
        self.tally.faults[what] += 1

    def lost(self, reason: str) -> None:
        self.is_waiting = self.is_ready = False
        self.tally.faults[reason] += 1


class Chat(Talk):
    """A question, the answer in pieces, and the answer as the log keeps it."""

    def ask(self) -> None:
        self._text: list[str] = []
        self._first = 0.0
        self._client_id = f"c{self.turns}"
        self._acked = not self.door.hello
        asked = {"type": "message", "client_id": self._client_id, "text": QUESTION}
        self.line.send(frame(TEXT, json.dumps(asked).encode()))

    def answered(self, payload: bytes) -> None:
        self.tally.frames += 1
        heard = json.loads(payload)
        match heard["type"]:
            case "delta":
                self._delta(heard)
            case "ack":
                self._acked = heard["client_id"] == self._client_id
            case "event" if heard["author"]["kind"] != "customer":
                self._event(heard)
            case "event" | "status":
                pass
            case other:
                self.fault(f"{other}: {heard.get('code', '')}")

    def _delta(self, heard: dict[str, object]) -> None:
        if not self._text:
            self._first = time.perf_counter()
        if heard["offset"] != sum(map(len, self._text)):
            self.fault("a delta that does not follow the one before")
        self._text.append(str(heard["text"]))

    def _event(self, heard: dict[str, object]) -> None:
        wrong = self._wrong(str(heard["text"]))
        if wrong:
            self.fault(wrong)
        else:
            self.tally.firsts.append(self._first - self._asked)
            self.finish()

    def _wrong(self, final: str) -> str:
        if not self.is_waiting:
            return "an answer that nobody asked for"
        if not self._acked:
            return "an answer without an ack"
        if final.split() != WORDS or "".join(self._text).split() != WORDS:
            return f"an answer that is not whole: {final[:40]!r}"
        if self.door.frames and len(self._text) + 1 != self.door.frames:
            return f"{len(self._text) + 1} frames instead of {self.door.frames}"
        return ""


class Echo(Talk):
    """A ping there and its answer back."""

    _ping = frame(TEXT, PING)

    def ask(self) -> None:
        self.line.send(self._ping)

    def answered(self, payload: bytes) -> None:
        self.tally.frames += 1
        if self.is_waiting and payload in (PING, PONG):
            self.finish()
        else:
            self.fault(f"not an echo: {payload[:40]!r}")
