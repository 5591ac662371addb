"""Tells apps above when a conversation that people have to do with goes on: in the transaction that writes it.

Invariant: what listens writes in the same transaction, so that there is no conversation in the queue without its
place there, and none with a person whom nobody counts. A listener that raises undoes the append.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conversations.journal import Head, LogEvent


@dataclass(frozen=True, slots=True)
class Moment:
    """What was appended. `head` is as it is now, `before` the owner until then and `agent_before` the person."""

    head: Head
    before: str
    agent_before: int | None
    events: Sequence[LogEvent]
    now: dt.datetime

    @property
    def changed_hands(self) -> bool:
        return self.head.owner != self.before or self.head.agent_id != self.agent_before


Listener = Callable[[Moment], None]
_listeners: list[Listener] = []
_WITHOUT_PEOPLE = frozenset({"ai", "closed"})


def listen(listener: Listener) -> None:
    """Adds a listener at start-up.

    It hears of appends to conversations that wait for a person or are with one, and of every change of hands.
    """
    if listener not in _listeners:
        _listeners.append(listener)


def tell(moment: Moment) -> None:
    """Calls the listeners, in the appending transaction."""
    if moment.before in _WITHOUT_PEOPLE and moment.head.owner in _WITHOUT_PEOPLE and not moment.changed_hands:
        return
    for listener in _listeners:
        listener(moment)
