"""What can be done to an order that has not been packed: cancel it, or change address, payment or items."""

from __future__ import annotations

from collections.abc import Sequence

from demo.backoffice.errors import ShopError
from demo.backoffice.payments import (
    NotEnoughOnGiftCard,
    balances,
    check_covers,
    paid_with,
    pay,
    refund,
)
from demo.backoffice.records import Data, Record, order_of, payment_method_of
from demo.backoffice.swaps import planned, price_difference

PENDING = "pending"
ITEMS_CHANGED = "pending (item modified)"
REASONS = ("no longer needed", "ordered by mistake")


class NotPending(ShopError):
    code = "order_not_pending"
    default_message = "Only an order with the status 'pending' can be cancelled or modified"


class ReasonNotAccepted(ShopError):
    code = "reason_not_accepted"
    default_message = f"The reason must be one of: {', '.join(REASONS)}"


class SamePaymentMethod(ShopError):
    code = "same_payment_method"
    default_message = "The order is paid with that method already; choose a different one"


def cancel_pending_order(data: Data, *, order_id: str, reason: str) -> Record:
    """Cancels, and gives back to each method what it still holds of the order.

    Raises:
        OrderNotFound, NotPending, ReasonNotAccepted, PaymentMethodNotFound.
    """
    order = _pending(data, order_id)
    if reason not in REASONS:
        raise ReasonNotAccepted
    held = [(method_id, amount) for method_id, amount in balances(order).items() if amount > 0]
    methods = [payment_method_of(data, order, method_id) for method_id, _ in held]
    for method, (_, amount) in zip(methods, held, strict=True):
        refund(order, method, amount)
    order["status"] = "cancelled"
    order["cancel_reason"] = reason
    return order


def modify_pending_order_address(data: Data, *, order_id: str, **address: str) -> Record:
    """Raises OrderNotFound, NotPending."""
    order = _pending(data, order_id)
    order["address"] = address_record(**address)
    return order


def modify_pending_order_payment(data: Data, *, order_id: str, payment_method_id: str) -> Record:
    """Charges the new method with the whole amount, then gives it back to the old one.

    Raises:
        OrderNotFound, NotPending, PaymentMethodNotFound, PaymentUnclear, SamePaymentMethod,
        NotEnoughOnGiftCard.
    """
    order = _pending(data, order_id)
    new = payment_method_of(data, order, payment_method_id)
    old_id, amount = paid_with(order)
    if old_id == payment_method_id:
        raise SamePaymentMethod
    old = payment_method_of(data, order, old_id)
    too_little = NotEnoughOnGiftCard("Insufficient gift card balance to pay for the order")
    check_covers(new, amount, otherwise=too_little)
    pay(order, new, amount)
    refund(order, old, amount)
    return order


def modify_pending_order_items(
    data: Data,
    *,
    order_id: str,
    item_ids: Sequence[str],
    new_item_ids: Sequence[str],
    payment_method_id: str,
) -> Record:
    """Puts the new items in the old ones' places and settles the difference at once. Only once an order.

    The recorded shop wrote the price and options of the last new item into every swapped one, though it
    settled the right difference. `data.as_recorded` repeats that, so that its results can be compared.

    Raises:
        OrderNotFound, NotPending, PaymentMethodNotFound, NotEnoughOnGiftCard, and what `planned` raises.
    """
    order = _pending(data, order_id)
    swaps = planned(data, order, item_ids, new_item_ids)
    method = payment_method_of(data, order, payment_method_id)
    difference = price_difference(swaps)
    check_covers(method, difference)
    if difference > 0:
        pay(order, method, difference)
    else:
        refund(order, method, -difference)
    for swap in swaps:
        shown = swaps[-1].new if data.as_recorded else swap.new
        swap.old.update(item_id=swap.new["item_id"], price=shown["price"], options=dict(shown["options"]))
    order["status"] = ITEMS_CHANGED
    return order


def address_record(*, address1: str, address2: str, city: str, state: str, country: str, zip: str) -> Record:
    """The fields in the order in which the data has them."""
    return {
        "address1": address1,
        "address2": address2,
        "city": city,
        "country": country,
        "state": state,
        "zip": zip,
    }


def _pending(data: Data, order_id: str) -> Record:
    order = order_of(data, order_id)
    if order["status"] != PENDING:
        raise NotPending(f"{NotPending.default_message}, and this one is '{order['status']}'")
    return order
