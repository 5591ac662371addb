"""Conversations, customers, runs, approvals and model providers in the console."""

from __future__ import annotations

from conversations.admin import approvals, conversations, providers, runs

__all__ = ["approvals", "conversations", "providers", "runs"]
