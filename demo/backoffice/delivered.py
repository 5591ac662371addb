"""What can be asked for once an order has arrived: a return or an exchange, one of them, once."""

from __future__ import annotations

from collections.abc import Sequence

from demo.backoffice.errors import ShopError
from demo.backoffice.payments import cents, check_covers, is_gift_card
from demo.backoffice.records import Data, Record, check_items, order_of, payment_method_of
from demo.backoffice.swaps import planned, price_difference

DELIVERED = "delivered"


class NotDelivered(ShopError):
    code = "order_not_delivered"
    default_message = "Only an order with the status 'delivered' can be returned or exchanged"


class RefundElsewhere(ShopError):
    code = "refund_elsewhere"
    default_message = "A refund goes to the payment method of the order or to a gift card of the customer"


def return_delivered_order_items(
    data: Data, *, order_id: str, item_ids: Sequence[str], payment_method_id: str
) -> Record:
    """Notes the wish; the money follows when the parcel is back, so nothing is booked here.

    Raises:
        OrderNotFound, NotDelivered, PaymentMethodNotFound, RefundElsewhere, NothingChosen, ItemNotInOrder.
    """
    order = _delivered(data, order_id)
    method = payment_method_of(data, order, payment_method_id)
    paid = {entry["payment_method_id"] for entry in order["payment_history"]}
    if not is_gift_card(method) and payment_method_id not in paid:
        raise RefundElsewhere
    check_items(order, item_ids)
    order["status"] = "return requested"
    order["return_items"] = sorted(item_ids)
    order["return_payment_method_id"] = payment_method_id
    return order


def exchange_delivered_order_items(
    data: Data,
    *,
    order_id: str,
    item_ids: Sequence[str],
    new_item_ids: Sequence[str],
    payment_method_id: str,
) -> Record:
    """Notes the wish and the price difference (positive: the customer pays), which is settled on arrival.

    Raises:
        OrderNotFound, NotDelivered, PaymentMethodNotFound, NotEnoughOnGiftCard, and what `planned` raises.
    """
    order = _delivered(data, order_id)
    swaps = planned(data, order, item_ids, new_item_ids)
    method = payment_method_of(data, order, payment_method_id)
    difference = cents(price_difference(swaps))
    check_covers(method, difference)
    order["status"] = "exchange requested"
    order["exchange_items"] = sorted(item_ids)
    order["exchange_new_items"] = sorted(new_item_ids)
    order["exchange_payment_method_id"] = payment_method_id
    order["exchange_price_difference"] = difference
    return order


def _delivered(data: Data, order_id: str) -> Record:
    order = order_of(data, order_id)
    if order["status"] != DELIVERED:
        raise NotDelivered(f"{NotDelivered.default_message}, and this one is '{order['status']}'")
    return order
