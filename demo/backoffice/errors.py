"""What the shop refuses, as coded facts. The sentence is what the customer's agent reads, so it says why."""

from __future__ import annotations

from core.errors import Unprocessable


class ShopError(Unprocessable):
    """Base of all refusals of the shop; `detail` is the exact text a caller gets."""

    code = "shop_refused"
    default_message = "The shop cannot do that"

    @property
    def detail(self) -> str:
        return self.message


class UserNotFound(ShopError):
    code = "user_not_found"
    default_message = "User not found"


class OrderNotFound(ShopError):
    code = "order_not_found"
    default_message = "Order not found"


class ProductNotFound(ShopError):
    code = "product_not_found"
    default_message = "Product not found"


class ItemNotFound(ShopError):
    code = "item_not_found"
    default_message = "Item not found"


class PaymentMethodNotFound(ShopError):
    code = "payment_method_not_found"
    default_message = "Payment method not found"
