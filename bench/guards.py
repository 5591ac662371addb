"""What the guardrails cost: of a message before it is answered, of a passage, of the first sentence of an answer.

Invariant: every text is new, weights are read beforehand, one thread; times are CPU times of the process, so that
others at work on the machine do not count. Run as a program (`python -m bench.guards`) it measures and writes JSON.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Any

from bench.machine import pinned
from bench.report import Goal
from bench.world import World, run_step

MOST_SECONDS = 120.0
_INPUT = "  {:<30}{:>9} {:>9} {:>9}   {}"


def measured(world: World) -> dict[str, Any]:
    """The figures, taken on the server's core. Raises BenchFailed."""
    with pinned(world.server_core):
        figures: dict[str, Any] = json.loads(run_step(world, ["-m", "bench.guards"], seconds=MOST_SECONDS))
    return figures


def goals(figures: Mapping[str, Any]) -> list[Goal]:
    """The bounds of docs/benchmarks.md."""
    short, long, detect = figures["input, 300"], figures["input, 8000"], figures["injection"]
    wanted = (
        ("guardrails, 300 characters: a turn's input, p50", short["turn"]["p50_ms"], 5.0),
        ("guardrails, 300 characters: a turn's input, p95", short["turn"]["p95_ms"], 15.0),
        ("guardrails, 8000 characters: a turn's input, p50", long["turn"]["p50_ms"], 40.0),
        ("injection.detect, 300 characters, p50", detect["alone"]["p50_ms"], 3.0),
        ("injection.detect with the encoder, p50", detect["encoder"]["p50_ms"], 15.0),
        ("guardrails, first sentence of an answer, p50", figures["output"]["first"]["p50_ms"], 5.0),
    )
    return [Goal(name, value, bound, unit=" ms") for name, value, bound in wanted]


def text(figures: Mapping[str, Any]) -> str:
    """The part of the report about guardrails."""
    return "\n\n".join([_input_text(figures), _output_text(figures["output"])])


def _input_text(figures: Mapping[str, Any]) -> str:
    lines = [_INPUT.format("", "p50 ms", "p95 ms", "most ms", "the longest")]
    for size in ("300", "8000"):
        one = figures[f"input, {size}"]
        lines += [_line(f"{size}: {name}", one[key]) for name, key in _PATHS]
        lines += [_line(f"  {name}", spread) for name, spread in one["parts"].items()]
    detect = figures["injection"]
    lines += [_line("injection.detect", detect["alone"]), _line("  with the encoder", detect["encoder"])]
    lines.append(_line("indirect.screen, 1500", figures["indirect"]))
    title = (
        f"Guardrails: input, {figures['input, 300']['count']} messages of {figures['length']:.0f} characters, "
        f"{figures['input, 8000']['count']} of 8000; the encoder was asked for {detect['asked']:.0%}"
    )
    return "\n".join([title, *lines])


_PATHS = (("a turn's input", "turn"), ("without the encoder", "plain"))


def _output_text(output: Mapping[str, Any]) -> str:
    lines = [_INPUT.format("", "p50 ms", "p95 ms", "most ms", "")]
    names = (
        ("first sentence, new passages", "first"),
        ("first sentence, passages known", "first_again"),
        ("a whole answer", "whole"),
        ("a sentence", "sentence"),
    )
    lines += [_line(name, output[key]) for name, key in names]
    lines += [_line(f"  {name}, a sentence", spread) for name, spread in output["checks"].items()]
    title = f"Guardrails: output, {output['count']} answers in 20 pieces with 5 passages of 1500 characters"
    return "\n".join([title, *lines])


def _line(name: str, spread: Mapping[str, Any]) -> str:
    numbers = (f"{spread[key]:.3f}" for key in ("p50_ms", "p95_ms", "most_ms"))
    return _INPUT.format(name, *numbers, spread.get("longest", "")).rstrip()


def main() -> None:
    import django

    django.setup()
    from bench.guard_input import figures

    json.dump(figures(), sys.stdout)


if __name__ == "__main__":
    main()
