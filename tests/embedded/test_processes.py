"""Child processes that never outlive the one who started them."""

import os
import signal
import socket
import subprocess
import sys

import psutil
import pytest

from embedded.processes import (
    dies_with_parent,
    end_leftover,
    free_port,
    kept_secret,
    port_is_free,
    spawn,
    stop,
)

SLEEPER = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(600)", "a-mark-of-ours"]
DEAF = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(600)",
]
PARENT = """
import os, signal, subprocess, sys
from embedded.processes import dies_with_parent, spawn
child = spawn([*dies_with_parent(signal.SIGKILL), *sys.argv[1:]], output=subprocess.PIPE)
child.stdout.readline()  # once it is up, the kernel has been told
print(child.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def running():
    started: list[subprocess.Popen[bytes]] = []

    def start(argv: list[str]) -> subprocess.Popen[bytes]:
        process = spawn(argv, output=subprocess.PIPE)
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == b"up\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate(timeout=10)


def test_a_child_hears_no_ctrl_c_of_its_parents_terminal(running):
    assert os.getpgid(running(SLEEPER).pid) != os.getpgid(0)


def test_a_child_that_does_not_listen_is_killed(running):
    process = running(DEAF)

    stop(process, signal.SIGTERM, timeout=0.2)

    assert process.returncode == -signal.SIGKILL


def test_where_the_kernel_can_a_killed_parent_takes_its_child_along():
    done = subprocess.run([sys.executable, "-c", PARENT, *SLEEPER[:3]], capture_output=True, timeout=30)
    pid = int(done.stdout.split()[0])

    try:
        gone, _ = psutil.wait_procs([psutil.Process(pid)], timeout=5)
    except psutil.NoSuchProcess:
        ended = True
    else:
        ended = bool(gone) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE

    assert ended == bool(dies_with_parent(signal.SIGKILL))


def test_a_leftover_is_ended(running):
    process = running(SLEEPER)

    end_leftover(process.pid, "a-mark-of-ours", signal.SIGTERM)

    assert process.wait(10) == -signal.SIGTERM


def test_a_leftover_that_does_not_listen_is_killed(running):
    process = running(DEAF)

    end_leftover(process.pid, "SIG_IGN", signal.SIGTERM, timeout=0.2)

    assert process.wait(10) == -signal.SIGKILL


def test_a_stranger_with_the_same_number_is_left_alone(running):
    process = running(SLEEPER)

    end_leftover(process.pid, "another mark", signal.SIGTERM, timeout=0.2)

    assert process.poll() is None


def test_a_secret_is_made_once_and_is_private(tmp_path):
    first = kept_secret(tmp_path / "secret")

    assert kept_secret(tmp_path / "secret") == first
    assert len(first) >= 32
    assert (tmp_path / "secret").stat().st_mode & 0o077 == 0


def test_an_empty_secret_is_no_secret(tmp_path):
    (tmp_path / "secret").touch()

    assert kept_secret(tmp_path / "secret")


def test_a_taken_port_is_not_free():
    port = free_port()
    assert port_is_free(port)

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()

        assert not port_is_free(port)
