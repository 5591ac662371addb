"""Finding things in the shop's data.

The data is kept as the JSON it was read from, not as dataclasses: the shop must give back every field and
every number exactly as the file spells them, and its digest is taken over that JSON.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from demo.backoffice.errors import (
    ItemNotFound,
    OrderNotFound,
    PaymentMethodNotFound,
    ProductNotFound,
    ShopError,
    UserNotFound,
)

Record = dict[str, Any]


@dataclass(frozen=True)
class Data:
    """Everything the shop knows, each kind by id.

    Args:
        as_recorded: behave as the recorded shop did where that differs from what its rules say; see
            `pending.modify_pending_order_items`.
    """

    products: dict[str, Record]
    users: dict[str, Record]
    orders: dict[str, Record]
    as_recorded: bool = False

    def as_json(self) -> dict[str, dict[str, Record]]:
        return {"products": self.products, "users": self.users, "orders": self.orders}


class ItemNotInOrder(ShopError):
    code = "item_not_in_order"
    default_message = "The order does not contain that item in that number"


class NothingChosen(ShopError):
    code = "nothing_chosen"
    default_message = "At least one item of the order must be named"


def user_of(data: Data, user_id: str) -> Record:
    if user_id not in data.users:
        raise UserNotFound
    return data.users[user_id]


def order_of(data: Data, order_id: str) -> Record:
    if order_id not in data.orders:
        raise OrderNotFound
    return data.orders[order_id]


def product_of(data: Data, product_id: str) -> Record:
    if product_id not in data.products:
        raise ProductNotFound
    return data.products[product_id]


def item_of(data: Data, item_id: str) -> Record:
    for product in data.products.values():
        if item_id in product["variants"]:
            variant: Record = product["variants"][item_id]
            return variant
    raise ItemNotFound


def payment_method_of(data: Data, order: Record, method_id: str) -> Record:
    """The method with that id among those of the customer who placed the order; nobody else's will do."""
    methods = user_of(data, order["user_id"])["payment_methods"]
    if method_id not in methods:
        raise PaymentMethodNotFound
    method: Record = methods[method_id]
    return method


def check_items(order: Record, item_ids: Sequence[str]) -> None:
    """An item bought twice may be named twice, and not three times.

    Raises:
        NothingChosen, ItemNotInOrder.
    """
    if not item_ids:
        raise NothingChosen
    held = Counter(item["item_id"] for item in order["items"])
    for item_id, wanted in Counter(item_ids).items():
        if wanted > held[item_id]:
            raise ItemNotInOrder(
                f"Item {item_id} is in this order {held[item_id]} times, but {wanted} were named"
            )
