"""HTML pages: what a reader sees of the main part, below its headings.

Invariant: the tree is walked without recursion and no deeper than a page made for people goes.
"""

from __future__ import annotations

import re
from typing import Any

from lxml import etree
from lxml.html import HTMLParser, document_fromstring

from engine.knowledge.extract.errors import DocumentEmpty, DocumentTooComplex
from engine.knowledge.extract.sections import Extracted, Outline, one_line

_MAX_DEPTH = 200
_MAX_ELEMENTS = 500_000
_LEVELS = {f"h{level}": level for level in range(1, 7)}
_UNSEEN = frozenset(
    {"script", "style", "noscript", "template", "nav", "footer", "form", "svg", "math", "iframe"}
    | {"object", "button", "select", "head", "audio", "video"}
)
_LINES = frozenset(
    {"p", "div", "section", "article", "main", "header", "aside", "li", "tr", "table", "ul", "ol", "br"}
    | {"dl", "dt", "dd", "pre", "blockquote", "figure", "summary"}
)
_SPACES = re.compile(r"\s+")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>", re.IGNORECASE)


def from_html(text: str) -> Extracted:
    """One page.

    Raises:
        DocumentEmpty: no element at all.
        DocumentTooComplex: nested or branched beyond measure.
    """
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        page = document_fromstring(_DECLARATION.sub("", text).encode(), parser=parser)
    except etree.ParserError as error:
        raise DocumentEmpty from error
    _check_depth(page)
    walk = _Walk()
    walk.over(_main_part(page))
    title = page.findtext(".//title") or page.findtext(".//h1") or ""
    return Extracted("html", one_line(title), tuple(walk.outline.sections))


def _check_depth(page: Any) -> None:
    depth = 0
    for seen, (event, _) in enumerate(etree.iterwalk(page, events=("start", "end"))):
        depth += 1 if event == "start" else -1
        if depth > _MAX_DEPTH or seen > 2 * _MAX_ELEMENTS:
            raise DocumentTooComplex


def _main_part(page: Any) -> Any:
    """The <main> or only <article> if it holds words, else the body."""
    found = page.findall(".//main") or page.findall(".//article")
    if len(found) == 1 and (found[0].text_content() or "").strip():
        return found[0]
    body = page.find(".//body")
    return page if body is None else body


class _Walk:
    """Turns elements into lines of text under headings."""

    def __init__(self) -> None:
        self.outline = Outline()
        self._inline: list[str] = []
        self._preformatted = 0

    def over(self, root: Any) -> None:
        walker = etree.iterwalk(root, events=("start", "end"))
        for event, element in walker:
            tag = element.tag if isinstance(element.tag, str) else "script"
            if tag in _UNSEEN:
                if event == "start":
                    walker.skip_subtree()
            elif event == "start":
                self._open(tag)
                self._add(element.text)
                continue
            else:
                self._close(tag)
            if event == "end" and element is not root:
                self._add(element.tail)
        self._end_line()
        self.outline.flush()

    def _open(self, tag: str) -> None:
        if tag in _LINES or tag in _LEVELS:
            self._end_line()
        self._preformatted += tag == "pre"
        if tag == "li":
            self._inline.append("- ")

    def _close(self, tag: str) -> None:
        if tag in _LEVELS:
            heading = "".join(self._inline)
            self._inline = []
            self.outline.heading(_LEVELS[tag], heading)
        elif tag in _LINES:
            self._end_line()
            if tag in {"p", "ul", "ol", "table", "pre", "blockquote", "dl"}:
                self.outline.text("")
        elif tag in {"td", "th"}:
            self._inline.append(" | ")
        self._preformatted -= tag == "pre"

    def _add(self, text: str | None) -> None:
        if text:
            self._inline.append(text if self._preformatted else _SPACES.sub(" ", text))

    def _end_line(self) -> None:
        line = "".join(self._inline).removesuffix(" | ")
        self._inline = []
        if line.strip(" -"):
            self.outline.text(line.rstrip() if self._preformatted else " ".join(line.split()))
