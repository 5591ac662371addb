"""What a file is, by its content, and what it may be called. Pure: bytes and texts in, values out.

Invariant: the kind comes from the content alone; what is not one of the kinds of the list is refused, and so is an
archive that is no document. A name keeps nothing that a system, a page or a reader could take for something else.
"""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile

from core.errors import Invalid, TooLarge

MOST_BYTES = 10 * 1024 * 1024
MOST_NAME = 120
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ENDINGS: dict[str, tuple[str, ...]] = {
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/gif": (".gif",),
    "image/webp": (".webp",),
    "application/pdf": (".pdf",),
    "text/csv": (".csv",),
    "text/plain": (".txt",),
    _DOCX: (".docx",),
    _XLSX: (".xlsx",),
}
"""Kind -> the endings of names it may have, the usual one first."""
_SIGNS: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
)
_PARTS = (("word/document.xml", _DOCX), ("xl/workbook.xml", _XLSX))
_MOST_PARTS = 5000
_MACROS = re.compile(r"(?:^|/)(?:vbaProject|vbaData)[^/]*$", re.IGNORECASE)
_BAD_IN_TEXT = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f]")
_BAD_IN_NAME = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
_RESERVED = re.compile(r"(?i)(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)")


class FileTooLarge(TooLarge):
    code = "file_too_large"
    default_message = "A file has at most 10 MB."


class FileEmpty(Invalid):
    code = "file_empty"
    default_message = "This file is empty."


class FileKindRefused(Invalid):
    code = "file_kind_refused"
    default_message = (
        "Files of this kind are not taken. Send PNG, JPEG, GIF, WebP, PDF, TXT, CSV, DOCX or XLSX "
        "without macros."
    )


def kind_of(content: bytes, name: str) -> str:
    """The media type of a file, by what is in it; its name only tells a table from other text.

    Raises:
        FileEmpty, FileTooLarge, FileKindRefused
    """
    if not content:
        raise FileEmpty
    if len(content) > MOST_BYTES:
        raise FileTooLarge
    for sign, kind in _SIGNS:
        if content.startswith(sign):
            return kind
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content.startswith(b"PK"):
        return _document(content)
    return _text(content, name)


def clean_name(name: str, kind: str) -> str:
    """A name under which a file of this kind may be kept and saved.

    Without folders, control characters, marks that turn the direction of reading, dots at its ends, and with an ending
    that fits the kind: `..\\evil.html` that is text becomes `evil.html.txt`.
    """
    plain = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    plain = "".join(
        char for char in plain if unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Cn"}
    )
    plain = " ".join(_BAD_IN_NAME.sub("_", plain).split()).strip(". ")
    if not plain or _RESERVED.match(plain):
        plain = f"file_{plain}".rstrip("_")
    endings = ENDINGS[kind]
    ending = next((one for one in endings if plain.lower().endswith(one)), "")
    stem = plain[: len(plain) - len(ending)] if ending else plain
    ending = ending or endings[0]
    return (stem[: MOST_NAME - len(ending)].rstrip(". ") or "file") + ending


def _document(content: bytes) -> str:
    """A zip that is an office document; nothing is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = {part.filename for part in archive.infolist()[: _MOST_PARTS + 1]}
    except (zipfile.BadZipFile, ValueError, OSError, RuntimeError) as error:
        raise FileKindRefused from error
    if len(names) > _MOST_PARTS or "[Content_Types].xml" not in names or any(map(_MACROS.search, names)):
        raise FileKindRefused
    for part, kind in _PARTS:
        if part in names:
            return kind
    raise FileKindRefused


def _text(content: bytes, name: str) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileKindRefused from error
    if _BAD_IN_TEXT.search(text):
        raise FileKindRefused
    return "text/csv" if name.lower().rstrip(". ").endswith(".csv") else "text/plain"
