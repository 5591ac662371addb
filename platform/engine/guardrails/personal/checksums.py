"""Whether a number may be what it is said to be: lengths, first digits and check digits.

Invariant: pure; the national rules are those of python-stdnum.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from stdnum.br import cnpj, cpf
from stdnum.de import idnr
from stdnum.es import dni, nie
from stdnum.fr import nir
from stdnum.in_ import aadhaar, pan
from stdnum.it import codicefiscale
from stdnum.us import itin, ssn

from engine.guardrails.personal.vocabulary import words_of

_CARD = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}"
    r"|3(?:0[0-5]|09|6\d|8\d|9\d)\d{11}|(?:6011|64[4-9]\d|65\d\d)(?:\d{12}|\d{15})|62\d{14,17}|35\d{14}|35(?:2[89]|[3-8]\d)\d{13,15}"
    r"|(?:2131|1800)\d{11}|(?:5018|5020|5038|5[6-8]\d\d|6304|6390|67\d\d|6[0-9]{3})\d{8,15}|220[0-4]\d{12}|9792\d{12}"
)
_SHAPES = frozenset(
    {(4, 4, 4, 4), (4, 6, 5), (4, 6, 4), (4, 4, 4, 4, 3), (4, 4, 4, 1), (8, 8), (4, 4, 4, 3), (4, 4, 4, 2)}
)
_NINO = re.compile(r"(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\d{6}[A-D]")
_COUNTRIES = frozenset(
    words_of("""
    BI DJ FK MN NI OM RU SD SO YE
    AD AE AL AT AZ BA BE BG BH BR BY CH CR CY CZ DE DK DO EE EG ES FI FO FR GB GE GI GL GR GT HR HU IE IL IQ IS IT JO KW
    KZ LB LC LI LT LU LV LY MC MD ME MK MR MT MU NL NO PK PL PS PT QA RO RS SA SC SE SI SK SM ST SV TL TN TR UA VA VG XK
    """)
)
_Rule = Callable[[str], Any]


def luhn(digits: str) -> bool:
    """The check digit of cards: ISO/IEC 7812-1, annex B."""
    total = 0
    for at, digit in enumerate(reversed(digits)):
        value = ord(digit) - 48
        if at % 2:
            value = value * 2 - 9 if value > 4 else value * 2
        total += value
    return total % 10 == 0


def card(digits: str) -> bool:
    """Whether the digits have an issuer's first digits and length and the check digit."""
    return bool(_CARD.fullmatch(digits)) and luhn(digits)


def card_like(digits: str) -> bool:
    """Whether the digits have an issuer's first digits and length, with a digit perhaps mistyped."""
    return bool(_CARD.fullmatch(digits))


def card_shape(shape: tuple[int, ...]) -> bool:
    """Whether digits grouped so could be a card's: together, in its groups, or one by one."""
    return len(shape) == 1 or shape in _SHAPES or set(shape) == {1} or set(shape) == {2}


def bank(number: str) -> bool:
    """Whether a number without blanks is an IBAN: length of its country, mod 97."""
    # The check digits decide; the length of a country is left out, since people drop or double a digit.
    return number[:2].upper() in _COUNTRIES and int(_as_digits(number)) % 97 == 1


def _as_digits(number: str) -> str:
    turned = (number[4:] + number[:4]).upper()
    return "".join(str(int(sign, 36)) for sign in turned)


def us_person(digits: str) -> bool:
    """A Social Security Number or ITIN that can have been issued."""
    return bool(ssn.is_valid(digits) or itin.is_valid(digits))


def formatted(raw: str) -> bool:
    """A national number whose very form says what it is: checked where its country gives it a check digit."""
    for shape, valid in _FORMS:
        if shape.fullmatch(raw):
            return bool(valid(raw))
    return False


def code(raw: str) -> bool:
    """A national number of letters and digits, checked."""
    if len(raw) < _SHORTEST_CODE:
        return False
    compact = re.sub(r"[ .\-]", "", raw).upper()
    rule = _CODES.get(len(compact))
    return rule is not None and any(bool(valid(compact)) for valid in rule)


def nino(compact: str) -> bool:
    """A British National Insurance number: it has no check digit, but few prefixes."""
    return bool(_NINO.fullmatch(compact))


def _french(raw: str) -> bool:
    return bool(nir.is_valid(re.sub(r"\D", "", raw)))


_FORMS: tuple[tuple[re.Pattern[str], _Rule], ...] = (
    (re.compile(r"\d{3}\.\d{3}\.\d{3}-\d\d"), cpf.is_valid),
    (re.compile(r"\d\d\.\d{3}\.\d{3}/\d{4}-\d\d"), cnpj.is_valid),
    (re.compile(r"\d{4}([ -])\d{4}\1\d{4}"), aadhaar.is_valid),
    (re.compile(r"\d\d \d{3} \d{3} \d{3}"), idnr.is_valid),
    (re.compile(r"[12][ .]?\d\d[ .]?\d\d[ .]?\d\d[ .]?\d{3}[ .]?\d{3}[ .]?\d\d"), _french),
)
_CODES: dict[int, tuple[_Rule, ...]] = {
    9: (dni.is_valid, nie.is_valid, nino),
    10: (pan.is_valid,),
    15: (nir.is_valid,),
    16: (codicefiscale.is_valid,),
}
_SHORTEST_CODE = min(_CODES)
