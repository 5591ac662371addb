"""Citations of an answer: they exist, and the passage says what the sentence says, as far as words can tell.

Invariant: a mark that stays refers to a passage of this run. Support is a floor, not a proof: enough of the sentence's
content words stand in the passage, every number does, and denial agrees with the passage's nearest sentence. Across
languages words can't be compared, then only numbers are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from engine.guardrails.output.rules import OutputRules
from engine.guardrails.output.values import Evidence, Judge, Ruling, Sentence
from engine.guardrails.output.words import (
    STOP,
    cited,
    content,
    fold,
    guess_language,
    negated,
    numbers,
    replace_marks,
    speaks,
    stands,
    without_marks,
)
from engine.guardrails.values import Action, FailMode

_PARTS = re.compile(r"[^.!?\n。！？|]{1,600}")
_NEAR = 0.6
_MOST = 40_000
_FEWEST = 3
_SHORT = 8
_JUDGED = 0.5


class Entailment(Protocol):
    """An optional judge by meaning, such as a small model: does the passage say the sentence? 0 to 1."""

    def __call__(self, passage: str, sentence: str) -> float: ...


@dataclass(frozen=True, slots=True)
class Known:
    """A passage, made ready for comparing."""

    words: frozenset[str]
    numbers: frozenset[frozenset[str]]
    language: str
    parts: tuple[tuple[frozenset[str], bool], ...]


@dataclass(frozen=True, slots=True)
class Support:
    """How well passages carry a sentence. `missing` names what speaks against it."""

    share: float
    missing: tuple[str, ...] = ()


@lru_cache(maxsize=256)
def known(passage: str) -> Known:
    """Makes a passage ready; the first 40,000 characters count."""
    folded = fold(passage[:_MOST])
    parts = tuple((frozenset(content(part)), negated(part)) for part in _PARTS.findall(folded))
    return Known(frozenset(content(folded)), frozenset(numbers(folded)), guess_language(folded), parts)


def support(sentence: str, passages: list[str]) -> Support:
    """How well the passages carry the sentence: the share of its content words that they hold, 0 to 1."""
    if not passages:
        return Support(0.0)
    folded = fold(without_marks(sentence))
    sources = [known(passage) for passage in passages]
    words = content(folded)
    missing = []
    if any(not any(stands(number, one.numbers) for one in sources) for number in numbers(folded)):
        missing.append("number")
    if not _comparable(folded, sources):
        return Support(1.0, tuple(missing))
    if not words:
        return Support(1.0, tuple(missing))
    held = frozenset().union(*(one.words for one in sources))
    if _denies_otherwise(folded, words, sources):
        missing.append("negation")
    return Support(len(words & held) / len(words), tuple(missing))


def _comparable(folded: str, sources: list[Known]) -> bool:
    language = guess_language(folded)
    if language:
        return any(one.language in {"", language} for one in sources)
    told = {one.language for one in sources}
    few = len(folded.split()) < (_SHORT if folded.isascii() else _FEWEST)
    return few or any(one not in STOP or speaks(folded, one) for one in told)


def _denies_otherwise(folded: str, words: set[str], sources: list[Known]) -> bool:
    """Whether the sentence that is nearest in a passage says yes where this one says no, or the other way."""
    best, denies = 0.0, set()
    for part, denied in (part for one in sources for part in one.parts):
        if not part:
            continue
        share = len(words & part) / len(words)
        if share > best:
            best, denies = share, {denied}
        elif share == best:
            denies.add(denied)
    return best >= _NEAR and len(words) >= _FEWEST and denies == {not negated(folded)}


@dataclass(frozen=True, slots=True)
class Citations:
    """Takes away marks of passages that do not exist or do not say so.

    Args:
        judge: asked where the words are not enough to say yes; from 0.5 on it means yes.
    """

    rules: OutputRules
    judge: Entailment | None = None
    name: str = "citations"
    version: int = 1
    fail: FailMode = FailMode.OPEN
    at_end: bool = False

    def begin(self, evidence: Evidence) -> Judge:
        passages = evidence.passages

        def judge(sentence: Sentence) -> Ruling | None:
            marks = cited(sentence.text) if "[" in sentence.text and not sentence.code else []
            if not marks:
                return None
            unknown = {mark for mark in marks if mark not in passages}
            if unknown != set(marks) and not self._carried(sentence.text, marks, passages):
                return self._unsupported(sentence.text)
            if unknown:
                return Ruling(Action.REWRITE, _keep(sentence.text, passages), reasons=("unknown_mark",))
            return None

        return judge

    def _carried(self, sentence: str, marks: list[int], passages: Mapping[int, str]) -> bool:
        texts = [passages[mark] for mark in dict.fromkeys(marks) if mark in passages]
        found = support(sentence, texts)
        if found.share >= self.rules.support and not found.missing:
            return True
        return self.judge is not None and self.judge("\n".join(texts), without_marks(sentence)) >= _JUDGED

    def _unsupported(self, sentence: str) -> Ruling:
        action = self.rules.action(self.name)
        if self.rules.unsupported == "hand_over":
            action = Action.HAND_OVER
        kept = without_marks(sentence) if self.rules.unsupported == "mark" else ""
        return Ruling(action, kept if action is Action.REWRITE else "", reasons=("unsupported",))


def _keep(sentence: str, passages: Mapping[int, str]) -> str:
    def shown(found: re.Match[str]) -> str:
        kept = [number.strip() for number in found[1].split(",") if int(number) in passages]
        blank = found[0][: found[0].index("[")]
        return f"{blank}[{', '.join(kept)}]" if kept else ""

    return replace_marks(sentence, shown)
