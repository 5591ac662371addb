"""The channel layer, for a Redis that may go away: no call waits long, and who listens is told when it is back.

Invariant: pub/sub keeps nothing, so what was sent while a process was not subscribed is lost to it. After every
new subscription each channel of the process gets the message `layer.back`, and reads the log instead.
"""

from __future__ import annotations

import asyncio
from typing import Any

from channels_redis.pubsub import RedisPubSubChannelLayer, RedisPubSubLoopLayer, RedisSingleShardConnection
from redis.asyncio.client import PubSub
from redis.exceptions import TimeoutError as RedisTimeout

DEADLINE = 3.0
"""Seconds for one command. A server that hangs must not hold up the others, who wait for the same connection."""
BACK = "layer.back"


class SteadyLayer(RedisPubSubChannelLayer):
    """What `CHANNEL_LAYERS` names."""

    def _get_layer(self) -> RedisPubSubLoopLayer:
        known = len(self._layers)
        layer = super()._get_layer()
        if len(self._layers) != known:
            layer._shards = [_Shard(shard.host, layer) for shard in layer._shards]
        return layer


class _Shard(RedisSingleShardConnection):
    """The connections to one server."""

    async def publish(self, channel: str, message: bytes) -> None:
        async with _Deadline():
            await super().publish(channel, message)

    async def subscribe(self, channel: str) -> None:
        async with _Deadline():
            await super().subscribe(channel)

    async def unsubscribe(self, channel: str) -> None:
        async with _Deadline():
            await super().unsubscribe(channel)

    def _ensure_redis(self) -> None:
        if self._redis is None:
            super()._ensure_redis()
            # kept by the client as a weak method, so it has to be one
            self._pubsub.on_connect = self._connected

    async def _connected(self, connection: Any) -> None:
        await PubSub.on_connect(self._pubsub, connection)
        layer = self.channel_layer
        told = layer.channel_layer.serialize({"type": BACK, "frames": "[]"})
        for queue in layer.channels.values():
            queue.put_nowait(told)


class _Deadline:
    """`asyncio.timeout` that fails as the client does, so that callers know one kind of failure."""

    def __init__(self) -> None:
        self._limit = asyncio.timeout(DEADLINE)

    async def __aenter__(self) -> None:
        await self._limit.__aenter__()

    async def __aexit__(self, *raised: Any) -> None:
        try:
            await self._limit.__aexit__(*raised)
        except TimeoutError as error:
            raise RedisTimeout("the channel layer does not answer") from error
