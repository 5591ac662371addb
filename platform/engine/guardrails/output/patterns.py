"""Words that a manager has listed, found in a sentence.

Invariant: a list becomes one pattern without nested or unbounded repetition; a sentence is of bounded length.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from engine.guardrails.output.rules import OutputRules
from engine.guardrails.output.texts import text
from engine.guardrails.output.values import Evidence, Judge, Ruling, Sentence
from engine.guardrails.output.words import fold
from engine.guardrails.values import Action, FailMode

_PARTS = re.compile(r"\*+|[^\W_]+|[^\w\s*]|_")
_MOST_STARS = 3
_BEHIND = 60


@lru_cache(maxsize=256)
def compile_words(words: tuple[str, ...]) -> re.Pattern[str] | None:
    """One pattern for all the words and phrases; None for none.

    A phrase is found whatever stands between its words; `*` stands for up to 30 letters of a word, the first three
    of a phrase count. Marks between the words are read as blanks.
    """
    found = [pattern for word in words if (pattern := _pattern(fold(word)))]
    return re.compile("|".join(found)) if found else None


def _pattern(folded: str) -> str:
    tokens = [_token(token) for token in folded.split()]
    inner = r"[\W_]{1,20}".join(token for token in tokens if token)
    if not any(letter.isalnum() for letter in folded) or not inner:
        return ""
    first, last = folded.strip()[0], folded.strip()[-1]
    before = r"(?<!\w)" if first.isalnum() and _has_blanks(first) else ""
    after = r"(?!\w)" if last.isalnum() and _has_blanks(last) else ""
    return f"(?:{before}{inner}{after})"


def _token(token: str) -> str:
    stars = 0
    parts = []
    for part in _PARTS.findall(token):
        if part[0] == "*":
            stars += 1
            parts.append(r"\w{0,30}" if stars <= _MOST_STARS else "")
        else:
            parts.append(re.escape(part) if part.isalnum() else r"[\W_]?")
    return "".join(parts) if any(part.isalnum() for part in _PARTS.findall(token)) else ""


def _has_blanks(letter: str) -> bool:
    """Whether the letter's script puts blanks between words: Thai, Lao, Chinese, Japanese and such do not."""
    return not ("\u0e00" <= letter <= "\u0eff" or "\u1000" <= letter <= "\u109f" or letter >= "\u3040")


def looked_at(sentence: Sentence) -> str:
    """The sentence, folded, with what it was cut off from."""
    if sentence.glued:
        return fold(sentence.said.released_tail(_BEHIND) + sentence.text)
    return fold(sentence.text)


@dataclass(frozen=True, slots=True)
class Blocked:
    """Stops an answer that uses a word the tenant has ruled out."""

    rules: OutputRules
    name: str = "blocked"
    version: int = 1
    fail: FailMode = FailMode.CLOSED
    at_end: bool = False

    def begin(self, evidence: Evidence) -> Judge:
        pattern = compile_words(self.rules.blocked_patterns)
        action = self.rules.action(self.name)

        def judge(sentence: Sentence) -> Ruling | None:
            if not pattern or not pattern.search(looked_at(sentence)):
                return None
            instead = text("stopped", evidence.language, self.rules.texts) if action is Action.REPLY else ""
            return Ruling(action, instead, reasons=("pattern",))

        return judge


@dataclass(frozen=True, slots=True)
class Competitors:
    """Leaves out what is said of competitors, unless a passage or, if allowed, the customer has named them."""

    rules: OutputRules
    name: str = "competitors"
    version: int = 1
    fail: FailMode = FailMode.OPEN
    at_end: bool = False

    def begin(self, evidence: Evidence) -> Judge:
        pattern = compile_words(self.rules.competitors)
        action = self.rules.action(self.name)

        def judge(sentence: Sentence) -> Ruling | None:
            named = {found[0] for found in pattern.finditer(looked_at(sentence))} if pattern else set()
            if not named or named <= self._known(evidence, pattern):
                return None
            instead = text("stopped", evidence.language, self.rules.texts) if action is Action.REPLY else ""
            return Ruling(action, instead, reasons=("competitor",))

        return judge

    def _known(self, evidence: Evidence, pattern: re.Pattern[str] | None) -> set[str]:
        known = list(evidence.passages.values())
        if self.rules.competitors_when_asked:
            known.append(evidence.customer_text)
        return {found[0] for text in known for found in pattern.finditer(fold(text))} if pattern else set()
