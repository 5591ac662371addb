"""The product's output checks on answers that come in pieces; needs Django to be set up, and no database.

Invariant: each answer is fed to the outlet of a run as the loop does it, once.
"""

from __future__ import annotations

import json
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from bench.guard_jobs import POLICY, PROMPT, cpu, job, spread
from bench.guard_texts import Answered, Written
from conversations import guarding
from conversations.outlet import SEARCH, RunOutlet, rules_of
from engine.agent.values import Step
from engine.gateway.protocol import ToolCall
from engine.guardrails import languages
from engine.guardrails.masking import Masks, foreign
from engine.guardrails.output.building import checks_for
from engine.guardrails.output.citations import known as known_passage
from engine.guardrails.output.values import Evidence, Judge, OutputCheck, Ruling, Sentence
from engine.guardrails.output.window import Gate
from engine.guardrails.personal import Known
from engine.guardrails.values import FailMode

Times = dict[str, list[float]]
QUESTION = "How does it work?"


def figures(cases: Sequence[Answered]) -> dict[str, Any]:
    """What the checks add to answers, in milliseconds of CPU time."""
    times: Times = defaultdict(list)
    checks: Times = defaultdict(list)
    changed = 0
    for case in cases:
        for reply, name in zip(case.replies, ("first", "first_again"), strict=True):
            took, verdicts = _answer(case.passages, reply)
            times[name].append(took[0])
            times["whole"].append(took[1])
            times["sentence"].append(took[1] / _sentences(reply))
            changed += any(one["flagged"] for one in verdicts)
    for case in cases[: len(cases) // 2]:
        _by_check(case, checks)
    found: dict[str, Any] = {name: spread(one) for name, one in times.items()}
    return found | {
        "count": len(cases) * 2,
        "flagged": changed,
        "checks": {name: spread(one) for name, one in checks.items()},
    }


def _sentences(reply: Sequence[str]) -> int:
    return "".join(reply).count(". ") + 1


def _answer(passages: dict[int, str], reply: Sequence[str]) -> tuple[tuple[float, float], Sequence[Any]]:
    """CPU seconds of the piece that let the first sentence out, and of the whole answer; its verdicts."""
    outlet = _outlet(passages)
    steps: list[Callable[[], str]] = [partial(outlet.feed, piece) for piece in reply]
    first = whole = 0.0
    for step in (*steps, outlet.finish):
        told: list[str] = []
        took = cpu(_told, step, told)
        whole += took
        first = first or (took if told[0] else 0.0)
    return (first, whole), outlet.checks()


def _told(step: Callable[[], str], told: list[str]) -> None:
    told.append(step())


def _outlet(passages: dict[int, str]) -> RunOutlet:
    """The outlet of a run that has searched the knowledge."""
    made = job(Written(QUESTION, "", ""))
    assert made.guard is not None
    outlet = RunOutlet(made, made.guard, guarding.canary_of(made))
    found = [{"n": number, "title": "Help", "text": text} for number, text in passages.items()]
    call = ToolCall("1", SEARCH, "{}")
    outlet.learn(Step("tool", SEARCH, 0.0, text=json.dumps({"passages": found}), call=call))
    return outlet


def _by_check(case: Answered, checks: Times) -> None:
    """The same answer again with a clock around every check; its words are known by now, its passages as well."""
    known = Known()
    made = checks_for(
        rules_of(POLICY),
        foreign=lambda text: foreign(text, known=known, masks=Masks()),
        language_of=lambda text: languages.detect(text).code,
    )
    clocks = tuple(_Clocked(check, [0.0]) for check in made)
    for passage in case.passages.values():
        known_passage(passage)
    gate = Gate(clocks, Evidence(prompt=PROMPT, passages=case.passages, customer_text=QUESTION))
    reply = case.replies[0]
    for piece in reply:
        gate.feed(piece)
    gate.finish()
    for clock in clocks:
        checks[clock.name].append(clock.spent[0] / _sentences(reply))


@dataclass(frozen=True, slots=True)
class _Clocked:
    """A check of the output that notes the CPU seconds it takes."""

    check: OutputCheck
    spent: list[float]

    @property
    def name(self) -> str:
        return self.check.name

    @property
    def version(self) -> int:
        return self.check.version

    @property
    def fail(self) -> FailMode:
        return self.check.fail

    @property
    def at_end(self) -> bool:
        return self.check.at_end

    def begin(self, evidence: Evidence) -> Judge:
        began = time.process_time()
        judge = self.check.begin(evidence)
        self.spent[0] += time.process_time() - began

        def clocked(sentence: Sentence) -> Ruling | None:
            began = time.process_time()
            try:
                return judge(sentence)
            finally:
                self.spent[0] += time.process_time() - began

        return clocked
