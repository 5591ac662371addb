"""Files as customers and attackers make them."""

from __future__ import annotations

import io
import zipfile

import docx
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject


def a_docx() -> bytes:
    document = docx.Document()
    document.add_heading("Returns", 1)
    document.add_paragraph("Send it back within 30 days.")
    document.add_heading("Costs", 2)
    table = document.add_table(1, 2)
    table.rows[0].cells[0].text = "Parcel"
    table.rows[0].cells[1].text = "4 euros"
    return _saved(document)


def a_docx_with_entities() -> bytes:
    """Its main part defines XML entities that would swell on reading."""
    bomb = b'<?xml version="1.0"?><!DOCTYPE z [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(a_docx())) as given, zipfile.ZipFile(made, "w") as archive:
        for name in given.namelist():
            data = given.read(name)
            if name == "word/document.xml":
                data = bomb + data.split(b"?>", 1)[1]
            archive.writestr(name, data)
    return made.getvalue()


def a_zip_bomb() -> bytes:
    """About 300 kB that unpack to 300 MB, under the name a DOCX reader looks for."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"\0" * 300_000_000)
    return made.getvalue()


def an_archive() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("hello.txt", "hello")
    return made.getvalue()


def a_pdf(*pages: str, password: str = "") -> bytes:
    writer = PdfWriter()
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
        }
    )
    for text in pages:
        page = writer.add_blank_page(300, 300)
        resources = DictionaryObject({NameObject("/Font"): DictionaryObject({NameObject("/F1"): font})})
        page[NameObject("/Resources")] = resources
        stream = DecodedStreamObject()
        stream.set_data(f"BT /F1 12 Tf 20 200 Td ({text}) Tj ET".encode())
        page[NameObject("/Contents")] = writer._add_object(stream)
    if password:
        writer.encrypt(password)
    return _written(writer)


def a_pdf_of_blank_pages(count: int) -> bytes:
    writer = PdfWriter()
    for _ in range(count):
        writer.add_blank_page(100, 100)
    return _written(writer)


def _written(writer: PdfWriter) -> bytes:
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def _saved(document: docx.document.Document) -> bytes:
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()
