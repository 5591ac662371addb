"""What comes after a conversation: a rating, a copy by mail. An app above knows; without one there is neither.

Invariant: nothing here writes; who registers answers for tenants, limits and the ledger.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.actors import Actor
from core.errors import Conflict

if TYPE_CHECKING:
    from conversations.journal import LogEvent


class NotOffered(Conflict):
    code = "not_offered"
    default_message = "This is not offered here."


@dataclass(frozen=True, slots=True)
class Stars:
    """What a customer says of an episode: 1 to 5, and why."""

    episode: int
    score: int
    comment: str = ""


@dataclass(frozen=True, slots=True)
class House:
    """Who knows. Each opens its own transaction.

    `due` gives the episode that the customer is to be asked about; `here` hears that she still waits.
    """

    due: Callable[[int, int, dt.datetime], int | None]
    rate: Callable[[int, int, Stars, Actor, dt.datetime], list[LogEvent]]
    send: Callable[[int, int, str, Actor, dt.datetime], str]
    here: Callable[[int, int, dt.datetime], None]


_houses: list[House] = []


def know(house: House) -> None:
    """Names who knows, at start-up."""
    _houses[:] = [house]


def due(tenant_id: int, conversation_id: int, now: dt.datetime) -> dict[str, Any] | None:
    """What a client is told of a rating that is due; None where none is."""
    episode = _houses[0].due(tenant_id, conversation_id, now) if _houses else None
    return None if episode is None else {"episode": episode}


def rate(
    *, tenant_id: int, conversation_id: int, stars: Stars, actor: Actor, now: dt.datetime
) -> list[LogEvent]:
    """The customer rates an episode.

    Raises:
        NotOffered; and what the app above raises.
    """
    if not _houses:
        raise NotOffered
    return _houses[0].rate(tenant_id, conversation_id, stars, actor, now)


def send(*, tenant_id: int, conversation_id: int, email: str, actor: Actor, now: dt.datetime) -> str:
    """Has the conversation sent to an address, her own where `email` is empty; the address, made unreadable.

    Raises:
        NotOffered; and what the app above raises.
    """
    if not _houses:
        raise NotOffered
    return _houses[0].send(tenant_id, conversation_id, email, actor, now)


def here(tenant_id: int, conversation_id: int, now: dt.datetime) -> None:
    """A window of a customer who waits for a person is open."""
    if _houses:
        _houses[0].here(tenant_id, conversation_id, now)
