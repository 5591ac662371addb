"""Untrusted files: what they say, or why they are refused."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from core.errors import SwitchboardError
from engine.knowledge.extract.errors import DocumentTimeout
from engine.knowledge.extract.sandbox import extract
from engine.knowledge.extract.sections import MAX_BYTES, Section
from tests.engine.knowledge import files

MARKDOWN = b"""---
title: 'House rules'
---
# Returns

Send **it** back [here](https://shop.example/back).

## How long

30 days.

```
# no heading
```
"""
HTML = b"""<!doctype html><title>Help</title><body><nav>menu</nav><main><h1>Help</h1><p>One <b>two</b> three
<h2>Sub</h2><ul><li>x<li>y</ul><table><tr><th>a<th>b<tr><td>1<td>2</table><script>stolen()</script></main>"""


def test_markdown_keeps_its_headings_and_the_words_of_its_links() -> None:
    found = extract(MARKDOWN, "rules.md")

    assert (found.kind, found.title) == ("markdown", "House rules")
    assert found.sections[0] == Section("Send it back here (https://shop.example/back).", ("Returns",))
    assert found.sections[1].headings == ("Returns", "How long")
    assert "# no heading" in found.sections[1].text


def test_html_is_read_as_a_person_sees_it_whatever_its_name() -> None:
    found = extract(HTML, "page.txt")

    assert (found.kind, found.title) == ("html", "Help")
    assert found.sections[0] == Section("One two three", ("Help",))
    assert found.sections[1].headings == ("Help", "Sub")
    assert found.sections[1].text == "- x\n- y\n\na | b\n1 | 2"


def test_a_word_document_gives_paragraphs_and_tables_below_its_headings() -> None:
    found = extract(files.a_docx(), "returns.pdf")

    assert found.kind == "docx"
    assert found.sections == (
        Section("Send it back within 30 days.", ("Returns",)),
        Section("Parcel | 4 euros", ("Returns", "Costs")),
    )


def test_a_pdf_gives_its_pages() -> None:
    found = extract(files.a_pdf("We ship on Monday.", "We close on Sunday."), "hours.pdf")

    assert [(s.headings, s.text) for s in found.sections] == [
        (("Page 1",), "We ship on Monday."),
        (("Page 2",), "We close on Sunday."),
    ]


@pytest.mark.parametrize(
    "table",
    [
        b"question,answer\nHow?,So.\nWhy?,Because\n",
        b"Answer;Topic;Question\nSo.;x;How?\nBecause;x;Why?\n",
        b"How?\tSo.\nWhy?\tBecause\n",
    ],
)
def test_a_table_gives_pairs_of_question_and_answer(table: bytes) -> None:
    found = extract(table, "faq.csv")

    assert [(s.question, s.text) for s in found.sections] == [("How?", "So."), ("Why?", "Because")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "latin-1"])
def test_text_is_read_in_the_encodings_people_save_it_in(encoding: str) -> None:
    text = "Größe, Maß und Gruß aus Köln: alles übrige später."

    found = extract(text.encode(encoding), "a.txt")

    assert found.sections[0].text == text


def test_control_characters_do_not_survive() -> None:
    found = extract(b"one\x07 two\x1b[31m" + b" three" * 50, "a.txt")

    assert found.sections[0].text.startswith("one two[31m three")


REFUSED = {
    "an empty file": (b"", "a.txt", "document_empty"),
    "blanks": (b" \n\t\n", "a.txt", "document_empty"),
    "a pdf without text": (files.a_pdf_of_blank_pages(1), "scan.pdf", "document_empty"),
    "an encrypted pdf": (files.a_pdf("secret", password="x"), "a.pdf", "document_encrypted"),
    "a damaged pdf": (b"%PDF-1.7\nnothing of the kind", "a.pdf", "document_corrupt"),
    "half a docx": (files.a_docx()[:9000], "a.docx", "document_corrupt"),
    "a docx with entities": (files.a_docx_with_entities(), "a.docx", "document_corrupt"),
    "an archive called docx": (files.an_archive(), "a.docx", "document_type_unknown"),
    "a bomb called docx": (files.a_zip_bomb(), "a.docx", "document_too_complex"),
    "a picture called md": (b"\x89PNG\r\n\x1a\n" + bytes(200), "a.md", "document_type_unknown"),
    "random bytes": (bytes(range(256)) * 50, "a.txt", "document_type_unknown"),
    "an xml bomb called html": (
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "aa">]><a>&a;</a>',
        "a.html",
        "document_type_unknown",
    ),
    "too deep html": (b"<html>" + b"<div>" * 100_000 + b"x", "a.html", "document_too_complex"),
    "too many pages": (files.a_pdf_of_blank_pages(2_001), "a.pdf", "document_too_complex"),
    "too much text": (b"word " * 500_000, "a.txt", "document_too_large"),
    "too many bytes": (b"x" * (MAX_BYTES + 1), "a.txt", "document_too_large"),
    "a table of one column": (b"only\none\n", "a.csv", "document_corrupt"),
}


@pytest.mark.parametrize(("data", "name", "code"), REFUSED.values(), ids=REFUSED)
def test_a_bad_file_is_refused_by_name_of_its_fault(data: bytes, name: str, code: str) -> None:
    with pytest.raises(SwitchboardError) as refusal:
        extract(data, name)

    assert refusal.value.code == code


def test_a_file_that_takes_too_long_is_given_up_and_leaves_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    endless = b"[" * 200_000 + b"\n" + b">" * 100_000 + b"x"

    with pytest.raises(DocumentTimeout):
        extract(endless, "a.md", deadline=1.0)

    assert list(tmp_path.iterdir()) == []
