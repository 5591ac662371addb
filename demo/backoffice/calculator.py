"""Arithmetic on a line of text, without `eval`: numbers, + - * /, brackets and spaces, nothing else.

Recursive descent over three rules, the usual way: sum = product {+|- product}; product = signed {*|/ signed};
signed = {+|-} (number | "(" sum ")"). Both length and depth are bounded, so a hostile text costs nothing.
"""

from __future__ import annotations

import re
from math import isfinite

from demo.backoffice.errors import ShopError

MOST_CHARACTERS = 1_000
DEEPEST = 50
LARGEST = 1e15
TOKEN = re.compile(r"\s*(?:(\d+\.?\d*|\.\d+)|([-+*/()]))", re.ASCII)


class NotArithmetic(ShopError):
    code = "not_arithmetic"
    default_message = "The expression may only hold numbers, + - * /, round brackets and spaces"


class NoSuchNumber(ShopError):
    code = "no_such_number"
    default_message = "The expression has no finite value, or one that is too large"


def evaluate(expression: str) -> float:
    """The value in binary floating point, as the shop's prices are.

    Raises:
        NotArithmetic: anything but arithmetic, or more than 1,000 characters or 50 brackets deep.
        NoSuchNumber: a division by zero, or a value beyond 10^15.
    """
    if len(expression) > MOST_CHARACTERS:
        raise NotArithmetic(f"The expression is longer than {MOST_CHARACTERS} characters")
    reader = _Reader(_tokens(expression))
    try:
        value = reader.sum()
    except ZeroDivisionError:
        raise NoSuchNumber("The expression divides by zero") from None
    if reader.peek():
        raise NotArithmetic
    if not isfinite(value) or abs(value) > LARGEST:
        raise NoSuchNumber
    return value


def _tokens(expression: str) -> list[str]:
    tokens, at, text = [], 0, expression.rstrip()
    while at < len(text):
        if not (match := TOKEN.match(text, at)):
            raise NotArithmetic
        tokens.append(match[1] or match[2])
        at = match.end()
    return tokens


class _Reader:
    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0

    def peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def sum(self) -> float:
        value = self._product()
        while (sign := self._take("+-")) is not None:
            other = self._product()
            value = value + other if sign == "+" else value - other
        return value

    def _product(self) -> float:
        value = self._signed()
        while (sign := self._take("*/")) is not None:
            other = self._signed()
            value = value * other if sign == "*" else value / other
        return value

    def _signed(self) -> float:
        negative = False
        while (sign := self._take("+-")) is not None:
            negative ^= sign == "-"
        value = self._bracket() if self._take("(") else self._number()
        return -value if negative else value

    def _bracket(self) -> float:
        self._depth += 1
        if self._depth > DEEPEST:
            raise NotArithmetic(f"The expression has more than {DEEPEST} brackets in one another")
        value = self.sum()
        if self._take(")") is None:
            raise NotArithmetic("A bracket is opened and not closed")
        self._depth -= 1
        return value

    def _number(self) -> float:
        piece = self.peek()
        if not piece or piece in "+-*/()":
            raise NotArithmetic
        self._at += 1
        return float(piece)

    def _take(self, wanted: str) -> str | None:
        token = self.peek()
        if not token or token not in wanted:
            return None
        self._at += 1
        return token
