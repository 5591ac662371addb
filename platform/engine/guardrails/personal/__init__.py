"""Recognises personal data in a text: what it is and where it stands."""

from __future__ import annotations

from functools import lru_cache

from engine.guardrails.personal.finding import LONGEST, find
from engine.guardrails.personal.known import Known
from engine.guardrails.values import Span

__all__ = ["LONGEST", "Known", "find", "found"]


@lru_cache(maxsize=4096)
def found(text: str, known: Known) -> tuple[Span, ...]:
    """As `find`, kept: the messages of a conversation come again with every turn."""
    return find(text, known=known)
