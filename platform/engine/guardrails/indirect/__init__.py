"""Texts from outside, without what they say to the assistant.

Invariant: pure, deterministic and thread-safe; any `str` is accepted; offsets are those of the text that was given.
"""

from __future__ import annotations

from engine.guardrails.indirect.markup import neutralise
from engine.guardrails.indirect.screening import MARKER, Removed, Screened, judge, screen

__all__ = ["MARKER", "Removed", "Screened", "judge", "neutralise", "screen"]
