"""What is taken out of a document: sections of text below their headings.

Invariant: text in a section is clean: NFC, of the control characters only newline and tab.
"""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import asdict, dataclass
from typing import Literal

Kind = Literal["markdown", "html", "pdf", "docx", "text", "csv"]

MAX_BYTES = 20 * 1024 * 1024
MAX_CHARACTERS = 2_000_000
MAX_SECTIONS = 20_000
_MAX_HEADING = 200
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")
_BLANK_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of text; `headings` from the outermost inwards; `question` where it answers one."""

    text: str
    headings: tuple[str, ...] = ()
    question: str = ""


@dataclass(frozen=True, slots=True)
class Extracted:
    """A document as text."""

    kind: Kind
    title: str
    sections: tuple[Section, ...]

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Extracted:
        raw = json.loads(text)
        sections = (Section(s["text"], tuple(s["headings"]), s["question"]) for s in raw["sections"])
        return cls(raw["kind"], raw["title"], tuple(sections))


def clean(text: str) -> str:
    """Text without controls, with plain line ends and at most one blank line in a row."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n").replace("\v", "\n")
    text = unicodedata.normalize("NFC", _CONTROLS.sub("", text))
    return _BLANK_LINES.sub("\n\n", text).strip()


def one_line(text: str) -> str:
    """A heading or title: one clean line of at most 200 characters."""
    return " ".join(clean(text).split())[:_MAX_HEADING]


class Outline:
    """Collects text under the headings seen so far, in reading order."""

    def __init__(self) -> None:
        self.sections: list[Section] = []
        self._path: list[tuple[int, str]] = []
        self._lines: list[str] = []

    def heading(self, level: int, text: str) -> None:
        """Begins a section; headings of the same or a deeper level end here."""
        self.flush()
        self._path = [entry for entry in self._path if entry[0] < level]
        if title := one_line(text):
            self._path.append((level, title))

    def text(self, text: str) -> None:
        self._lines.append(text)

    def flush(self) -> None:
        body = clean("\n".join(self._lines))
        self._lines = []
        if body:
            self.sections.append(Section(body, tuple(title for _, title in self._path)))
