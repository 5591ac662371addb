"""The language that a customer writes, for short messages too.

The script decides first; then small words and letters of their own; only where these say nothing clear and the text is
long enough, the n-gram model of py3langid is asked. It takes about two seconds and 75 MB to load, so it is loaded on
first need; `warm()` loads it beforehand.

Invariant: what says nothing ("ok", a number, an order's id, an address) changes nothing: the hint stays and is not
called sure. Time is linear in the length of the text, of which the first 2,000 characters are looked at.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Lock

from engine.guardrails.languages.scripts import SHARING, language_of, scripts_of
from engine.guardrails.lists import sections

_LOOKED_AT = 2000
_LONG = 20
"""Letters from which a message may change the language alone, and from which the n-gram model is asked."""
_ENOUGH = 1.0
_CLEAR = 1.6
"""How much heavier the first language weighs than the second when it is sure."""
_MIXED, _FOREIGN = 0.3, 1.5
"""The share of the first language's weight, and the weight, from which the spoken language is there as well."""
_MOSTLY = 0.7
"""The share from which Latin letters are the text; below it they may be names in a text of another script."""
_TINY, _TINY_COUNTS = 3, 0.6
_MARGIN = 12.0
"""How far (log odds) the n-gram model has to prefer its first language."""
_WRITTEN = 2
_RARE, _RARE_COUNTS = frozenset({"ca", "sk", "hr", "bg"}), 0.4
"""What a shared word counts for a language beside which another one is written far more often."""
_CYRILLIC = ("ru", "uk", "bg")

_NO_WORD = re.compile(r"[\d_/\\#<>{}=@`]|www\.")
_WORD = re.compile(r"[^\W\d_]+(?:['’·][^\W\d_]+)*|[¿¡]")


@dataclass(frozen=True, slots=True)
class Language:
    """A language and whether the text says so.

    Args:
        code: the primary subtag of BCP 47, such as `en`; the hint where the text says nothing.
        sure: False where the code is the hint or a guess.
    """

    code: str
    sure: bool


def detect(text: str, *, hint: str = "") -> Language:
    """The language of a text.

    Args:
        hint: what was spoken so far; it stays where the text says nothing or mixes languages.
    """
    plain = _plain(text)
    scripts = scripts_of(plain)
    if not scripts:
        return Language(hint, sure=False)
    script, letters = next(iter(scripts.items()))
    if script == "Latn" and letters < _MOSTLY * sum(scripts.values()):
        return Language(hint, sure=False)
    if script in ("Latn", "Cyrl"):
        return _by_words(plain, letters, hint, script)
    code = language_of(script, plain)
    if hint in SHARING.get(script, ()) and code == language_of(script, ""):
        return Language(hint, sure=hint == code)
    return Language(code, sure=letters >= _WRITTEN)


def follow(current: str, texts: Sequence[str]) -> str:
    """The language of a conversation after these messages of the customer, oldest first.

    It changes when one long message or two short ones in a row are surely in another language; messages that say
    nothing between the two do not count.
    """
    maybe = ""
    for text in texts:
        found = detect(text, hint=current)
        if not found.sure:
            continue
        if found.code == current:
            maybe = ""
        elif not current or found.code == maybe or sum(scripts_of(_plain(text)).values()) >= _LONG:
            current, maybe = found.code, ""
        else:
            maybe = found.code
    return current


def warm() -> None:
    """Loads the n-gram model now instead of at the first text that needs it."""
    with _loading:
        _model()


def _plain(text: str) -> str:
    words = text[:_LOOKED_AT].lower().replace("’", "'").split()
    return " ".join(word for word in words if not _NO_WORD.search(word))


def _by_words(plain: str, letters: int, hint: str, script: str) -> Language:
    first, second = _weights(plain, script)
    clear = first.weight >= _CLEAR * second.weight or (first.own > 1 and not second.own)
    if first.weight < _ENOUGH or not clear:
        return _by_model(plain, letters, hint, (first, second))
    if second.code == hint and second.weight > max(_FOREIGN, _MIXED * first.weight):
        return Language(hint, sure=False)
    return Language(first.code, sure=True)


def _by_model(plain: str, letters: int, hint: str, candidates: tuple[_Weight, _Weight]) -> Language:
    first, second = candidates
    close = {one.code for one in candidates if one.weight > 0}
    mixed = first.own > 1 and second.own > 1
    if mixed or any(one.code == hint and one.weight > _MIXED * first.weight for one in candidates):
        return Language(hint or first.code, sure=False)
    if letters >= _LONG:
        code, margin = _ranked(plain)
        if margin >= _MARGIN and (not close or code in close or first.weight < _ENOUGH):
            return Language(code, sure=True)
    return Language(hint or (first.code if close else ""), sure=False)


@dataclass(frozen=True, slots=True)
class _Weight:
    code: str
    weight: float
    own: int
    """Words that no other language has."""


def _weights(plain: str, script: str) -> tuple[_Weight, _Weight]:
    """The two languages that the words and letters speak for most."""
    weights: dict[str, float] = {}
    own: dict[str, int] = {}
    for word in _WORD.findall(plain):
        codes = _words().get(word, ())
        if len(codes) == 1:
            own[codes[0]] = own.get(codes[0], 0) + 1
        _add(weights, codes, _TINY_COUNTS if len(word) <= _TINY and word.isascii() else 1.0)
    for letter in set(plain):
        _add(weights, _letters().get(letter, ()), 0.7)
    allowed = [(c, w) for c, w in weights.items() if (c in _CYRILLIC) == (script == "Cyrl")]
    ranked = sorted(allowed, key=lambda pair: (-pair[1], pair[0])) + [("", 0.0)] * 2
    first, second = (_Weight(code, weight, own.get(code, 0)) for code, weight in ranked[:2])
    return first, second


def _add(weights: dict[str, float], codes: Sequence[str], weight: float) -> None:
    common = sum(code not in _RARE for code in codes)
    for code in codes:
        share = _RARE_COUNTS if common and code in _RARE else 1.0
        weights[code] = weights.get(code, 0.0) + share * weight / max(common, 1) ** 0.7


@cache
def _words() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for code, parts in _lists().items():
        for word in dict.fromkeys(parts.get("words", ())):
            found.setdefault(word, []).append(code)
    return {word: tuple(codes) for word, codes in found.items()}


@cache
def _letters() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for code, letters in _lists()["letters"].items():
        for letter in letters:
            found.setdefault(letter, []).append(code)
    return {letter: tuple(codes) for letter, codes in found.items()}


@cache
def _lists() -> dict[str, dict[str, list[str]]]:
    return sections(Path(__file__).with_name("words.txt"))


_loading = Lock()


@cache
def _model() -> object:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # two seconds, 75 MB

    model = LanguageIdentifier.from_model_file(MODEL_FILE)
    model.set_languages([code for code in _lists() if code != "letters"])
    return model


def _ranked(plain: str) -> tuple[str, float]:
    warm()
    ranked = _model().rank(plain)  # type: ignore[attr-defined]
    return str(ranked[0][0]), float(ranked[0][1] - ranked[1][1])
