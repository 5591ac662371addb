"""One pass over a text for everything personal, and one answer where several recognisers claim the same place.

Invariant: pure, and linear in the length of the text; what has neither digits nor "@" is nearly free.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from engine.guardrails.personal.codes import births, documents, ibans, postal_codes
from engine.guardrails.personal.known import Known, recognised
from engine.guardrails.personal.network import addresses, emails
from engine.guardrails.personal.numbers import numbers
from engine.guardrails.personal.people import heading, people
from engine.guardrails.personal.places import places
from engine.guardrails.personal.seen import Seen
from engine.guardrails.personal.spoken import spoken
from engine.guardrails.values import Span

LONGEST = 200_000
"""How many characters are looked at; longer messages are refused before they come here."""

_RANKS = {
    kind: rank
    for rank, kind in enumerate(
        (
            "PHONE",
            "ZIP",
            "PERSON",
            "ADDRESS",
            "DATE_OF_BIRTH",
            "US_DRIVER_LICENSE",
            "PASSPORT",
            "NATIONAL_ID",
            "US_SSN",
            "IP_ADDRESS",
            "CREDIT_CARD",
            "IBAN",
            "EMAIL",
        )
    )
}


_FEWEST_DIGITS = 6
_WALLS = frozenset({"PHONE", "EMAIL", "IBAN", "CREDIT_CARD", "US_SSN", "IP_ADDRESS", "DATE_OF_BIRTH"})
_CONTACTS = frozenset({"PHONE", "EMAIL"})


def find(
    text: str, *, known: Known | None = None, regions: tuple[str, ...] = (), asked: str = ""
) -> tuple[Span, ...]:
    """Personal data in a text: sorted, no two overlap.

    Args:
        text: any string; its first `LONGEST` characters are looked at.
        known: the customer's own profile; its names, e-mails, phones and addresses are found wherever they stand.
        regions: two-letter codes of the countries whose grouped phones are believed without a word that names them.
        asked: what was said before, such as "What is your phone number?"; it decides what a bare number is.

    Returns:
        Spans with the types EMAIL, PHONE, CREDIT_CARD, IBAN, US_SSN, NATIONAL_ID, IP_ADDRESS, ADDRESS, ZIP, PERSON,
        DATE_OF_BIRTH, PASSPORT and US_DRIVER_LICENSE.
    """
    seen = Seen(text[:LONGEST])
    found = settled(_claims(seen, known, regions, asked))
    where = list(places(seen, [span for span in found if span.type in _WALLS]))
    contacts = len(where) + sum(span.type in _CONTACTS for span in found)
    return settled([*found, *where, *people(seen.text), *heading(seen.text, contacts)])


def settled(claims: Iterable[Span]) -> tuple[Span, ...]:
    """Of overlapping claims the surer one stays, of equally sure ones the longer."""
    kept: list[Span] = []
    for span in sorted(claims, key=_order):
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
        elif _weight(span) > _weight(kept[-1]):
            kept[-1] = span
    return tuple(kept)


def _claims(seen: Seen, known: Known | None, regions: tuple[str, ...], asked: str) -> Iterator[Span]:
    if known is not None:
        yield from recognised(seen, known)
    yield from emails(seen)
    yield from spoken(seen)
    if ":" in seen.text or seen.digits:
        yield from addresses(seen.text)
    if seen.digits:
        yield from ibans(seen)
        if seen.count >= _FEWEST_DIGITS:
            yield from numbers(seen, regions, asked)
        yield from documents(seen)
        yield from births(seen)
        yield from postal_codes(seen)


def _order(span: Span) -> tuple[int, int]:
    return span.start, -span.end


def _weight(span: Span) -> tuple[bool, int, float, int]:
    return span.score >= 0.8, span.end - span.start, span.score, _RANKS.get(span.type, 0)
