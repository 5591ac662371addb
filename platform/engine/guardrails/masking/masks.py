"""Which placeholder stands for which value of one conversation.

Invariant: values are frozen; the same value, however it is written, has one placeholder for as long as the conversation
lasts, and a placeholder never changes its value.
"""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property

from engine.guardrails.personal.digits import plain

LITERAL = "TEXT"
"""The type of what looks like a placeholder in a text but was typed by somebody."""

NAMES = {
    "EMAIL": "email",
    "PHONE": "phone",
    "CREDIT_CARD": "card",
    "IBAN": "iban",
    "US_SSN": "ssn",
    "NATIONAL_ID": "national_id",
    "IP_ADDRESS": "ip",
    "ADDRESS": "address",
    "ZIP": "zip",
    "PERSON": "name",
    "DATE_OF_BIRTH": "birth_date",
    "PASSPORT": "passport",
    "US_DRIVER_LICENSE": "licence",
    LITERAL: "text",
}
OTHER_NAME = "private"
_DIGITS_DECIDE = frozenset({"PHONE", "CREDIT_CARD", "US_SSN"})
_SIGNS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Entry:
    """A placeholder's name without its angle brackets, such as `email_1`, and the value as it was first written."""

    name: str
    type: str
    value: str


@dataclass(frozen=True)
class Masks:
    """The placeholders of one conversation, in order of first appearance. `with_value` gives a longer copy."""

    entries: tuple[Entry, ...] = ()

    @cached_property
    def _names(self) -> dict[tuple[str, str], str]:
        return {(entry.type, normal(entry.type, entry.value)): entry.name for entry in self.entries}

    @cached_property
    def _values(self) -> dict[str, str]:
        return {entry.name: entry.value for entry in self.entries}

    def name_of(self, kind: str, value: str) -> str | None:
        """The name of the placeholder that a value has already."""
        return self._names.get((kind, normal(kind, value)))

    def value_of(self, name: str) -> str | None:
        """The value behind a name such as `email_1`, in any case."""
        return self._values.get(name.lower())

    def with_value(self, kind: str, value: str) -> Masks:
        """A copy in which the value has a placeholder: the next free number of its type."""
        if self.name_of(kind, value) is not None:
            return self
        word = NAMES.get(kind, OTHER_NAME)
        count = sum(NAMES.get(entry.type, OTHER_NAME) == word for entry in self.entries)
        return Masks((*self.entries, Entry(f"{word}_{count + 1}", kind, value)))

    def known_values(self) -> tuple[tuple[str, str], ...]:
        """Type and value of all personal data of the conversation."""
        return tuple((entry.type, entry.value) for entry in self.entries if entry.type != LITERAL)

    def to_json(self) -> str:
        """For the database, where it is to be sealed: the values are in it."""
        return json.dumps([[entry.name, entry.type, entry.value] for entry in self.entries])

    @staticmethod
    def from_json(text: str) -> Masks:
        """What `to_json` gave.

        Raises:
            ValueError: the text is not of this form.
        """
        rows = json.loads(text)
        if not isinstance(rows, list):
            raise ValueError("A list of [name, type, value] is expected.")
        return Masks(tuple(_entry(row) for row in rows))


def normal(kind: str, value: str) -> str:
    """What two writings of the same value have in common."""
    if kind == LITERAL:
        return value
    if kind in _DIGITS_DECIDE:
        return plain(value.replace("(0)", "")).lstrip("0") or value
    folded = unicodedata.normalize("NFKC", value).casefold()
    if kind == "EMAIL":
        return folded.strip()
    return _SIGNS.sub(" " if kind in {"PERSON", "ADDRESS"} else "", folded).strip() or folded


def _entry(row: object) -> Entry:
    if not (isinstance(row, list) and len(row) == 3 and all(isinstance(part, str) for part in row)):
        raise ValueError("An entry is [name, type, value].")
    return Entry(*row)
