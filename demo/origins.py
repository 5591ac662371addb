"""What the shop's operations say and take, as the taint rule wants to know it: see docs/guardrails/taint.md.

Invariant: only what the shop itself writes is called the customer's records or the catalogue.
"""

from __future__ import annotations

from typing import Any

_RECORDS = ("find_user_id_by_email", "find_user_id_by_name_zip", "get_user_details", "get_order_details")
_CATALOGUE = ("list_all_product_types", "get_product_details", "get_item_details")
_ADDRESS = [
    "address",
    "deliver",
    "ship",
    "send it to",
    "send them to",
    "moved",
    "moving",
    "adresse",
    "liefer",
]
_SWAP = [
    "exchange", "swap", "switch", "replace", "change", "modify", "upgrade", "instead", "different",
    "umtausch", "tausch",
]  # fmt: skip
_ASKED_WITH = {
    "cancel_pending_order": ["cancel", "call off", "no longer need", "stornier"],
    "return_delivered_order_items": ["return", "send back", "refund", "money back", "zurück"],
    "exchange_delivered_order_items": _SWAP,
    "modify_pending_order_items": _SWAP,
    "modify_pending_order_payment": ["payment", "pay with", "pay by", "charge", "card", "paypal", "bezahl"],
    "modify_pending_order_address": _ADDRESS,
    "modify_user_address": _ADDRESS,
}
_FREE = {"cancel_pending_order": ["reason"]}


def origins(operation: str) -> dict[str, Any]:
    """The fields of a tool that say it, by the operation's name."""
    if operation in _RECORDS:
        return {"results": "records"}
    if operation in _CATALOGUE:
        return {"results": "catalogue"}
    asked = {"asked_with": _ASKED_WITH[operation]} if operation in _ASKED_WITH else {}
    return asked | ({"free_arguments": _FREE[operation]} if operation in _FREE else {})
