"""Plain text, Markdown and tables of question and answer.

Invariant: every word of the source is in a section, links and emphasis included by their words.
"""

from __future__ import annotations

import csv
import io
import re

from markdown_it import MarkdownIt

from engine.knowledge.extract.errors import DocumentCorrupt, DocumentTooComplex
from engine.knowledge.extract.sections import MAX_SECTIONS, Extracted, Outline, Section, clean, one_line

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)\n---[ \t]*(?:\n|\Z)", re.DOTALL)
_TITLE = re.compile(r"^title:[ \t]*[\"']?(.+?)[\"']?[ \t]*$", re.MULTILINE)
_IMAGE = re.compile(r"!\[([^\]\n]*)\]\([^()\n]*\)")
_LINK = re.compile(r"\[([^\]\n]+)\]\((?:<)?(https?://[^\s()<>]+|[^\s()<>]*)(?:>)?(?:\s+\"[^\"\n]*\")?\)")
_STRONG = re.compile(r"(\*\*|__)(?=\S)([^\n]+?)(?<=\S)\1")
_QUESTION_NAMES = {"question", "questions", "q", "prompt"}
_ANSWER_NAMES = {"answer", "answers", "a", "response", "reply"}
_MAX_FIELD = 1_000_000


def from_text(text: str) -> Extracted:
    """Plain text: one section."""
    return Extracted("text", "", (Section(clean(text)),))


def from_markdown(text: str) -> Extracted:
    """CommonMark: a section below each heading; the first heading of level 1 is the title."""
    text = text.replace("\r\n", "\n")
    front = _FRONT_MATTER.match(text)
    titles = _TITLE.findall(front[1]) if front else []
    body = text[front.end() :] if front else text
    outline = Outline()
    lines = body.split("\n")
    at = 0
    for start, end, level, heading in _headings(body):
        outline.text(_plain("\n".join(lines[at:start])))
        outline.heading(level, _plain(heading))
        titles += [heading] if level == 1 else []
        at = end
    outline.text(_plain("\n".join(lines[at:])))
    outline.flush()
    return Extracted("markdown", one_line(_plain(titles[0])) if titles else "", tuple(outline.sections))


def _headings(body: str) -> list[tuple[int, int, int, str]]:
    parser = MarkdownIt("commonmark")
    # Only blocks are wanted: inline rules are the slow part and the one with pathological input.
    parser.core.ruler.enableOnly(["normalize", "block"])
    tokens = parser.parse(body)
    return [
        (token.map[0], token.map[1], int(token.tag[1]), tokens[number + 1].content)
        for number, token in enumerate(tokens)
        if token.type == "heading_open" and token.map and token.level == 0
    ]


def _plain(text: str) -> str:
    text = _IMAGE.sub(r"\1", text)
    text = _LINK.sub(lambda link: f"{link[1]} ({link[2]})" if link[2].startswith("http") else link[1], text)
    return _STRONG.sub(r"\2", text)


def from_csv(text: str) -> Extracted:
    """Rows of question and answer, by their headers or, without known headers, the first two columns.

    Raises:
        DocumentCorrupt: rows without two columns; names the row.
        DocumentTooComplex: too many rows.
    """
    csv.field_size_limit(_MAX_FIELD)
    head = text.split("\n", 1)[0]
    delimiter = max(",;\t|", key=head.count)
    try:
        rows = [row for row in csv.reader(io.StringIO(text), delimiter=delimiter) if any(map(str.strip, row))]
    except csv.Error as error:
        raise DocumentCorrupt(f"The table cannot be read: {error}.") from error
    if len(rows) > MAX_SECTIONS:
        raise DocumentTooComplex(f"The table has more than {MAX_SECTIONS} rows. Split it up.")
    return Extracted("csv", "", tuple(_pairs(rows)))


def _pairs(rows: list[list[str]]) -> list[Section]:
    names = [cell.strip().lower() for cell in rows[0]] if rows else []
    question = next((at for at, cell in enumerate(names) if cell in _QUESTION_NAMES), -1)
    answer = next((at for at, cell in enumerate(names) if cell in _ANSWER_NAMES), -1)
    headed = question >= 0 and answer >= 0
    if not headed:
        question, answer = 0, 1
    pairs = []
    for number, row in enumerate(rows[headed:], start=1 + headed):
        if len(row) <= max(question, answer):
            raise DocumentCorrupt(f"Row {number} of the table has no question and answer.")
        if body := clean(row[answer]):
            pairs.append(Section(body, question=" ".join(clean(row[question]).split())))
    return pairs
