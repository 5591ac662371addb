"""What a server said when we met, so that a call need not ask again.

Invariant: plain values only. No task, stream or connection of a session outlives its call; what goes on is the
answer to the handshake and the server's name for the session, which the next call sends along.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass

from mcp_types import DiscoverResult, InitializeResult

MOST = 512
SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class Handshake:
    """`session` is the id that a stateful server gave; empty for a stateless one."""

    answer: InitializeResult | DiscoverResult
    session: str = ""


class Handshakes:
    """The handshakes of this process, the latest `MOST`, each for `SECONDS` at most."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._known: OrderedDict[Hashable, tuple[float, Handshake]] = OrderedDict()

    def get(self, server: Hashable) -> Handshake | None:
        with self._lock:
            met, handshake = self._known.get(server, (0.0, None))
            if handshake is None or self._clock() - met > SECONDS:
                self._known.pop(server, None)
                return None
            self._known.move_to_end(server)
            return handshake

    def keep(self, server: Hashable, handshake: Handshake) -> None:
        with self._lock:
            self._known[server] = self._clock(), handshake
            self._known.move_to_end(server)
            if len(self._known) > MOST:
                self._known.popitem(last=False)

    def forget(self, server: Hashable) -> None:
        with self._lock:
            self._known.pop(server, None)


handshakes = Handshakes()
