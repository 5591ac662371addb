"""Attempts to turn the assistant against its instructions, found in what a customer writes.

Invariant: pure and thread-safe; the same text gives the same judgement; time is linear in the length, and no more is
looked at than the normalisation and `detecting.MOST` allow. No language is suspicious in itself.
"""

from __future__ import annotations

from engine.guardrails.injection.detecting import Embed, detect

__all__ = ["Embed", "detect"]
