"""The shop's records, and the JSON they are served as. Invariant: money is in whole cents until `to_json`."""

from dataclasses import dataclass
from typing import Any

Options = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Variant:
    item_id: str
    options: Options
    price_cents: int
    stock: int


@dataclass(frozen=True)
class Product:
    product_id: str
    name: str
    variants: tuple[Variant, ...]
    furthest_zone: int
    returnable: bool


@dataclass(frozen=True)
class Address:
    address1: str
    address2: str
    city: str
    country: str
    state: str
    zip: str


@dataclass(frozen=True)
class PaymentMethod:
    method_id: str
    source: str
    brand: str = ""
    last_four: str = ""
    balance_cents: int = 0


@dataclass(frozen=True)
class User:
    user_id: str
    first_name: str
    last_name: str
    email: str
    address: Address
    payment_methods: tuple[PaymentMethod, ...]
    order_ids: tuple[str, ...]


@dataclass(frozen=True)
class OrderItem:
    name: str
    product_id: str
    item_id: str
    price_cents: int
    options: Options


@dataclass(frozen=True)
class Parcel:
    tracking_id: str
    item_ids: tuple[str, ...]


@dataclass(frozen=True)
class Transaction:
    kind: str
    amount_cents: int
    method_id: str


@dataclass(frozen=True)
class Exchange:
    old_item_ids: tuple[str, ...]
    new_item_ids: tuple[str, ...]
    method_id: str
    difference_cents: int


@dataclass(frozen=True)
class Return:
    item_ids: tuple[str, ...]
    method_id: str


@dataclass(frozen=True)
class Order:
    order_id: str
    user_id: str
    address: Address
    items: tuple[OrderItem, ...]
    status: str
    parcels: tuple[Parcel, ...]
    transactions: tuple[Transaction, ...]
    cancel_reason: str | None = None
    returned: Return | None = None
    exchanged: Exchange | None = None

    @property
    def total_cents(self) -> int:
        return sum(item.price_cents for item in self.items)


@dataclass(frozen=True)
class Shop:
    products: tuple[Product, ...]
    users: tuple[User, ...]
    orders: tuple[Order, ...]


def to_json(shop: Shop) -> dict[str, Any]:
    """Three objects keyed by id: `products`, `users`, `orders`; amounts in euros with two decimals."""
    return {
        "products": {product.product_id: _product(product) for product in shop.products},
        "users": {user.user_id: _user(user) for user in shop.users},
        "orders": {order.order_id: _order(order) for order in shop.orders},
    }


def _euros(cents: int) -> float:
    return round(cents / 100, 2)


def _product(product: Product) -> dict[str, Any]:
    variants = {
        variant.item_id: {
            "item_id": variant.item_id,
            "options": dict(variant.options),
            "available": variant.stock > 0,
            "price": _euros(variant.price_cents),
        }
        for variant in product.variants
    }
    return {"name": product.name, "product_id": product.product_id, "variants": variants}


def _address(address: Address) -> dict[str, str]:
    return {
        "address1": address.address1,
        "address2": address.address2,
        "city": address.city,
        "country": address.country,
        "state": address.state,
        "zip": address.zip,
    }


def _method(method: PaymentMethod) -> dict[str, Any]:
    common = {"source": method.source, "id": method.method_id}
    if method.source == "credit_card":
        return common | {"brand": method.brand, "last_four": method.last_four}
    if method.source == "gift_card":
        return common | {"balance": _euros(method.balance_cents)}
    return common


def _user(user: User) -> dict[str, Any]:
    return {
        "user_id": user.user_id,
        "name": {"first_name": user.first_name, "last_name": user.last_name},
        "address": _address(user.address),
        "email": user.email,
        "payment_methods": {method.method_id: _method(method) for method in user.payment_methods},
        "orders": list(user.order_ids),
    }


def _item(item: OrderItem) -> dict[str, Any]:
    return {
        "name": item.name,
        "product_id": item.product_id,
        "item_id": item.item_id,
        "price": _euros(item.price_cents),
        "options": dict(item.options),
    }


def _transaction(transaction: Transaction) -> dict[str, Any]:
    return {
        "transaction_type": transaction.kind,
        "amount": _euros(transaction.amount_cents),
        "payment_method_id": transaction.method_id,
    }


def _order(order: Order) -> dict[str, Any]:
    returned, exchanged = order.returned, order.exchanged
    return {
        "order_id": order.order_id,
        "user_id": order.user_id,
        "address": _address(order.address),
        "items": [_item(item) for item in order.items],
        "status": order.status,
        "fulfillments": [
            {"tracking_id": [parcel.tracking_id], "item_ids": list(parcel.item_ids)}
            for parcel in order.parcels
        ],
        "payment_history": [_transaction(transaction) for transaction in order.transactions],
        "cancel_reason": order.cancel_reason,
        "return_items": list(returned.item_ids) if returned else None,
        "return_payment_method_id": returned.method_id if returned else None,
        "exchange_items": list(exchanged.old_item_ids) if exchanged else None,
        "exchange_new_items": list(exchanged.new_item_ids) if exchanged else None,
        "exchange_payment_method_id": exchanged.method_id if exchanged else None,
        "exchange_price_difference": _euros(exchanged.difference_cents) if exchanged else None,
    }
