"""The fixed texts that customers see, in their language.

Invariant: every language has every key with the same places for values; a language that is not there
is answered in English.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

FALLBACK = "en"
_TEXTS = Path(__file__).with_name("texts")


class PhraseUnknown(KeyError):
    """No text has this key: a slip of the programmer, not of the customer."""


def phrase(key: str, language: str, **values: str) -> str:
    """A text in a language.

    Args:
        key: see `texts/en.txt`.
        language: a tag of BCP 47, of which only the primary subtag counts; any other string means English.
        values: what the text has places for, such as `tenant`; they are put in as they are.

    Raises:
        PhraseUnknown
    """
    code = language.replace("_", "-").partition("-")[0].lower()
    texts = _texts(code if code in languages() else FALLBACK)
    if key not in texts:
        raise PhraseUnknown(key)
    return texts[key].format_map(values)


def keys() -> frozenset[str]:
    """What can be said."""
    return frozenset(_texts(FALLBACK))


@cache
def languages() -> frozenset[str]:
    """The languages in which everything can be said."""
    return frozenset(path.stem for path in _TEXTS.glob("*.txt"))


@cache
def _texts(code: str) -> dict[str, str]:
    lines = (_TEXTS / f"{code}.txt").read_text(encoding="utf-8").splitlines()
    return {key: text for key, _, text in (line.partition(" = ") for line in lines if line)}
