"""Swapping items for others of the same product: the rules that pending and delivered orders share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from demo.backoffice.errors import ItemNotFound, ShopError
from demo.backoffice.records import Data, Record, check_items, item_of, product_of


class UnevenSwap(ShopError):
    code = "uneven_swap"
    default_message = "Each item needs exactly one new item: the two lists differ in length"


class OtherProduct(ShopError):
    code = "other_product"
    default_message = "An item can only be swapped for another variant of the same product"


class SameItem(ShopError):
    code = "same_item"
    default_message = "The new item is the one the order has already; choose a variant with other options"


class OutOfStock(ShopError):
    code = "out_of_stock"
    default_message = "The new item is not available"


@dataclass(frozen=True)
class Swap:
    """Unchanged records: the order's item as bought, and the variant to come in its place."""

    old: Record
    new: Record


def planned(data: Data, order: Record, item_ids: Sequence[str], new_item_ids: Sequence[str]) -> list[Swap]:
    """Checks the whole list before anything is changed.

    Raises:
        UnevenSwap, NothingChosen, ItemNotInOrder, ItemNotFound, OtherProduct, SameItem, OutOfStock.
    """
    if len(item_ids) != len(new_item_ids):
        raise UnevenSwap
    check_items(order, item_ids)
    left = list(order["items"])
    swaps = []
    for item_id, new_item_id in zip(item_ids, new_item_ids, strict=True):
        old = next(item for item in left if item["item_id"] == item_id)
        left = [item for item in left if item is not old]
        swaps.append(Swap(old, _variant_for(data, old, new_item_id)))
    return swaps


def price_difference(swaps: Sequence[Swap]) -> float:
    """New prices less old ones, as it comes: negative when the customer gets money back."""
    return float(sum(swap.new["price"] - swap.old["price"] for swap in swaps))


def _variant_for(data: Data, old: Record, new_item_id: str) -> Record:
    variants = product_of(data, old["product_id"])["variants"]
    if new_item_id not in variants:
        _refuse_foreign(data, new_item_id)
    if new_item_id == old["item_id"]:
        raise SameItem
    variant: Record = variants[new_item_id]
    if not variant["available"]:
        raise OutOfStock(f"The new item {new_item_id} is not available")
    return variant


def _refuse_foreign(data: Data, item_id: str) -> None:
    try:
        item_of(data, item_id)
    except ItemNotFound:
        raise ItemNotFound(f"There is no item {item_id} to swap for") from None
    raise OtherProduct
