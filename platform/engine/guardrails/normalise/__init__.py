"""Text as it reads: look-alikes, invisible characters and hidden layers undone, before anything judges it.

Invariant: any `str` is accepted; the original is kept; time is linear in the length, and no more than `limit`
characters are looked at. Standard library and numpy only.
"""

from __future__ import annotations

from engine.guardrails.normalise.layers import Layer, uncover
from engine.guardrails.normalise.reading import Normalised, normalise

__all__ = ["Layer", "Normalised", "normalise", "uncover"]
