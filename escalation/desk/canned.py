"""Variables of ready texts: `{{ customer.name }}` and a few more, known by name, filled in on the server.

Invariant: an unknown variable is refused when a text is saved, so that no customer ever reads one; what fills them
is text and nothing is evaluated.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from core.errors import Invalid

VARIABLES: dict[str, str] = {
    "customer.name": "The customer's name, or “there” where she has none.",
    "customer.first_name": "The first word of her name, or “there”.",
    "customer.email": "The customer's address.",
    "agent.name": "The name of who sends it.",
    "agent.first_name": "The first word of that name.",
    "conversation.subject": "What the conversation is about, in a line.",
    "conversation.id": "The conversation's id.",
    "tenant.name": "Your organisation's name.",
}
_VARIABLE = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
_STRAY = re.compile(r"\{\{|\}\}|\{%|%\}")


class UnknownVariable(Invalid):
    code = "unknown_variable"
    default_message = "This text has a variable that is not known."


def check(text: str) -> None:
    """Looks at a text before it is kept.

    Raises:
        UnknownVariable: names it, and those there are; braces that hold no variable too.
    """
    for found in _VARIABLE.finditer(text):
        if found[1] not in VARIABLES:
            known = ", ".join(sorted(VARIABLES))
            raise UnknownVariable(f"'{found[1][:40]}' is not a variable. There are: {known}.")
    if _STRAY.search(_VARIABLE.sub("", text)):
        raise UnknownVariable("Two braces open or close a variable: write {{ customer.name }}.")


def variables_of(text: str) -> set[str]:
    """The variables a text holds."""
    return {found[1] for found in _VARIABLE.finditer(text)}


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its variables filled in; one without a value leaves nothing behind."""
    return _VARIABLE.sub(lambda found: values.get(found[1], ""), text)


def first_word(name: str) -> str:
    return name.split()[0] if name.split() else ""
