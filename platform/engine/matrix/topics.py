"""What a customer's words are about, as far as deciding goes: topics by their words, amounts of money, yes and no.

Invariant: pure, linear in the length of the text; of long texts the beginning is read. Words are held against whole
words, without regard to case and accents; a word that ends in `*` against beginnings.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

MOST = 8000


def _words() -> dict[str, tuple[str, ...]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    lines = Path(__file__).with_name("words.txt").read_text(encoding="utf-8").splitlines()
    for name, _, words in (line.partition(" = ") for line in lines):
        found[name] += words.split(" | ")
    return {name: tuple(words) for name, words in found.items()}


_WORDS = _words()
TOPICS: Mapping[str, tuple[str, ...]] = MappingProxyType({name: _WORDS[name] for name in ("legal", "safety")})
"""The topics that every tenant has until it says otherwise."""
_YES, _NO = frozenset(_WORDS["yes"]), frozenset(_WORDS["no"])
_AMOUNT = re.compile(
    r"(?:[$€£¥]|\b(?:usd|eur|gbp|chf|pln|brl|inr|dollars?|euros?)\b)\s{0,2}(\d[\d.,' ]{0,14})"
    r"|(\d[\d.,' ]{0,14})\s{0,2}(?:[$€£¥]|zł|\b(?:usd|eur|gbp|chf|pln|brl|inr|dollars?|euros?|pounds?)\b)",
    re.IGNORECASE,
)


def topics_in(text: str, topics: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The topics whose words a text has, in the matrix's order."""
    plain = f" {plain_words(text)} "
    return tuple(name for name, words in topics.items() if _pattern(words).search(plain))


def amount_in(text: str) -> float | None:
    """The largest amount of money that a text names, whatever its currency."""
    found = [_number(one or other) for one, other in _AMOUNT.findall(text[:MOST])]
    return max((one for one in found if one is not None), default=None)


def says_yes(text: str) -> bool | None:
    """Whether a short answer agrees; None where it is neither."""
    words = plain_words(text).split()
    if not words or len(words) > 8:
        return None
    if _NO & set(words[:3]):
        return False
    return True if _YES & set(words[:3]) else None


def says_it_did_not_help(text: str) -> bool:
    """Whether a customer says that what she was told does not help."""
    return bool(_pattern(_WORDS["again"]).search(f" {plain_words(text)} "))


def admits_ignorance(text: str) -> bool:
    """Whether an answer says that it knows no answer."""
    return bool(_pattern(_WORDS["lost"]).search(f" {plain_words(text)} "))


def plain_words(text: str) -> str:
    """Lower case, without accents and marks, one space between words."""
    folded = unicodedata.normalize("NFKD", text[:MOST]).casefold()
    kept = "".join(char for char in folded if not unicodedata.combining(char)).replace("ł", "l")
    return " ".join(re.findall(r"\w+", kept))


@lru_cache(maxsize=512)
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    parts = (re.escape(plain_words(word)) + (r"\w{0,20}" if word.endswith("*") else "") for word in words)
    return re.compile(" (?:" + "|".join(parts) + ") ")


def _number(text: str) -> float | None:
    """`1.234,50`, `1,234.50`, `1 234` and `99` as numbers: a last mark before one or two digits is the decimal one."""
    whole = text.strip(" .,'")
    found = re.split(r"[.,](?=\d{1,2}$)", whole, maxsplit=1)
    digits = re.sub(r"\D", "", found[0])
    return float(f"{digits}.{found[1] if found[1:] else 0}") if digits and len(digits) <= 12 else None
