"""How well the guardrails judge labelled texts: a verdict a row, and figures per source and label.

Invariant: pure; every row gets a verdict, in the order of the file, and a text is judged by nothing but itself.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.errors import Invalid
from engine.gateway.minilm import bundled
from engine.guardrails import harm, indirect, injection, moods, personal, wishes
from engine.guardrails.linear import Floats
from engine.guardrails.policy import GuardPolicy
from engine.guardrails.values import Judgement, Span

MOST_CHARACTERS = 1_000_000


class BadRow(Invalid):
    code = "evaluation_bad_row"
    default_message = "A line of the file is not what it should be."


@dataclass(frozen=True, slots=True)
class Labelled:
    """A text and what people say it is.

    Args:
        spans: for personal data: start, end, type; None where the file names none.
    """

    id: str
    text: str
    label: str
    source: str
    spans: tuple[Span, ...] | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """A row with its verdict; `spans` of personal data only."""

    row: Labelled
    score: float
    flagged: bool
    spans: tuple[Span, ...] = ()

    def plain(self, kind: str) -> dict[str, Any]:
        """The verdict as it is written to a file."""
        if kind == "pii":
            found = [{"start": one.start, "end": one.end, "type": one.type} for one in self.spans]
            return {"id": self.row.id, "spans": found}
        return {"id": self.row.id, "score": round(self.score, 6), "flagged": self.flagged}


@dataclass(frozen=True, slots=True)
class Figures:
    """Of the rows of one source and label: how many were flagged, and the mean score.

    `covered` and `personal`: characters that people marked as personal, and those of them that were found.
    """

    source: str
    label: str
    rows: int
    flagged: int
    mean: float
    personal: int = 0
    covered: int = 0

    @property
    def share(self) -> float:
        """Flagged rows, of 100."""
        return _percent(self.flagged, self.rows)

    @property
    def masked(self) -> float:
        """Personal characters that were found, of 100; 0 where there are none."""
        return _percent(self.covered, self.personal)


@dataclass(frozen=True, slots=True)
class Summary:
    """Of all rows: those that people call harmful and how many of them were flagged; the others, and how many of them.

    Args:
        area: the share of pairs of a harmful and a harmless row that the scores put in order; None without both, and
            for personal data, which has no scores.
        personal, covered: as in `Figures`.
    """

    harmful: int
    found: int
    harmless: int
    alarms: int
    area: float | None
    personal: int
    covered: int

    @property
    def recall(self) -> float:
        """Harmful rows that were flagged, of 100."""
        return _percent(self.found, self.harmful)

    @property
    def alarm_rate(self) -> float:
        """Harmless rows that were flagged, of 100."""
        return _percent(self.alarms, self.harmless)

    @property
    def masked(self) -> float:
        """Personal characters that were found, of 100."""
        return _percent(self.covered, self.personal)


@dataclass(frozen=True, slots=True)
class Kind:
    """Something to be measured.

    Args:
        check: the guardrails' check whose threshold a policy may set; harmful: labels that should be flagged.
    """

    check: str
    harmful: frozenset[str]
    judge: Callable[[str], Judgement]


def _embed(text: str) -> Floats:
    vector: Floats = bundled().embed([text])[0]
    return vector


KINDS: Mapping[str, Kind] = {
    "injection": Kind("injection", frozenset({"attack"}), lambda text: injection.detect(text, embed=_embed)),
    "indirect_injection": Kind("indirect", frozenset({"attack"}), indirect.judge),
    "handoff_request": Kind("person", frozenset({"yes"}), wishes.wants_person),
    "sentiment": Kind("mood", frozenset({"very_negative"}), moods.judge),
    "content_safety": Kind("content", frozenset({"unsafe"}), harm.judge),
}
PII = "pii"
PERSONAL = "pii"
"""The label of rows with personal data."""
NAMES = (*KINDS, PII)


def read_rows(lines: Iterable[bytes], name: str) -> Iterator[Labelled]:
    """The rows of a JSON-lines file: `id`, `text`, and if known `label`, `source`, `spans`.

    Args:
        name: of the file, for errors.

    Raises:
        BadRow: naming file, line and fault.
    """
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield _row(line, f"{name} line {number}")


def judge(kind: str, rows: Iterable[Labelled], policy: GuardPolicy | None = None) -> Iterator[Judged]:
    """Judges rows one by one.

    Args:
        kind: of `NAMES`; policy: whose threshold for the check holds, where it sets one, and of whose kinds of
            personal data alone are looked for. Whether it has a check on, or only watches it, makes no difference.
    """
    if kind == PII:
        for row in rows:
            found = personal.find(row.text)
            if policy is not None:
                found = tuple(span for span in found if span.type in policy.masked)
            yield Judged(row, 1.0 if found else 0.0, bool(found), found)
        return
    known = KINDS[kind]
    least = policy.rule(known.check).threshold if policy else None
    for row in rows:
        judged = known.judge(row.text)
        flagged = judged.flagged if least is None else judged.score >= least
        yield Judged(row, judged.score, flagged)


def figures(judged: Sequence[Judged]) -> list[Figures]:
    """Figures per source and label, by name."""
    groups: defaultdict[tuple[str, str], list[Judged]] = defaultdict(list)
    for one in judged:
        groups[one.row.source, one.row.label].append(one)
    return [_figures(source, label, group) for (source, label), group in sorted(groups.items())]


def summary(kind: str, judged: Sequence[Judged]) -> Summary:
    """Figures over all rows."""
    labels = harmful_labels(kind)
    bad = [one for one in judged if one.row.label in labels]
    good = [one for one in judged if one.row.label not in labels]
    whole = _figures("", "", judged) if judged else None
    return Summary(
        harmful=len(bad),
        found=sum(one.flagged for one in bad),
        harmless=len(good),
        alarms=sum(one.flagged for one in good),
        area=auc(kind, judged),
        personal=whole.personal if whole else 0,
        covered=whole.covered if whole else 0,
    )


def harmful_labels(kind: str) -> frozenset[str]:
    """The labels of rows that should be flagged; any other is harmless."""
    return frozenset({PERSONAL}) if kind == PII else KINDS[kind].harmful


def auc(kind: str, judged: Sequence[Judged]) -> float | None:
    """The share of pairs of a harmful and a harmless row that the scores put in order; None without both.

    Source: the Mann-Whitney statistic, ties counted half (Hanley and McNeil 1982).
    """
    if kind == PII:
        return None
    harmful = KINDS[kind].harmful
    ranked = sorted(judged, key=lambda one: one.score)
    wins, below, seen, index = 0.0, 0, 0, 0
    while index < len(ranked):
        end = index
        while end < len(ranked) and ranked[end].score == ranked[index].score:
            end += 1
        bad = sum(one.row.label in harmful for one in ranked[index:end])
        good = end - index - bad
        wins += bad * (below + good / 2)
        below, seen, index = below + good, seen + bad, end
    return wins / (seen * below) if seen and below else None


def _figures(source: str, label: str, group: Sequence[Judged]) -> Figures:
    marked = [(one, _places(one.row.spans or ())) for one in group]
    return Figures(
        source=source,
        label=label,
        rows=len(group),
        flagged=sum(one.flagged for one in group),
        mean=sum(one.score for one in group) / len(group),
        personal=sum(len(places) for _, places in marked),
        covered=sum(len(places & _places(one.spans)) for one, places in marked),
    )


def _percent(part: int, whole: int) -> float:
    return 100 * part / whole if whole else 0.0


def _places(spans: Iterable[Span]) -> set[int]:
    return {at for span in spans for at in range(span.start, span.end)}


def _row(line: bytes, where: str) -> Labelled:
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise BadRow(f"{where}: not JSON in UTF-8.") from error
    if not isinstance(fields, dict) or not isinstance(fields.get("text"), str) or "id" not in fields:
        raise BadRow(f"{where}: there must be an id and a text.")
    if len(fields["text"]) > MOST_CHARACTERS:
        raise BadRow(f"{where}: the text is longer than {MOST_CHARACTERS} characters.")
    label, source = (str(fields.get(name) or "–") for name in ("label", "source"))
    return Labelled(str(fields["id"]), fields["text"], label, source, _spans(fields.get("spans"), where))


def _spans(told: Any, where: str) -> tuple[Span, ...] | None:
    if told is None:
        return None
    try:
        return tuple(Span(int(one["start"]), int(one["end"]), str(one["type"])) for one in told)
    except (TypeError, KeyError, ValueError) as error:
        raise BadRow(f"{where}: spans is a list of start, end and type.") from error
