"""What an MCP tool gave back, as text for a model and as a value for a check.

Invariant: all of it is untrusted, and no longer than the tool's policy allows. Pictures, sound and files are
named, never passed on.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from mcp_types import CallToolResult, EmbeddedResource, ResourceLink, TextContent

from engine.tools.errors import ToolRefused, ToolResultInvalid
from engine.tools.http.answer import cut
from engine.tools.mcp.failures import bounded


@dataclass(frozen=True, slots=True)
class McpAnswer:
    """`text` goes to the model. `value` is the whole structured answer where there is one, else None."""

    text: str
    value: Any = None


def answer_of(result: CallToolResult, most_bytes: int) -> McpAnswer:
    """The answer within its bound.

    Args:
        most_bytes: of the text, in UTF-8; what is left over is cut and said to be.

    Raises:
        ToolRefused: the server marked its answer as an error.
        ToolResultInvalid: the structured answer cannot be written as JSON.
    """
    words = storable("\n".join(_in_words(block) for block in result.content))
    if result.is_error:
        raise ToolRefused(bounded(words) if words.strip() else "")
    value = result.structured_content
    text, _ = cut(words if value is None or _is_wrapped(value, words) else storable(_json(value)), most_bytes)
    return McpAnswer(text, value)


def storable(text: str) -> str:
    """Without what JSON can spell and our stores cannot hold: NUL and halves of characters."""
    return text.replace("\0", "\ufffd").encode(errors="replace").decode()


def _is_wrapped(value: dict[str, Any], words: str) -> bool:
    """Structured answers are objects: for a tool that returns something else, servers say `{"result": ...}` and the
    thing itself in words."""
    if set(value) != {"result"}:
        return False
    if value["result"] == words:
        return True
    try:
        return bool(json.loads(words) == value["result"])
    except (ValueError, RecursionError):
        return False


def _json(value: Any) -> str:
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    except (ValueError, RecursionError) as error:
        raise ToolResultInvalid from error


def _in_words(block: Any) -> str:
    match block:
        case TextContent():
            return block.text
        case EmbeddedResource() | ResourceLink():
            return "[a file, not shown]"
        case _:
            return {"image": "[a picture, not shown]", "audio": "[a recording, not shown]"}.get(
                str(getattr(block, "type", "")), "[something that is not text, not shown]"
            )
