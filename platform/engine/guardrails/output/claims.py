"""Whether what an answer claims was done or arranged in this run.

Invariant: a sentence that claims a deed passes only if a successful call, a booked task or, for what is told as a fact,
a tool result, a record or a cited passage says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from engine.guardrails.output.citations import support
from engine.guardrails.output.claimed import AHEAD, FACTS, WORD_ITSELF, Claim, claims_in
from engine.guardrails.output.deeds import ANY, PEOPLE, kinds_in
from engine.guardrails.output.rules import OutputRules
from engine.guardrails.output.texts import once, text
from engine.guardrails.output.values import ActionDone, Evidence, Judge, Ruling, Said, Sentence
from engine.guardrails.output.words import cited, fold, numbers, stands, without_marks
from engine.guardrails.values import Action, FailMode

SEARCH = "search_knowledge"
"""The tool whose results are passages: what they say is no fact about this customer."""
_MOST = 200_000
_EMPTY = re.compile(
    r"[\"']?[\w -]{1,60}[\"']?\s{0,4}[:=]\s{0,4}[\"']?(?:false|null|none|no|nil|n/a|0"
    r"|-)?[\"']?\s{0,4}(?=[,;}\]\n]|\Z)",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"\b(?:not|never|no|nicht|kein\w?|pas|non|niet"
    r"|não)\s{1,3}(?:\w{1,20}\s{1,3})?\w{1,40}",
    re.IGNORECASE,
)
_POSSIBLE = re.compile(
    r"\b\w{2,40}(?:able|ible|ability|ibility|bar|ation|ment|ung|ción|zione|ção"
    r"|ering)\b",
    re.IGNORECASE,
)
_STATUS = re.compile(
    r"\b(refund|return|exchange|cancel|replacement|transfer|shipment)(?:lation)?[ _-]"
    r"(?:initiated|issued|processed|requested|completed|approved|created|sent|done)\b",
    re.IGNORECASE,
)
_BARE = re.compile(
    r"(?<![a-z])(?:refunds?|cancel|replace|exchanges?|ship|deliver|delivery|shipping|updates?|updated_?at"
    r"|change|send|e?mails?|"
    r"sms|calls?|phone|contacts?|forward|transfers?|credits?|discounts?|delete|close|reset|block|book"
    r"|booking|orders?|ordered|"
    r"reservations?|returns?|reserve|schedule|pass|connect|alert|remove|edit|extend|renew|subscription"
    r"|follow|flag)(?![a-z])",
    re.IGNORECASE,
)
_IDENTIFIER = re.compile(r"#?\b(?=[\w-]{0,40}\d[\w-]{0,40}\d[\w-]{0,40}\d)[a-z0-9-]{4,60}\b")
_DATE = re.compile(r"\d{4}-\d\d(?:-\d\d)?|(?:19|20)\d\d|\d{1,3}")
_AMOUNT = re.compile(
    r"(?:[$€£¥]|\b(?:eur|usd|gbp|chf|brl)\b)\s?(\d[\d.,]{0,15})|(\d[\d.,]{0,15})\s?(?:[$€£¥]|(?:eur|usd"
    r"|gbp|chf|euros?|dollars?)\b)"
)


class Ledger:
    """What a run has done, arranged and read, by kind of deed."""

    def __init__(self, evidence: Evidence, rules: OutputRules) -> None:
        self._evidence = evidence
        self._done = [(_kinds_of(action), _told(action)) for action in evidence.actions if _is_write(action)]
        self._booked = frozenset(
            kind for task in evidence.tasks for kind in kinds_in(f"{task.kind} {task.note}")
        )
        if self._booked & {"call", "escalate"}:
            self._booked |= {"contact"}
        read = (one.result for one in evidence.actions if one.ok and one.tool.split(" ")[0] != SEARCH)
        self._read = " ".join([evidence.records, *read])[:_MOST]
        self._stated = kinds_in(_facts_of(self._read), nouns=False)
        self._implied = rules.implied
        self._floor = rules.support

    def carries(self, claim: Claim, sentence: str) -> bool:
        """Whether what is known says so."""
        folded = fold(without_marks(sentence))
        if any(self._did(kind, folded) or kind in self._booked for kind in claim.kinds):
            return True
        if any(kind[0] == WORD_ITSELF and kind[1:] in fold(self._read) for kind in claim.kinds):
            return True
        if (ANY in claim.kinds or min(claim.kinds)[0] == WORD_ITSELF) and (
            self._booked or any(_agrees(told, folded) for _, told in self._done)
        ):
            return True
        if claim.tense in FACTS and claim.kinds & self._stated and _agrees(self._read, folded):
            return True
        if claim.tense in AHEAD and any(self._follows(kind, claim.first) for kind in claim.kinds):
            return True
        return not (claim.first and claim.tense == "past") and self._is_policy(sentence)

    def _did(self, kind: str, folded: str) -> bool:
        return any(
            kind in kinds and _agrees(f"{told} {self._read}", folded, told) for kinds, told in self._done
        )

    def _follows(self, kind: str, first: bool) -> bool:
        """Whether it comes of itself with what was done; so does a message that tells of it."""
        if kind == "send" and not first and self._done:
            return True
        return any(kind in self._implied.get(done, ()) for kinds, _ in self._done for done in kinds)

    def _is_policy(self, sentence: str) -> bool:
        """Whether a passage that the sentence cites, or nearly repeats, says so."""
        passages = self._evidence.passages
        marked = [passages[mark] for mark in cited(sentence) if mark in passages]
        for texts, floor in ((marked, self._floor), (list(passages.values()), max(self._floor, 0.8))):
            if texts:
                found = support(sentence, texts)
                if found.share >= floor and not found.missing:
                    return True
        return False


def _is_write(action: ActionDone) -> bool:
    return action.ok and action.risk != "read"


def _kinds_of(action: ActionDone) -> frozenset[str]:
    arguments = " ".join(_leaves(action.arguments))
    return (
        kinds_in(action.tool)
        | kinds_in(arguments, nouns=False)
        | kinds_in(_facts_of(action.result[:4_000]), nouns=False)
    )


def _facts_of(read: str) -> str:
    """What was read without what it denies, what could be done but was not, and mere names of fields."""
    read = _STATUS.sub(r"\1ed", _EMPTY.sub(" ", read))
    for pattern in (_DENIED, _POSSIBLE, _BARE):
        read = pattern.sub(" ", read)
    return read


def _told(action: ActionDone) -> str:
    return f"{' '.join(_leaves(action.arguments))} {action.result}"


def _leaves(value: object) -> Iterable[str]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from _leaves(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _leaves(inner)
    else:
        yield str(value)


def _agrees(known: str, folded: str, own: str | None = None) -> bool:
    """Whether the numbers of orders and the amounts in a sentence are those of the call, or of what was read."""
    names = {
        name.lstrip("#") for name in _IDENTIFIER.findall(folded) if not _DATE.fullmatch(name.lstrip("#"))
    }
    amounts = [one for found in _AMOUNT.finditer(folded) for one in numbers(found[0])]
    names -= {name for found in _AMOUNT.finditer(folded) for name in _IDENTIFIER.findall(found[0])}
    if not names and not amounts:
        return True
    where = fold(own if own is not None else known)
    if any(name not in where for name in names):
        return False
    have = numbers(fold(known)) if amounts else set()
    return all(stands(amount, have) for amount in amounts)


@dataclass(frozen=True, slots=True)
class Claims:
    """Puts an honest sentence in the place of a claim that nothing bears out, or ends the answer, by policy.

    What is announced waits: a call that follows may bear it out.
    """

    rules: OutputRules
    name: str = "claims"
    version: int = 1
    fail: FailMode = FailMode.CLOSED
    at_end: bool = False

    def begin(self, evidence: Evidence) -> Judge:
        ledger: list[Ledger] = []
        action = self.rules.action(self.name)

        def judge(sentence: Sentence) -> Ruling | None:
            found = claims_in(sentence.text)
            if not found:
                return None
            if not ledger:
                ledger.append(Ledger(evidence, self.rules))
            for claim in found:
                if not ledger[0].carries(claim, sentence.text):
                    return self._ruling(claim, action, evidence.language, sentence.said)
            return None

        return judge

    def _ruling(self, claim: Claim, action: Action, language: str, said: Said) -> Ruling:
        ahead = claim.tense in AHEAD
        name = "not_arranged" if ahead and claim.kinds & PEOPLE else "not_sure" if ahead else "not_done"
        instead = text(name, language, self.rules.texts) if action in {Action.REWRITE, Action.REPLY} else ""
        instead = once(instead, said) if action is Action.REWRITE else instead
        return Ruling(action, instead, reasons=(claim.tense, *sorted(claim.kinds)), wait=ahead)
