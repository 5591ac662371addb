"""The meanings in a text, in their order.

Invariant: pure and linear; the same text gives the same meanings in every process.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from engine.guardrails.injection.vocabulary import EAST_ASIAN, MEANINGS

_TONGUES = Path(__file__).with_name("tongues.txt")


def _listed() -> tuple[dict[str, str], dict[str, str]]:
    """What `tongues.txt` adds to the vocabulary: words, then what is found inside a run of letters."""
    parts: tuple[dict[str, str], dict[str, str]] = (dict(MEANINGS), dict(EAST_ASIAN))
    found = parts[0]
    for line in _TONGUES.read_text(encoding="utf-8").splitlines():
        if line == "[unspaced]":
            found = parts[1]
        elif line and not line.startswith("#"):
            name, entries = line.split(" ", 1)
            found[name] = f"{found.get(name, '')} {entries}"
    return parts


_WRITTEN, _UNSPACED = _listed()
NAMES = tuple(_WRITTEN)
BIT = {name: 1 << at for at, name in enumerate(NAMES)}

# Marks of Indian, Arabic, Hebrew and Thai words are no word characters to `re`.
_TOKEN = re.compile(
    r"[\w\u0300-\u036f\u0591-\u05c7\u0610-\u065f\u0900-\u0dff\u0e00-\u0eff\u200c]+(?:['\u2019-][\w]+)*"
    r"|[.!?\n\u3002\uff01\uff1f]"
)
_ENDS = frozenset(".!?\n\u3002\uff01\uff1f")
# The words of systemPrompt and system_prompt.
_NAME = re.compile(r"([a-z])([A-Z])")
_PAUSE = 3
_EAST = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_SHORTEST_STEM = 3


@dataclass(frozen=True, slots=True)
class Hit:
    """A word or phrase that carries meanings: its place among the words, its bits."""

    at: int
    bits: int


@lru_cache(maxsize=8192)
def _plain(token: str) -> str:
    """Without accents, where the letters are Latin; other scripts keep their marks, which make other letters."""
    token = token.replace("\u2019", "'")
    if token.isascii() or (token[0] > "\u024f" and not "\u1e00" <= token[0] <= "\u1eff"):
        return token
    stripped = "".join(
        sign for sign in unicodedata.normalize("NFD", token) if not unicodedata.combining(sign)
    )
    return stripped.replace("ı", "i").replace("ß", "ss").replace("ł", "l").replace("đ", "d").replace("ø", "o")


def _entries() -> tuple[dict[str, int], dict[str, int], dict[str, list[tuple[tuple[str, ...], int]]]]:
    words: dict[str, int] = {}
    stems: dict[str, int] = {}
    phrases: dict[str, list[tuple[tuple[str, ...], int]]] = {}
    for name, text in _WRITTEN.items():
        for entry in map(_plain, text.split()):
            parts = entry.split("_")
            if len(parts) > 1:
                phrases.setdefault(parts[0].rstrip("*"), []).append((tuple(parts), BIT[name]))
            elif entry.endswith("*"):
                stems[entry[:-1]] = stems.get(entry[:-1], 0) | BIT[name]
            else:
                words[entry] = words.get(entry, 0) | BIT[name]
    return words, stems, phrases


_WORDS, _STEMS, _PHRASES = _entries()
_LONGEST_STEM = max(map(len, _STEMS))
_EAST_BITS: dict[str, int] = {}
for _name, _text in _UNSPACED.items():
    for _entry in _text.split():
        _phrase = _entry.replace("_", " ")
        _EAST_BITS[_phrase] = _EAST_BITS.get(_phrase, 0) | BIT[_name]
_EAST_PHRASE = re.compile("|".join(sorted(map(re.escape, _EAST_BITS), key=len, reverse=True)))


def meanings(text: str) -> tuple[list[Hit], int]:
    """What the words of a text mean, as far as known, and how many words it has.

    The end of a sentence counts as three words, so that meanings of different sentences stand apart.
    """
    lower = _NAME.sub(r"\1 \2", text).replace("_", " ").lower()
    tokens = _TOKEN.findall(lower)
    hits = list(_found(tokens))
    if _EAST.search(lower):
        hits += [Hit(match.start() // 2, _EAST_BITS[match[0]]) for match in _EAST_PHRASE.finditer(lower)]
        hits.sort(key=lambda hit: hit.at)
    return hits, len(tokens)


def _found(tokens: list[str]) -> Iterator[Hit]:
    at = 0
    plain = [token if token in _ENDS else _plain(token) for token in tokens]
    for index, token in enumerate(plain):
        if token in _ENDS:
            at += _PAUSE
            continue
        at += 1
        bits = _bits(token)
        if token in _PHRASES:
            bits |= _phrase_bits(plain, index)
        if bits:
            yield Hit(at, bits)


def _phrase_bits(tokens: list[str], index: int) -> int:
    bits = 0
    second = tokens[index + 1] if index + 1 < len(tokens) else ""
    for parts, bit in _PHRASES[tokens[index]]:
        if not _fits(second, parts[1]):
            continue
        following = tokens[index : index + len(parts)]
        if len(following) == len(parts) and all(map(_fits, following, parts)):
            bits |= bit
    return bits


def _fits(token: str, part: str) -> bool:
    return token == part or (part[-1] == "*" and token.startswith(part[:-1]))


@lru_cache(maxsize=8192)
def _bits(token: str) -> int:
    bits = _WORDS.get(token, 0)
    for size in range(_SHORTEST_STEM, min(len(token), _LONGEST_STEM) + 1):
        bits |= _STEMS.get(token[:size], 0)
    if not bits and token.endswith("'s"):
        return _WORDS.get(token[:-2], 0)
    return bits
