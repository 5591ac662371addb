"""Numbers of documents that mix letters and digits, account numbers of banks, postal codes and dates of birth.

Invariant: what has no check digit is found only behind a label that names it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.guardrails.personal import checksums
from engine.guardrails.personal.labels import Kind
from engine.guardrails.personal.seen import Seen
from engine.guardrails.values import Span

# These begin with one sign of a class: the engine looks for it quickly, and for what must not stand before only there.
_IBAN = re.compile(r"[A-Za-z](?<!\w.)[A-Za-z][ \-]?\d[ \-]?\d(?:[ \-.]{0,2}[0-9A-Za-z]){11,30}(?!\w)")
_GROUP = re.compile(r"[0-9A-Za-z]+")
_SEPARATORS = re.compile(r"[ \-.]")
_SOLID = re.compile(r"[A-Za-z]{2}\d\d(?: ?[0-9A-Za-z]{4}){2,7}(?: ?\d{1,4})?")
_MIXED = re.compile(
    r"[0-9A-Za-z](?<![\w.@/\\\-].)(?:(?<=[0-9])|(?=[A-Za-z\-./]{0,15}\d))[0-9A-Za-z]{0,19}"
    r"(?:[-./+][0-9A-Za-z]{1,12}){0,4}(?![\w@])"
)
_SPACED = re.compile(
    r"[A-Za-z\d\u0130\u0131\u017f\u212a](?<![\w.\-/].)(?:(?:(?<=\d)[ .\-]?(?:\d[ .\-]?){4,8}"
    r"|(?<=[A-Z])[A-Z]{0,2}[ .\-]?(?:\d[ .\-]?){5,9}|(?<=[a-z])[a-z]{0,2}(?:\d[ .\-]?){5,9})"
    r"(?:(?<=\d)[A-Za-z]|[A-Z])"
    r"|(?<=(?i:[A-Z]))(?i:[A-Z]{2}[ ]?[A-Z]{3}[ ]?\d\d[A-Z]\d\d[ ]?[A-Z]\d{3}[ ]?[A-Z]))(?!\w)"
)
# Quick looks: what a match of the patterns above must have.
_SPACED_DIGITS = re.compile(r"\d(?:[ .\-]?\d){4,8}[ .\-]?[A-Za-z]")
_FOUR_DIGITS = re.compile(r"\d(?:[A-Za-z\-./+]{0,72}\d){3}")
_SPACED_ITALIAN = re.compile(r"\d\d(?i:[A-Z])\d\d[ ]?(?i:[A-Z])\d{3}")
_NAMES_CODE = {
    Kind.SSN: "NATIONAL_ID",
    Kind.NATIONAL: "NATIONAL_ID",
    Kind.PASSPORT: "PASSPORT",
    Kind.LICENCE: "US_DRIVER_LICENSE",
}
_ZIP = re.compile(
    r"\b(?:zip(?:[ \-]?code)?|post(?:al)?[ \-]?code|plz|postleitzahl|code postal|c[oó]digo postal|cap|cep|kod pocztowy)"
    r"(?: (?:number|is|ist|est|es|è|é|to|was|now|jest))?[ \t]{0,3}[:=#]?\s{0,3}"
    r"((?=[A-Z0-9 \-]{0,5}\d)[A-Z0-9]{2,6}(?:[ \-][A-Z0-9]{2,4})?)\b(?!\.\d|[ \t]?[%€$£])",
    re.IGNORECASE,
)
_ZIP_SIGNS = ("zip", "post", "plz", "cod", "cód", "cap", "cep")
_BIRTH = re.compile(
    r"\b(?:date of birth|birth[ \-]?da(?:te|y)|d\.?o\.?b\b\.?|born(?: on)?|geburtsdatum|geburtstag|"
    r"geboren(?: am)?|geb\.|"
    r"date de naissance|née? le|fecha de nacimiento|nac[ií] el|nacid[oa] el|data di nascita|nat[oa] il|geboortedatum|"
    r"geboren op|data urodzenia|urodz\w{1,6}|data de nascimento|nasci em|nascid[oa] em)",
    re.IGNORECASE,
)
_BIRTH_SIGNS = ("birth", "dob", "d.o.b", "born", "geb", "naiss", "né", "nac", "nas", "nat", "urodz")
_PAPERS = (
    "pass",
    "pasap",
    "paspo",
    "paszp",
    "licen",
    "führ",
    "rijb",
    "condu",
    "guida",
    "jazdy",
    "cnh",
    "ssn",
    "social",
)
_MONTHS = (
    r"(?:jan|feb|f[ée]v|m[aä]r|mars|apr|avr|abr|ma[iyjg]|ju[nlí]|giu|lug|aug|ago|ao[uû]|sep|set|okt|oct|ott|out|nov|"
    r"dec|dez|d[ée]c|dic|ene|gen|sty|lut|kwi|cze|lip|sie|wrz|pa[źz]|lis|gru)\w{0,8}"
)
_DATE = re.compile(
    r"\b(?:\d{1,2}([-/. ])\d{1,2}\1(?:\d{4}|\d\d)|\d{4}([-/.])\d{1,2}\2\d{1,2}"
    rf"|\d{{1,2}}(?:st|nd|rd|th|er|º|\.)? ?(?:de |of )?{_MONTHS},?(?: de)? ?\d{{2,4}}"
    rf"|{_MONTHS} \d{{1,2}}(?:st|nd|rd|th)?,? \d{{2,4}}|(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])(?:19|20)\d\d"
    r"|(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:19|20)\d\d|(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))\b",
    re.IGNORECASE,
)
_DATE_WITHIN = 48
_LONGEST_CODE = 72


def ibans(seen: Seen) -> Iterator[Span]:
    """International bank account numbers, together or in groups, in either case."""
    for start, stop in seen.near(_LONGEST_CODE):
        for match in _IBAN.finditer(seen.text, start, stop):
            yield from _iban(seen, match)


def _iban(seen: Seen, match: re.Match[str]) -> Iterator[Span]:
    end = _iban_end(match.group())
    if end:
        yield Span(match.start(), match.start() + end, "IBAN")
        return
    label = seen.label(match.start())
    solid = _SOLID.match(match.group())
    if label and label.kind is Kind.IBAN and label.tight and solid:
        yield Span(match.start(), match.start() + solid.end(), "IBAN", 0.8)


def documents(seen: Seen) -> Iterator[Span]:
    """National numbers with letters, passports and driving licences."""
    spaced = bool(_SPACED_DIGITS.search(seen.text) or _SPACED_ITALIAN.search(seen.text))
    if not spaced and not _FOUR_DIGITS.search(seen.text):
        return
    papers = any(sign in seen.folded for sign in _PAPERS)
    for start, end in seen.near(_LONGEST_CODE):
        for match in _MIXED.finditer(seen.text, start, end):
            raw = match.group()
            if len(raw) >= 4 and (papers or not raw.isdigit()) and sum(map(str.isdigit, raw)) >= 4:
                yield from _document(seen, match)
        for match in _SPACED.finditer(seen.text, start, end) if spaced else ():
            yield from _document(seen, match)


def postal_codes(seen: Seen) -> Iterator[Span]:
    """Postal codes behind a word for them."""
    if not any(sign in seen.folded for sign in _ZIP_SIGNS):
        return
    for match in _ZIP.finditer(seen.text):
        yield Span(match.start(1), match.end(1), "ZIP", 0.8)


def births(seen: Seen) -> Iterator[Span]:
    """Dates that are called the day somebody was born."""
    if not any(sign in seen.folded for sign in _BIRTH_SIGNS):
        return
    for label in _BIRTH.finditer(seen.text):
        date = _DATE.search(seen.text, label.end(), label.end() + _DATE_WITHIN)
        if date is not None:
            yield Span(date.start(), date.end(), "DATE_OF_BIRTH")


def _iban_end(raw: str) -> int:
    """How much of a match is a valid number: words that follow it may have been taken along."""
    ends = [match.end() for match in _GROUP.finditer(raw)]
    groups = _GROUP.findall(raw)
    # Few ends are tried, since one in 97 is right by chance: only those that leave no ordinary word inside.
    wordy = [at for at in range(1, len(groups)) if _is_word(groups[at])]
    for end in reversed(ends[: wordy[0]] if wordy else ends):
        compact = _SEPARATORS.sub("", raw[:end])
        enough = 15 <= len(compact) <= 34 and sum(map(str.isdigit, compact)) >= 8
        if enough and checksums.bank(compact):
            return end
    return 0


def _is_word(group: str) -> bool:
    return group.isalpha() and not (len(group) <= 4 and group.isupper())


def _document(seen: Seen, match: re.Match[str]) -> Iterator[Span]:
    raw = match.group()
    is_code = not raw.isdigit() and checksums.code(raw)
    if not is_code and not seen.names_papers:
        return
    label = seen.label(match.start())
    kind = label.kind if label else None
    if label and label.tight and kind in _NAMES_CODE:
        american = kind is Kind.SSN and raw.isdigit() and len(raw) == 9
        yield Span(match.start(), match.end(), "US_SSN" if american else _NAMES_CODE[kind])
    elif kind is not Kind.OTHER and is_code:
        yield Span(match.start(), match.end(), "NATIONAL_ID", 0.9)
