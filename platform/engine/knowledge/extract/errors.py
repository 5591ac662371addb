"""Why a document is refused: one code a reason, the same words in the child process and at the doors.

Invariant: pure Python, since the parsing child imports it without Django.
"""

from __future__ import annotations

from core.errors import SwitchboardError, TooLarge, Unprocessable


class DocumentRefused(Unprocessable):
    code = "document_refused"
    default_message = "The document cannot be used."


class DocumentEmpty(DocumentRefused):
    code = "document_empty"
    default_message = "The document holds no text. Scanned pages need text recognition first."


class DocumentEncrypted(DocumentRefused):
    code = "document_encrypted"
    default_message = "The document is protected by a password. Upload it without one."


class DocumentCorrupt(DocumentRefused):
    code = "document_corrupt"
    default_message = (
        "The document is damaged or not what it claims to be. Save it again and upload the copy."
    )


class DocumentTypeUnknown(DocumentRefused):
    code = "document_type_unknown"
    default_message = "Accepted are Markdown, HTML, PDF, DOCX, plain text and CSV of question and answer."


class DocumentTooLarge(TooLarge):
    code = "document_too_large"
    default_message = "The document is too large: at most 20 MB, and 2 million characters of text."


class DocumentTooComplex(DocumentRefused):
    code = "document_too_complex"
    default_message = "The document is too deeply nested, too packed or has too many parts. Split it up."


class DocumentTimeout(DocumentRefused):
    code = "document_timeout"
    default_message = "Reading the document took too long. Split it up."


REFUSALS: dict[str, type[SwitchboardError]] = {
    kind.code: kind
    for kind in (
        DocumentEmpty,
        DocumentEncrypted,
        DocumentCorrupt,
        DocumentTypeUnknown,
        DocumentTooLarge,
        DocumentTooComplex,
        DocumentTimeout,
    )
}
