"""Reversible masks: the model sees `<email_1>`, tools and the customer get the value back."""

from __future__ import annotations

from engine.guardrails.masking.leaks import foreign
from engine.guardrails.masking.masks import Entry, Masks
from engine.guardrails.masking.replacing import mask, unmask, unmask_data, unmask_json
from engine.guardrails.masking.streaming import Unmasker

__all__ = ["Entry", "Masks", "Unmasker", "foreign", "mask", "unmask", "unmask_data", "unmask_json"]
