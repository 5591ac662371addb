"""What a conversation has said and read so far, and where a value stands in it.

Invariant: values of records count only where the call that read them was traced itself, so that nobody can have
another's records looked up and then used. It only grows, in the order of the log and of the steps.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from engine.agent.taint import assent
from engine.agent.taint.leaves import Leaf, keys, leaves, result_values
from engine.agent.taint.values import (
    CATALOGUE,
    CONFIRMED,
    CONSTANT,
    CUSTOMER,
    FREE,
    PROFILE,
    RECORD,
    UNTRACED,
    Done,
    Said,
    Source,
    Trace,
)
from engine.agent.taint.words import Words

RECENT = 6
"""The customer's last messages, in which she has to have asked for what is done now."""
LONGEST_QUESTION = 2000
"""Characters of a message of the assistant's that a yes may answer: nobody agrees to what is hidden in a long one."""
OURS = frozenset(
    {
        "unknown_tool", "malformed_arguments", "tool_arguments_invalid", "tool_not_allowed", "verification_needed",
        "untraced_arguments", "approval_refused", "approval_expired", "approval_withdrawn",
    }
)  # fmt: skip
"""What went wrong before anybody outside was asked: such a result is in our words."""


class Ledger:
    """The origins of one conversation."""

    def __init__(self, said: Sequence[Said], profile: Iterable[str], sources: Mapping[str, Source]) -> None:
        """
        Args:
            said: the messages of the log, in order, those that are answered now last.
            profile: what the tenant itself says of the customer: name, e-mail address, id.
            sources: the tools on offer, by name.
        """
        theirs = [one.text for one in said if one.author == "customer"]
        members = [one.text for one in said if one.author == "member"]
        agreed = _agreed(said)
        self.own = Words(theirs + members)
        self.agreed = Words(agreed)
        self.recent = Words(theirs[-RECENT:] + members[-RECENT:] + agreed[-RECENT:])
        self.says_yes = (
            bool(theirs) and bool(said) and said[-1].author == "customer" and assent.is_yes(theirs[-1])
        )
        self.read: list[str] = []
        self._results: list[tuple[str, str]] = []
        self._searched: list[tuple[str, Words]] = []
        self._facts: dict[str, str] = {key: PROFILE for fact in profile for key in keys(fact)}
        self._sources = sources

    @property
    def is_tainted(self) -> bool:
        """Whether anything was read that others wrote."""
        return bool(self.read)

    def add(self, done: Done) -> None:
        """Takes in a call that is over."""
        if done.detail in OURS:
            return
        source = self._sources.get(done.tool)
        if source is None or source.is_untrusted:
            self.read.append(done.tool)
            self._results.append((done.tool, done.text))
        if source is not None and not done.is_error and source.policy.results in {"records", "catalogue"}:
            self._learn(done, source)

    def trace(self, leaf: Leaf, free: Iterable[str] = ()) -> Trace:
        """Where one value of a call comes from.

        Args:
            free: the arguments that the model may word itself.
        """
        value = leaf.value
        if leaf.is_constant:
            return Trace(leaf.path, value, CONSTANT)
        if any(is_below(leaf.path, name) for name in free):
            return Trace(leaf.path, value, FREE)
        return Trace(leaf.path, value, self._origin(value))

    def where(self, value: Any) -> tuple[str, ...]:
        """The tools in whose results a value stands, of those that others wrote."""
        unread = self._results[len(self._searched) :]
        self._searched += [(tool, Words([text])) for tool, text in unread]
        found = (tool for tool, words in self._searched if words.holds(value))
        return tuple(dict.fromkeys(found))

    def knows(self, value: Any) -> bool:
        """Whether a value is in the customer's records or the catalogue."""
        return any(key in self._facts for key in keys(value))

    def _origin(self, value: Any) -> str:
        if self.own.holds(value):
            return CUSTOMER
        if self.agreed.holds(value):
            return CONFIRMED
        found = next((self._facts[key] for key in keys(value) if key in self._facts), None)
        return found or UNTRACED

    def _learn(self, done: Done, source: Source) -> None:
        given = [self.trace(leaf, source.policy.free_arguments) for leaf in _given(done, source)]
        if done.taint.get("action") != "approved" and not all(trace.is_traced for trace in given):
            return
        # What the model worded itself is no fact because a tool says it back.
        echoed = {key for trace in given if trace.origin == FREE for key in keys(trace.value)}
        kind = RECORD if source.policy.results == "records" else CATALOGUE
        for value in result_values(done.text):
            for key in keys(value):
                if key not in echoed:
                    self._facts.setdefault(key, f"{kind}:{done.tool}")


def is_below(path: str, name: str) -> bool:
    """Whether a value is that argument, or part of it; `items.note` names the notes of all items."""
    bare = "".join(part.split("]")[-1] for part in path.split("["))
    return bare == name or bare.startswith(f"{name}.")


def _given(done: Done, source: Source) -> tuple[Leaf, ...]:
    try:
        return leaves(json.loads(done.arguments or "{}"), source.parameters)
    except (ValueError, RecursionError):
        return (Leaf("arguments", None),)


def _agreed(said: Sequence[Said]) -> list[str]:
    """The assistant's questions that the customer has answered by a plain yes."""
    return [
        before.text
        for before, then in pairwise(said)
        if before.author == "assistant"
        and then.author == "customer"
        and len(before.text) <= LONGEST_QUESTION
        and assent.is_yes(then.text)
    ]
