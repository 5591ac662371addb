"""A conversation in which people of the team were needed, as it went, without its times.

A line is `(who, text)`: `c` the customer, and whoever of the team has the conversation otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass

from demo.history.beats import Beat, Call, Customer

Line = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Script:
    """How a conversation comes to people, and what they make of it.

    Args:
        wait: seconds in the queue, on a calm day; handled: what it came to, and the note about it.
        passed: the team it is passed to by the first person, with a note, and who takes it there.
        back: what the assistant is told when it gets the conversation back.
        ticket: subject and text of what is left to be done.
    """

    key: str
    customer: Customer
    before: tuple[Beat, ...]
    who: str = ""
    lines: tuple[Line, ...] = ()
    handled: tuple[str, str] = ("Answered", "")
    wait: float = 40
    passed: tuple[str, str, str] | None = None
    then: tuple[Line, ...] = ()
    back: str = ""
    after: tuple[Beat, ...] = ()
    rate: tuple[int, str] | None = None
    ticket: tuple[str, str] | None = None
    tags: tuple[str, ...] = ()
    weekday: bool = False


def known(name: str, email: str = "") -> Customer:
    plain = name.lower().replace(" ", ".").replace("-", "").replace("é", "e").replace("ü", "u")
    return Customer(plain, name, email or f"{plain}@example.com")


def order(number: str) -> Call:
    return Call("get_order_details", {"order_id": number})


VISITOR = Customer()
