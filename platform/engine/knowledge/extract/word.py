"""DOCX: paragraphs and tables in their order, below its heading styles.

Invariant: an archive's sizes are checked before anything is unpacked, and no part may define XML entities.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from typing import Any

import docx
from docx.opc.exceptions import OpcError
from docx.table import Table
from lxml import etree

from engine.knowledge.extract.errors import (
    DocumentCorrupt,
    DocumentEncrypted,
    DocumentTooComplex,
    DocumentTypeUnknown,
)
from engine.knowledge.extract.sections import Extracted, Outline, one_line

_MAX_PARTS = 2_000
_MAX_UNPACKED = 200 * 1024 * 1024
_MAX_XML = 60 * 1024 * 1024
_MAX_RATIO = 200
_SMALL = 1024 * 1024
_ENCRYPTED_FLAG = 0x1
_HEADING = re.compile(r"heading (\d)", re.IGNORECASE)
_DTD = re.compile(rb"<\x00?!\x00?D\x00?O\x00?C\x00?T\x00?Y\x00?P\x00?E")
_BODY = "word/document.xml"


def from_docx(data: bytes) -> Extracted:
    """Reads a word-processor document.

    Raises:
        DocumentTypeUnknown: an archive of another kind.
        DocumentEncrypted: parts of it are under a password.
        DocumentTooComplex: it unpacks beyond measure.
        DocumentCorrupt: not readable.
    """
    try:
        _check_archive(data)
        return _read(docx.Document(io.BytesIO(data)))
    except (zipfile.BadZipFile, zlib.error, OpcError, etree.XMLSyntaxError) as error:
        raise DocumentCorrupt from error
    except (
        KeyError,
        ValueError,
        AttributeError,
        IndexError,
        EOFError,
        NotImplementedError,
        OSError,
    ) as error:
        raise DocumentCorrupt from error


def _check_archive(data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = archive.infolist()
        _check_sizes(parts)
        if any(part.flag_bits & _ENCRYPTED_FLAG for part in parts):
            raise DocumentEncrypted
        if _BODY not in archive.namelist():
            raise DocumentTypeUnknown
        for part in parts:
            if part.filename.endswith((".xml", ".rels")):
                with archive.open(part) as stream:
                    if _DTD.search(stream.read(65536)):
                        raise DocumentCorrupt


def _check_sizes(parts: list[zipfile.ZipInfo]) -> None:
    unpacked = sum(part.file_size for part in parts)
    xml = sum(part.file_size for part in parts if part.filename.endswith((".xml", ".rels")))
    too_packed = any(
        part.file_size > _SMALL and part.file_size > _MAX_RATIO * max(part.compress_size, 1) for part in parts
    )
    if len(parts) > _MAX_PARTS or unpacked > _MAX_UNPACKED or xml > _MAX_XML or too_packed:
        raise DocumentTooComplex


def _read(document: Any) -> Extracted:
    outline = Outline()
    title = ""
    for block in document.iter_inner_content():
        if isinstance(block, Table):
            _table(outline, block)
            continue
        style = (block.style.name if block.style is not None else "") or ""
        if style == "Title":
            title = title or one_line(block.text)
        level = _HEADING.match(style)
        if level:
            outline.heading(int(level[1]), block.text)
        else:
            outline.text(
                f"- {block.text}\n" if style.startswith("List") and block.text else f"{block.text}\n"
            )
    outline.flush()
    first = next((s.headings[0] for s in outline.sections if s.headings), "")
    return Extracted(
        "docx", title or one_line(document.core_properties.title or "") or first, tuple(outline.sections)
    )


def _table(outline: Outline, table: Any) -> None:
    for row in table.rows:
        cells: list[str] = []
        for cell in row.cells:
            text = " ".join(cell.text.split())
            # A merged cell is listed once for each column it spans.
            if text and (not cells or cells[-1] != text):
                cells.append(text)
        outline.text(" | ".join(cells))
