"""What the shop allows and refuses, beyond what the recorded tasks happen to touch."""

from __future__ import annotations

from typing import Any

import pytest

from demo.backoffice import Shop, ShopError
from demo.backoffice.records import Data
from tests.demo.backoffice.goods import ADDRESS, MUG, MUG_BLUE, MUG_GONE, TEA, small


@pytest.fixture
def shop() -> Shop:
    return small()


def balance(shop: Shop) -> float:
    methods = shop.execute("get_user_details", {"user_id": "tom_test_1"})["payment_methods"]
    return float(methods["gift_1"]["balance"])


def swap(order_id: str, old: list[str], new: list[str], method: str = "card_1") -> dict[str, Any]:
    return {"order_id": order_id, "item_ids": old, "new_item_ids": new, "payment_method_id": method}


REFUSED = [
    ("get_user_details", {"user_id": "nobody"}, "user_not_found"),
    ("get_order_details", {"order_id": "pending"}, "order_not_found"),
    ("get_product_details", {"product_id": MUG}, "product_not_found"),
    ("get_item_details", {"item_id": "1"}, "item_not_found"),
    ("cancel_pending_order", {"order_id": "#pending", "reason": "bored"}, "reason_not_accepted"),
    ("cancel_pending_order", {"order_id": "#processed", "reason": "no longer needed"}, "order_not_pending"),
    ("cancel_pending_order", {"order_id": "#cancelled", "reason": "no longer needed"}, "order_not_pending"),
    ("modify_pending_order_address", {"order_id": "#delivered", **ADDRESS}, "order_not_pending"),
    ("modify_user_address", {"user_id": "nobody", **ADDRESS}, "user_not_found"),
    (
        "modify_pending_order_payment",
        {"order_id": "#pending", "payment_method_id": "card_1"},
        "same_payment_method",
    ),
    (
        "modify_pending_order_payment",
        {"order_id": "#pending", "payment_method_id": "gift_1"},
        "gift_card_balance_too_low",
    ),
    (
        "modify_pending_order_payment",
        {"order_id": "#pending", "payment_method_id": "paypal_9"},
        "payment_method_not_found",
    ),
    ("modify_pending_order_items", swap("#delivered", [MUG], [MUG_BLUE]), "order_not_pending"),
    ("modify_pending_order_items", swap("#pending", [MUG], [TEA]), "other_product"),
    ("modify_pending_order_items", swap("#pending", [MUG], [MUG]), "same_item"),
    ("modify_pending_order_items", swap("#pending", [MUG], [MUG_GONE]), "out_of_stock"),
    ("modify_pending_order_items", swap("#pending", [MUG], ["99"]), "item_not_found"),
    ("modify_pending_order_items", swap("#pending", [MUG_BLUE], [MUG]), "item_not_in_order"),
    ("modify_pending_order_items", swap("#pending", [MUG] * 3, [MUG_BLUE] * 3), "item_not_in_order"),
    ("modify_pending_order_items", swap("#pending", [MUG, MUG], [MUG_BLUE]), "uneven_swap"),
    ("modify_pending_order_items", swap("#pending", [], []), "nothing_chosen"),
    (
        "modify_pending_order_items",
        swap("#pending", [MUG] * 2, [MUG_BLUE] * 2, "gift_1"),
        "gift_card_balance_too_low",
    ),
    ("exchange_delivered_order_items", swap("#pending", [MUG], [MUG_BLUE]), "order_not_delivered"),
    ("exchange_delivered_order_items", swap("#delivered", [MUG], [TEA]), "other_product"),
    ("exchange_delivered_order_items", swap("#delivered", [MUG], [MUG_GONE]), "out_of_stock"),
    (
        "exchange_delivered_order_items",
        swap("#delivered", [MUG], [MUG_BLUE], "paypal_9"),
        "payment_method_not_found",
    ),
    (
        "return_delivered_order_items",
        {"order_id": "#pending", "item_ids": [MUG], "payment_method_id": "card_1"},
        "order_not_delivered",
    ),
    (
        "return_delivered_order_items",
        {"order_id": "#delivered", "item_ids": [MUG], "payment_method_id": "paypal_1"},
        "refund_elsewhere",
    ),
    (
        "return_delivered_order_items",
        {"order_id": "#delivered", "item_ids": [], "payment_method_id": "card_1"},
        "nothing_chosen",
    ),
    (
        "return_delivered_order_items",
        {"order_id": "#hers", "item_ids": [MUG], "payment_method_id": "gift_1"},
        "payment_method_not_found",
    ),
]


@pytest.mark.parametrize(("name", "arguments", "code"), REFUSED)
def test_what_is_refused_has_a_reason_and_changes_nothing(
    shop: Shop, name: str, arguments: dict[str, Any], code: str
) -> None:
    before = shop.digest()

    with pytest.raises(ShopError) as refused:
        shop.execute(name, arguments)

    assert refused.value.code == code
    assert refused.value.detail
    assert shop.digest() == before


def test_a_cancelled_order_gives_the_money_back_to_where_it_is_now(shop: Shop) -> None:
    shop.execute("modify_pending_order_payment", {"order_id": "#pending", "payment_method_id": "paypal_1"})

    order = shop.execute("cancel_pending_order", {"order_id": "#pending", "reason": "ordered by mistake"})

    moved = [(entry["transaction_type"], entry["payment_method_id"]) for entry in order["payment_history"]]
    assert moved == [
        ("payment", "card_1"),
        ("payment", "paypal_1"),
        ("refund", "card_1"),
        ("refund", "paypal_1"),
    ]
    assert (order["status"], order["cancel_reason"]) == ("cancelled", "ordered by mistake")


def test_each_swapped_item_gets_its_own_price_and_options(shop: Shop) -> None:
    order = shop.execute("modify_pending_order_items", swap("#pending", [MUG], [MUG_BLUE], "gift_1"))

    assert [item["item_id"] for item in order["items"]] == [MUG_BLUE, MUG, TEA]
    assert [item["price"] for item in order["items"]] == [12.5, 10.0, 4.2]
    assert order["items"][0]["options"] == {"colour": "blue"}
    assert order["status"] == "pending (item modified)"
    assert order["payment_history"][-1] == {
        "transaction_type": "payment",
        "amount": 2.5,
        "payment_method_id": "gift_1",
    }
    assert balance(shop) == 0.5


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("cancel_pending_order", {"order_id": "#pending", "reason": "no longer needed"}),
        ("modify_pending_order_items", swap("#pending", [MUG], [MUG_BLUE])),
        ("modify_pending_order_address", {"order_id": "#pending", **ADDRESS}),
        ("modify_pending_order_payment", {"order_id": "#pending", "payment_method_id": "paypal_1"}),
    ],
)
def test_an_order_whose_items_were_changed_is_closed(
    shop: Shop, name: str, arguments: dict[str, Any]
) -> None:
    shop.execute("modify_pending_order_items", swap("#pending", [MUG], [MUG_BLUE]))

    with pytest.raises(ShopError) as refused:
        shop.execute(name, arguments)

    assert refused.value.code == "order_not_pending"


def test_a_return_is_noted_once_and_nothing_is_paid_yet(shop: Shop) -> None:
    wish = {"order_id": "#delivered", "item_ids": [TEA, MUG, MUG], "payment_method_id": "gift_1"}

    order = shop.execute("return_delivered_order_items", wish)

    assert order["status"] == "return requested"
    assert order["return_items"] == [MUG, MUG, TEA]
    assert len(order["payment_history"]) == 1
    assert balance(shop) == 3.0
    with pytest.raises(ShopError):
        shop.execute("exchange_delivered_order_items", swap("#delivered", [MUG], [MUG_BLUE]))


def test_an_exchange_notes_the_difference_to_the_cent(shop: Shop) -> None:
    order = shop.execute(
        "exchange_delivered_order_items", swap("#delivered", [MUG, MUG], [MUG_BLUE, MUG_BLUE])
    )

    assert order["status"] == "exchange requested"
    assert order["exchange_price_difference"] == 5.0
    assert [item["item_id"] for item in order["items"]] == [MUG, MUG, TEA]


def test_a_gift_card_never_holds_parts_of_a_cent() -> None:
    content = small().content()
    content["users"]["tom_test_1"]["payment_methods"]["gift_1"]["balance"] = 0.3
    content["products"]["1"]["variants"][MUG_BLUE]["price"] = 10.1
    shop = Shop(Data(content["products"], content["users"], content["orders"]))

    order = shop.execute("modify_pending_order_items", swap("#pending", [MUG], [MUG_BLUE], "gift_1"))

    assert 10.1 - 10.0 != 0.1
    assert order["payment_history"][-1]["amount"] == pytest.approx(0.1)
    assert balance(shop) == 0.2


def test_a_gift_card_that_holds_exactly_the_difference_is_enough() -> None:
    content = small().content()
    content["users"]["tom_test_1"]["payment_methods"]["gift_1"]["balance"] = 0.1
    content["products"]["1"]["variants"][MUG_BLUE]["price"] = 10.1
    content["orders"]["#pending"]["items"][0]["price"] = 9.999999999999998
    shop = Shop(Data(content["products"], content["users"], content["orders"]))

    shop.execute("modify_pending_order_items", swap("#pending", [MUG], [MUG_BLUE], "gift_1"))

    assert balance(shop) == 0.0


def test_people_are_found_however_they_spell_themselves(shop: Shop) -> None:
    by_name = {"first_name": "tom", "last_name": " TEST ", "zip": "t35 t000"}

    assert shop.execute("find_user_id_by_email", {"email": "Tom@Example.com "}) == "tom_test_1"
    assert shop.execute("find_user_id_by_name_zip", by_name) == "tom_test_1"


def test_what_is_given_out_is_a_copy(shop: Shop) -> None:
    before = shop.digest()

    shop.execute("get_order_details", {"order_id": "#pending"})["status"] = "delivered"
    shop.copy().execute("cancel_pending_order", {"order_id": "#pending", "reason": "no longer needed"})

    assert shop.digest() == before


def test_the_recorded_habit_of_one_price_for_all_swaps_stays_with_recorded_data() -> None:
    shop = small(as_recorded=True)
    content = shop.content()

    order = shop.execute("modify_pending_order_items", swap("#pending", [MUG, MUG], [MUG_BLUE, MUG_BLUE]))

    assert content == small().content()
    assert [item["price"] for item in order["items"]] == [12.5, 12.5, 4.2]


def test_the_invented_shop_has_orders_in_every_status_and_things_to_do_with_them() -> None:
    shop = Shop.load()
    orders = shop.content()["orders"].values()

    assert {order["status"] for order in orders} >= {"pending", "processed", "delivered", "cancelled"}
    assert shop.digest() == Shop.load().digest()
