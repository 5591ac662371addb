"""Measures the recognisers of personal data: characters masked by type and source, clean texts flagged.

Nothing is fitted: the recognisers are rules. Run: `.venv/bin/python -m training.personal`
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable

from engine.guardrails.personal import find
from training.personal_locales import strangers
from training.personal_sentences import clean
from training.rows import Row, read

STRUCTURED = frozenset({"EMAIL", "PHONE", "CREDIT_CARD", "US_SSN", "IBAN", "IP_ADDRESS", "NATIONAL_ID"})
"""The types that a recogniser can know by their form; the others need the sentence."""

WRITTEN = frozenset({*STRUCTURED, "ADDRESS", "PERSON", "ZIP", "US_DRIVER_LICENSE"})


def covered(rows: Iterable[Row], kinds: frozenset[str]) -> tuple[int, int]:
    """How many characters of the marked data of these types are masked, and how many there are."""
    masked = total = 0
    for row in rows:
        inside = {at for span in find(row.text) for at in range(span.start, span.end)}
        for gold in row.more.get("spans", []):
            if gold["type"] in kinds:
                total += gold["end"] - gold["start"]
                masked += sum(at in inside for at in range(gold["start"], gold["end"]))
    return masked, total


def flagged(rows: Iterable[Row]) -> tuple[int, int]:
    """How many texts have anything found in them, and how many there are."""
    marks = [bool(find(row.text)) for row in rows]
    return sum(marks), len(marks)


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:5.1f} % of {whole}" if whole else "-"


def _milliseconds(text: str) -> float:
    """The quickest of some rounds: the machine may be shared."""
    best = float("inf")
    for _ in range(15):
        started = time.perf_counter()
        for _ in range(10):
            find(text)
        best = min(best, (time.perf_counter() - started) / 10)
    return 1000 * best


def main() -> None:
    rows = read("pii")
    for source in sorted({row.source for row in rows}):
        own = [row for row in rows if row.source == source]
        _say(f"{source:20} structured {_share(*covered(own, STRUCTURED))}")
        _say(f"{'':20} clean      {_share(*flagged([row for row in own if row.label == 'none']))} flagged")
    for kind in sorted(WRITTEN):
        _say(f"{kind:20} masked     {_share(*covered(rows, frozenset({kind})))}")
    for kind in ("injection", "handoff_request", "content_safety"):
        ordinary = [row for row in read(kind) if row.label in {"benign", "no", "yes", "safe"}]
        for source in sorted({row.source for row in ordinary}):
            _say(
                f"{source:20} ordinary   {_share(*flagged([row for row in ordinary if row.source == source]))} flagged"
            )
    others = list(strangers())
    for kind in sorted({span["type"] for row in others for span in row.more["spans"]}):
        _say(f"{kind:20} masked     {_share(*covered(others, frozenset({kind})))} in 30 other locales")
    sentences = list(clean(10))
    _say(
        f"{'own sentences':20} clean      {_share(sum(bool(find(text)) for text in sentences), len(sentences))} flagged"
    )
    plain = "I ordered the blue jacket in size M last week and it still has not arrived, nobody answers. " * 3
    full = (
        "Order 4500123456 of 2024-05-03: call me at +49 30 1234567 or write to ana@shop.example, I live there. "
        * 3
    )
    _say(f"300 characters: {_milliseconds(plain):.2f} ms without digits, {_milliseconds(full):.2f} ms with")
    quick, slow = _milliseconds(plain * 27), _milliseconds(full + plain * 26)
    _say(f"8,000 characters: {quick:.2f} ms without digits, {slow:.2f} ms with")


if __name__ == "__main__":
    main()
