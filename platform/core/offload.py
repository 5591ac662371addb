"""Database work from asynchronous code: one hop to a thread of a bounded pool, each with its own connection.

The usual hop shares one thread for the whole process (a slow query holds up every socket) or gives the connection
back after every call, which costs as much as two statements. Here a thread keeps its connection until the
database fails; after a failure every thread's connection is made anew before its next use.

While no connection is to be had, one thread at a time waits for one, and everybody else hears at once that there is
none: else those who ask would queue for minutes behind the few threads, and each would wait for its own deadline.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar, copy_context
from functools import cache, partial, wraps
from typing import Any, Literal, ParamSpec, TypeVar

from asgiref.sync import async_to_sync
from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError, connection

P = ParamSpec("P")
R = TypeVar("R")
Lane = Literal["short", "long"]

_caller: ContextVar[asyncio.AbstractEventLoop | None] = ContextVar("switchboard_caller", default=None)
_seen = threading.local()
_generation = 0
PAUSE_SECONDS = 1.0
"""After a connection could not be made: nobody tries."""
PROBE_SECONDS = 4.0
"""Longer than the pool waits for a connection: then the next one tries."""
_is_away = False
_away_until = 0.0


@cache
def _threads(lane: Lane) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=settings.DATABASE_THREADS, thread_name_prefix=f"database-{lane}")


def in_database(function: Callable[P, R], *, lane: Lane = "short") -> Callable[P, Awaitable[R]]:
    """The function, to be awaited: it runs in a database thread.

    Args:
        function: synchronous, opens its own `tenant_scope`, and calls neither models nor other servers.
        lane: `long` for what may take tens of milliseconds, so that it holds up no message.
    """

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> Awaitable[R]:
        loop = asyncio.get_running_loop()
        context = copy_context()
        context.run(_caller.set, loop)
        return loop.run_in_executor(_threads(lane), context.run, partial(_guarded, function, *args, **kwargs))

    return call


def _guarded(function: Callable[..., R], *args: Any, **kwargs: Any) -> R:
    global _generation, _is_away, _away_until
    if getattr(_seen, "generation", None) != _generation:
        connection.close()
        _seen.generation = _generation
    if _is_away and connection.connection is None:
        if time.monotonic() < _away_until:
            raise OperationalError("the database was out of reach a moment ago")
        _away_until = time.monotonic() + PROBE_SECONDS
    try:
        result = function(*args, **kwargs)
    except (DatabaseError, InterfaceError):
        if not connection.is_usable():
            _generation += 1
        if connection.connection is None:
            _is_away, _away_until = True, time.monotonic() + PAUSE_SECONDS
        raise
    if connection.connection is not None:
        _is_away = False
    return result


def awaited(coroutine: Callable[..., Coroutine[Any, Any, R]], *args: Any, seconds: float) -> R | None:
    """What a coroutine gives, from synchronous code: awaited on the loop that asked for this work, or here.

    Args:
        seconds: the longest wait; None when it was too long.
    """
    loop = _caller.get()
    if loop is None:
        return async_to_sync(coroutine)(*args)
    waiting = asyncio.run_coroutine_threadsafe(coroutine(*args), loop)
    try:
        return waiting.result(seconds)
    except TimeoutError:
        waiting.cancel()
        return None


def soon(coroutine: Callable[..., Coroutine[Any, Any, None]], *args: Any) -> None:
    """Runs a coroutine from synchronous code: on the loop that asked for this work, without waiting, or here."""
    loop = _caller.get()
    if loop is None:
        async_to_sync(coroutine)(*args)
    else:
        asyncio.run_coroutine_threadsafe(coroutine(*args), loop)
