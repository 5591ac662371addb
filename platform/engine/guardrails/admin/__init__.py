"""The guardrails in the console."""

from engine.guardrails.admin.policy import PolicyAdmin
from engine.guardrails.admin.services import GuardServiceAdmin

__all__ = ["GuardServiceAdmin", "PolicyAdmin"]
