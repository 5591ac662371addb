"""What a question asks, whoever asks it: when two questions are the same, and which concern nobody in particular.

Invariant: pure. Two questions of one `digest` differ in nothing but case, punctuation and white space; two of one
`gist` have the same words in the same order but for those of `EMPTY`, which change no answer.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from engine.agent.values import Citation

LONGEST = 300
# Nothing that turns a question round: no negation, no time, no place, neither "I" nor "you".
EMPTY = frozenset({
    "a", "an", "the", "my", "your", "our", "this", "that", "is", "are", "s", "can", "could", "do", "does", "did", "may",
    "will", "would", "hello", "hi", "hey", "please", "pls", "thanks", "thank", "so", "just",
})  # fmt: skip
_MARKS = r"[.,;:!?¡¿…'’‘`´\"“”„«»()\[\]{}‐‑‒–—―_/\\|*~]"
# Between digits a mark tells (1.5, 1/2, 9:30), and so does a sign before one (-5).
_PUNCTUATION = re.compile(rf"(?:(?<!\d){_MARKS}|{_MARKS}(?!\d)|-(?!\d)|(?<=[^\W\d])-)+")
# Four digits, whatever parts them, are a phone, an order, a card, a post code: or harmless, and then it costs a call.
_NUMBER = re.compile(r"\d(?:[\s().,/+\-‐‑–—]*\d){3}")
_CODE = re.compile(r"#\s*\w*\d|\b(?=\w*[^\W\d_])(?=\w*\d\w*\d)\w{4,}")
_ADDRESS = re.compile(r"@|://|\bwww\.", re.IGNORECASE)
_NAMED = re.compile(
    r"\b(?:my|our)\s+(?:\w+\s+)?(?:name|address|birthday|phone|number|iban|card|password)\s+is\b|\bi\s+am\s+called\b|"
    r"\bcall\s+me\b|\bthis\s+is\s+\w+\s+(?:speaking|writing)\b|\bmein\s+name\b|\bich\s+hei(?:ß|ss)e\b|"
    r"\bje\s+m\W?appelle\b|\bme\s+llamo\b|\bmi\s+chiamo\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]{2,}")
_BEGINS_A_SENTENCE = re.compile(r"(?:^|[.!?:\n]\W*)\Z")


@dataclass(frozen=True, slots=True)
class Question:
    """A question that may be answered from what was answered before.

    Args:
        release_id: the release that answers it; `revision`: of the knowledge, when it was asked.
    """

    text: str
    digest: str
    gist: str
    release_id: int
    revision: int = 0


@dataclass(frozen=True, slots=True)
class Known:
    """An answer that a run gave to a question, and the way it was found again: "exact" or "semantic"."""

    run: str
    way: str
    question: str
    level: str
    text: str
    citations: tuple[Citation, ...]


def question_of(text: str, *, release_id: int, tools: Iterable[str]) -> Question | None:
    """The question in a message; None for one that is too long, says nothing or concerns somebody.

    Args:
        tools: the names of those on offer: with other tools it might be answered otherwise.
    """
    if len(text) > LONGEST or concerns_somebody(text):
        return None
    words = normalise(text).split()
    telling = [word for word in words if word not in EMPTY]
    if not telling:
        return None
    offered = sorted(tools)
    return Question(text, _digest(offered, words), _digest(offered, telling), release_id)


def normalise(text: str) -> str:
    """Folded in case and form, without punctuation, its words parted by one space each. Doing it again changes nothing.

    Symbols stay (5 € is not 5 %), and so do digits and letters of every script.
    """
    # Case folding undoes forms and forms bring back cases: Unicode's own NFKC_Casefold goes round too.
    folded = text.lower() if text.isascii() else text
    for _ in range(0 if text.isascii() else 3):
        folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFD", folded).casefold())
    return " ".join(_PUNCTUATION.sub(" ", folded).split())


def concerns_somebody(text: str) -> bool:
    """Whether a text may hold a person's data. Errs on the side of yes."""
    plain = text if text.isascii() else unicodedata.normalize("NFKC", text)
    return any(found.search(plain) for found in (_NUMBER, _CODE, _ADDRESS, _NAMED))


def repeats_a_name(question: str, answer: str, known: Iterable[str]) -> bool:
    """Whether an answer takes up a name from the question, which its sources do not have.

    Args:
        known: the texts of the sources.
    """
    sources = {word.casefold() for text in known for word in _WORD.findall(text)}
    capital = _names(question) | _names(answer)
    both = {word.casefold() for word in _WORD.findall(question)} & {
        word.casefold() for word in _WORD.findall(answer)
    }
    return bool((both & capital) - sources)


def _names(text: str) -> set[str]:
    """Words that begin with a capital though no sentence begins with them."""
    return {
        found[0].casefold()
        for found in _WORD.finditer(text)
        if found[0][0].isupper() and not _BEGINS_A_SENTENCE.search(text, 0, found.start())
    }


def _digest(tools: Sequence[str], words: Sequence[str]) -> str:
    return hashlib.sha256(f"{' '.join(tools)}\n{' '.join(words)}".encode()).hexdigest()
