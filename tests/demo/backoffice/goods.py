"""A shop small enough to know by heart, for tests of its rules."""

from __future__ import annotations

from typing import Any

from demo.backoffice import Shop
from demo.backoffice.records import Data

ADDRESS = {
    "address1": "1 Test Lane",
    "address2": "",
    "city": "Sampleton",
    "country": "Ireland",
    "state": "",
    "zip": "T35 T000",
}
MUG, MUG_BLUE, MUG_GONE, TEA = "11", "12", "13", "21"


def small(*, as_recorded: bool = False) -> Shop:
    """Mugs at 10.00, 12.50 and (sold out) 9.00, tea at 4.20; one customer with a card, PayPal and 3.00 left
    on a gift card; an order of two mugs and tea in each status, and one of another customer."""
    orders = [_order(f"#{status}", status) for status in ("pending", "processed", "delivered", "cancelled")]
    orders.append(_order("#hers", "delivered") | {"user_id": "una_other_2"})
    customers = [_customer("tom_test_1", "Tom", "Test"), _customer("una_other_2", "Una", "Other")]
    return Shop(
        Data(
            products={product["product_id"]: product for product in _products()},
            users={customer["user_id"]: customer for customer in customers},
            orders={order["order_id"]: order for order in orders},
            as_recorded=as_recorded,
        )
    )


def _products() -> list[dict[str, Any]]:
    mugs = [
        _variant(MUG, 10.0, "red"),
        _variant(MUG_BLUE, 12.5, "blue"),
        _variant(MUG_GONE, 9.0, "green", False),
    ]
    return [
        {"name": "Mug", "product_id": "1", "variants": {mug["item_id"]: mug for mug in mugs}},
        {"name": "Tea", "product_id": "2", "variants": {TEA: _variant(TEA, 4.2, "black")}},
    ]


def _variant(item_id: str, price: float, colour: str, available: bool = True) -> dict[str, Any]:
    return {"item_id": item_id, "options": {"colour": colour}, "available": available, "price": price}


def _customer(user_id: str, first: str, last: str) -> dict[str, Any]:
    methods = {
        "card_1": {"source": "credit_card", "id": "card_1", "brand": "visa", "last_four": "0000"},
        "paypal_1": {"source": "paypal", "id": "paypal_1"},
        "gift_1": {"source": "gift_card", "id": "gift_1", "balance": 3.0},
    }
    if user_id != "tom_test_1":
        methods = {"paypal_9": {"source": "paypal", "id": "paypal_9"}}
    return {
        "user_id": user_id,
        "name": {"first_name": first, "last_name": last},
        "address": dict(ADDRESS),
        "email": f"{first.lower()}@example.com",
        "payment_methods": methods,
        "orders": [],
    }


def _order(order_id: str, status: str) -> dict[str, Any]:
    mug = {"name": "Mug", "product_id": "1", "item_id": MUG, "price": 10.0, "options": {"colour": "red"}}
    tea = {"name": "Tea", "product_id": "2", "item_id": TEA, "price": 4.2, "options": {"colour": "black"}}
    return {
        "order_id": order_id,
        "user_id": "tom_test_1",
        "address": dict(ADDRESS),
        "items": [dict(mug), dict(mug), dict(tea)],
        "status": status,
        "fulfillments": [],
        "payment_history": [{"transaction_type": "payment", "amount": 24.2, "payment_method_id": "card_1"}],
        "cancel_reason": None,
        "exchange_items": None,
        "exchange_new_items": None,
        "exchange_payment_method_id": None,
        "exchange_price_difference": None,
        "return_items": None,
        "return_payment_method_id": None,
    }
