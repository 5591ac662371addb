"""The sixteen operations: how each is called, what it may do, and the function behind it.

Invariant: names and parameters are those of the recorded shop; every description is ours.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from demo.backoffice import delivered, pending, profile, reading

Risk = Literal["read", "write", "irreversible"]
"""`write` can be undone by a second call; `irreversible` moves money or closes an order to further changes."""

ORDER = {"order_id": "Number of the order with its leading '#', for example '#W1234567'."}
USER = {"user_id": "Id of the customer, for example 'maya_example_1234'."}
METHOD = "Id of one of the customer's payment methods, for example 'gift_card_1234567'."
ADDRESS = {
    "address1": "Street and number.",
    "address2": "Flat, floor or suite; empty when there is none.",
    "city": "Town or city.",
    "state": "State, province or county; may be empty.",
    "country": "Country.",
    "zip": "Postcode.",
}
LISTS = ("item_ids", "new_item_ids")
ANSWERED_IN_WORDS = (
    "find_user_id_by_email",
    "find_user_id_by_name_zip",
    "calculate",
    "transfer_to_human_agents",
)


@dataclass(frozen=True)
class Operation:
    """`parameters` is a JSON Schema of the arguments, all of them required."""

    name: str
    title: str
    description: str
    parameters: dict[str, Any]
    risk: Risk
    returns: Literal["string", "object"]
    function: Callable[..., Any]


def _operation(
    function: Callable[..., Any], risk: Risk, description: str, parameters: dict[str, str] | None = None
) -> Operation:
    name = function.__name__
    parameters = parameters or {}
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {key: _property(key, text) for key, text in parameters.items()},
        "additionalProperties": False,
    }
    if parameters:
        schema["required"] = list(parameters)
    title = name.replace("_", " ").capitalize()
    returns: Literal["string", "object"] = "string" if name in ANSWERED_IN_WORDS else "object"
    return Operation(name, title, description, schema, risk, returns, function)


def _property(name: str, text: str) -> dict[str, Any]:
    if name in LISTS:
        return {"type": "array", "items": {"type": "string"}, "description": text}
    return {"type": "string", "description": text}


_LOOKING_UP = (
    _operation(
        reading.find_user_id_by_email,
        "read",
        "Tells the customer's id from the email address on the account. Try this first.",
        {"email": "Email address as the customer gives it."},
    ),
    _operation(
        reading.find_user_id_by_name_zip,
        "read",
        "Tells the customer's id from name and postcode, for those who do not know their email address.",
        {
            "first_name": "Given name.",
            "last_name": "Family name.",
            "zip": "Postcode of the customer's own address.",
        },
    ),
    _operation(
        reading.get_user_details,
        "read",
        "Shows a customer's profile: name, address, email, payment methods and order numbers.",
        USER,
    ),
    _operation(
        reading.get_order_details,
        "read",
        "Shows an order: status, items, address, parcels and payments.",
        ORDER,
    ),
    _operation(
        reading.list_all_product_types,
        "read",
        "Lists every product of the shop by name, with its product id.",
    ),
    _operation(
        reading.get_product_details,
        "read",
        "Shows a product with all its variants: options, price, and whether each can be had now.",
        {"product_id": "Id of the product, for example '1234567890'; item ids do not work here."},
    ),
    _operation(
        reading.get_item_details,
        "read",
        "Shows one variant of a product: options, price, and whether it can be had now.",
        {"item_id": "Id of the variant, for example '1234567890'; product ids do not work here."},
    ),
    _operation(
        reading.calculate,
        "read",
        "Works out a sum and rounds it to two places, for prices and differences.",
        {"expression": "Numbers, + - * /, round brackets and spaces, for example '19.90 * 2 - 5'."},
    ),
)

_CHANGING = (
    _operation(
        profile.modify_user_address,
        "write",
        "Sets the customer's default address. Orders placed already keep theirs.",
        USER | ADDRESS,
    ),
    _operation(
        pending.modify_pending_order_address,
        "write",
        "Sets where a pending order will be sent.",
        ORDER | ADDRESS,
    ),
    _operation(
        pending.modify_pending_order_payment,
        "write",
        "Charges a pending order to another payment method of the customer and gives the money back to the "
        "one used before. A gift card must hold the whole amount.",
        ORDER | {"payment_method_id": METHOD},
    ),
    # Not `write`: the shop allows it once, and the order can be neither changed nor cancelled afterwards.
    _operation(
        pending.modify_pending_order_items,
        "irreversible",
        "Swaps items of a pending order for other variants of the same products and settles the difference. "
        "It works once for an order, which is closed to further changes and to cancelling from then on, so "
        "collect every swap first.",
        ORDER
        | {
            "item_ids": "Ids of the items to take out; name an item twice if two of it go.",
            "new_item_ids": "Ids of the variants to put in, in the same order as `item_ids`.",
            "payment_method_id": f"{METHOD} It pays the difference or receives it.",
        },
    ),
    _operation(
        pending.cancel_pending_order,
        "irreversible",
        "Cancels a pending order and gives the money back: to a gift card at once, otherwise within days.",
        ORDER | {"reason": "One of two, word for word: 'ordered by mistake', 'no longer needed'."},
    ),
    _operation(
        delivered.return_delivered_order_items,
        "irreversible",
        "Registers the return of items of a delivered order. It works once for an order, and not after an "
        "exchange.",
        ORDER
        | {
            "item_ids": "Ids of the items to send back; name an item twice if two of it go.",
            "payment_method_id": f"{METHOD} It must be the one the order was paid with, or a gift card.",
        },
    ),
    _operation(
        delivered.exchange_delivered_order_items,
        "irreversible",
        "Registers the exchange of items of a delivered order for other variants of the same products. It "
        "works once for an order, and not after a return.",
        ORDER
        | {
            "item_ids": "Ids of the items to send back; name an item twice if two of it go.",
            "new_item_ids": "Ids of the variants wanted instead, in the same order as `item_ids`.",
            "payment_method_id": f"{METHOD} It pays the difference or receives it.",
        },
    ),
    # `read`: nothing of the shop changes, so it may be repeated without harm.
    _operation(
        reading.transfer_to_human_agents,
        "read",
        "Tells the shop's people that a customer needs one of them, when nothing else here can help.",
        {"summary": "What the customer wants and what was tried, in a few sentences."},
    ),
)

OPERATIONS: dict[str, Operation] = {operation.name: operation for operation in (*_LOOKING_UP, *_CHANGING)}
