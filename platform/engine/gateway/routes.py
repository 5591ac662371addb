"""A way to a model."""

from __future__ import annotations

from dataclasses import dataclass

from engine.gateway.config import Pool, ProviderConfig


@dataclass(frozen=True, slots=True)
class Route:
    """One model at one provider; `name` is `provider/model`, `level` what an answer from it is called.

    `pool` is what the account behind the key may be asked for by all who share it.
    """

    name: str
    config: ProviderConfig
    model: str
    level: str = "model"
    pool: Pool | None = None
