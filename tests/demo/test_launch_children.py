"""Children of the demo: their deaths are told and mended, and their end leaves nothing."""

import subprocess
import sys
import time

import psutil
import pytest

from demo.children import MAX_DEATHS, Child, ChildKeepsDying, Family, run_step

SLEEPER = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(600)"]
QUITTER = [sys.executable, "-c", "raise SystemExit(3)"]


def child(tmp_path, argv, name="web"):
    return Child(name, argv, {}, tmp_path)


def running(one: Child) -> subprocess.Popen[bytes]:
    assert one.process is not None
    return one.process


def die(one: Child, now: float) -> None:
    one.start()
    running(one).wait(10)
    one.look_after(now)


def until(condition) -> None:
    for _ in range(1000):
        if condition():
            return
        time.sleep(0.01)
    raise AssertionError("it never came true")


def test_lines_carry_the_name_of_their_child(tmp_path, capsys):
    one = child(tmp_path, SLEEPER)
    one.start()
    seen = ""

    def up() -> bool:
        nonlocal seen
        seen += capsys.readouterr().out
        return "web    | up" in seen

    until(up)
    one.stop()


def test_a_death_is_told_and_mended_after_a_while(tmp_path, capsys):
    one = child(tmp_path, SLEEPER)
    one.start()
    first = running(one)
    first.kill()
    first.wait(10)

    one.look_after(now=100.0)
    assert "web ended with signal SIGKILL: starting it again in 1 s" in capsys.readouterr().out
    one.look_after(now=100.5)
    assert one.process is None
    one.look_after(now=101.0)

    assert psutil.pid_exists(running(one).pid)
    one.stop()


def test_one_that_keeps_dying_ends_the_demo_with_one_line(tmp_path):
    one = child(tmp_path, QUITTER)
    for second in range(MAX_DEATHS - 1):
        die(one, now=float(second))

    with pytest.raises(ChildKeepsDying, match=f"web ended {MAX_DEATHS} times within a minute .*code 3"):
        die(one, now=float(MAX_DEATHS))


def test_deaths_long_ago_are_forgiven(tmp_path):
    one = child(tmp_path, QUITTER)
    for hour in range(2 * MAX_DEATHS):
        die(one, now=3600.0 * hour)

    assert len(one.deaths) == 1


def test_stopping_leaves_nobody_and_goes_backwards(tmp_path):
    ended = []

    class Noted(Child):
        def stop(self) -> None:
            super().stop()
            ended.append(self.name)

    family = Family([Noted(name, SLEEPER, {}, tmp_path) for name in ("worker", "web")])
    family.start()
    pids = [running(one).pid for one in family.children]

    family.stop()

    assert ended == ["web", "worker"]
    assert not any(psutil.pid_exists(pid) for pid in pids)


def test_a_preparing_step_gives_what_it_printed(tmp_path):
    assert run_step([sys.executable, "-c", "print('ana')"], {}, tmp_path) == "ana\n"


def test_a_preparing_step_that_fails_is_told(tmp_path):
    with pytest.raises(ChildKeepsDying, match="code 3"):
        run_step(QUITTER, {}, tmp_path)
