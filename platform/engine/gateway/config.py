"""How a provider is reached: plain values, hashable, so that they can key a pool of clients.

Invariant: the key is never part of a representation.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

MAX_REPLY_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Seconds. `first_token` runs from the start of an attempt, `total` over all attempts."""

    connect: float = 5.0
    first_token: float = 20.0
    between_tokens: float = 15.0
    total: float = 60.0


@dataclass(frozen=True, slots=True)
class ProviderConfig:
    """One model provider that speaks Chat Completions.

    Args:
        base_url: with the version, e.g. `https://models.example/v1`.
        api_key: sent as a bearer token; may be empty for local servers.
        retries: further attempts after a transient failure, before the first byte of an answer only.
        trust_env: take proxies and certificate files from the environment. Off by default: a stray
            `HTTPS_PROXY` must not see prompts and keys by surprise.
        stream_usage: ask for usage in the last chunk; some servers refuse the option.
        max_tokens_field: newer models refuse the older name.
    """

    base_url: str
    api_key: str = field(default="", repr=False)
    deadlines: Deadlines = field(default_factory=Deadlines)
    retries: int = 2
    max_reply_bytes: int = MAX_REPLY_BYTES
    trust_env: bool = False
    stream_usage: bool = True
    max_tokens_field: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"


@dataclass(frozen=True, slots=True)
class Pool:
    """What all who share a provider's account may use of it together; 0: no limit."""

    name: str
    requests_per_minute: int = 0
    tokens_per_minute: int = 0

    @property
    def is_limited(self) -> bool:
        return self.requests_per_minute > 0 or self.tokens_per_minute > 0
