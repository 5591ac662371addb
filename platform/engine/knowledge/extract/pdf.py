"""PDF: the text of its pages, under its bookmarks or, without any, its page numbers.

Invariant: pages are read one by one and counted before, so a file can't ask for more work than its limit.
"""

from __future__ import annotations

import io
import re
from typing import Any

from pypdf import PdfReader
from pypdf.errors import LimitReachedError, PyPdfError
from pypdf.generic import DictionaryObject

from engine.knowledge.extract.errors import DocumentCorrupt, DocumentEncrypted, DocumentTooComplex
from engine.knowledge.extract.sections import MAX_CHARACTERS, Extracted, Outline, one_line

_MAX_PAGES = 2_000
_MAX_BOOKMARKS = 5_000
_MAX_DEPTH = 6
_HYPHENATED = re.compile(r"(?<=[a-z])-\n(?=[a-z])")


def from_pdf(data: bytes) -> Extracted:
    """Reads a PDF.

    Raises:
        DocumentEncrypted: it opens only with a password.
        DocumentTooComplex: too many pages, or a stream that unpacks beyond measure.
        DocumentCorrupt: not readable as PDF.
    """
    try:
        reader = PdfReader(io.BytesIO(data), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise DocumentEncrypted
        return _read(reader)
    except LimitReachedError as error:
        raise DocumentTooComplex from error
    except (PyPdfError, ValueError, KeyError, IndexError, TypeError, AttributeError, OSError) as error:
        raise DocumentCorrupt from error


def _read(reader: PdfReader) -> Extracted:
    pages = reader.root_object["/Pages"].get_object()
    count = pages.get("/Count", 0) if isinstance(pages, DictionaryObject) else None
    if not isinstance(count, int) or count > _MAX_PAGES or len(reader.pages) > _MAX_PAGES:
        raise DocumentTooComplex(f"The document has more than {_MAX_PAGES} pages. Split it up.")
    bookmarks = _bookmarks(reader)
    outline = Outline()
    characters = 0
    for number, page in enumerate(reader.pages):
        for level, title in bookmarks.get(number, ()) if bookmarks else ((1, f"Page {number + 1}"),):
            outline.heading(level, title)
        text = _HYPHENATED.sub("", page.extract_text() or "")
        characters += len(text)
        if characters > MAX_CHARACTERS:
            raise DocumentTooComplex
        outline.text(text)
    outline.flush()
    named = reader.metadata.title if reader.metadata else None
    return Extracted("pdf", one_line(str(named or "")), tuple(outline.sections))


def _bookmarks(reader: PdfReader) -> dict[int, list[tuple[int, str]]]:
    """Page number from 0 -> (level from 1, title) of bookmarks that begin there; a broken outline is none."""
    found: dict[int, list[tuple[int, str]]] = {}
    try:
        waiting: list[tuple[int, Any]] = [(1, item) for item in reversed(reader.outline)]
        for _ in range(_MAX_BOOKMARKS):
            if not waiting:
                break
            level, item = waiting.pop()
            if isinstance(item, list):
                waiting += [(min(level + 1, _MAX_DEPTH), inner) for inner in reversed(item)]
                continue
            page = reader.get_destination_page_number(item)
            if page is not None and page >= 0:
                found.setdefault(page, []).append((level, one_line(str(item.title or ""))))
    except (PyPdfError, ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError):
        return {}
    return found
