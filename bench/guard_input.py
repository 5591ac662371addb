"""The product's guardrails on messages and passages of the bench; needs Django to be set up, and no database.

Invariant: a text is measured once and never again; what is known about it when it comes is what a running server would
know: the weights and ordinary words.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from statistics import fmean
from typing import Any

from bench import guard_output
from bench.guard_jobs import POLICY, cpu, job, known_of, spread
from bench.guard_texts import Texts, Written
from conversations import guarding
from conversations.placeholders import Placeholders
from engine.gateway.minilm import bundled
from engine.guardrails import harm, indirect, injection, languages, moods, personal, screening, wishes
from engine.guardrails.injection.detecting import MEANT
from engine.guardrails.linear import Floats
from engine.guardrails.normalise import normalise
from engine.guardrails.screening import Subject

SHORT_ROUNDS, LONG_ROUNDS, PASSAGES, ANSWERS = 6, 12, 60, 60
POISONED = 6
"""Each sixth passage holds an order to the assistant."""

Times = dict[str, list[float]]


def figures() -> dict[str, Any]:
    """All figures, in milliseconds."""
    began = time.process_time()
    screening.warm()
    _embed("Where is my parcel?")
    warm = time.process_time() - began
    texts = Texts()
    # Lists, patterns and ordinary words, as a server knows them after its first minutes.
    for one in texts.messages():
        _screened(one)
    short = [one for _ in range(SHORT_ROUNDS) for one in texts.messages()]
    return {
        "warm_seconds": warm,
        "length": fmean(len(one.text) for one in short),
        "input, 300": _input(short),
        "input, 8000": _input([one for _ in range(LONG_ROUNDS) for one in texts.long_ones()]),
        "injection": _injection([one for _ in range(2) for one in texts.messages()]),
        "indirect": _indirect(texts),
        "output": guard_output.figures([texts.answered() for _ in range(ANSWERS)]),
    }


def _input(written: Sequence[Written]) -> dict[str, Any]:
    """A third of the texts go the way of a turn, encoder included, a third through all checks, a third through each."""
    with asyncio.Runner() as runner:
        # Not `runner.run`: it takes down the whole job as a text for its signal handler.
        loop = runner.get_loop()
        turn = [(cpu(_prepared, loop, one), one.text) for one in written[::3]]
    plain = [(cpu(_screened, one), one.text) for one in written[1::3]]
    parts: Times = defaultdict(list)
    for one in written[2::3]:
        _by_check(one, parts)
    return {
        "count": len(written),
        "turn": _spread_of(turn),
        "plain": _spread_of(plain),
        "parts": {name: spread(times) for name, times in parts.items()},
    }


def _prepared(loop: asyncio.AbstractEventLoop, one: Written) -> None:
    loop.run_until_complete(guarding.prepare(job(one)))


def _screened(one: Written) -> None:
    """What is done with every message, without the encoder."""
    known = known_of(one)
    languages.follow("", [one.text])
    screening.screen(Subject([one.text], known), POLICY)
    Placeholders(POLICY.masked, known).masked(one.text, own=True)


def _by_check(one: Written, parts: Times) -> None:
    """Each check alone; the normalised text is made once, as `Subject` does it."""
    text, known, normal = one.text, known_of(one), normalise(one.text)
    checks: dict[str, Callable[[], object]] = {
        "language": lambda: languages.follow("", [text]),
        "normalised (characters)": lambda: normalise(text),
        "harm (self_harm, content)": lambda: harm.judge(normal.text),
        "injection": lambda: injection.detect(text, normal=normal),
        "person": lambda: wishes.wants_person(text),
        "mood": lambda: moods.judge(text),
        "personal": lambda: personal.find(text, known=known),
        "masking, with a second find": lambda: Placeholders(POLICY.masked, known).masked(text, own=True),
    }
    for name, check in checks.items():
        parts[name].append(cpu(check))


def _injection(written: Sequence[Written]) -> dict[str, Any]:
    """The check alone, and with the encoder, which each text pays for here whether the check asks it or not."""
    alone = [cpu(injection.detect, one.text) for one in written[::2]]
    asked: list[bool] = []
    encoder = [cpu(_with_encoder, one.text, asked) for one in written[1::2]]
    return {"alone": spread(alone), "encoder": spread(encoder), "asked": fmean(asked)}


def _with_encoder(text: str, encoded: list[bool]) -> None:
    """Notes whether the check asked the encoder."""
    told: list[str] = []

    def embed(asked: str) -> Floats:
        told.append(asked)
        return _embed(asked)

    injection.detect(text, embed=embed)
    if not told:
        _embed(text[:MEANT])
    encoded.append(bool(told))


def _indirect(texts: Texts) -> dict[str, float]:
    pages = [texts.passage(poisoned=at % POISONED == 0) for at in range(PASSAGES)]
    return spread([cpu(indirect.screen, page) for page in pages])


def _embed(text: str) -> Floats:
    vector: Floats = bundled().embed([text])[0]
    return vector


def _spread_of(timed: Sequence[tuple[float, str]]) -> dict[str, Any]:
    """With the beginning of the text that took longest."""
    longest = max(timed)[1]
    return {**spread(took for took, _ in timed), "longest": " ".join(longest[:60].split())}
