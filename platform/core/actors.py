"""Who did something: the value that every write and every audit line names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ActorKind = Literal["member", "customer", "api_key", "ai", "system"]


@dataclass(frozen=True, slots=True)
class Actor:
    """The author of a write. `id` is a public id, or the name of a process for `system` and `ai`."""

    kind: ActorKind
    id: str
    name: str = ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"


def system(name: str) -> Actor:
    """The platform itself, acting through the process or command called `name`."""
    return Actor("system", name)
