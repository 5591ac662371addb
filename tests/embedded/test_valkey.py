"""The embedded Valkey."""

import pytest
import redis

from embedded import Valkey


@pytest.fixture
def valkey(tmp_path):
    server = Valkey(tmp_path)
    server.start()
    yield server
    server.stop()


def client(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, socket_timeout=5)


def test_nobody_gets_in_without_the_password(valkey):
    with pytest.raises(redis.AuthenticationError):
        client(f"redis://127.0.0.1:{valkey.port}/0").ping()


def test_nothing_is_evicted(valkey):
    assert client(valkey.url).config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}


def test_secrets_are_private(valkey, tmp_path):
    for name in ("password", "valkey.conf"):
        assert (tmp_path / name).stat().st_mode & 0o077 == 0


def test_data_survives_a_restart(valkey):
    client(valkey.url).set("kept", "41")
    valkey.stop()

    valkey.start()

    assert client(valkey.url).get("kept") == b"41"


def test_a_server_that_a_killed_run_left_behind_is_ended(valkey, tmp_path):
    other = Valkey(tmp_path)

    other.start()

    try:
        assert valkey.process.wait(10) is not None
        assert client(other.url).ping()
    finally:
        other.stop()
