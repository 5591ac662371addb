"""What an HTTP tool's answer means: its result, or the class of its failure.

Invariant: whatever a server sends becomes bounded text without bytes that our stores refuse, or a coded error.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

from engine.tools.errors import ToolBroken, ToolBusy, ToolError, ToolRefused, ToolResultInvalid

CUT = "… (cut)"
MOST_DEPTH = 64
MOST_RETRY_AFTER = 3600.0
_MOST_DETAIL = 500
_BUSY = frozenset({408, 425, 429, 503})
_JSON = re.compile(r"application/([\w.+-]+\+)?json|text/json")
_TEXT = re.compile(r"text/.*|application/([\w.+-]+\+)?(xml|yaml|x-yaml|javascript|x-ndjson)")


class ToolOverloaded(ToolBusy):
    """HTTP 503: the whole server is, not this caller alone."""


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """A result: `text`, bounded, for the model; `value` as parsed (a string where it is no JSON), for checks."""

    status: int
    text: str
    value: Any = None
    is_cut: bool = False


def read_answer(status: int, content_type: str, body: bytes, result_path: str, most_bytes: int) -> HttpAnswer:
    """The result of an answer with a 2xx.

    Args:
        result_path: JSON pointer (RFC 6901) to the part that counts; empty: all.
        most_bytes: of the text, its mark included.

    Raises:
        ToolResultInvalid: no text, no JSON though it says so, too deep, or nothing at `result_path`.
    """
    text = _decoded(content_type, body)
    value = _value(content_type, text)
    if result_path:
        value = pointed(value, result_path)
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    shown, is_cut = cut(_storable(text), most_bytes)
    return HttpAnswer(status, shown, value, is_cut)


def failure(status: int, headers: Mapping[str, str], body: bytes, *, now: float | None = None) -> ToolError:
    """The error that an answer without a 2xx stands for. What the server says of a 4xx goes along, untrusted.

    Args:
        now: seconds since the epoch.
    """
    if status in _BUSY:
        after = retry_after(headers.get("retry-after", ""), time.time() if now is None else now)
        return (ToolOverloaded if status == 503 else ToolBusy)(retry_after=after)
    if 400 <= status < 500:
        refused = ToolRefused(
            _detail(headers.get("content-type", ""), body) or f"The tool answered HTTP {status}."
        )
        # 409 under a key may mean that the first attempt is still being carried out.
        refused.settles = status != 409
        return refused
    return ToolBroken()


def retry_after(text: str, now: float) -> float | None:
    """Seconds to wait by a `Retry-After` header (RFC 9110, 10.2.3), from 0 to `MOST_RETRY_AFTER`; None: not said."""
    text = text.strip()
    if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", text):
        seconds = float(text)
    else:
        try:
            seconds = parsedate_to_datetime(text).timestamp() - now
        except (ValueError, TypeError, OverflowError, IndexError):
            return None
    return min(max(seconds, 0.0), MOST_RETRY_AFTER)


def cut(text: str, most_bytes: int) -> tuple[str, bool]:
    """The text, or as much of its beginning as fits together with a mark; whether it was cut. Bytes of UTF-8."""
    if len(text) * 4 <= most_bytes or len(data := text.encode()) <= most_bytes:
        return text, False
    return data[: max(0, most_bytes - len(CUT.encode()))].decode(errors="ignore") + CUT, True


def pointed(value: Any, pointer: str) -> Any:
    """
    Raises:
        ToolResultInvalid: there is nothing at the pointer.
    """
    for part in pointer.removeprefix("/").split("/") if pointer != "/" else [""]:
        part = part.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict) and part in value:
            value = value[part]
        elif isinstance(value, list) and re.fullmatch(r"[0-9]{1,6}", part) and int(part) < len(value):
            value = value[int(part)]
        else:
            raise ToolResultInvalid("The tool's answer lacks the part that holds its result.")
    return value


def parsed(text: str) -> Any:
    """JSON, bounded in depth.

    Raises:
        ToolResultInvalid
    """
    try:
        value = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise ToolResultInvalid("The tool's answer is no valid JSON.") from error
    if _is_deep(value):
        raise ToolResultInvalid(f"The tool's answer is nested deeper than {MOST_DEPTH} levels.")
    return value


def _value(content_type: str, text: str) -> Any:
    kind = _kind(content_type)
    if not text.strip():
        return None
    if _JSON.fullmatch(kind):
        return parsed(text)
    if kind:
        return text
    try:
        return parsed(text)
    except ToolResultInvalid:
        return text


def _decoded(content_type: str, body: bytes) -> str:
    kind = _kind(content_type)
    if body and kind and not _JSON.fullmatch(kind) and not _TEXT.fullmatch(kind):
        raise ToolResultInvalid("The tool's answer is neither JSON nor text.")
    named = re.search(r"charset=\"?([\w.:-]{1,40})", content_type, re.IGNORECASE)
    charset = "latin-1" if named and named[1].lower() in {"iso-8859-1", "latin1", "latin-1"} else "utf-8-sig"
    try:
        text = body.decode(charset)
    except UnicodeDecodeError as error:
        raise ToolResultInvalid("The tool's answer is not written in UTF-8.") from error
    if "\0" in text:
        raise ToolResultInvalid("The tool's answer is neither JSON nor text.")
    return text


def _kind(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()


def _storable(text: str) -> str:
    """Without what JSON can spell and PostgreSQL and UTF-8 can't hold: NUL and halves of characters."""
    text = text.replace("\0", "\ufffd")
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def _detail(content_type: str, body: bytes) -> str:
    """What went wrong in the server's words: problem+json's `detail` (RFC 9457), or what other APIs call it."""
    try:
        text = _decoded(content_type, body)
        value = _value(content_type, text)
    except ToolResultInvalid:
        return ""
    if _kind(content_type) in {"text/html", "application/xhtml+xml"}:
        return ""
    return _storable(_said(value) if isinstance(value, dict) else text.strip())[:_MOST_DETAIL]


def _said(problem: dict[str, Any]) -> str:
    error = problem.get("error")
    nested = error.get("message") if isinstance(error, dict) else error
    for said in (problem.get("detail"), problem.get("message"), nested, problem.get("title")):
        if said:
            return said if isinstance(said, str) else json.dumps(said, ensure_ascii=False)
    return ""


def _is_deep(value: Any) -> bool:
    level = [value]
    for _ in range(MOST_DEPTH):
        level = [
            child
            for one in level
            if isinstance(one, (dict, list))
            for child in (one.values() if isinstance(one, dict) else one)
            if isinstance(child, (dict, list))
        ]
        if not level:
            return False
    return True


def _refuse_constant(name: str) -> Any:
    raise ValueError(name)
