"""Statements on the connection in use, straight to the driver's C library: what a turn does a dozen times.

A cursor of the driver costs two to six times as much, most of it for what a fixed text with values does not need.
Values are written and rows are read by the driver's own adapters. A statement is prepared once for each connection,
unless a pooler changes those between transactions.

Invariant: statements are sent in the order in which they were given. What waits is sent before anything else is asked
of the connection (`core.scope.guard` sees to that for the framework's own cursors). A wait lets other threads run.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import count
from select import POLLIN, poll
from typing import Any

from django.db import connection
from psycopg import OperationalError
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus

_DONE = (ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK)
_AUTO = [PyFormat.AUTO] * 2000
_Types = tuple[int, ...]
_Key = tuple[bytes, _Types]
_Written = tuple[bytes, Any, _Types, Any]
_PLACE = re.compile(r"%[s%]")


class Answer:
    """What a statement came to; asking for it sends what waits."""

    __slots__ = ("_driver", "_result", "statement", "values")

    def __init__(self, statement: str, values: Sequence[Any]) -> None:
        self.statement, self.values = statement, values
        self._driver: Any = None
        self._result: Any = None

    @property
    def rowcount(self) -> int:
        """Rows that were read or written."""
        return int(self._told().command_tuples or 0)

    def fetchall(self) -> list[tuple[Any, ...]]:
        """All rows."""
        told = self._told()
        return self._rows(told.ntuples)

    def fetchone(self) -> tuple[Any, ...] | None:
        """The first row, if there is one."""
        return next(iter(self._rows(min(self._told().ntuples, 1))), None)

    def come(self, driver: Any, result: Any) -> None:
        """Takes the answer, or raises the error that it is."""
        if result is None or result.status not in _DONE:
            if result is None or driver.closed:
                raise OperationalError("The connection to the database is gone.")
            raise error_from_result(result, encoding="utf-8")
        self._driver, self._result = driver, result

    def _told(self) -> Any:
        if self._result is None:
            send()
        if self._result is None:
            raise OperationalError("The statement was never sent: its transaction is over.")
        return self._result

    def _rows(self, number: int) -> list[tuple[Any, ...]]:
        if not number:
            return []
        reader = Transformer(self._driver)
        reader.set_pgresult(self._result)
        return reader.load_rows(0, number, tuple)


class _Waiting(threading.local):
    """A thread's statements that are not sent yet; its connection is its own too."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []


_waiting = _Waiting()
_numbers = count(1)


def put(statement: str, values: Sequence[Any] = ()) -> Answer:
    """Adds a statement to those that wait."""
    answer = Answer(statement, values)
    _waiting.answers.append(answer)
    return answer


def forget() -> None:
    """Drops what waits: its transaction is over."""
    _waiting.answers.clear()


def send() -> None:
    """Sends what waits, all at once, and waits for the answers.

    Raises:
        django.db.Error: what the database refused of it.
    """
    if not _waiting.answers:
        return
    answers, _waiting.answers = _waiting.answers, []
    connection.ensure_connection()
    with connection.wrap_database_errors:
        driver = connection.connection
        if len(answers) == 1:
            _one(driver, answers[0])
        else:
            _many(driver, answers)


def _one(driver: Any, answer: Answer) -> None:
    line, known = driver.pgconn, _known(driver)
    query, values, types, formats = _written(driver, answer)
    if driver.prepare_threshold is None:
        answer.come(driver, line.exec_params(query, values, types, formats))
        return
    key = query, types
    if key not in known:
        name = _new_name()
        Answer("", ()).come(driver, line.prepare(name, query, types))
        known[key] = name
    answer.come(driver, line.exec_prepared(known[key], values, formats))


def _many(driver: Any, answers: list[Answer]) -> None:
    """Sends all before it waits. The first error is raised once everything was heard."""
    written = [_written(driver, answer) for answer in answers]
    try:
        failed = _through(driver, answers, written)
    except BaseException:
        driver.close()  # nobody knows what else would come on it
        raise
    if failed:
        raise failed


def _through(driver: Any, answers: list[Answer], written: list[_Written]) -> Exception | None:
    driver.pgconn.enter_pipeline_mode()
    expected: list[tuple[Answer, _Key | None]] = []
    for answer, one in zip(answers, written, strict=True):
        expected += _sent(driver, answer, *one)
    driver.pgconn.pipeline_sync()
    failed: Exception | None = None
    for answer, key in expected:
        try:
            answer.come(driver, _heard(driver))
        except Exception as error:  # those after it were passed over, which is no error of theirs
            failed = failed or error
            if key:
                _known(driver).pop(key, None)
        _heard(driver)  # the end of this answer
    _heard(driver)  # the end of all
    driver.pgconn.exit_pipeline_mode()
    return failed


def _sent(
    driver: Any, answer: Answer, query: bytes, values: Any, types: _Types, formats: Any
) -> Iterator[tuple[Answer, _Key | None]]:
    """Sends a statement; the answers to expect, and which statement is not prepared if that one is an error."""
    line, known = driver.pgconn, _known(driver)
    if driver.prepare_threshold is None:
        line.send_query_params(query, values, types, formats)
    else:
        key = query, types
        if key not in known:
            known[key] = _new_name()
            line.send_prepare(known[key], query, types)
            yield Answer("", ()), key
        line.send_query_prepared(known[key], values, formats)
    yield answer, None


def _known(driver: Any) -> dict[_Key, bytes]:
    """What is prepared on a connection. It is the driver's own list, since the driver empties it: after a rollback."""
    names: dict[_Key, bytes] = driver._prepared._names
    return names


def _new_name() -> bytes:
    return b"switchboard_%d" % next(_numbers)


def _heard(driver: Any) -> Any:
    """The next result. The library's own wait would keep all other threads waiting too."""
    line = driver.pgconn
    if line.is_busy():
        ready = poll()
        ready.register(line.socket, POLLIN)
        while line.is_busy():
            ready.poll()
            line.consume_input()
    return line.get_result()


def _written(driver: Any, answer: Answer) -> _Written:
    query, places = _query(answer.statement)
    if places != len(answer.values):
        raise TypeError(f"{places} values are asked for, {len(answer.values)} given")
    writer = Transformer(driver)
    values = writer.dump_sequence(answer.values, _AUTO[:places])
    return query, values, writer.types or (), writer.formats


@lru_cache(maxsize=2000)
def _query(statement: str) -> tuple[bytes, int]:
    """The statement with numbered places, and how many there are."""
    numbers = count(1)
    written = _PLACE.sub(lambda found: "%" if found[0] == "%%" else f"${next(numbers)}", statement)
    return written.encode(), next(numbers) - 1
