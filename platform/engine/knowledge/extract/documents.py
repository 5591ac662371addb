"""Bytes of a document to its text, in this process. Only the parsing child calls it on foreign bytes.

Invariant: what comes out has words in it and is within the limits of size, or the document is refused.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePath

from engine.knowledge.extract.errors import DocumentEmpty, DocumentTooComplex, DocumentTooLarge
from engine.knowledge.extract.sections import (
    MAX_BYTES,
    MAX_CHARACTERS,
    MAX_SECTIONS,
    Extracted,
    one_line,
)
from engine.knowledge.extract.sniff import decode, sniff


def read(data: bytes, name: str) -> Extracted:
    """The text of a document; its title falls back to the file's name.

    Raises:
        core.errors.SwitchboardError: one of `engine.knowledge.extract.errors.REFUSALS`.
    """
    if len(data) > MAX_BYTES:
        raise DocumentTooLarge
    found = _parse(data, name)
    if not any(character.isalnum() for section in found.sections for character in section.text):
        raise DocumentEmpty
    if len(found.sections) > MAX_SECTIONS:
        raise DocumentTooComplex
    if sum(len(section.text) for section in found.sections) > MAX_CHARACTERS:
        raise DocumentTooLarge
    return found if found.title else replace(found, title=one_line(PurePath(name).stem))


def _parse(data: bytes, name: str) -> Extracted:
    # Each parser is imported for its own kind only: the child starts faster.
    kind = sniff(data, name)
    if kind == "pdf":
        from engine.knowledge.extract.pdf import from_pdf

        return from_pdf(data)
    if kind == "docx":
        from engine.knowledge.extract.word import from_docx

        return from_docx(data)
    if kind == "html":
        from engine.knowledge.extract.html import from_html

        return from_html(decode(data))
    from engine.knowledge.extract import plain

    readers = {"markdown": plain.from_markdown, "csv": plain.from_csv, "text": plain.from_text}
    return readers[kind](decode(data))
