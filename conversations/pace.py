"""How much one socket, and one address, may do."""

from __future__ import annotations

import time
from collections import Counter


class Pace:
    """A token bucket for one socket's frames.

    Args:
        rate: frames a second in the long run.
        burst: frames at once.
    """

    __slots__ = ("_burst", "_left", "_rate", "_seen", "refused")

    def __init__(self, rate: float, burst: float) -> None:
        self._rate, self._burst, self._left = rate, burst, burst
        self._seen = time.monotonic()
        self.refused = 0

    def allow(self) -> bool:
        """Takes one frame from the bucket; False when it is empty. `refused` counts refusals in a row."""
        now = time.monotonic()
        self._left = min(self._burst, self._left + (now - self._seen) * self._rate)
        self._seen = now
        if self._left < 1:
            self.refused += 1
            return False
        self._left -= 1
        self.refused = 0
        return True

    @property
    def wait(self) -> float:
        """Seconds until the next frame would be allowed."""
        return round(max(0.0, (1 - self._left) / self._rate), 2)


sockets_by_address: Counter[str] = Counter()
"""Open sockets of this process by client address."""


def enter(address: str, most: int) -> bool:
    """Counts a socket in; False when the address has as many as it may."""
    if sockets_by_address[address] >= most:
        return False
    sockets_by_address[address] += 1
    return True


def leave(address: str) -> None:
    """Counts a socket out."""
    sockets_by_address[address] -= 1
    if sockets_by_address[address] <= 0:
        del sockets_by_address[address]
