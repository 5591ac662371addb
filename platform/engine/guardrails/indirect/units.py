"""Cuts a text into what is judged at once: sentences, table cells, comments, JSON strings.

Invariant: `text[unit.start:unit.end] == unit.text`, units are in order and do not overlap, and every character that is
not white space or the mark of a table belongs to one. Time is linear in the length of the text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

LONGEST = 400
"""Characters after which a sentence without an end is cut, so that a long one hides nothing."""

_LINE = re.compile(r"[^\0\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")
_END = re.compile(r"[.!?…]{1,9}[\"'”’»)\]*_]{0,4}(?=\s)|[。！？｡।؟]{1,9}[」』”]{0,3}")
_SHORT = re.compile(
    r"(?:^|[\s(])(?:[^\W\d_]|e\.g|i\.e|etc|vs|cf|approx|Mr|Mrs|Ms|Dr|Prof|St|No|Nr|z\.B|bzw|ca|"
    r"\d{1,3})$"
)
_ROOM = re.compile(r"[,;:—–|]\s|\s")
_CELL = re.compile(r"[^|\t]+")
_BLOCK = re.compile(
    r"</?(?:p|div|li|ul|ol|td|th|tr|table|br|h[1-6]|section|article|span|title|script|style|body|"
    r"html|head)\b[^<>]{0,200}>"
    r"|<!--|-->",
    re.I,
)
_QUOTED = re.compile(
    r"(?:alt|title|content|label|placeholder|value|summary)\s{0,3}=\s{0,3}\"([^\"<>]{12,600})\"", re.I
)
_STRING = re.compile(r'"([^"\\]*(?:\\.[^"\\]*)*)"', re.S)
_ESCAPE = re.compile(r"\\(?:u[0-9a-fA-F]{4}|.)", re.S)
_BETWEEN = "\n\0\n"
"""Between two strings of JSON: no pattern reads across it."""
_DEPTH = 3
_JSON = 4_000_000


@dataclass(frozen=True, slots=True)
class Unit:
    """A piece `text[start:end]` that is judged at once.

    Args:
        cell: whether it stands in a table, where a sentence is rare.
    """

    start: int
    end: int
    text: str
    cell: bool = False


@dataclass(frozen=True, slots=True)
class Opened:
    """What a text says: itself, or for valid JSON its strings without escapes, set apart.

    Args:
        places: for each character, and for the end, where it stands in the original.
        json: whether the original is valid JSON.
    """

    text: str
    places: Sequence[int]
    json: bool = False


@dataclass(frozen=True, slots=True)
class _Piece:
    text: str
    places: Sequence[int]


def units(text: str) -> list[Unit]:
    """The units of a plain text, in order."""
    found: list[Unit] = []
    for start, end, cell in _paragraphs(text):
        for a, b in [(start, end)] if cell else _sentences(text, start, end):
            found.extend(_trimmed(text, a, b, cell=cell))
    return found


def sentences(text: str) -> list[tuple[int, int]]:
    """Where the sentences of a text are: (start, end), white space around them left out."""
    return [(unit.start, unit.end) for unit in units(text) if not unit.cell]


def opened(text: str) -> Opened:
    """The strings of a text that is valid JSON, those that hold JSON themselves opened too; else the text itself."""
    whole = _Piece(text, range(len(text) + 1))
    if not is_json(text):
        return Opened(text, whole.places)
    parts: list[str] = []
    places: list[int] = []
    for piece in _pieces(whole, _DEPTH):
        parts.append(piece.text)
        places.extend(piece.places)
        places += [piece.places[-1]] * (len(_BETWEEN) - 1)
    text = _BETWEEN.join(parts)
    return Opened(text, places[: len(text) + 1] or [0], json=True)


def is_json(text: str) -> bool:
    """Whether a text is a JSON object, list or string."""
    if text.lstrip()[:1] not in ("{", "[", '"') or len(text) > _JSON:
        return False
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _pieces(whole: _Piece, depth: int) -> Iterator[_Piece]:
    if depth == 0 or not is_json(whole.text):
        yield whole
        return
    for match in _STRING.finditer(whole.text):
        inner, local = _decoded(match.group(1), match.start(1))
        # A range stays a range: most strings have no escapes, and most texts are not nested.
        places = (
            whole.places[local.start : local.stop]
            if isinstance(local, range)
            else [whole.places[at] for at in local]
        )
        yield from _pieces(_Piece(inner, places), depth - 1)


def _decoded(raw: str, base: int) -> tuple[str, Sequence[int]]:
    """A JSON string without its escapes, and where each of its characters begins; pairs of surrogates stay two."""
    if "\\" not in raw:
        return raw, range(base, base + len(raw) + 1)
    parts: list[str] = []
    places: list[int] = []
    done = 0
    for match in _ESCAPE.finditer(raw):
        parts.append(raw[done : match.start()])
        places.extend(range(base + done, base + match.start() + 1))
        parts.append(json.loads(f'"{match.group()}"'))
        done = match.end()
    parts.append(raw[done:])
    places.extend(range(base + done, base + len(raw) + 1))
    return "".join(parts), places


def _paragraphs(text: str) -> Iterator[tuple[int, int, bool]]:
    """Lines, those that only wrap a sentence joined, rows of tables cut into cells: (start, end, cell)."""
    start = end = -1
    for match in _LINE.finditer(text):
        line = match.group()
        if line.isspace():
            continue
        if start >= 0 and _goes_on(
            text[max(start, end - 40) : end], text[end : match.start()], line.lstrip()
        ):
            end = match.end()
            continue
        if start >= 0:
            yield start, end, False
        start = -1
        if line.count("|") > 1 or "\t" in line.strip():
            yield from (
                (match.start() + c.start(), match.start() + c.end(), True) for c in _CELL.finditer(line)
            )
        else:
            start, end = match.span()
    if start >= 0:
        yield start, end, False


def _goes_on(before: str, gap: str, line: str) -> bool:
    return (
        len(gap) <= 2
        and gap.count("\n") <= 1
        and line[0].islower()
        and before.rstrip()[-1:] not in (".", "!", "?", ":", ";", "{", "}", ")", ">")
        and line.count("|") < 2
    )


def _sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for a, b in _blocks(text, start, end):
        at = a
        for match in _END.finditer(text, a, b):
            if match.group()[0] == "." and _SHORT.search(text, max(at, match.start() - 8), match.start()):
                continue
            yield from _cut(text, at, match.end())
            at = match.end()
        yield from _cut(text, at, b)


def _blocks(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Between the tags of a web page that begin a block; what an attribute says is a block of its own."""
    if "<" not in text[start:end] and "-->" not in text[start:end]:
        yield start, end
        return
    at = start
    for match in _BLOCK.finditer(text, start, end):
        yield from _quoted(text, at, match.start())
        yield from _quoted(text, match.start(), match.end())
        at = match.end()
    yield from _quoted(text, at, end)


def _quoted(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    at = start
    for match in _QUOTED.finditer(text, start, end):
        yield at, match.start(1)
        yield match.span(1)
        at = match.end(1)
    yield at, end


def _cut(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while end - start > LONGEST:
        room = _ROOM.search(text, start + LONGEST // 2, start + LONGEST)
        middle = room.end() if room else start + LONGEST
        yield start, middle
        start = middle
    yield start, end


def _trimmed(text: str, start: int, end: int, *, cell: bool) -> Iterator[Unit]:
    part = text[start:end]
    left = start + len(part) - len(part.lstrip())
    right = start + len(part.rstrip())
    if left < right:
        yield Unit(left, right, text[left:right], cell)
