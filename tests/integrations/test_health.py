"""Alive without anything; ready with all of it; without it, an honest 503."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2 as httpx
import pytest

from tests.factories import Person
from tests.integrations.callers import a_caller, a_conversation, a_key, a_stream, code_of, events_of
from tests.servers import LiveServer

NOWHERE = "127.0.0.1:1"


def test_a_whole_server_is_alive_and_ready(server: LiveServer) -> None:
    assert httpx.get(f"{server.url}/livez").json() == {"status": "alive"}
    ready = httpx.get(f"{server.url}/readyz")
    assert (ready.status_code, ready.json()) == (200, {"status": "ready", "missing": []})


@pytest.fixture
def without_redis(log_folder: Path) -> Iterator[LiveServer]:
    server = LiveServer(
        log_folder / "without_redis.log", REDIS_URL=f"redis://{NOWHERE}/0", API_RATE_PER_KEY="8/minute"
    )
    server.start()
    yield server
    server.stop()


def test_without_redis_it_is_not_ready_and_works_all_the_same(without_redis: LiveServer, ana: Person) -> None:
    assert httpx.get(f"{without_redis.url}/livez").status_code == 200
    ready = httpx.get(f"{without_redis.url}/readyz")
    assert (ready.status_code, ready.json()["missing"]) == (503, ["redis"])
    assert int(ready.headers["retry-after"]) > 0
    with a_caller(without_redis, ana) as api:
        conversation = a_conversation(api)
        turn = api.post(f"conversations/{conversation}/messages", json={"text": "Hello"}).json()
        with a_stream(api, conversation, "Again") as answer:
            streamed = list(events_of(answer))
        assert turn["answer"]["author"]["kind"] == "ai"
        assert streamed[-1][1]["answered"] is True
        while (page := api.get("conversations")).status_code == 200:
            assert int(page.headers["ratelimit-remaining"]) < 8
        assert code_of(page) == (429, "too_many_requests")


@pytest.fixture
def without_database(log_folder: Path) -> Iterator[LiveServer]:
    server = LiveServer(
        log_folder / "without_database.log", DATABASE_URL=f"postgresql://nobody:secret@{NOWHERE}/nothing"
    )
    server.start()
    yield server
    server.stop()


def test_without_a_database_it_is_alive_and_says_503(without_database: LiveServer, ana: Person) -> None:
    key = a_key(ana)

    assert httpx.get(f"{without_database.url}/livez").json() == {"status": "alive"}
    ready = httpx.get(f"{without_database.url}/readyz")
    assert (ready.status_code, ready.json()["missing"]) == (503, ["database", "migrations"])
    addresses = ["conversations", "conversations/7f6b2a60-3f3c-4a53-9d2e-0d8cbd1c7a11/events"]
    with a_caller(without_database, ana, key=key) as api, ThreadPoolExecutor(2) as pool:
        for answer in pool.map(api.get, addresses):
            assert code_of(answer) == (503, "database_unavailable")
            assert int(answer.headers["retry-after"]) > 0
