"""Public identifiers: what leaves the house instead of a row number."""

from __future__ import annotations

import secrets
import uuid

_ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"


def new_public_id() -> uuid.UUID:
    """A random UUID (version 4): tells nobody how many rows there are or when they were made."""
    return uuid.uuid4()


def new_token(length: int = 40) -> str:
    """A random lower-case token with about 5.17 bits a character."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))
