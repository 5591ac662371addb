"""Checks that need no language: how long an answer is, whether it is one at all, and whose data it shows.

Invariant: what a check finds is told by codes only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from engine.guardrails.output.rules import OutputRules
from engine.guardrails.output.texts import text
from engine.guardrails.output.values import Evidence, Judge, Ruling, Sentence
from engine.guardrails.output.words import fold
from engine.guardrails.values import Action, FailMode, Span

Foreign = Callable[[str], Sequence[Span]]
LanguageOf = Callable[[str], str]

_RAW_CALL = re.compile(
    r"""^\s{0,20}(?:```\w{0,12}\s{1,4})?[\[{]\s{0,20}(?:\{\s{0,20})?["'](?:(?:tool_calls?|tool_name|function_call|"""
    r"""recipient_name)["']\s{0,4}:|(?:name|tool|function|type|id)["'].{0,300}?["'](?:arguments|parameters)["']\s{0,4}:)"""
    r"""|</?(?:tool_call|function_call|function|tool_response|invoke|function_calls|tools?|think|scratchpad)\b[^>]{0,200}>"""
    r"""|<\|[a-z_]{2,30}\|>|\[/?(?:TOOL_CALLS|INST|AVAILABLE_TOOLS)\]|<</?SYS>>"""
    r"""|^\s{0,20}(?:assistant|system|user)\s{0,3}(?:to=\w{1,60}|:)\s{0,4}(?:\n|[\[{])"""
    r"""|^\s{0,20}(?:functions?|tools?)\.\w{1,60}\s{0,4}\(""",
    re.IGNORECASE | re.DOTALL,
)
_BOILERPLATE = re.compile(
    r"\bas an? (?:ai|artificial intelligence|large language|language)(?: language)?(?: model| "
    r"assistant)?\b[^.!?]{0,20}"
    r"(?:,|i |model)|\bmy (?:training data|knowledge cut-?off)\b|\bi(?:'m| am) (?:just )?an? (?:ai |large "
    r")?language model"
    r"|\bals (?:ki-|ein ki-?|grosses )?(?:sprachmodell|sprach-modell)\b|\ben tant que (?:modèle de langage"
    r"|ia|qu'ia)\b"
    r"|\bcomo (?:un )?(?:modelo de lenguaje|modelo de linguagem|um modelo de linguagem)\b"
    r"|\bin quanto (?:modello linguistico|ia)\b|\bals (?:een )?(?:ai-)?taalmodel\b"
)
_ENOUGH_LETTERS = 60
_HIDDEN = "•••"


@dataclass(frozen=True, slots=True)
class Length:
    """Ends an answer that has grown too long; the sentence that would go over the limit is not said."""

    rules: OutputRules
    name: str = "length"
    version: int = 1
    fail: FailMode = FailMode.CLOSED
    at_end: bool = False

    def begin(self, evidence: Evidence) -> Judge:
        def judge(sentence: Sentence) -> Ruling | None:
            if sentence.said.released_length + len(sentence.text) <= self.rules.max_chars:
                return None
            return Ruling(self.rules.action(self.name), reasons=("too_long",))

        return judge


@dataclass(frozen=True, slots=True)
class Validity:
    """Stops what is no answer: nothing, marks only, a raw tool call, the wrong language; drops model boilerplate.

    Args:
        language_of: names the language of a text by two letters, or gives nothing when unsure.
    """

    rules: OutputRules
    language_of: LanguageOf | None = None
    name: str = "validity"
    version: int = 1
    fail: FailMode = FailMode.OPEN
    at_end: bool = True

    def begin(self, evidence: Evidence) -> Judge:
        def judge(sentence: Sentence) -> Ruling | None:
            action = self.rules.action(self.name)
            if sentence.ending:
                said = any(letter.isalnum() for letter in sentence.said.released)
                return None if said else Ruling(action, reasons=("empty",))
            if _RAW_CALL.search(sentence.text):
                return Ruling(action, reasons=("raw_call",))
            if _BOILERPLATE.search(fold(sentence.text)):
                return Ruling(Action.REWRITE, reasons=("boilerplate",))
            if self._is_foreign(sentence, evidence):
                return Ruling(action, reasons=("language",))
            return None

        return judge

    def _is_foreign(self, sentence: Sentence, evidence: Evidence) -> bool:
        if not (self.rules.language and self.language_of and evidence.language) or sentence.code:
            return False
        if sum(letter.isalpha() for letter in sentence.text) < _ENOUGH_LETTERS:
            return False
        found = self.language_of(sentence.text)
        return bool(found) and found[:2].lower() != evidence.language[:2].lower()


@dataclass(frozen=True, slots=True)
class ForeignData:
    """Stops, or hides, personal data that is not this customer's.

    Args:
        foreign: given a sentence, the spans of it that this customer may not see.
    """

    rules: OutputRules
    foreign: Foreign
    name: str = "foreign"
    version: int = 1
    fail: FailMode = FailMode.CLOSED
    at_end: bool = False

    def begin(self, evidence: Evidence) -> Judge:
        action = self.rules.action(self.name)

        def judge(sentence: Sentence) -> Ruling | None:
            spans = self.foreign(sentence.text)
            if not spans:
                return None
            reasons = tuple(sorted({span.type for span in spans}))
            if action in {Action.MASK, Action.REWRITE}:
                return Ruling(Action.MASK, _masked(sentence.text, spans), reasons=reasons)
            instead = text("stopped", evidence.language, self.rules.texts) if action is Action.REPLY else ""
            return Ruling(action, instead, reasons=reasons)

        return judge


def _masked(sentence: str, spans: Sequence[Span]) -> str:
    kept: list[str] = []
    at = 0
    for span in sorted(spans, key=lambda span: span.start):
        if span.start > at or not kept:
            kept += [sentence[at : span.start], _HIDDEN]
        at = max(at, span.end)
    return "".join(kept) + sentence[at:]
