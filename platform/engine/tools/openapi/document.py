"""An OpenAPI document as bounded data, and the local references in it.

Invariant: reading takes time and memory in proportion to what was sent: what references unfold to is charged to a
budget, and nothing is ever fetched.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from core.errors import Invalid

MOST_BYTES = 2 * 1024 * 1024
MOST_DEPTH = 100
MOST_UNFOLDED = 64 * 1024
MOST_WORK = 2 * 1024 * 1024
_MOST_HOPS = 32


class DocumentInvalid(Invalid):
    code = "openapi_document_invalid"
    default_message = "The document is no OpenAPI 3.0 or 3.1 document in JSON."


class Unsupported(Exception):
    """One operation cannot become a tool; the text says why."""


@dataclass(slots=True)
class Document:
    """`work` is what may still be unfolded, in bytes, for all operations together."""

    root: Mapping[str, Any]
    version: str
    work: int = MOST_WORK

    @property
    def is_3_0(self) -> bool:
        return self.version.startswith("3.0")

    def follow(self, node: Any, seen: tuple[str, ...] = ()) -> tuple[Any, tuple[str, ...]]:
        """What a node stands for and the references that led there, after those in `seen`.

        Raises:
            Unsupported: a reference leads outside, nowhere or back to itself.
        """
        hops = 0
        while isinstance(node, dict) and isinstance(reference := node.get("$ref"), str):
            if reference in seen:
                raise Unsupported(f"It refers to itself (by {reference[:100]}).")
            hops += 1
            if hops > _MOST_HOPS:
                raise Unsupported("Its references are too many.")
            seen = (*seen, reference)
            node = self._at(reference)
        return node, seen

    def _at(self, reference: str) -> Any:
        if reference != "#" and not reference.startswith("#/"):
            raise Unsupported(f"It refers to another document ({reference[:100]}), which is not fetched.")
        place: Any = self.root
        for part in reference.split("/")[1:]:
            part = unquote(part).replace("~1", "/").replace("~0", "~")
            if isinstance(place, list) and re.fullmatch(r"[0-9]{1,6}", part) and int(part) < len(place):
                place = place[int(part)]
            elif isinstance(place, dict) and part in place:
                place = place[part]
            else:
                raise Unsupported(f"It refers to {reference[:100]}, which is not there.")
        return place


def parse(document: bytes | str) -> Document:
    """
    Raises:
        DocumentInvalid: too large, no JSON, nested too deep, or of another version.
    """
    text = _text_of(document)
    try:
        root = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise DocumentInvalid(
            "The document is no valid JSON. YAML is not read: convert it to JSON first."
        ) from error
    _check_nodes(root)
    if not isinstance(root, dict):
        raise DocumentInvalid
    version = root.get("openapi")
    if not isinstance(version, str) or not re.fullmatch(r"3\.[01](\.[0-9]{1,4})?(-[\w.]{1,20})?", version):
        raise DocumentInvalid("The document has to be of OpenAPI 3.0 or 3.1.")
    if not isinstance(root.get("paths"), dict):
        raise DocumentInvalid("The document has no paths.")
    return Document(root, version)


def _text_of(document: bytes | str) -> str:
    try:
        data = document.encode() if isinstance(document, str) else document
        if len(data) > MOST_BYTES:
            raise DocumentInvalid(f"The document is larger than {MOST_BYTES // 1024 // 1024} MB.")
        return data.decode("utf-8-sig")
    except UnicodeError as error:
        raise DocumentInvalid("The document is not written in UTF-8.") from error


def _check_nodes(root: Any) -> None:
    level: list[Any] = [root]
    for _ in range(MOST_DEPTH):
        below: list[Any] = []
        for node in level:
            if isinstance(node, dict):
                below += (*node, *node.values())
            elif isinstance(node, list):
                below += node
            elif isinstance(node, str) and not _is_storable(node):
                raise DocumentInvalid("The document holds characters that cannot be stored.")
        if not below:
            return
        level = below
    raise DocumentInvalid(f"The document is nested deeper than {MOST_DEPTH} levels.")


def _is_storable(text: str) -> bool:
    if text.isascii():
        return "\0" not in text
    return "\0" not in text and not re.search("[\ud800-\udfff]", text)


def _refuse_constant(name: str) -> Any:
    raise ValueError(name)
