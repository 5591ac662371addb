"""The cache with Redis, without it, and with what somebody else left there."""

from __future__ import annotations

import pickle
import re
import secrets
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

import pytest
import redis
from django.core.cache import cache, caches
from django.test import Client
from pytest_django import Settings
from structlog.testing import capture_logs

from config.caches import SteadyCache
from embedded.processes import free_port
from tests.factories import PASSWORD, Person
from tests.servers import LiveServer

LOGIN = "/accounts/login/"


@pytest.fixture
def key() -> str:
    return f"test-{secrets.token_hex(6)}"


@pytest.fixture
def without_redis(settings: Settings) -> None:
    _use(settings, f"redis://127.0.0.1:{free_port()}/0")


@pytest.fixture
def silent_server() -> Iterator[int]:
    """Takes connections and never says a word."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(50)
        yield server.getsockname()[1]


def _use(settings: Settings, url: str) -> None:
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": url}}


def _raw(settings: Settings) -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL)


@pytest.mark.parametrize("value", ["text", "", 7, -1, 1.5, True, None, [1.25, 2.5], {"a": ["b"]}])
def test_what_is_put_in_comes_out(key: str, value: Any) -> None:
    cache.set(key, value, 60)

    assert cache.get(key, "missed") == value
    assert type(cache.get(key)) is type(value)


def test_what_json_cannot_say_is_refused(key: str) -> None:
    with pytest.raises(TypeError):
        cache.set(key, object(), 60)


def test_a_planted_pickle_is_not_loaded(key: str, settings: Settings, tmp_path: Path) -> None:
    trace = tmp_path / "it-ran"
    _raw(settings).set(cache.make_key(key), pickle.dumps(_Touches(str(trace))), ex=60)

    found = cache.get(key, "missed")

    assert found == "missed"
    assert not trace.exists()


class _Touches:
    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return open, (self.path, "w")


@pytest.mark.parametrize("planted", [b"\xff\x00", b"{", b"[" * 100_000, b""])
def test_what_cannot_be_read_is_a_miss(key: str, settings: Settings, planted: bytes) -> None:
    _raw(settings).set(cache.make_key(key), planted, ex=60)

    assert cache.get(key, "missed") == "missed"
    assert cache.get_many([key]) == {}


def test_processes_share_what_is_counted_while_redis_is_there(key: str, settings: Settings) -> None:
    assert cache.add(key, 1, 60) is True
    assert cache.add(key, 1, 60) is False
    assert cache.incr(key) == 2

    assert _raw(settings).get(cache.make_key(key)) == b"2"
    assert cache.delete(key) is True
    with pytest.raises(ValueError):
        cache.incr(key)


@pytest.mark.usefixtures("without_redis")
def test_without_redis_the_process_counts_for_itself(key: str) -> None:
    with capture_logs() as said:
        first, again = cache.add(key, 1, 60), cache.add(key, 1, 60)
        counted = [cache.incr(key) for _ in range(3)]

    assert (first, again, counted) == (True, False, [2, 3, 4])
    assert cache.has_key(key)
    assert cache.touch(key, 60)
    assert cache.get_many([key, "nothing"]) == {key: 4}
    assert [line["event"] for line in said] == ["cache.redis_is_away"]


@pytest.mark.usefixtures("without_redis")
def test_counts_of_one_process_are_seen_by_all_its_threads(key: str) -> None:
    cache.add(key, 0, 60)
    threads = [threading.Thread(target=lambda: caches["default"].incr(key)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)

    assert cache.get(key) == 4


def test_a_silent_redis_is_waited_for_once(key: str, settings: Settings, silent_server: int) -> None:
    _use(settings, f"redis://127.0.0.1:{silent_server}/0")
    with capture_logs() as said:
        for number in range(20):
            cache.set(f"{key}-{number}", number, 60)

    assert [line["event"] for line in said] == ["cache.redis_is_away"]
    assert said[0]["error"] == "TimeoutError"


def test_redis_is_used_again_when_the_pause_is_over(
    key: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    used = caches["default"]
    assert isinstance(used, SteadyCache)
    reach = used._reach
    monkeypatch.setattr(reach, "away_until", time.monotonic() + 60)
    cache.set(key, "own", 60)
    assert _raw(settings).get(cache.make_key(key)) is None

    monkeypatch.setattr(reach, "away_until", 0.0)
    cache.set(key, "shared", 60)

    assert _raw(settings).get(cache.make_key(key)) == b'"shared"'


def test_emptying_the_cache_leaves_tasks_and_locks_in_redis(key: str, settings: Settings) -> None:
    _raw(settings).set(key, "a task", ex=60)

    cache.clear()

    assert _raw(settings).get(key) == b"a task"


@pytest.mark.usefixtures("without_redis")
def test_a_member_signs_in_without_redis(ana: Person) -> None:
    browser = Client(REMOTE_ADDR="2001:db8::a")

    answer = browser.post(LOGIN, {"login": ana.user.email, "password": PASSWORD})

    assert (answer.status_code, answer["Location"]) == (302, "/console/")
    assert browser.get("/console/").status_code == 200


@pytest.mark.usefixtures("without_redis")
def test_guessing_is_stopped_without_redis(ana: Person) -> None:
    browser = Client(REMOTE_ADDR="2001:db8::b")
    for _ in range(6):
        browser.post(LOGIN, {"login": ana.user.email, "password": "wrong"})

    browser.post(LOGIN, {"login": ana.user.email, "password": PASSWORD})

    assert browser.get("/console/").status_code == 302


@pytest.mark.usefixtures("without_redis")
def test_an_address_that_tries_too_often_waits_without_redis_too() -> None:
    browser = Client(REMOTE_ADDR="2001:db8::c")
    statuses = [
        browser.post(LOGIN, {"login": f"n{n}@example.com", "password": "x"}).status_code for n in range(125)
    ]

    assert statuses[0] == 200
    assert statuses[-1] == 429


def test_a_server_without_redis_signs_people_in(ana: Person, tmp_path: Path) -> None:
    server = LiveServer(tmp_path / "server.log", REDIS_URL=f"redis://127.0.0.1:{free_port()}/0")
    server.start()
    browser = build_opener(HTTPCookieProcessor())
    try:
        page = browser.open(server.url + LOGIN, timeout=30).read().decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        assert token is not None
        fields = {"csrfmiddlewaretoken": token[1], "login": ana.user.email, "password": PASSWORD}
        answer = browser.open(server.url + LOGIN, urlencode(fields).encode(), timeout=30)

        assert (answer.status, answer.url) == (200, f"{server.url}/console/")
    finally:
        server.stop()
    assert "cache.redis_is_away" in server.output()
