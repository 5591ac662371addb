import os
import subprocess
import sys
import threading
import time

import pytest

from bench import machine
from bench.machine import BenchFailed

BURN = "import time\nwhile time.process_time() < 0.3: pass\nprint('burnt', flush=True)\ninput()"


def test_cpu_time_is_that_of_the_process_with_all_its_threads():
    burner = threading.Thread(target=lambda: sum(range(3_000_000)))
    start = time.process_time()
    burner.start()
    burner.join()

    before = time.process_time()
    found = machine.cpu_seconds(os.getpid())

    assert start < before <= found <= time.process_time()


def test_the_work_of_children_is_counted_while_they_live_and_after():
    before = machine.tree_seconds(os.getpid())
    child = subprocess.Popen([sys.executable, "-c", BURN], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert child.stdout is not None
    assert child.stdout.readline() == b"burnt\n"

    living = machine.tree_seconds(os.getpid())
    child.communicate(b"\n", timeout=10)
    ended = machine.tree_seconds(os.getpid())

    assert living - before >= 0.25
    assert ended - before >= 0.25


def test_a_process_that_may_run_elsewhere_is_not_measured():
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        machine.check_pinned(child.pid, os.sched_getaffinity(0))
        with pytest.raises(BenchFailed, match="not pinned"):
            machine.check_pinned(child.pid, {10_000})
    finally:
        child.communicate(b"\n", timeout=10)


def test_children_started_while_pinned_stay_there():
    core = {min(os.sched_getaffinity(0))}
    allowed = os.sched_getaffinity(0)
    with machine.pinned(core):
        child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        machine.check_pinned(child.pid, core)
        assert os.sched_getaffinity(0) == allowed
    finally:
        child.communicate(b"\n", timeout=10)
