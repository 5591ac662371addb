"""Releasing an answer sentence by sentence, each after its checks.

Invariant: what is released consists of sentences that every check has seen, or of what a check put in their place.
It does not depend on the pieces in which the answer came. Each character is looked at a bounded number of times.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from engine.guardrails.output.sentences import PROSE, WINDOW, End, View, may_end, next_end
from engine.guardrails.output.values import (
    STOPS,
    Evidence,
    Judge,
    OutputCheck,
    OutputVerdict,
    Released,
    Ruling,
    Said,
    Sentence,
    Stop,
)
from engine.guardrails.values import Action, FailMode

_NOTHING = Released()


class Gate:
    """Holds a streamed answer back to whole sentences and lets through what the checks allow.

    Args:
        checks: asked in this order; each sees the sentence as the one before has left it.
        evidence: what the answer may rest on; `learn` replaces it.
        watch_only: names of checks whose verdicts are written down and not acted upon.
    """

    def __init__(
        self, checks: Sequence[OutputCheck], evidence: Evidence, *, watch_only: frozenset[str] = frozenset()
    ) -> None:
        self._checks = tuple(checks)
        self._watch_only = watch_only
        self._held = ""
        self._at = 0
        self._looked = 0
        self._code = False
        self._glued = False
        self._number = 0
        self._waits = False
        self._later: list[str] = []
        self._gap = ""
        self._shortened = False
        self._spoke: set[str] = set()
        self.said = Said()
        self.stop: Stop | None = None
        self.learn(evidence)

    def learn(self, evidence: Evidence) -> None:
        """What is known from here on, such as after a tool's result. What is held, or waits, is judged by it."""
        self.evidence = evidence
        self._waits = False
        self._judges: dict[int, Judge] = {}  # by place: two checks may have one name

    def feed(self, piece: str) -> Released:
        """Takes the next piece of the answer; gives the sentences that are complete by now."""
        if self.stop or not piece:
            return _NOTHING
        if self._goes_on(piece):
            self._held += piece
            self._looked = len(self._held)
            return _NOTHING
        self._later.append(piece)
        return self._release()

    def _goes_on(self, piece: str) -> bool:
        """Whether all of what is held was looked at, and no sentence can end in this piece: there is nothing to do."""
        return (
            0 < self._looked == len(self._held)
            and not self._later
            and not self._waits
            and len(self._held) + len(piece) < PROSE
            and not may_end(piece)
        )

    def flush(self) -> Released:
        """Gives out what is held as if a sentence ended here, such as before a tool is called.

        A sentence that waits for more evidence, and what follows it, stays held until `learn` or `finish`.
        """
        return self._release(over=True)

    def finish(self) -> Released:
        """Gives out the rest, and asks the checks that judge a whole answer.

        The verdicts hold one `allow` for each check that had nothing to say.
        """
        self._waits = False
        last = self._release(over=True, final=True)
        verdicts = list(last.verdicts)
        if not self.stop:
            for place, check in enumerate(self._checks):
                if check.at_end and not self.stop:
                    self._ask(place, Sentence("", self.said, self._number, ending=True), verdicts)
        silent = (check for check in self._checks if check.name not in self._spoke)
        verdicts += [OutputVerdict(one.name, one.version, Action.ALLOW, self._number) for one in silent]
        return Released(last.text, tuple(verdicts), self.stop)

    def _release(self, *, over: bool = False, final: bool = False) -> Released:
        verdicts: list[OutputVerdict] = []
        released: list[str] = []
        if self.stop or self._waits:
            return _NOTHING
        self._held, self._at = "".join([self._held, *self._later]), 0
        self._later = []
        while not self.stop and self._at < len(self._held):
            window = self._held[self._at : self._at + WINDOW]
            last = over and len(self._held) - self._at <= WINDOW
            end = next_end(View(window, last, not self.said.written_length, self._code, self._looked))
            if isinstance(end, int):
                self._looked = end
                break
            self._looked = 0
            shown = self._pass(window, end, verdicts, final=final)
            if shown is None:
                self._waits = True
                break
            released.append(shown)
            self._at += end.at
        self._held = self._held[self._at :]
        if not (released or verdicts or self.stop):
            return _NOTHING
        return Released("".join(released), tuple(verdicts), self.stop)

    def _pass(self, window: str, end: End, verdicts: list[OutputVerdict], *, final: bool) -> str | None:
        """What is shown of a sentence; None when it has to wait."""
        lead, text = window[: end.core], window[end.core : end.at]
        sentence = Sentence(text, self.said, self._number, end.code, self._glued)
        found: list[OutputVerdict] = []
        kept = self._judged(sentence, found, final=final) if text else ""
        if kept is None:
            return None
        verdicts += found
        self.said.write(window[: end.at])
        self._code, self._glued = end.still_code, end.glued
        self._number += bool(text)
        if self.stop:
            return ""
        shown = self._spaced(lead, kept, dropped=bool(text) and not kept)
        self.said.release(shown)
        return shown

    def _spaced(self, lead: str, kept: str, *, dropped: bool) -> str:
        """The sentence with its white space; a sentence left out takes its blank along, not its paragraph."""
        self._shortened = self._shortened or dropped
        if self._shortened and not kept:
            self._gap = max(self._gap, lead, key=lambda gap: gap.count("\n"))
            return ""
        if self._shortened:
            lead = max(lead, self._gap, key=lambda gap: gap.count("\n"))
            lead = lead if self.said.released_length else ""
            self._shortened, self._gap = False, ""
        return lead + kept

    def _judged(self, sentence: Sentence, verdicts: list[OutputVerdict], *, final: bool) -> str | None:
        for place in range(len(self._checks)):
            ruling = self._ask(place, sentence, verdicts)
            if ruling and ruling.wait and not final:
                self.stop = None
                return None
            if self.stop:
                return ""
            if ruling:
                sentence = replace(sentence, text=ruling.text)
            if not sentence.text.strip():
                return ""
        return sentence.text

    def _ask(self, place: int, sentence: Sentence, verdicts: list[OutputVerdict]) -> Ruling | None:
        """The ruling to be followed, if any; a ruling that stops the answer is kept in `stop`."""
        check, failed = self._checks[place], False
        try:
            if place not in self._judges:
                self._judges[place] = check.begin(self.evidence)
            ruling = self._judges[place](sentence)
        except Exception as error:  # whatever it is: what follows is the check's fail mode
            failed = True
            ruling = _of_failure(check, error)
        if ruling is None:
            return None
        acted = ruling.action is not Action.ALLOW and check.name not in self._watch_only
        self._spoke.add(check.name)
        verdicts.append(_verdict(check, ruling, sentence.number, failed=failed, acted=acted))
        if not acted:
            return None
        if ruling.action in STOPS:
            self.stop = Stop(ruling.action, ruling.text, check.name, ruling.reasons)
        return ruling


def _of_failure(check: OutputCheck, error: Exception) -> Ruling:
    action = Action.HAND_OVER if check.fail is FailMode.CLOSED else Action.ALLOW
    return Ruling(action, reasons=("failed", type(error).__name__), score=0.0)


def _verdict(check: OutputCheck, ruling: Ruling, number: int, *, failed: bool, acted: bool) -> OutputVerdict:
    return OutputVerdict(
        check.name,
        check.version,
        ruling.action,
        number,
        ruling.label,
        ruling.reasons,
        ruling.score,
        failed,
        acted,
    )
