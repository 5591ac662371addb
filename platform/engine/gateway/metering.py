"""Who pays for a model call: asked before it, told after it.

Invariant: nothing is asked of a provider before its price is held, and every call that was made is told of once,
however it ended.
"""

from __future__ import annotations

from typing import Any, Protocol

from engine.gateway.errors import ModelError
from engine.gateway.protocol import ModelRequest, Usage
from engine.gateway.routes import Route


class MoneySpent(ModelError):
    """A budget has nothing left for the call, which was not made; `scope` names the budget."""

    code = "money_spent"
    default_message = "The budget for answers is used up for now. A manager can raise it."

    def __init__(self, scope: str = "") -> None:
        super().__init__()
        self.scope = scope


class Meter(Protocol):
    """Holds and bills."""

    async def hold(self, route: Route, request: ModelRequest) -> Any:
        """Holds what the call may cost; what comes back is given to `bill`.

        Raises:
            MoneySpent: there is not enough.
        """
        ...

    def bill(self, held: Any, route: Route, usage: Usage) -> float:
        """Notes what the call came to; the US cents."""
        ...


class Free:
    """A meter for calls that nobody counts."""

    async def hold(self, route: Route, request: ModelRequest) -> None:
        """Nothing to hold."""

    def bill(self, held: Any, route: Route, usage: Usage) -> float:
        """Nothing to pay."""
        return 0.0
