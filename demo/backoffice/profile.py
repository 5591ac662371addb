"""The one thing about a customer that can be changed: the default address."""

from __future__ import annotations

from demo.backoffice.pending import address_record
from demo.backoffice.records import Data, Record, user_of


def modify_user_address(data: Data, *, user_id: str, **address: str) -> Record:
    """Orders placed before keep the address they have. Raises UserNotFound."""
    user = user_of(data, user_id)
    user["address"] = address_record(**address)
    return user
