"""Gives the model of a text from outside only what is not addressed to it.

Invariant: what was valid JSON stays valid JSON; what is neither removed nor a forged mark stays letter for letter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from engine.guardrails.indirect.blocks import announced
from engine.guardrails.indirect.judging import THRESHOLD, Judged, judged
from engine.guardrails.indirect.markup import Edit, apply, edits
from engine.guardrails.indirect.units import Opened, opened
from engine.guardrails.values import Judgement

MARKER = "[removed: text addressed to the assistant]"
TRUSTED = {"passage": 0.73}
"""Kinds of text that the tenant has written itself must be clearer before something is taken out of them."""

_FENCE = re.compile(r"\s{0,20}(`{3,9}|~{3,9})[^\n]{0,40}\n")
_GAP = re.compile(r"[\s>*#|/-]{0,6}")


@dataclass(frozen=True, slots=True)
class Removed:
    """A piece `original[start:end]` that the model does not see, why, and how sure that is (0 to 1)."""

    start: int
    end: int
    why: str
    score: float


@dataclass(frozen=True, slots=True)
class Screened:
    """What the model may see of a text, and what was taken out.

    Args:
        score: of the worst piece, 0 to 1.
    """

    text: str
    score: float
    flagged: bool
    removed: tuple[Removed, ...]


def screen(text: str, *, kind: str = "document") -> Screened:
    """Takes what speaks to the assistant out of a text, and makes forged marks harmless everywhere else.

    Args:
        kind: where it comes from: "passage" for the tenant's own knowledge, else "tool_result", "email", "document".
    """
    view = opened(text)
    line = TRUSTED.get(kind, THRESHOLD)
    units = judged(view.text)
    marks = edits(view.text)
    out = _grown(_removed(view.text, [each for each in units if each.score >= line]), marks)
    changes = _merged(out, marks)
    return Screened(
        text=apply(text, [_placed(edit, view) for edit in changes]),
        score=max((each.score for each in units), default=0.0),
        flagged=bool(out),
        removed=tuple(
            Removed(view.places[each.start], view.places[each.end], each.why, each.score) for each in out
        ),
    )


def judge(text: str) -> Judgement:
    """Whether a text from outside holds an order to the assistant: "attack" or "benign"."""
    units = judged(opened(text).text)
    worst = max(units, key=lambda each: each.score, default=None)
    flagged = worst is not None and worst.score >= THRESHOLD
    return Judgement(
        score=worst.score if worst else 0.0,
        flagged=flagged,
        label="attack" if flagged else "benign",
        reasons=worst.why if worst and flagged else (),
    )


def _removed(text: str, flagged: list[Judged]) -> list[Removed]:
    """Flagged units, neighbours as one, with the block of code that one announces."""
    found: list[Removed] = []
    for each in flagged:
        start, end, why = each.unit.start, _end(text, each), ",".join(each.why)
        if found and start <= found[-1].end:
            last = found.pop()
            start, end, why = last.start, max(end, last.end), last.why
            found.append(Removed(start, end, why, max(each.score, last.score)))
        elif (
            found and _GAP.fullmatch(text, found[-1].end, start) and "\n\n" not in text[found[-1].end : start]
        ):
            last = found.pop()
            found.append(Removed(last.start, end, last.why, max(each.score, last.score)))
        else:
            found.append(Removed(start, end, why, each.score))
    return found


def _end(text: str, each: Judged) -> int:
    end = each.unit.end
    if not each.unit.text.rstrip().endswith(":"):
        return end
    fence = _FENCE.match(text, end)
    if fence is None:
        lines = announced(text, end, ())
        return end + len(text[end : lines.end].rstrip()) if lines else end
    stop = text.find("\0", fence.end())
    close = text.find(fence.group(1), fence.end(), len(text) if stop < 0 else stop)
    return close + len(fence.group(1)) if close >= 0 else end


def _grown(out: list[Removed], marks: list[Edit]) -> list[Removed]:
    """What is removed, with the whole of every forged mark that it touches."""
    found: list[Removed] = []
    at = 0
    for each in out:
        start, end = each.start, each.end
        while at < len(marks) and marks[at].start < end:
            if marks[at].end > start:
                start, end = min(start, marks[at].start), max(end, marks[at].end)
            at += 1
        if found and start < found[-1].end:
            last = found.pop()
            start, end = last.start, max(end, last.end)
        found.append(Removed(start, end, each.why, each.score))
    return found


def _merged(out: list[Removed], marks: list[Edit]) -> list[Edit]:
    """The markers and those forged marks that no marker covers, in order."""
    changes = [Edit(each.start, each.end, MARKER, each.why) for each in out]
    found: list[Edit] = []
    for edit in sorted([*changes, *marks], key=lambda edit: (edit.start, -edit.end)):
        if not found or edit.start >= found[-1].end:
            found.append(edit)
    return found


def _placed(edit: Edit, view: Opened) -> Edit:
    return Edit(view.places[edit.start], view.places[edit.end], edit.text, edit.why)
