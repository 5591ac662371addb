"""The tables of this app, gathered from its rooms."""

from integrations.idempotency.models import IdempotencyRecord

__all__ = ["IdempotencyRecord"]
