"""Puts a packet together from what was said and done, without a model.

Invariant: pure; every line of a packet has its source, and nothing is in it that was not said, found or done.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.guardrails import moods
from engine.guardrails.languages.phrases import phrase
from engine.guardrails.output.claimed import AHEAD, claims_in
from escalation.packets.values import Attempt, Fact, Packet, Promised, Similar

MOST_GOAL = 200
MOST_TEXT = 300
MOST_FACTS = 20
MOST_TRIED = 20
MOST_PROMISES = 10
MOST_LINES = 40
_SENTENCE = re.compile(r"(?<=[.!?…])\s+|\n+")
_REFERENCE = re.compile(r"(?<![\w@.])(?=[\w#/-]{4,30}(?![\w@]))(?=[^\s]{0,29}\d{3})[#\w][\w/-]*")
_MARKS = re.compile(r"[*_`#]{1,3}(?=\S)|(?<=\S)[*_`]{1,3}")
_FROM_MODEL = frozenset({"search_knowledge", "request_person"})
NEXT = {
    "asked": "The customer asked for a person: say that you have read everything, and ask only what is missing.",
    "unsure": "Knowledge did not hold the answer: answer from what you know, and let it be added to the knowledge.",
    "failed_attempts": "Several attempts did not help: see what was tried below, and try something else.",
    "mood": "The customer is very unhappy: begin with that before the matter itself.",
    "self_harm": "The customer may harm herself: answer at once, kindly, and follow your team's procedure.",
    "high_stakes": "This is a matter for a person's decision: check it with whoever is responsible before you promise.",
    "budget": "A budget was spent, not the assistant's wits: go on where it stopped.",
    "model_unavailable": "The model was out of reach: go on where the assistant stopped.",
}
_NEXT_OTHERWISE = "Read the last messages, tell the customer that you have, and go on from there."


@dataclass(frozen=True, slots=True)
class Spoken:
    """A message of the log."""

    seq: int
    by: str
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Done:
    """A step of a run, as far as a packet tells of it."""

    run: str
    number: int
    name: str
    text: str
    is_error: bool
    arguments: str = ""
    citations: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Material:
    """All that a packet is made from: of one episode, in order."""

    reason: str
    note: str
    spoken: Sequence[Spoken]
    done: Sequence[Done]
    identity: str
    profile: dict[str, Any] = field(default_factory=dict)
    language: str = ""
    moods: Sequence[float] = ()
    waiting: Sequence[str] = ()
    similar: Sequence[Similar] = ()


def assemble(material: Material) -> Packet:
    """The packet of a hand-off."""
    felt = moods.trend(material.moods) if material.moods else None
    goal = goal_of(material)
    name = str(material.profile.get("name") or "")
    return Packet(
        goal=goal,
        identity=material.identity,
        name=name,
        language=material.language,
        mood=round(felt.now, 2) if felt else None,
        slope=round(felt.slope, 2) if felt else 0.0,
        facts=tuple(_facts(material))[:MOST_FACTS],
        tried=tuple(_tried(material))[-MOST_TRIED:],
        promises=tuple(_promises(material.spoken))[-MOST_PROMISES:],
        waiting=tuple(material.waiting),
        similar=tuple(material.similar),
        next_step=_next(material),
        opening=opening(name, goal, material.language),
        said=tuple(f"{one.by}: {one.text[:1500]}" for one in material.spoken[-MOST_LINES:]),
    )


def goal_of(material: Material) -> str:
    """What she wants, in a sentence: as the assistant put it when it handed over, else in her own words."""
    if material.note and material.reason in ("not_answered", "needs_decision", "upset", "other", "asked"):
        return _cut(material.note, MOST_GOAL)
    hers = [one.text for one in material.spoken if one.by == "customer"]
    telling = max((text for text in hers[:3] + hers[-2:]), key=_weight, default="")
    sentences = [part for part in _SENTENCE.split(telling) if part.strip()]
    return _cut(max(sentences, key=_weight, default=""), MOST_GOAL)


def opening(name: str, goal: str, language: str) -> str:
    """A first message that shows that everything was read; `{agent}` stands for who sends it."""
    who = f" {name.split()[0]}" if name.strip() else ""
    return phrase("agent_opening", language, name=who, agent="{agent}", goal=goal.strip(" .!?…"))


def _weight(text: str) -> int:
    """How much a sentence tells: its words, but not those of a novel; a question or a number says more."""
    words = min(len(text.split()), 25)
    return words + 4 * ("?" in text) + 4 * bool(_REFERENCE.search(text))


def _facts(material: Material) -> Iterable[Fact]:
    for name, value in material.profile.items():
        if value not in ("", [], None, 0):
            told = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
            yield Fact(f"{name.replace('_', ' ')}: {_cut(told, MOST_TEXT)}", "profile")
    yield from _references(material.spoken)
    for step in material.done:
        if step.name not in _FROM_MODEL and not step.is_error and step.text:
            yield Fact(_cut(step.text, MOST_TEXT), step.name)
    yield from _quotes(material.done)


def _references(spoken: Iterable[Spoken]) -> Iterable[Fact]:
    """Numbers of orders and the like, where the customer first named them."""
    first: dict[str, int] = {}
    for one in spoken:
        if one.by == "customer":
            for found in _REFERENCE.findall(one.text):
                first.setdefault(found, one.seq)
    for found, seq in first.items():
        yield Fact(found, f"message {seq}")


def _quotes(done: Iterable[Done]) -> Iterable[Fact]:
    """What the knowledge says that was cited."""
    seen: dict[str, Fact] = {}
    for cited in (cited for step in done for cited in step.citations[:3]):
        quote = str(cited.get("quote") or cited.get("heading") or "")
        if quote:
            fact = Fact(_cut(quote, MOST_TEXT), str(cited.get("title", "")), str(cited.get("url", "")))
            seen.setdefault(quote, fact)
    yield from seen.values()


def _tried(material: Material) -> Iterable[Attempt]:
    for step in material.done:
        if step.name == "search_knowledge":
            yield _searched(step)
        elif step.name != "request_person":
            what = f"{step.name} {_arguments(step.arguments)}".strip()
            yield Attempt(
                _cut(what, MOST_TEXT), _cut(step.text, MOST_TEXT), not step.is_error, step.run, step.number
            )
    for one in material.spoken:
        if one.by == "ai":
            yield Attempt("answered", _cut(_MARKS.sub("", one.text), MOST_TEXT), worked=True)


def _searched(step: Done) -> Attempt:
    """A search in words: what for, and which pages came of it."""
    titles = dict.fromkeys(str(cited.get("title", "")) for cited in step.citations)
    found = ", ".join(title for title in titles if title)
    what = f"searched the knowledge: {_arguments(step.arguments).partition('=')[2]}"
    return Attempt(_cut(what, MOST_TEXT), _cut(found, MOST_TEXT), bool(found), step.run, step.number)


def _arguments(raw: str) -> str:
    try:
        told = json.loads(raw or "{}")
    except ValueError:
        return raw
    if not isinstance(told, dict):
        return raw
    return ", ".join(f"{name}={value}" for name, value in told.items())


def _promises(spoken: Iterable[Spoken]) -> Iterable[Promised]:
    for one in spoken:
        if one.by in ("ai", "agent"):
            for sentence in _SENTENCE.split(one.text):
                if any(claim.tense in AHEAD or claim.first for claim in claims_in(sentence)):
                    yield Promised(_cut(sentence, MOST_TEXT), one.name or one.by, one.seq)


def _next(material: Material) -> str:
    if material.waiting:
        return f"Decide first: {material.waiting[0]}."
    failed = next((step for step in reversed(material.done) if step.is_error), None)
    if failed is not None and material.reason not in ("self_harm", "mood"):
        return f"{failed.name} failed: check that by hand."
    return NEXT.get(material.reason, _NEXT_OTHERWISE)


def _cut(text: str, most: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"
