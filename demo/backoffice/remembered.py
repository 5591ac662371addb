"""Answers by idempotency key. Invariant: bounded; the key not used for longest is forgotten first."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from core.errors import Conflict

MOST_KEYS = 100_000
MOST_CHARACTERS = 64 * 1024 * 1024


class KeyReused(Conflict):
    code = "idempotency_key_reused"
    default_message = "That Idempotency-Key was used for another call; take a new key for a new call"


@dataclass(frozen=True)
class Answer:
    """What a call came to: JSON text of the result, or the detail and code of a refusal."""

    result: str = ""
    detail: str = ""
    code: str = ""
    number: int = 0
    """Of the call in the journal, counted from 1."""
    replayed: bool = False

    @property
    def refused(self) -> bool:
        return bool(self.code)


class Remembered:
    """The calls under a key and their answers.

    Args:
        most_keys: keys kept at once.
        most_characters: of all kept results together, because one can be large.
    """

    def __init__(self, most_keys: int = MOST_KEYS, most_characters: int = MOST_CHARACTERS) -> None:
        self._answers: OrderedDict[str, tuple[str, Answer]] = OrderedDict()
        self._most_keys, self._most_characters = most_keys, most_characters
        self._characters = 0

    def __len__(self) -> int:
        return len(self._answers)

    def find(self, key: str, call: str) -> Answer | None:
        """The answer given before to `call`, which is name and arguments as one text.

        Raises:
            KeyReused: the key belongs to another call.
        """
        if key not in self._answers:
            return None
        known, answer = self._answers[key]
        if known != call:
            raise KeyReused
        self._answers.move_to_end(key)
        return answer

    def keep(self, key: str, call: str, answer: Answer) -> None:
        self._answers[key] = (call, answer)
        self._characters += len(answer.result)
        while len(self._answers) > self._most_keys or self._characters > self._most_characters:
            _, (_, forgotten) = self._answers.popitem(last=False)
            self._characters -= len(forgotten.result)
