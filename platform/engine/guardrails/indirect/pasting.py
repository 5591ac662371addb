"""Numbers that say whether a sentence wants code put into what the assistant writes.

An honest answer announces code too. It shares its names with the rest of the page, and rarely sends, runs or deletes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from engine.guardrails.indirect.blocks import (
    Code,
    announced,
    around,
    blocks,
    deeds,
    foreign,
    present,
    slipped_in,
)
from engine.guardrails.indirect.units import Unit

NAMES = (
    "puts", "puts_yours", "in_code", "puts_own_deeds", "code_after", "says_puts", "puts_code", "yours_code",
    "puts_deeds", "yours_deeds", "says_deeds", "puts_yours_code", "puts_foreign", "yours_foreign", "puts_yours_deeds",
    "puts_foreign_deeds",
)  # fmt: skip

_PUTS = re.compile(
    r"\b(?:includ|insert|add(?:ing|s|ition|ed)?\b|append|embed|incorporat|integrat|merg(?:e|ing)|blend|"
    r"combin|fus(?:e|ing)|"
    r"weav(?:e|ing)|infus|introduc|past(?:e|ing)\b|put(?:ting)?\b|plac(?:e|ing)\b|inject|attach|us(?:e|ing|"
    r"age)\b|utili[sz]|"
    r"employ|appl(?:y|ying)\b|adopt|featur|supplement|enrich|enhanc|augment|extend|mix|fold|assimilat|"
    r"implant|graft|stitch|"
    r"splic|drop(?:ping)?\b|slip|wire|bring|tuck|nest|interleav|intersperse|contain|carry|begin|end|prepend|"
    r"prefix|suffix|"
    r"copy|build|bundle|ship|leverag|harness|invok|call)",
    re.I,
)
_STARTS = frozenset((
    "inc", "ins", "add", "app", "emb", "int", "mer", "ble", "com", "fus", "fuz", "wea", "inf", "pas", "put",
    "pla", "inj", "att", "usi", "use", "usa", "uti", "emp", "ado", "fea", "sup", "enr", "enh", "aug", "ext",
    "mix", "fol", "ass", "imp", "gra", "sti", "spl", "dro", "sli", "wir", "bri", "tuc", "nes", "con", "car",
    "beg", "end", "pre", "suf", "cop", "bui", "bun", "shi", "lev", "har", "inv", "cal",
))  # fmt: skip
"""How the words of `_PUTS` begin: most sentences have none of them, and need not be searched."""
_YOURS = re.compile(
    r"\byour\s(?:[\w-]{1,16}\s){0,2}?(?:code ?base|code|solution|implementation|algorithm|program|script|"
    r"project|function|module|class|app|application|answer|response|reply|output|explanation|snippet|patch|fix|file|"
    r"repo(?:sitory)?|software|package|example|suggestion|elucidation|query|notebook|main)s?\b|"
    r"\b(?:code|program|script|function|files?|answers?|snippets?) (?:that )?you (?:write|give|generate|"
    r"produce|suggest|return)",
    re.I,
)
_SAYS = re.compile(
    r"\b(?:following|subsequent|below|next|these|this|given|accompanying|attached|"
    r"enclosed)\s(?:[\w-]{1,16}\s){0,2}?(?:code|"
    r"snippet|script|block|excerpt|section|segment|fragment|passage|lines?|function|command|import|listing|routine|"
    r"method|statement|one-liner|helper|piece|instruction|call|sample)s?\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class _Code:
    """The code that a unit announces, and whether it stands within code itself."""

    after: Code | None
    inside: bool


def pasting(text: str, found: Sequence[Unit], words: Sequence[Sequence[str]]) -> list[list[float]]:
    """A row of numbers for each unit, in the order of NAMES.

    Args:
        words: of each unit, in small letters.
    """
    lowered = text.lower()
    if len(lowered) != len(text):  # a few letters have two small ones: places would be wrong
        lowered = text
    names = present(lowered)
    fences = blocks(text)
    rows: list[list[float]] = []
    at = 0
    for unit, own in zip(found, words, strict=True):
        while at < len(fences) and fences[at].end <= unit.start:
            at += 1
        inside = at < len(fences) and fences[at].start <= unit.start
        if inside:
            after = slipped_in(text, unit.start, unit.end)
            inside = after is None
        else:
            after = None if unit.cell else announced(text, unit.end, fences[at : at + 2])
        rows.append(_row(lowered, unit, own, _Code(after, inside), names))
    return rows


def _row(
    lowered: str, unit: Unit, words: Sequence[str], place: _Code, names: dict[str, tuple[str, ...]]
) -> list[float]:
    after, inside = place.after, place.inside
    said = lowered[unit.start : unit.end]
    puts = float(any(word[:3] in _STARTS for word in words) and bool(_PUTS.search(unit.text)))
    yours = float("you" in said and bool(_YOURS.search(unit.text)))
    own = min(deeds(said, names), 2) / 2 if names else 0.0
    says = float((own > 0 or after is not None) and bool(_SAYS.search(unit.text)))
    head = [puts, puts * yours, float(inside), puts * max(yours, says) * own * (not inside)]
    if after is None:
        return head + [0.0] * (len(NAMES) - len(head))
    body = lowered[after.start : after.end]
    outside = around(lowered, after, unit.start)
    new = min(deeds(body, {kind: _new(of_kind, outside) for kind, of_kind in names.items()}), 3) / 2
    other = foreign(body, outside)
    return [
        *head, 1.0, says * puts, puts, yours, puts * new, yours * new, says * new, puts * yours, puts * other,
        yours * other,
        puts * yours * new, puts * other * new,
    ]  # fmt: skip


def _new(names: tuple[str, ...], outside: str) -> tuple[str, ...]:
    return tuple(name for name in names if name not in outside)
