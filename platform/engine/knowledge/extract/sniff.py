"""What a file is, by its bytes.

Invariant: a name only chooses between kinds of plain text; it never makes bytes into something they are not.
"""

from __future__ import annotations

import codecs
import re

from engine.knowledge.extract.errors import DocumentEmpty, DocumentEncrypted, DocumentTypeUnknown
from engine.knowledge.extract.sections import Kind

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_RICH_TEXT = b"{\\rtf"
_HTML = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|title|meta|main|article|div|h[1-6]|p)\b",
    re.IGNORECASE | re.DOTALL,
)
_CLOSING_TAG = re.compile(r"</[a-z][a-z0-9]*>", re.IGNORECASE)
_XML = re.compile(r"\s*<(?:\?xml|!DOCTYPE|!ENTITY)", re.IGNORECASE)
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_\-:.]{2,40})", re.IGNORECASE)
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_MAX_CONTROL_SHARE = 0.01
# Of all bytes: Latin text in UTF-16 has a zero in nearly every second one.
_UTF16_SHARE = 0.3


def sniff(data: bytes, name: str) -> Kind:
    """The kind of a file.

    Raises:
        DocumentEmpty: there are no bytes, or only blanks.
        DocumentEncrypted: an office document behind a password.
        DocumentTypeUnknown: nothing we read.
    """
    if not data.strip(b" \t\r\n\x00"):
        raise DocumentEmpty
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if data.startswith(b"PK"):
        return "docx"
    if data.startswith(_OLE):
        raise DocumentEncrypted if _OLE_ENCRYPTED in data else DocumentTypeUnknown
    if data.lstrip().startswith(_RICH_TEXT):
        raise DocumentTypeUnknown
    return _sniff_text(decode(data)[:4096], name.lower())


def _sniff_text(head: str, name: str) -> Kind:
    if _HTML.match(head):
        return "html"
    if _XML.match(head):
        raise DocumentTypeUnknown
    if name.endswith((".html", ".htm")) and _CLOSING_TAG.search(head):
        return "html"
    if name.endswith((".md", ".markdown")):
        return "markdown"
    first_line = head.lstrip().split("\n", 1)[0].lower().replace('"', "")
    if name.endswith((".csv", ".tsv")) or re.match(r"question[,;\t|]\s*answer\b", first_line):
        return "csv"
    return "text"


def decode(data: bytes) -> str:
    """Text of bytes in UTF-8, UTF-16, UTF-32 or, failing these, what they declare or Windows-1252.

    Raises:
        DocumentTypeUnknown: these bytes are not text.
    """
    text = _decode(data)
    if len(_CONTROLS.findall(text[:65536])) > _MAX_CONTROL_SHARE * min(len(text), 65536):
        raise DocumentTypeUnknown
    return text


def _decode(data: bytes) -> str:
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return data.decode(encoding, errors="replace")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = ""
    if text and "\x00" not in text:
        return text
    return data.decode(_other_encoding(data), errors="replace")


def _other_encoding(data: bytes) -> str:
    head = data[:4096]
    if b"\x00" in head:
        even, odd = head[0::2].count(0), head[1::2].count(0)
        if max(even, odd) < _UTF16_SHARE * len(head):
            raise DocumentTypeUnknown
        return "utf-16-le" if odd > even else "utf-16-be"
    declared = _CHARSET.search(data[:2048])
    if declared:
        try:
            return codecs.lookup(declared[1].decode("ascii")).name
        except LookupError:
            pass
    return "cp1252"
