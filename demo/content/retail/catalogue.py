"""Fernhill Outdoor's goods, customers and orders from a seed. Invariant: the same seed gives the same shop."""

from dataclasses import replace
from itertools import product as combinations
from random import Random

from demo.content.retail import assortment
from demo.content.retail.shop import (
    Address,
    Exchange,
    Order,
    OrderItem,
    Parcel,
    PaymentMethod,
    Product,
    Return,
    Shop,
    Transaction,
    User,
    Variant,
    to_json,
)

__all__ = ["STATUSES", "build", "to_json"]

USERS = 200
ORDERS = 500
STATUSES = {
    "pending": 25,
    "processed": 15,
    "delivered": 38,
    "cancelled": 10,
    "return requested": 7,
    "exchanged": 5,
}
CANCEL_REASONS = ("no longer needed", "ordered by mistake")
BRANDS = ("visa", "mastercard", "american express")


def build(seed: int = 7) -> Shop:
    """The whole shop; every choice is drawn from `seed`, so two calls with one seed are equal."""
    rng = Random(seed)
    numbers = _Numbers(rng)
    products = tuple(_product(line, numbers, rng) for line in assortment.LINES)
    customers = [_customer(rng, numbers) for _ in range(USERS)]
    orders = tuple(_order(rng, numbers, products, rng.choice(customers)) for _ in range(ORDERS))
    owned: dict[str, list[str]] = {}
    for order in orders:
        owned.setdefault(order.user_id, []).append(order.order_id)
    users = tuple(replace(user, order_ids=tuple(owned.get(user.user_id, ()))) for user, _ in customers)
    return Shop(products=products, users=users, orders=orders)


class _Numbers:
    """Random digits that are never given out twice."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._given: set[str] = set()

    def next(self, digits: int, prefix: str = "") -> str:
        while True:
            number = f"{prefix}{self._rng.randrange(10 ** (digits - 1), 10**digits)}"
            if number not in self._given:
                self._given.add(number)
                return number


def _product(line: assortment.Line, numbers: _Numbers, rng: Random) -> Product:
    steps = line.cents // 2500 + 1
    variants = tuple(
        Variant(
            item_id=numbers.next(10),
            options=tuple(zip((name for name, _ in line.axes), values, strict=True)),
            price_cents=line.cents + 100 * rng.randrange(min(steps, 6)),
            stock=rng.choice((0, 1, 2, 3, 5, 8, 13, 21)),
        )
        for values in combinations(*(values for _, values in line.axes))
    )
    return Product(numbers.next(10), line.name, variants, line.furthest_zone, line.returnable)


def _customer(rng: Random, numbers: _Numbers) -> tuple[User, int]:
    """A customer without orders yet, and the delivery zone (1 to 4) of the address."""
    first, last = rng.choice(assortment.FIRST_NAMES), rng.choice(assortment.LAST_NAMES)
    user_id = numbers.next(4, prefix=f"{first}_{last}_".lower().replace("-", ""))
    places = assortment.IRISH_PLACES if rng.random() < 0.65 else assortment.OTHER_PLACES
    place = rng.choice(places)
    user = User(
        user_id=user_id,
        first_name=first,
        last_name=last,
        email=f"{user_id.replace('_', '.')}@example.com",
        address=_address(rng, place),
        payment_methods=_payment_methods(rng, numbers),
        order_ids=(),
    )
    return user, place.zone


def _address(rng: Random, place: assortment.Place) -> Address:
    return Address(
        address1=f"{rng.randrange(1, 120)} {rng.choice(assortment.STREETS)}",
        address2=rng.choice(("", "", f"Flat {rng.randrange(1, 30)}")),
        city=place.city,
        country=place.country,
        state=place.state,
        zip="".join(str(rng.randrange(10)) if sign == "0" else sign for sign in place.postcode),
    )


def _payment_methods(rng: Random, numbers: _Numbers) -> tuple[PaymentMethod, ...]:
    sources = rng.sample(("credit_card", "paypal", "gift_card"), k=rng.randrange(1, 4))
    if sources == ["gift_card"]:
        sources.append("credit_card")
    return tuple(_payment_method(source, rng, numbers) for source in sources)


def _payment_method(source: str, rng: Random, numbers: _Numbers) -> PaymentMethod:
    method = PaymentMethod(numbers.next(7, prefix=f"{source}_"), source)
    if source == "credit_card":
        return replace(method, brand=rng.choice(BRANDS), last_four=f"{rng.randrange(10000):04}")
    if source == "gift_card":
        return replace(method, balance_cents=500 * rng.randrange(0, 41))
    return method


def _order(
    rng: Random, numbers: _Numbers, products: tuple[Product, ...], customer: tuple[User, int]
) -> Order:
    user, zone = customer
    sendable = [product for product in products if product.furthest_zone >= zone]
    chosen = rng.sample(sendable, k=rng.choice((1, 1, 2, 2, 3, 4)))
    items = tuple(_order_item(product, rng.choice(product.variants)) for product in chosen)
    method = rng.choice([method for method in user.payment_methods if method.source != "gift_card"])
    order = Order(
        order_id=numbers.next(7, prefix="#F"),
        user_id=user.user_id,
        address=user.address,
        items=items,
        status="pending",
        parcels=(),
        transactions=(Transaction("payment", sum(item.price_cents for item in items), method.method_id),),
    )
    status = rng.choices(tuple(STATUSES), weights=tuple(STATUSES.values()))[0]
    return _advance(order, status, chosen, rng, numbers)


def _order_item(product: Product, variant: Variant) -> OrderItem:
    return OrderItem(product.name, product.product_id, variant.item_id, variant.price_cents, variant.options)


def _advance(order: Order, status: str, chosen: list[Product], rng: Random, numbers: _Numbers) -> Order:
    """Takes a pending order to `status`; what can't be returned or exchanged ends as delivered."""
    if status == "pending":
        return order
    if status == "cancelled":
        return _cancelled(order, rng)
    order = replace(order, status=status, parcels=_parcels(order, rng, numbers))
    if status == "return requested":
        return _return_requested(order, chosen, rng)
    if status == "exchanged":
        return _exchanged(order, chosen, rng)
    return order


def _cancelled(order: Order, rng: Random) -> Order:
    paid = order.transactions[0]
    return replace(
        order,
        status="cancelled",
        transactions=(paid, replace(paid, kind="refund")),
        cancel_reason=rng.choice(CANCEL_REASONS),
    )


def _parcels(order: Order, rng: Random, numbers: _Numbers) -> tuple[Parcel, ...]:
    item_ids = tuple(item.item_id for item in order.items)
    cut = 1 if len(item_ids) > 2 and rng.random() < 0.4 else 0
    groups = [group for group in (item_ids[:cut], item_ids[cut:]) if group]
    return tuple(Parcel(numbers.next(9, prefix="FH"), group) for group in groups)


def _return_requested(order: Order, chosen: list[Product], rng: Random) -> Order:
    allowed = [item.item_id for item, product in zip(order.items, chosen, strict=True) if product.returnable]
    if not allowed:
        return replace(order, status="delivered")
    picked = tuple(rng.sample(allowed, k=rng.randrange(1, len(allowed) + 1)))
    return replace(order, returned=Return(picked, order.transactions[0].method_id))


def _exchanged(order: Order, chosen: list[Product], rng: Random) -> Order:
    swaps = [
        (item, variant)
        for item, product in zip(order.items, chosen, strict=True)
        for variant in product.variants
        if product.returnable and variant.stock > 0 and variant.item_id != item.item_id
    ]
    if not swaps:
        return replace(order, status="delivered")
    old, new = rng.choice(swaps)
    difference = new.price_cents - old.price_cents
    method_id = order.transactions[0].method_id
    settled = Transaction("payment" if difference > 0 else "refund", abs(difference), method_id)
    return replace(
        order,
        exchanged=Exchange((old.item_id,), (new.item_id,), method_id, difference),
        transactions=order.transactions + ((settled,) if difference else ()),
    )
