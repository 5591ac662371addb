"""Conversations, customers, runs and approvals in the console."""

from __future__ import annotations

from conversations.admin import approvals, conversations, runs

__all__ = ["approvals", "conversations", "runs"]
