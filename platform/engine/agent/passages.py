"""Choosing what to quote from the passages a search gave back.

Invariant: an excerpt stands in its passage as it is here; only a sentence that is too long is cut, and shows
it. Sentences are scored by how many different words of the question they hold, words that are rare in the
passage for more: the overlap measure of H. P. Luhn, "The automatic creation of literature abstracts", IBM
Journal, 1958, turned towards a query.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass

# A line break alone does not end a sentence (text may be wrapped); a blank line, a list's next point or a heading does.
_BREAK = r"\n[ \t]*(?:\n|[-*#|>]|\d{1,3}[.)])"
_SENTENCE = re.compile(rf"\S(?:(?!{_BREAK}).)*?(?:[.!?…](?=\s|\Z)|(?={_BREAK})|\Z)", re.DOTALL)
_WORD = re.compile(r"[^\W_]+")
_ENDINGS = ("ings", "ing", "ies", "ied", "es", "ed", "s", "e", "y")
_COMMON = frozenset(
    _WORD.findall(
        "a an and are as at be been but by can could did do does for from had has have how i if in "
        "into is it its just me my no not of on or our please so some that the their them then there "
        "these they this to up us was we were what when where which while who why will with would you "
        "your about also any get got hi hello"
    )
)
MOST_PASSAGES = 2
_SECOND_SHARE = 0.6
_ENOUGH = 220
# Below this score a passage only resembles the question: then most of the asked words have to stand in it.
_UNSURE = 0.3

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage as the search tool reports it; `n` is its citation number."""

    n: int
    title: str
    heading: str
    text: str
    score: float


def read_passages(text: str) -> list[StoredPassage] | None:
    """Reads a search result; None when it is not one.

    Args:
        text: JSON, `{"passages": [{"n", "title", "heading", "text", "score", "url"}]}`.
    """
    try:
        found = json.loads(text)["passages"]
        return [_passage(item) for item in found if str(item["text"]).strip()]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def choose(passages: list[StoredPassage], question: str) -> list[StoredPassage]:
    """The passages to quote: the search's best, and one more if it says about as much on the matter.

    None where the best is far from the question both in meaning and in words.
    """
    if not passages:
        return []
    asked = _terms(question)
    best, *rest = sorted(passages, key=lambda passage: -passage.score)
    if best.score < _UNSURE and _overlap(best, asked) <= len(asked) / 2:
        return []
    floor = max(1.0, _SECOND_SHARE * _overlap(best, asked))
    second = [
        passage
        for passage in rest
        if passage.score >= _SECOND_SHARE * best.score
        and _overlap(passage, asked) >= floor
        and passage.text != best.text
    ]
    return [best, *second][:MOST_PASSAGES]


def excerpt(text: str, question: str, room: int) -> str:
    """The most fitting sentences of a passage, in at most `room` characters.

    A short passage is given whole; else the sentence that fits best with those that follow it, to the end of
    its paragraph or as long as they speak of the matter.
    """
    text = text.strip()
    if len(text) <= min(room, _ENOUGH):
        return text
    spans = [match.span() for match in _SENTENCE.finditer(text)]
    scores = _scores([text[start:end] for start, end in spans], _terms(question))
    first = last = max(range(len(spans)), key=lambda index: (scores[index], -index))
    start = spans[first][0]
    paragraph = text.find("\n\n", start)
    end_at = len(text) if paragraph < 0 else paragraph
    while last + 1 < len(spans) and spans[last + 1][1] - start <= room:
        end = spans[last + 1][1]
        if end > end_at and not scores[last + 1] and end - start > _ENOUGH:
            break
        last += 1
    return _cut(text[start : spans[last][1]], room)


def _cut(text: str, room: int) -> str:
    if len(text) <= room:
        return text
    head = text[: room - 1]
    return (head.rsplit(None, 1)[0] if " " in head else head) + "…"


def _scores(sentences: list[str], asked: set[str]) -> list[float]:
    terms = [_terms(sentence) for sentence in sentences]
    spread = Counter(term for found in terms for term in found)
    return [sum(1 + 1 / spread[term] for term in found & asked) for found in terms]


def _overlap(passage: StoredPassage, asked: set[str]) -> float:
    return float(len(asked & _terms(f"{passage.title} {passage.heading} {passage.text}")))


def _terms(text: str) -> set[str]:
    return {_stem(word) for word in _WORD.findall(text.casefold()) if word not in _COMMON}


def _stem(word: str) -> str:
    """The word without a common English ending: only to compare, so it need not be a word."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def _passage(item: dict[str, object]) -> StoredPassage:
    score = item.get("score")
    return StoredPassage(
        int(str(item["n"])),
        str(item.get("title") or ""),
        str(item.get("heading") or ""),
        str(item["text"]),
        float(score) if isinstance(score, int | float) else 0.0,
    )
