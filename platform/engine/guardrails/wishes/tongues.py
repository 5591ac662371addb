"""An explicit wish for a person in languages other than English, by the same idea as in `english`.

The words of all these languages stand in one book (`book.txt`): a word means the same part of a wish in each
language that has it. A `*` ends a stem; `_` joins words that count as one. Chinese and Japanese, which leave no
blanks, have their own short patterns.

Invariant: patterns repeat single letters only, a bounded number of times.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from engine.guardrails.lists import sections
from engine.guardrails.wishes.east import CHINESE, JAPANESE, NOT_CHINESE, NOT_JAPANESE
from engine.guardrails.wishes.english import Reading
from engine.guardrails.wishes.words import fold, words_of

_LONGEST_WORD = 24
_JOINTS = str.maketrans("-'", "__")
_GAPS = str.maketrans("-'", "  ")
_EAST = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
_KANA = re.compile(r"[\u3040-\u30ff]")

# H staff or a human, S somebody, T talk, C connect, W want or need, G give me, J call me, B bot, N not, Y why,
# L is there, A articles and small words, O with or to, P please, X past, told, per, about: no wish.
_WISHES = (
    ("alone", re.compile(r"^[APORWM]{0,4}H[HPARWGMTOJ]{0,4}$|^SA{0,2}$")),
    ("talk", re.compile(r"T[^,XH]{0,4}[HS]|[HS][^,XH]{0,4}T")),
    ("connect", re.compile(r"C[^,X]{0,6}[HS]|[HS][^,X]{0,3}C|TG?M?O[ARM]{0,2}[HS]")),
    ("want", re.compile(r"[WG][APORMT]{0,4}H|H[APORM]{0,3}[WG]")),
    ("there", re.compile(r"L[APRM.]{0,3}H|LA{0,2}SA{0,2}$")),
    ("call", re.compile(r"S[^,X]{0,4}J|J[^,X]{0,3}S|H[^,X]{0,3}J|J[^,X]{0,3}H")),
    ("bot", re.compile(r"N[^,X]{0,5}[TWC][^,X]{0,4}B|N[^,X]{0,5}B[^,X]{0,3}[TW]|NA{0,2}B$")),
    ("bot", re.compile(r"B[^,X]{0,2}[TW][^,X]{0,3}N|^[AP]{0,2}NB|BNA?H|HA?BN")),
)


def _book() -> tuple[dict[str, str], dict[str, str], list[str]]:
    whole: dict[str, str] = {}
    stems: dict[str, str] = {}
    joined: list[str] = []
    for parts in sections(Path(__file__).with_name("book.txt")).values():
        for code, words in parts.items():
            for word in fold(" ".join(words)).translate(_JOINTS).split():
                if "_" in word:
                    joined.append(word.replace("_", " "))
                    word = word.replace("_", "")
                (stems if word.endswith("*") else whole)[word.rstrip("*")] = code
    return whole, stems, joined


_WHOLE, _STEMS, _JOINED = _book()
_SHORTEST = min(map(len, _STEMS))
_TOGETHER = re.compile(
    r"(?<![^\s,])(?:" + "|".join(sorted(map(re.escape, _JOINED), key=len, reverse=True)) + r")(?![^\s,!?.])"
)
# A quick look whether two words follow each other that words which count as one begin with.
_BEGINNINGS = frozenset(tuple(words.split()[:2]) for words in _JOINED)
_PARTING = str.maketrans(dict.fromkeys(",!?.", " "))
_EASTERN = {
    "zh": (re.compile(fold(CHINESE)), re.compile(fold(NOT_CHINESE))),
    "ja": (re.compile(fold(JAPANESE)), re.compile(fold(NOT_JAPANESE))),
}


@lru_cache(4096)
def _code(word: str) -> str:
    if word == ",":
        return ","
    if code := _WHOLE.get(word):
        return code
    for length in range(min(len(word), _LONGEST_WORD), _SHORTEST - 1, -1):
        if code := _STEMS.get(word[:length]):
            return code
    return "."


def read(sentence: str) -> Reading:
    """Reads a folded sentence."""
    if _EAST.search(sentence):
        return _eastern(sentence)
    joined = sentence.translate(_GAPS)
    if not _BEGINNINGS.isdisjoint(pairwise(joined.translate(_PARTING).split())):
        joined = _TOGETHER.sub(lambda found: found[0].replace(" ", ""), joined)
    codes = "".join(_code(word[: _LONGEST_WORD * 2]) for word in words_of(joined))
    if not any(code in "HSB" for code in codes):
        return Reading()
    refused = False
    for name, pattern in _WISHES:
        for found in pattern.finditer(codes):
            clause = codes[codes.rfind(",", 0, found.start()) + 1 : found.start()]
            around = clause + found[0]
            if "X" in around or (name != "bot" and _denied(around, codes[found.end() : found.end() + 2])):
                refused = True
            else:
                return Reading(name, cue=True)
    refused = refused or "X" in codes or ("N" in codes and "B" not in codes)
    return Reading(refused=refused, cue=True)


def _denied(around: str, after: str) -> bool:
    return ("N" in around or "N" in after) and "Y" not in around and "B" not in around + after


def _eastern(sentence: str) -> Reading:
    yes, no = _EASTERN["ja" if _KANA.search(sentence) else "zh"]
    if no.search(sentence):
        return Reading(refused=True, cue=True)
    return Reading("east", cue=True) if yes.search(sentence) else Reading()
