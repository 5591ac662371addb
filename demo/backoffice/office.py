"""One shop for many callers: calls one after the other, each key's effect once, and a journal of it all."""

from __future__ import annotations

import hashlib
import json
from collections import deque
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from threading import Lock
from typing import Any

from core.errors import Invalid
from demo.backoffice.errors import ShopError
from demo.backoffice.records import Record
from demo.backoffice.remembered import Answer, Remembered
from demo.backoffice.shop import Shop, check

LONGEST_KEY = 255
MOST_CALLS = 100_000


class KeyInvalid(Invalid):
    code = "idempotency_key_invalid"
    default_message = f"An Idempotency-Key has 1 to {LONGEST_KEY} visible ASCII characters"


@dataclass
class Call:
    """An executed call, as the journal shows it."""

    number: int
    key: str | None
    name: str
    arguments: Mapping[str, Any]
    outcome: str
    detail: str
    replayed: int = 0


class BackOffice:
    """Safe for threads.

    Args:
        path: the data file, or None for the invented shop.
        journal: whether executed calls are listed; only the last 100,000 are.

    Raises:
        DataUnusable.
    """

    def __init__(self, path: Path | None = None, *, journal: bool = False) -> None:
        self._path = path
        self._lock = Lock()
        self._most_calls = MOST_CALLS if journal else 0
        self.reset()

    def reset(self) -> None:
        """Reads the data again and forgets every key and call. Raises DataUnusable and changes nothing."""
        shop = Shop.load(self._path)
        with self._lock:
            self._shop = shop
            self._remembered = Remembered()
            self._calls: deque[Call] = deque(maxlen=self._most_calls)
            self._count = 0

    def call(self, name: str, arguments: Any, key: str | None = None) -> Answer:
        """Executes once; under a key known already, tells the answer of the first time.

        Raises:
            OperationUnknown, ArgumentsInvalid, KeyInvalid, KeyReused: nothing was executed or remembered.
        """
        check(name, arguments)
        if key is None:
            with self._lock:
                return self._execute(name, arguments, None)
        if not 1 <= len(key) <= LONGEST_KEY or not (key.isascii() and key.isprintable()):
            raise KeyInvalid
        call = hashlib.sha256(json.dumps([name, arguments], sort_keys=True).encode()).hexdigest()
        with self._lock:
            if answer := self._remembered.find(key, call):
                self._note_replay(answer)
                return replace(answer, replayed=True)
            answer = self._execute(name, arguments, key)
            self._remembered.keep(key, call, answer)
            return answer

    def digest(self) -> str:
        with self._lock:
            return self._shop.digest()

    def content(self) -> dict[str, dict[str, Record]]:
        with self._lock:
            return self._shop.content()

    def calls(self) -> list[dict[str, Any]]:
        with self._lock:
            return [asdict(call) for call in self._calls]

    def _execute(self, name: str, arguments: Mapping[str, Any], key: str | None) -> Answer:
        self._count += 1
        try:
            value = self._shop.execute(name, arguments)
            answer = Answer(result=json.dumps(value), number=self._count)
        except ShopError as error:
            answer = Answer(detail=error.detail, code=error.code, number=self._count)
        outcome = "error" if answer.refused else "result"
        self._calls.append(Call(self._count, key, name, arguments, outcome, answer.detail))
        return answer

    def _note_replay(self, answer: Answer) -> None:
        first = self._calls[0].number if self._calls else answer.number + 1
        if answer.number >= first:
            self._calls[answer.number - first].replayed += 1
