"""Personal data in an outgoing text that is not this customer's.

Invariant: compared by what the value is, not how it is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from engine.guardrails.masking.masks import Masks, normal
from engine.guardrails.personal import Known, find
from engine.guardrails.personal.digits import plain
from engine.guardrails.values import Span

_CHECKED = frozenset(
    {
        "EMAIL",
        "PHONE",
        "CREDIT_CARD",
        "IBAN",
        "US_SSN",
        "NATIONAL_ID",
        "ADDRESS",
        "DATE_OF_BIRTH",
        "PASSPORT",
        "US_DRIVER_LICENSE",
    }
)
_SAME_DIGITS = 7


def foreign(text: str, *, known: Known, masks: Masks, allowed: tuple[str, ...] = ()) -> tuple[Span, ...]:
    """What in a text belongs to somebody else.

    Args:
        text: with the values in place, as it would leave.
        known: the customer's profile; masks: what her conversation has shown.
        allowed: values that anybody may see, such as the shop's own hotline and address; `@shop.example` allows all
            mailboxes of a domain.
    """
    found = [span for span in find(text) if span.type in _CHECKED]
    if not found:
        return ()
    own = _Own([*_own_values(known, masks), *allowed])
    return tuple(span for span in found if not own.has(span.type, text[span.start : span.end]))


class _Own:
    """The values that may leave, in the forms they are compared by."""

    def __init__(self, values: Iterable[str]) -> None:
        given = [value for value in values if value]
        self._domains = tuple(value.casefold() for value in given if value.startswith("@"))
        self._plain = {normal("NATIONAL_ID", value) for value in given}
        self._digits = {digits for value in given if len(digits := plain(value)) >= _SAME_DIGITS}
        self._places = [normal("ADDRESS", value) for value in given]

    def has(self, kind: str, value: str) -> bool:
        if normal("NATIONAL_ID", value) in self._plain:
            return True
        if kind == "EMAIL":
            return value.casefold().endswith(self._domains) if self._domains else False
        if kind == "ADDRESS":
            place = normal("ADDRESS", value)
            return any(place in own or (len(own) > 8 and own in place) for own in self._places)
        return kind == "PHONE" and self._same_phone(plain(value))

    def _same_phone(self, digits: str) -> bool:
        core = digits.lstrip("0")
        return any(_ends_alike(core, own.lstrip("0")) for own in self._digits)


def _ends_alike(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    return len(short) >= _SAME_DIGITS and long.endswith(short) and len(long) - len(short) <= 4


def _own_values(known: Known, masks: Masks) -> Iterator[str]:
    yield from (*known.emails, *known.phones, *known.addresses)
    yield from (value for _, value in masks.known_values())
