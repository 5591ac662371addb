"""The way to the broker, for tasks that end after their connection was lost."""

from __future__ import annotations

from typing import Any

from kombu.transport import redis as kombu_redis
from redis.exceptions import ConnectionError as ConnectionLost


class SteadyChannel(kombu_redis.Channel):
    """A channel that says of itself that it is closed.

    The library's fails with an AttributeError then, which ends the whole worker: a task that outlived its connection
    would take the worker with it when it is acknowledged.
    """

    def _connparams(self, asynchronous: bool = False) -> Any:
        if getattr(self.connection, "client", None) is None:
            raise ConnectionLost("the channel's connection to the broker is closed")
        return super()._connparams(asynchronous=asynchronous)  # type: ignore[misc]  # unknown to the stubs


class SteadyTransport(kombu_redis.Transport):
    """What `redis://` stands for in `config.celery`."""

    Channel = SteadyChannel
