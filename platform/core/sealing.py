"""Secrets at rest: AES-256-GCM under the installation's master key.

Invariant: a sealed value opens only in the place it was sealed for; the place (table, tenant, row) is bound as
associated data, so a value copied to another row does not open.
Layout: one version byte, 12 bytes of nonce, ciphertext with its 16-byte tag.
"""

from __future__ import annotations

import base64
import hashlib
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from core.errors import SwitchboardError

_VERSION = b"\x01"


class SealBroken(SwitchboardError):
    code = "seal_broken"
    default_message = "A stored secret could not be opened: the master key changed or the row was altered."


def _cipher() -> AESGCM:
    return AESGCM(hashlib.sha256(b"switchboard-seal-v1:" + settings.MASTER_KEY.encode()).digest())


def seal(value: str, place: str) -> bytes:
    """Seals a value for `place`, e.g. `tenants.IdentityKey:7:primary`."""
    nonce = os.urandom(12)
    return _VERSION + nonce + _cipher().encrypt(nonce, value.encode(), place.encode())


def unseal(sealed: bytes | memoryview, place: str) -> str:
    """Opens what `seal` made for the same place.

    Raises:
        SealBroken: wrong key, wrong place, or altered bytes.
    """
    raw = bytes(sealed)
    try:
        if raw[:1] != _VERSION:
            raise SealBroken
        return _cipher().decrypt(raw[1:13], raw[13:], place.encode()).decode()
    except InvalidTag as error:
        raise SealBroken from error


def fingerprint(value: str, purpose: str) -> str:
    """A keyed, one-way name for a secret (BLAKE2b, 32 bytes, base64url), for look-ups of keys by their value."""
    key = hashlib.sha256(settings.MASTER_KEY.encode()).digest()
    digest = hashlib.blake2b(value.encode(), key=key, person=purpose.encode()[:16], digest_size=32).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
