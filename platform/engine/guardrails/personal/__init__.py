"""Recognises personal data in a text: what it is and where it stands."""

from __future__ import annotations

from engine.guardrails.personal.finding import LONGEST, find
from engine.guardrails.personal.known import Known

__all__ = ["LONGEST", "Known", "find"]
