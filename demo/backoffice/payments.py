"""Money of orders: what was paid, by which method, and what a gift card still holds.

Amounts are binary floating point numbers because the data is JSON and the recorded shop calculated so.
Whatever is compared or stays on a gift card is rounded to whole cents first.
"""

from __future__ import annotations

from demo.backoffice.errors import ShopError
from demo.backoffice.records import Record

GIFT_CARD = "gift_card"


class NotEnoughOnGiftCard(ShopError):
    code = "gift_card_balance_too_low"
    default_message = "Insufficient gift card balance to pay for the price difference"


class PaymentUnclear(ShopError):
    code = "payment_unclear"
    default_message = "The order was not paid with exactly one payment method, so this cannot be done here"


def cents(amount: float) -> float:
    """To whole cents, without the minus of a zero."""
    return round(amount, 2) + 0.0


def is_gift_card(method: Record) -> bool:
    return bool(method["source"] == GIFT_CARD)


def check_covers(method: Record, amount: float, *, otherwise: ShopError | None = None) -> None:
    """Refuses a gift card that holds less than `amount`; other methods always cover.

    Raises:
        NotEnoughOnGiftCard: or the given error instead.
    """
    if is_gift_card(method) and cents(method["balance"]) < cents(amount):
        raise otherwise or NotEnoughOnGiftCard


def pay(order: Record, method: Record, amount: float) -> None:
    _enter(order, "payment", amount, method["id"])
    if is_gift_card(method):
        method["balance"] = cents(method["balance"] - amount)


def refund(order: Record, method: Record, amount: float) -> None:
    """A gift card has the money at once; other methods get it from their bank days later."""
    _enter(order, "refund", amount, method["id"])
    if is_gift_card(method):
        method["balance"] = cents(method["balance"] + amount)


def paid_with(order: Record) -> tuple[str, float]:
    """The one method that holds the order's money now, and how much.

    Raises:
        PaymentUnclear: there is none, or more than one.
    """
    left = {method_id: amount for method_id, amount in balances(order).items() if amount > 0}
    if len(left) != 1:
        raise PaymentUnclear
    return next(iter(left.items()))


def balances(order: Record) -> dict[str, float]:
    """Paid less refunded, for each method of the payment history, in cents-exact amounts."""
    totals: dict[str, float] = {}
    for entry in order["payment_history"]:
        sign = 1 if entry["transaction_type"] == "payment" else -1
        totals[entry["payment_method_id"]] = cents(
            totals.get(entry["payment_method_id"], 0.0) + sign * entry["amount"]
        )
    return totals


def _enter(order: Record, kind: str, amount: float, method_id: str) -> None:
    order["payment_history"].append(
        {"transaction_type": kind, "amount": amount, "payment_method_id": method_id}
    )
