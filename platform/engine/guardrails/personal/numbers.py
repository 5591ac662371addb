"""Cards, phones, social security and other national numbers among the runs of digits of a text.

Invariant: a run is one thing or nothing; what stands before it decides where its form does not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import phonenumbers

from engine.guardrails.personal import checksums
from engine.guardrails.personal.digits import Run, plain, runs
from engine.guardrails.personal.labels import Kind, Label, before, behind
from engine.guardrails.personal.seen import Seen
from engine.guardrails.personal.vocabulary import ANSWERS
from engine.guardrails.values import Span

_EXTENSION = re.compile(
    r"[ \t]{0,2},?[ \t]?(?:x|ext\.?|extension|durchwahl|poste|#)[ \t]{0,2}[.:]?[ \t]?\d{1,6}(?!\w)", re.I
)
_NANP = re.compile(
    r"(?:(?:\+?1|001)[ .\-]{0,3})?(?:\(\d{3}\)[ .\-]{0,3}|\d{3}[ .\-]{1,3})\d{3}[ .\-]{0,3}\d{4}"
)
_LEADING = re.compile(r"\(?0\d{1,4}\)?[ ./\-]{0,3}\d{1,8}(?:[ ./\-]{1,3}\d{1,8}){0,5}")
_SSN = re.compile(r"\d{3}([ \-.]| - )\d\d\1\d{4}")
_UNIT = re.compile(
    r"[ \t]?(?:usd|eur|gbp|inr|rs|dollars?|euros?|pounds?|rupees|units?|nos|pcs|pieces|items|kg|km|ms|miles|points|"
    r"bytes|[kmg]b|steps|followers|rows|views)\b",
    re.I,
)
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_MAILISH = re.compile(r"e-?mail|mail\b|mailcom|gmail|@", re.I)
_ANSWER_SHAPES = frozenset({(3, 4), (2, 2, 2, 2), (4, 4), (3, 2, 2), (3, 2, 3)})
_NEW = re.compile(r"\b(?:my|our|a) (?:new|current|other|own|private|personal) (?:number|nr|no)\b", re.I)
_LONELY = 400


def numbers(seen: Seen, regions: tuple[str, ...] = (), asked: str = "") -> Iterator[Span]:
    """The personal numbers of a text.

    Args:
        regions: two-letter codes of countries whose ways to write phones count as sure, such as `("ES", "FR")`.
        asked: the question that the text may answer.
    """
    text = seen.text
    question = before(asked, len(asked)) if asked else None
    for run in runs(text):
        label = seen.label(run.start)
        if label is None and question is not None and _alone(text, run):
            label = Label(question.kind, tight=True)
        yield from _judged(text, run, label, regions)


def _judged(text: str, run: Run, label: Label | None, regions: tuple[str, ...]) -> Iterator[Span]:
    found = _card(text, run, label) or _national(text, run, label) or _phone(text, run, label, regions)
    if found is not None:
        yield found
        return
    for part in _parts(run):
        if label is None or label.kind is not Kind.OTHER:
            again = _card(text, part, label) or _phone(text, part, label, regions)
            if again is not None:
                yield again
                return


def _parts(run: Run) -> Iterator[Run]:
    """The single groups of a run that is several numbers in a row, such as "5 9856431425"."""
    if len(run.shape) < 2 or len(run.digits) < 11:
        return
    for match in re.finditer(r"\d{7,19}", run.raw):
        yield Run(
            run.start + match.start(),
            run.start + match.end(),
            plain(match.group()),
            (len(match.group()),),
            False,
            run.tied,
            match.group(),
        )
    for match in re.finditer(r"(?<!\d)\d{3}[ .\-]\d{3}[ .\-]\d{4}$", run.raw):
        yield Run(
            run.start + match.start(),
            run.end,
            plain(match.group()),
            (3, 3, 4),
            False,
            run.tied,
            match.group(),
        )


def _card(text: str, run: Run, label: Label | None) -> Span | None:
    kind = label.kind if label else None
    if not 12 <= len(run.digits) <= 19 or run.plus or (kind is Kind.OTHER and label and label.tight):
        return None
    named = kind is Kind.CARD
    if named and (checksums.luhn(run.digits) or checksums.card_like(run.digits)):
        return Span(run.start, run.end, "CREDIT_CARD")
    if label is None and _alone(text, run) and checksums.luhn(run.digits):
        return Span(run.start, run.end, "CREDIT_CARD", 0.85)
    if run.tied or len(run.digits) < 14 or not checksums.card_shape(run.shape):
        return None
    return Span(run.start, run.end, "CREDIT_CARD", 0.95) if checksums.card(run.digits) else None


def _national(text: str, run: Run, label: Label | None) -> Span | None:
    kind = label.kind if label else None
    if kind in (Kind.SSN, Kind.NATIONAL):
        return _announced(text, run, kind)
    if run.tied or run.plus or (kind is Kind.OTHER and label and label.tight):
        return None
    if _SSN.fullmatch(run.raw) and checksums.us_person(run.digits):
        return Span(run.start, run.end, "US_SSN", 0.9)
    if kind is not Kind.PHONE and checksums.formatted(run.raw):
        return Span(run.start, run.end, "NATIONAL_ID", 0.9)
    return None


def _announced(text: str, run: Run, kind: Kind) -> Span | None:
    if run.end - run.start > 30:
        return None
    american = len(run.digits) == 9 and (kind is Kind.SSN or run.shape == (3, 2, 4))
    return Span(run.start, run.end, "US_SSN" if american else "NATIONAL_ID")


def _phone(text: str, run: Run, label: Label | None, regions: tuple[str, ...]) -> Span | None:
    extension = _EXTENSION.match(text, run.end)
    end = extension.end() if extension else run.end
    size = len(run.digits)
    if not 6 <= size <= 17 or _UNIT.match(text, end):
        return None
    named_behind = behind(text, end)
    if run.tied and not extension and not named_behind:
        return None
    score = 0.9 if named_behind or extension else _phone_score(text, run, label, regions)
    return Span(run.start, end, "PHONE", score) if score else None


def _phone_score(text: str, run: Run, label: Label | None, regions: tuple[str, ...]) -> float:
    kind = label.kind if label else None
    if run.plus and _international(run.digits):
        return 1.0
    if kind is Kind.PHONE and 7 <= len(run.digits) <= 16:
        return 1.0
    if label and kind in (Kind.OTHER, Kind.CARD, Kind.IBAN, Kind.PASSPORT, Kind.LICENCE):
        return 0.8 if not label.tight and _formatted(run, regions) else 0.0
    if _formatted(run, regions):
        return 0.9
    if kind is Kind.NUMBER and _number_sized(text, run):
        return 0.8
    return 0.7 if _bare_answer(text, run) else 0.0


def _international(digits: str) -> bool:
    codes = phonenumbers.COUNTRY_CODE_TO_REGION_CODE
    return 7 <= len(digits) <= 16 and any(int(digits[:size]) in codes for size in (1, 2, 3))


def _formatted(run: Run, regions: tuple[str, ...]) -> bool:
    """Grouped as people group phones, and few other things."""
    size = len(run.digits)
    if _NANP.fullmatch(run.raw):
        return True
    if run.digits.startswith("00") and len(run.shape) > 1 and 9 <= size <= 16:
        return _international(run.digits[2:])
    if run.digits[0] == "0" and len(run.shape) > 1 and 9 <= size <= 13 and run.shape[0] > 1:
        return bool(_LEADING.fullmatch(run.raw))
    return len(run.shape) > 1 and any(_valid(run.raw, region) for region in regions)


def _valid(raw: str, region: str) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(raw, region))
    except phonenumbers.NumberParseException:
        return False


def _number_sized(text: str, run: Run) -> bool:
    """ "My new number is" announces a phone of any size, "the number is" one of ten digits or more."""
    size = len(run.digits)
    return 10 <= size <= 13 or (size >= 7 and bool(_NEW.search(text, max(0, run.start - 40), run.start)))


def _alone(text: str, run: Run) -> bool:
    return len(text) <= _LONELY and all(word.lower() in ANSWERS for word in _WORD.findall(text))


def _bare_answer(text: str, run: Run) -> bool:
    """The number is all that the message says, or it stands beside an e-mail."""
    if len(text) > _LONELY or not _answer_sized(run):
        return False
    if _alone(text, run):
        return True
    return len(_WORD.findall(text)) <= 12 and len(run.digits) in (10, 11) and bool(_MAILISH.search(text))


def _answer_sized(run: Run) -> bool:
    size = len(run.digits)
    if len(run.shape) == 1:
        return size in (10, 11) or (size == 12 and run.digits.startswith("91"))
    return 9 <= size <= 12 or run.shape in _ANSWER_SHAPES or (set(run.shape) == {1} and size >= 7)
