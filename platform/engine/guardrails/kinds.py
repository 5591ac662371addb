"""The checks there are: what each is called, where it stands, what it may do and what it does when it fails itself.

Invariant: a closed list in the order in which they run; a policy names only checks of it, or external ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from engine.guardrails.values import Action, FailMode, Stage

EXTERNAL = "external:"
"""What the names of external checks begin with."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A check.

    Args:
        about: what it looks for, in words of a manager.
        version: changes whenever the same text may be judged otherwise.
        default: what happens when it flags and the policy says nothing else; `choices`: what a policy may say.
        micros: what it usually costs on a message of 300 characters, in microseconds; for the order and the page.
    """

    name: str
    stages: tuple[Stage, ...]
    about: str
    version: int
    default: Action
    choices: tuple[Action, ...]
    fails: FailMode = FailMode.OPEN
    micros: int = 10


_INPUT, _FOREIGN, _OUTPUT = (Stage.INPUT,), (Stage.TOOL_RESULT, Stage.PASSAGE), (Stage.OUTPUT,)
_A = Action
_ASIDE = (_A.ALLOW, _A.REPLY, _A.HAND_OVER, _A.BLOCK)
_SAID = (_A.ALLOW, _A.REWRITE, _A.REPLY, _A.HAND_OVER, _A.BLOCK)

_KINDS = (
    Kind(
        "size", _INPUT, "Messages that are too long, or made of one thing over and over", 1, _A.REPLY, _ASIDE
    ),
    Kind(
        "characters",
        _INPUT,
        "Invisible, direction-changing and look-alike characters",
        1,
        _A.REWRITE,
        (_A.ALLOW, _A.REWRITE, _A.BLOCK),
        micros=60,
    ),
    Kind(
        "self_harm",
        _INPUT,
        "Somebody who may harm themselves",
        1,
        _A.HAND_OVER,
        (_A.ALLOW, _A.HAND_OVER),
        micros=150,
    ),
    Kind(
        "content",
        _INPUT,
        "Hate, threats, violence, sexual and illegal content",
        1,
        _A.REPLY,
        _ASIDE,
        micros=200,
    ),
    Kind(
        "injection", _INPUT, "Attempts to change what the assistant is told", 1, _A.REPLY, _ASIDE, micros=600
    ),
    Kind(
        "person", _INPUT, "The plain wish for a person", 1, _A.HAND_OVER, (_A.ALLOW, _A.HAND_OVER), micros=200
    ),
    Kind(
        "mood",
        _INPUT,
        "Anger and despair, over the conversation",
        1,
        _A.ALLOW,
        (_A.ALLOW, _A.HAND_OVER),
        micros=200,
    ),
    Kind(
        "personal",
        _INPUT,
        "Personal data: the model sees placeholders",
        1,
        _A.MASK,
        (_A.ALLOW, _A.MASK),
        FailMode.CLOSED,
        micros=300,
    ),
    Kind(
        "indirect",
        _FOREIGN,
        "Orders to the assistant in documents and results of tools",
        1,
        _A.REWRITE,
        (_A.ALLOW, _A.REWRITE, _A.BLOCK),
        FailMode.CLOSED,
        micros=1500,
    ),
    Kind("length", _OUTPUT, "Answers that are too long", 1, _A.BLOCK, (_A.ALLOW, _A.BLOCK, _A.HAND_OVER)),
    Kind(
        "validity",
        _OUTPUT,
        "Answers that are none: raw calls, nothing but marks, the wrong language",
        1,
        _A.HAND_OVER,
        _SAID,
    ),
    Kind("leak", _OUTPUT, "The assistant's own instructions", 1, _A.REPLY, _SAID, FailMode.CLOSED, micros=60),
    Kind("blocked", _OUTPUT, "Words that must not be said", 1, _A.REPLY, _SAID),
    Kind(
        "links",
        _OUTPUT,
        "Links and pictures of other hosts, raw HTML",
        1,
        _A.REWRITE,
        (_A.ALLOW, _A.REWRITE, _A.BLOCK),
        FailMode.CLOSED,
    ),
    Kind(
        "foreign",
        _OUTPUT,
        "Personal data that is not this customer's",
        1,
        _A.REWRITE,
        _SAID,
        FailMode.CLOSED,
        micros=300,
    ),
    Kind(
        "promises",
        _OUTPUT,
        "Discounts, prices, refunds and dates that nothing supports",
        1,
        _A.REWRITE,
        _SAID,
    ),
    Kind("competitors", _OUTPUT, "Other companies that are not to be spoken of", 1, _A.REWRITE, _SAID),
    Kind("tone", _OUTPUT, "Insults, shouting, orders to the customer", 1, _A.REWRITE, _SAID),
    Kind(
        "citations",
        _OUTPUT,
        "Citations that do not exist or do not support the sentence",
        1,
        _A.REWRITE,
        _SAID,
        micros=100,
    ),
    Kind(
        "claims",
        _OUTPUT,
        "“I have refunded you” when nothing was done",
        1,
        _A.REWRITE,
        _SAID,
        FailMode.CLOSED,
        micros=100,
    ),
)

KINDS: Mapping[str, Kind] = MappingProxyType({kind.name: kind for kind in _KINDS})


def external(name: str) -> Kind:
    """The check that asks a tenant's own guard service; its stages are the service's."""
    choices = (Action.ALLOW, Action.REPLY, Action.HAND_OVER, Action.BLOCK)
    return Kind(EXTERNAL + name, (), "A guard service of your own", 1, Action.REPLY, choices)
