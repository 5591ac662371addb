"""The built-in tool `search_knowledge`.

Invariant: it searches the tenant of the run's context; arguments come from a model and are held against the schema.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from core.offload import in_database
from engine.gateway.protocol import ToolSpec
from engine.knowledge.chunking import BETWEEN_HEADINGS
from engine.knowledge.queries import MAX_QUERY, CitablePassage, search
from engine.tools.registry import Tool, ToolContext, check_arguments
from engine.tools.values import Citation, ToolResult

PASSAGES = 5
_QUOTE = 600
_SENTENCE_END = re.compile(r"[.!?…](?=\s|\Z)")

SPEC = ToolSpec(
    name="search_knowledge",
    description=(
        "Searches the company's own help texts. Use it before answering anything about the company, its products, "
        "orders or rules. Cite what you use by the passage's number, like [1]. An empty list means that nothing "
        "there answers the question."
    ),
    parameters={
        "type": "object",
        "properties": {
            "query": {
                "type": "string",
                "minLength": 1,
                "maxLength": MAX_QUERY,
                "description": "The customer's question as one self-contained sentence, in the customer's words.",
            }
        },
        "required": ["query"],
        "additionalProperties": False,
    },
)


async def _call(context: ToolContext, arguments: dict[str, Any], first_citation: int) -> ToolResult:
    check_arguments(SPEC.parameters, arguments)
    # In a thread of its own: encoding a question takes as long as several turns' database work.
    look = in_database(search, lane="long")
    found = await look(context.tenant_id, arguments["query"], k=PASSAGES, sources=context.sources)
    return as_result(found, first_citation)


def as_result(passages: Sequence[CitablePassage], first_citation: int) -> ToolResult:
    """Passages as a model reads them, numbered from `first_citation`, and as citations."""
    numbered = list(enumerate(passages, start=first_citation))
    shown = [
        {
            "n": number,
            "title": passage.title,
            "heading": _below_title(passage),
            "text": passage.text,
            "score": round(passage.score, 3),
            "url": passage.url,
        }
        for number, passage in numbered
    ]
    citations = tuple(
        Citation(
            n=number,
            passage=passage.id,
            title=passage.title,
            heading=_below_title(passage),
            quote=_beginning(passage.text),
            url=passage.url,
        )
        for number, passage in numbered
    )
    return ToolResult(text=json.dumps({"passages": shown}, ensure_ascii=False), citations=citations)


def _below_title(passage: CitablePassage) -> str:
    """The question, or the path of headings without the title where it begins with it."""
    first, _, rest = passage.heading.partition(BETWEEN_HEADINGS)
    return passage.question or (rest if first == passage.title else passage.heading)


def _beginning(text: str) -> str:
    """The text's first sentences, or words, that fit."""
    if len(text) <= _QUOTE:
        return text
    words = text[: _QUOTE + 1].rsplit(None, 1)[0][:_QUOTE]
    ends = [end.end() for end in _SENTENCE_END.finditer(words)]
    return words[: ends[-1]] if ends and ends[-1] > _QUOTE // 2 else words


SEARCH_KNOWLEDGE = Tool(SPEC, _call)
