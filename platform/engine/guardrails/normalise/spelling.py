"""Words spelt so that a filter misses them: l33t, s p a c e d, dot.ted and hy-phen-ated.

Invariant: the words that change are common ones afterwards; numbers of orders, versions and part numbers do not change.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.guardrails.normalise.lexicon import TELLING, WORDS

_LEET = str.maketrans("013457@$!|8€", "oieastasilbe")
_LEET_L = str.maketrans("013457@$!|8€", "oleastasilbe")
_TOKEN = re.compile(r"[A-Za-z0-9@$!|€]{3,24}")
_ODD = re.compile(r"[0-9@$!|€]")
_SPACED = re.compile(r"(?<![^\W_])[^\W\d_](?:([ .\-_*|/~+,]{1,3})[^\W\d_](?![^\W_])){3,400}")
_SEPARATOR = re.compile(r"[ .\-_*|/~+,]{1,3}")
_BROKEN = re.compile(r"[A-Za-z]{1,5}(?:[.\-_*|~+][A-Za-z]{1,5}){1,12}")
# Quick looks that save the whole search for nearly every text.
_LEETISH = re.compile(r"[0-9@$!|€][A-Za-z]")
_SPACEDISH = re.compile(r"[^\W\d_][ .\-_*|/~+,]{1,3}[^\W\d_][ .\-_*|/~+,]")
_BROKENISH = re.compile(r"[.\-_*|~+][A-Za-z]")
_LONGEST = 16


def found(text: str) -> Iterator[tuple[str, str]]:
    """Kind and text, the whole of it with the changed words in plain spelling."""
    if _LEETISH.search(text):
        plain, changed = _unleet(text)
        if changed >= 2:
            yield "leet", plain
    plain, changed = _joined(text)
    if changed:
        yield "split", plain


def _unleet(text: str) -> tuple[str, int]:
    changed = 0

    def undo(match: re.Match[str]) -> str:
        nonlocal changed
        token = match[0]
        if not _ODD.search(token) or token.isdigit():
            return token
        for table in (_LEET, _LEET_L):
            for word in (token.lower().translate(table), token.lower().rstrip("!|").translate(table)):
                if word in WORDS and word != token.lower().rstrip("!|"):
                    changed += 1
                    return word
        return token.translate(_LEET) if changed and _inside(token) else token

    return _TOKEN.sub(undo, text), changed


def _inside(token: str) -> bool:
    """A letter's stand-in between letters, and more letters than stand-ins: not a part number."""
    odd = len(_ODD.findall(token))
    return token[0].isalpha() and token[-1].isalpha() and odd * 2 < len(token)


def _joined(text: str) -> tuple[str, int]:
    changed = 0

    def spaced(match: re.Match[str]) -> str:
        nonlocal changed
        parts = _words_of(match[0])
        if sum(len(part) for part in parts if part.lower() in TELLING) < 4:
            return match[0]
        changed += 1
        return " ".join(parts)

    def broken(match: re.Match[str]) -> str:
        nonlocal changed
        word = re.sub(r"[^A-Za-z]", "", match[0])
        if len(word) < 6 or word.lower() not in TELLING:
            return match[0]
        changed += 1
        return word

    if _SPACEDISH.search(text):
        text = _SPACED.sub(spaced, text)
    return (_BROKEN.sub(broken, text) if _BROKENISH.search(text) else text), changed


def _words_of(run: str) -> list[str]:
    """Single letters as words: cut where the gap is wider, else at the longest common words."""
    gaps = _SEPARATOR.findall(run)
    usual = min(gaps, key=len) if gaps else " "
    wide = [gap for gap in gaps if len(gap) > len(usual)]
    if wide:
        pieces = re.split("|".join(re.escape(gap) for gap in sorted(set(wide), key=len, reverse=True)), run)
        return ["".join(_SEPARATOR.split(piece)) for piece in pieces if piece]
    return _segmented("".join(_SEPARATOR.split(run)))


def _segmented(letters: str) -> list[str]:
    parts: list[str] = []
    rest = ""
    at = 0
    lower = letters.lower()
    while at < len(letters):
        longest = min(_LONGEST, len(letters) - at)
        size = next((n for n in range(longest, 2, -1) if lower[at : at + n] in WORDS), 0)
        if size:
            parts += [rest] if rest else []
            parts.append(letters[at : at + size])
            rest = ""
        else:
            rest += letters[at]
        at += size or 1
    return [*parts, rest] if rest else parts
