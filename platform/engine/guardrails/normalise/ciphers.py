"""Texts whose letters were exchanged or turned: Caesar's shifts (rot13 among them), atbash, reversed, upside down.

Invariant: found by common words in disguise, at least three and close together; ordinary words of any language
are no such disguise often enough.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from string import ascii_lowercase as abc

from engine.guardrails.normalise.lexicon import TELLING, WORDS, reads_like_text

_WORD = re.compile(r"[a-z]{4,20}")
_HITS = 3
_FLIPPED = str.maketrans(
    "ɐqɔpǝɟƃɓɥᴉıɾʞןlɯuodbɹsʇnʌʍxʎz∀qƆᗡƎℲפHIſʞ˥WNOԀQᴚS┴∩ΛMX⅄Z˙'¿¡",
    "abcdefgghiijkllmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz.,?!",
)
_TURNED = re.compile("[ɐɔǝɟƃɓɥᴉɾʞɯɹʇʌʍʎ∀ƆᗡƎℲ]")


def _shift(by: int) -> dict[int, int]:
    letters = abc + abc.upper()
    moved = abc[by:] + abc[:by] + abc.upper()[by:] + abc.upper()[:by]
    return str.maketrans(letters, moved)


_BACK = {f"shift{by}": _shift(26 - by) for by in range(1, 26)}
_BACK["atbash"] = str.maketrans(abc + abc.upper(), abc[::-1] + abc.upper()[::-1])
_NAMES = {"shift13": "rot13"}


def _disguises() -> dict[str, tuple[str, ...]]:
    forms: dict[str, tuple[str, ...]] = {}
    for word in TELLING:
        for by in range(1, 26):
            form = word.translate(_shift(by))
            forms[form] = (*forms.get(form, ()), f"shift{by}")
        for name, form in (("atbash", word.translate(_BACK["atbash"])), ("reversed", word[::-1])):
            forms[form] = (*forms.get(form, ()), name)
    return {form: names for form, names in forms.items() if form not in WORDS}


_DISGUISES = _disguises()


def found(text: str) -> Iterator[tuple[str, str]]:
    """Kind and text of what is written in another alphabet's order or from its end."""
    hits: dict[str, list[re.Match[str]]] = {}
    words = list(_WORD.finditer(text.lower())) if text.isascii() else _in_place(text)
    for match in words:
        for name in _DISGUISES.get(match[0], ()):
            hits.setdefault(name, []).append(match)
    for name, matches in hits.items():
        if len(matches) >= _HITS:
            yield from _undone(text, name, matches, len(words))
    if not text.isascii() and len(_TURNED.findall(text)) >= 4:
        yield "flipped", text[::-1].translate(_FLIPPED)


def _in_place(text: str) -> list[re.Match[str]]:
    """The words; a text whose lower case has another length is left out, as places would differ."""
    lower = text.lower()
    return list(_WORD.finditer(lower)) if len(lower) == len(text) else []


def _undone(text: str, name: str, matches: list[re.Match[str]], words: int) -> Iterator[tuple[str, str]]:
    piece = text[max(0, matches[0].start() - 40) : matches[-1].end() + 40]
    within = len(_WORD.findall(piece.lower()))
    if len(matches) * 4 < min(words, within):
        return
    plain = piece[::-1] if name == "reversed" else piece.translate(_BACK[name])
    if reads_like_text(plain):
        yield _NAMES.get(name, "caesar" if name.startswith("shift") else name), plain
