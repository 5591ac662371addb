"""What the kernel says of a process and of the machine. Linux only.

Invariant: figures come from the process that holds the listening port, with all of its threads.
"""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

LISTEN, ESTABLISHED = "0A", "01"
SHOWN = (
    "django",
    "channels",
    "channels-redis",
    "uvicorn",
    "websockets",
    "uvloop",
    "psycopg",
    "aiohttp",
    "openai",
)
TICKS = os.sysconf("SC_CLK_TCK")


class BenchFailed(Exception):
    """The run proves nothing; the text is one line that says why."""


def cores() -> tuple[set[int], set[int]]:
    """One core for the measured server, and another for everything else of a run.

    Raises BenchFailed where there are not two.
    """
    if not hasattr(os, "sched_setaffinity"):
        raise BenchFailed("the bench pins processes to cores, which needs Linux")
    free = sorted(os.sched_getaffinity(0))
    if len(free) < 2:
        raise BenchFailed("the bench needs two cores: one for the server, one for the load")
    return {free[0]}, {free[1]}


@contextmanager
def pinned(to: set[int]) -> Iterator[None]:
    """This thread, and the children it starts meanwhile, run on these cores."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, to)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def cpu_seconds(pid: int) -> float:
    """CPU time of a process and all its threads so far, from the kernel's nanosecond clock of it."""
    # clock_getcpuclockid(3): the clock's number is made of the process's.
    return time.clock_gettime((~pid << 3) | 2)


def rss_bytes(pid: int) -> int:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def sockets(pid: int, port: int, state: str) -> int:
    """How many sockets of 127.0.0.1:port in this state the process itself holds."""
    address = f"0100007F:{port:04X}"
    rows = (line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:])
    inodes = {f"socket:[{row[9]}]" for row in rows if row[1] == address and row[3] == state}
    return sum(target in inodes for target in _open_files(pid))


def _open_files(pid: int) -> Iterator[str]:
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        try:
            yield str(entry.readlink())
        except OSError:
            continue


def check_pinned(pid: int, core: set[int]) -> None:
    """Raises BenchFailed when a thread of the process may run elsewhere."""
    for thread in Path(f"/proc/{pid}/task").iterdir():
        if os.sched_getaffinity(int(thread.name)) != core:
            raise BenchFailed(f"the server's thread {thread.name} is not pinned to core {core}")


class OtherLoad:
    """CPU use of everything that is not ours, over a span of time.

    `ours` is the process whose descendants belong to the run.
    """

    def __init__(self, ours: int) -> None:
        self._ours = ours
        self._restart()

    def _restart(self) -> None:
        self._at, self._busy, self._own = time.monotonic(), _busy_seconds(), tree_seconds(self._ours)

    def cores(self) -> float:
        """Cores that others kept busy on average since the last call; 0.01 steps are noise."""
        at, busy, own = self._at, self._busy, self._own
        self._restart()
        span = max(self._at - at, 1e-9)
        return round(max(0.0, (self._busy - busy - (self._own - own)) / span), 2)


def wait_for_quiet(seconds: float, allowed: float = 0.1) -> None:
    """Waits at most so long for a half second in which others use less than `allowed` cores."""
    deadline = time.monotonic() + seconds
    others = OtherLoad(os.getpid())
    while time.monotonic() < deadline:
        time.sleep(0.5)
        if others.cores() < allowed:
            return


def _busy_seconds() -> float:
    user, nice, system, _idle, _wait, irq, soft, *_ = map(int, Path("/proc/stat").read_text().split()[1:9])
    return (user + nice + system + irq + soft) / TICKS


def tree_seconds(root: int) -> float:
    """CPU time of a process, its living descendants and those it has seen end."""
    stats = dict(_stats())
    children: dict[int, list[int]] = {}
    for pid, (parent, _) in stats.items():
        children.setdefault(parent, []).append(pid)
    waiting, total = [root], 0.0
    while waiting:
        pid = waiting.pop()
        waiting += children.get(pid, [])
        total += stats[pid][1] if pid in stats else 0.0
    return total


def _stats() -> Iterable[tuple[int, tuple[int, float]]]:
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            text = (entry / "stat").read_text()
        except OSError:
            continue
        # The command's name, in brackets, may hold anything.
        fields = text.rpartition(")")[2].split()
        yield int(entry.name), (int(fields[1]), sum(map(int, fields[11:15])) / TICKS)


def described() -> dict[str, object]:
    """What a reader of the figures must know of the machine."""
    return {
        "cores": os.cpu_count(),
        "cpu": next(_cpu_names(), platform.machine()),
        "python": platform.python_version(),
        "load_average": [round(value, 2) for value in os.getloadavg()],
        "versions": {name: version(name) for name in SHOWN},
    }


def _cpu_names() -> Iterator[str]:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            yield line.partition(":")[2].strip()
