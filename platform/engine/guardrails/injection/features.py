"""A text as the numbers beside its n-grams: rules, n-grams of meanings, the way it is built.

Invariant: as many numbers for every text, in the same order as when the weights were trained.
"""

from __future__ import annotations

import math
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from engine.guardrails.injection.meanings import BIT, Hit, meanings
from engine.guardrails.injection.rules import NAMES_OF_RULES, fired, skeleton
from engine.guardrails.linear import Floats

_RULE_AT = {name: at for at, name in enumerate(NAMES_OF_RULES)}
_MEANINGS = len(BIT)
_HASHED = 512
_BUILT = 14
COUNT = len(NAMES_OF_RULES) + _MEANINGS + _HASHED + _BUILT
_YOU_WORDS = """
you your you're yours yourself du dein deine dich dir ihr tu te ton ta toi tú ti vos jij je jouw ty ci tobie
sen sana ты тебя тебе вы вас вам
"""
_YOU = frozenset(_YOU_WORDS.split())
_I_WORDS = """
i my me i'm i've i'd mine we our us ich mein meine mir mich je mon ma mes mi mio io eu meu minha ik mijn mam
mnie benim ben я мой моя мне меня
"""
_I = frozenset(_I_WORDS.split())
_QUOTES = re.compile("[\"\u201c\u201d\u00ab\u00bb\u2018`]|(?<![\\w])'|'(?![\\w])")
_COLONS = re.compile(r"(?:^|\n)[^\n:]{1,40}:")
_CAPS = re.compile(r"\b[A-Z]{4,}\b")
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")


@dataclass(frozen=True, slots=True)
class Seen:
    """What a text shows: the numbers, the rules that fired, how many of its words carry a meaning that attacks use."""

    dense: Floats
    rules: frozenset[str]
    hits: int


def look(
    text: str,
    signals: Mapping[str, float] | None = None,
    *,
    known: tuple[list[Hit], int] | None = None,
    formed: bool = True,
) -> Seen:
    """The numbers of a text, `COUNT` of them.

    Args:
        signals: of its normalisation, where it is the whole text.
        known: its meanings, where they were looked up already.
        formed: whether it may have a form; false for a piece of a text that has none.
    """
    hits, words = meanings(text) if known is None else known
    rules = fired(hits, text if formed else "")
    dense = np.zeros(COUNT, np.float32)
    for name in rules:
        dense[_RULE_AT[name]] = 1.0
    at = len(NAMES_OF_RULES)
    _meant(hits, words, dense[at : at + _MEANINGS])
    _ordered(hits, dense[at + _MEANINGS : at + _MEANINGS + _HASHED])
    dense[-_BUILT:] = _built(text, words, rules, signals or {})
    return Seen(dense, frozenset(rules), len(hits))


def _meant(hits: list[Hit], words: int, place: Floats) -> None:
    scale = 1 / math.sqrt(max(words, 12))
    for hit in hits:
        bits = hit.bits
        while bits:
            bit = bits & -bits
            place[bit.bit_length() - 1] += scale
            bits ^= bit
    np.minimum(place, 1.5, out=place)


def _ordered(hits: list[Hit], place: Floats) -> None:
    names = skeleton(hits)
    for size in (2, 3):
        for index in range(len(names) - size + 1):
            key = zlib.crc32(" ".join(names[index : index + size]).encode())
            place[key % _HASHED] = 1.0
    length = float(np.sqrt(place.sum()))
    if length:
        place *= 1.5 / length


def _built(text: str, words: int, rules: set[str], signals: Mapping[str, float]) -> list[float]:
    found = _WORD.findall(text.lower())
    many = max(1, len(found))
    return [
        min(math.log1p(words) / 6, 1.5),
        min(sum(word in _YOU for word in found) / many * 8, 1.5),
        min(sum(word in _I for word in found) / many * 8, 1.5),
        min(len(_QUOTES.findall(text)) / 6, 1.0),
        min(len(_COLONS.findall(text)) / 6, 1.0),
        min(len(_CAPS.findall(text)) / 8, 1.0),
        1.0 if text.rstrip().endswith("?") else 0.0,
        min(text.count("\n") / 20, 1.0),
        min(len(rules) / 6, 1.5),
        min(len(rules) / 3, 1.0) if words < 40 else 0.0,
        min(signals.get("invisible", 0.0) / 20, 1.0),
        min(signals.get("folded_words", 0.0) / 3, 1.0),
        min(text.count("{") + text.count("["), 8) / 8,
        1.0 if text.rstrip().endswith(":") else 0.0,
    ]
