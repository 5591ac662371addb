"""Looking things up, and the two operations that touch no record: arithmetic and asking for a person."""

from __future__ import annotations

from demo.backoffice.calculator import evaluate
from demo.backoffice.errors import ShopError, UserNotFound
from demo.backoffice.records import Data, Record, item_of, order_of, product_of, user_of


class SeveralUsers(ShopError):
    code = "several_users"
    default_message = "Several customers have that name and postcode; find the user by email instead"


def find_user_id_by_email(data: Data, *, email: str) -> str:
    """Raises UserNotFound."""
    wanted = _folded(email)
    for user_id, user in data.users.items():
        if _folded(user["email"]) == wanted:
            return user_id
    raise UserNotFound


def find_user_id_by_name_zip(data: Data, *, first_name: str, last_name: str, zip: str) -> str:
    """Raises UserNotFound, and SeveralUsers rather than guessing who is meant."""
    wanted = (_folded(first_name), _folded(last_name), _folded(zip))
    found = [user_id for user_id, user in data.users.items() if _name_and_zip(user) == wanted]
    if not found:
        raise UserNotFound
    if len(found) > 1:
        raise SeveralUsers
    return found[0]


def get_order_details(data: Data, *, order_id: str) -> Record:
    """Raises OrderNotFound."""
    return order_of(data, order_id)


def get_product_details(data: Data, *, product_id: str) -> Record:
    """Raises ProductNotFound."""
    return product_of(data, product_id)


def get_item_details(data: Data, *, item_id: str) -> Record:
    """Raises ItemNotFound."""
    return item_of(data, item_id)


def get_user_details(data: Data, *, user_id: str) -> Record:
    """Raises UserNotFound."""
    return user_of(data, user_id)


def list_all_product_types(data: Data) -> Record:
    """Product ids by name, in the order of the alphabet."""
    return dict(sorted((product["name"], product_id) for product_id, product in data.products.items()))


def calculate(data: Data, *, expression: str) -> str:
    """The value in at most two places, written as a number. Raises what `evaluate` raises."""
    return str(round(evaluate(expression), 2) + 0.0)


def transfer_to_human_agents(data: Data, *, summary: str) -> str:
    """Changes nothing here: the shop only confirms that its people were told."""
    return "Transfer successful"


def _folded(text: str) -> str:
    return text.strip().casefold()


def _name_and_zip(user: Record) -> tuple[str, str, str]:
    name = user["name"]
    return _folded(name["first_name"]), _folded(name["last_name"]), _folded(user["address"]["zip"])
