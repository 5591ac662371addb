"""Lets an answer out: real values for placeholders, whole sentences, each checked by the policy.

Invariant: nothing goes out that the output checks have not seen. One outlet serves one attempt of one model; another
one begins anew, with an empty draft.
"""

from __future__ import annotations

import json
import re
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from conversations.guards import Guard
from conversations.turns import Job
from engine.agent.values import Outcome, Step
from engine.guardrails import languages
from engine.guardrails.kinds import KINDS
from engine.guardrails.languages.phrases import phrase
from engine.guardrails.masking import Unmasker, foreign
from engine.guardrails.output.building import checks_for
from engine.guardrails.output.rules import OutputRules, Promise
from engine.guardrails.output.values import ActionDone, Evidence, OutputVerdict, Released, Stop, TaskBooked
from engine.guardrails.output.window import Gate
from engine.guardrails.policy import GuardPolicy
from engine.guardrails.values import Action, Span, Stage

SEARCH = "search_knowledge"
BOOKED = {"request_person": "hand_off", "create_ticket": "ticket"}
GAP = "\n\n"
_ALLOW = Action.ALLOW.value
_RULES_KEPT = 256
_TELLING = re.compile(r"[\d@]")
"""What every address, number and code has a sign of."""


class RunOutlet:
    """Implements `engine.agent.values.Outlet` by the policy of a run."""

    def __init__(self, job: Job, guard: Guard, canary: str = "", *, any_language: bool = False) -> None:
        self.stopped: Outcome | None = None
        self._guard = guard
        self._offers = {offer.name: offer for offer in job.offers}
        self._verdicts: list[OutputVerdict] = []
        self._ended: Stop | None = None
        self._public = [message.text for message in job.turn.messages if message.role == "system"]
        rules = replace(rules_of(guard.policy), language=not any_language)
        checks = checks_for(rules, foreign=self._foreign, language_of=_language_of)
        self._evidence = _first_evidence(job, guard, canary)
        self._gate = Gate(checks, self._evidence, watch_only=rules.watch_only)
        self._unmasker = Unmasker(guard.placeholders.masks)

    def feed(self, piece: str) -> str:
        if self._guard.policy.real_in_replies:
            piece = self._unmasker.feed(piece)
        return self._taken(self._gate.feed(piece))

    def pause(self) -> str:
        text = self._taken(self._gate.feed(self._unmasker.flush())) + self._taken(self._gate.flush())
        return text + self._instead()

    def finish(self) -> str:
        text = self._taken(self._gate.feed(self._unmasker.flush())) + self._taken(self._gate.finish())
        said = self._gate.said
        if self._ended is None and said.written.strip() and not said.released.strip():
            self._ended = Stop(Action.REPLY, "", "empty")  # the checks left nothing of it
        return text + self._instead()

    def learn(self, step: Step) -> None:
        if step.kind != "tool" or step.call is None:
            return
        self._evidence = self._with(step, self._guard.placeholders.real(step.text))
        self._gate.learn(self._evidence)
        self._unmasker = Unmasker(self._guard.placeholders.masks)

    def checks(self) -> tuple[Mapping[str, Any], ...]:
        told, self._verdicts = tuple(map(_plain, self._verdicts)), []
        self._guard.note(Stage.OUTPUT, tuple(one for one in told if not one.get("monitored")))
        return told

    def _taken(self, released: Released) -> str:
        if released.verdicts:
            self._verdicts += released.verdicts
        self._ended = self._ended or released.stop
        return released.text

    def _instead(self) -> str:
        """What is said in place of the rest, once, when a check has ended the answer."""
        stop, said = self._ended, self._gate.said.released.strip()
        if stop is None or self.stopped is not None:
            return ""
        reason = f"guard_{stop.check}"
        if stop.action is Action.REPLY:
            self.stopped = Outcome("answered", reason=reason, note="guard")
            text = stop.text or phrase("output_withheld", self._guard.language)
        elif stop.action is Action.HAND_OVER:
            note = f"The check “{stop.check}” ended the assistant's answer."
            self.stopped, text = Outcome("handed_over", reason=reason, note=note), stop.text
        else:
            kind: Any = "answered" if said else "withheld"
            self.stopped, text = Outcome(kind, reason=reason, note="length"), stop.text
        return GAP + text if said and text else text

    def _with(self, step: Step, text: str) -> Evidence:
        assert step.call is not None
        if step.name == SEARCH:
            passages = _passages(text)
            self._public += passages.values()
            return replace(self._evidence, passages={**self._evidence.passages, **passages})
        offer = self._offers.get(step.name)
        about = f"{step.name} {offer.spec.description}" if offer else step.name
        arguments = _arguments(self._guard.placeholders.real_json(step.call.arguments))
        risk = offer.policy.risk.value if offer else "read"
        done = ActionDone(about, risk, not step.is_error, arguments, text)
        tasks = self._evidence.tasks
        if step.name in BOOKED and not step.is_error:
            tasks = (*tasks, TaskBooked(BOOKED[step.name]))
        return replace(self._evidence, actions=(*self._evidence.actions, done), tasks=tasks)

    def _foreign(self, text: str) -> tuple[Span, ...]:
        """Personal data that is neither the customer's nor in what anybody may read."""
        if not _TELLING.search(text):
            return ()
        own = self._guard.placeholders
        found = foreign(text, known=own.known, masks=own.own, allowed=self._guard.policy.own_data)
        return tuple(span for span in found if not self._is_public(text[span.start : span.end]))

    def _is_public(self, value: str) -> bool:
        return any(value in text for text in self._public)


_kept_rules: OrderedDict[int, tuple[GuardPolicy, OutputRules]] = OrderedDict()


def rules_of(policy: GuardPolicy) -> OutputRules:
    """What the output checks go by; made once for a policy, which is the same object in turn after turn."""
    kept = _kept_rules.get(id(policy))
    if kept is None or kept[0] is not policy:
        kept = _kept_rules[id(policy)] = (policy, _rules_of(policy))
        if len(_kept_rules) > _RULES_KEPT:
            _kept_rules.popitem(last=False)
    return kept[1]


def _rules_of(policy: GuardPolicy) -> OutputRules:
    names = [name for name, kind in KINDS.items() if Stage.OUTPUT in kind.stages]
    rules = {name: policy.rule(name) for name in names}
    return OutputRules(
        max_chars=policy.most_output,
        blocked_patterns=policy.blocked_words,
        allowed_hosts=policy.allowed_hosts,
        links_from_passages=True,
        competitors=policy.competitors,
        promises=frozenset(Promise(one) for one in policy.promises),
        unsupported=policy.unsupported,
        actions={name: rule.action for name, rule in rules.items()},
        off=frozenset(name for name, rule in rules.items() if not rule.on),
        watch_only=frozenset(name for name in names if not policy.acts(name)),
    )


def _first_evidence(job: Job, guard: Guard, canary: str) -> Evidence:
    messages = job.turn.messages
    asked, told = (
        "\n".join(guard.placeholders.real(one.text) for one in messages if one.role == role)
        for role in ("user", "assistant")
    )
    return Evidence(
        prompt=guard.prompt,
        customer_text=asked,
        records=told,  # what was said before was checked when it was said
        language=guard.language,
        canary=canary,
    )


@lru_cache(maxsize=256)
def _passages(text: str) -> dict[int, str]:
    try:
        found = json.loads(text)["passages"]
        return {
            int(one["n"]): "\n".join(str(one.get(name) or "") for name in ("title", "heading", "text"))
            for one in found
        }
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return {}


def _arguments(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _language_of(text: str) -> str:
    found = languages.detect(text)
    return found.code if found.sure else ""


def _plain(verdict: OutputVerdict) -> dict[str, Any]:
    if verdict.action is Action.ALLOW and not (verdict.label or verdict.reasons or verdict.failed):
        return {
            "check": verdict.check,
            "version": verdict.version,
            "score": round(verdict.score, 4),
            "flagged": False,
            "sentence": verdict.sentence,
            "action": _ALLOW,
        }
    acted = verdict.acted and verdict.action is not Action.ALLOW
    told: dict[str, Any] = {
        "check": verdict.check,
        "version": verdict.version,
        "score": round(verdict.score, 4),
    }
    told |= {"flagged": verdict.action is not Action.ALLOW, "sentence": verdict.sentence}
    told["action"] = verdict.action.value if acted else Action.ALLOW.value
    rest = {"label": verdict.label, "reasons": list(verdict.reasons), "failed": verdict.failed}
    rest["monitored"] = verdict.action is not Action.ALLOW and not acted
    return told | {name: value for name, value in rest.items() if value}
