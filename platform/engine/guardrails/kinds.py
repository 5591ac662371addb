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
        title, about: what it is called and what it looks for, in words of a manager.
        version: changes whenever the same text may be judged otherwise.
        default: what happens when it flags and the policy says nothing else; `choices`: what a policy may say.
        graded: its score rises with how sure it is, so that a policy may set the least score that flags; the others
            find a thing or do not.
        micros: what it usually costs on a message of 300 characters, in microseconds; for the order and the page.
    """

    name: str
    title: str
    stages: tuple[Stage, ...]
    about: str
    version: int
    default: Action
    choices: tuple[Action, ...]
    fails: FailMode = FailMode.OPEN
    graded: bool = False
    micros: int = 10


_INPUT, _FOREIGN, _OUTPUT = (Stage.INPUT,), (Stage.TOOL_RESULT, Stage.PASSAGE), (Stage.OUTPUT,)
_A = Action
_ASIDE = (_A.ALLOW, _A.REPLY, _A.HAND_OVER, _A.BLOCK)
_SAID = (_A.ALLOW, _A.REWRITE, _A.REPLY, _A.HAND_OVER, _A.BLOCK)

_KINDS = (
    Kind(
        "size",
        "Too long or repetitive",
        _INPUT,
        "Messages that are too long, or made of one thing over and over",
        1,
        _A.REPLY,
        _ASIDE,
    ),
    Kind(
        "characters",
        "Hidden characters",
        _INPUT,
        "Invisible, direction-changing and look-alike characters",
        1,
        _A.REWRITE,
        (_A.ALLOW, _A.REWRITE, _A.BLOCK),
        micros=60,
    ),
    Kind(
        "self_harm",
        "Self-harm",
        _INPUT,
        "Somebody who may harm themselves",
        1,
        _A.HAND_OVER,
        (_A.ALLOW, _A.HAND_OVER),
        micros=150,
    ),
    Kind(
        "content",
        "Harmful content",
        _INPUT,
        "Hate, threats, violence, sexual and illegal content",
        1,
        _A.REPLY,
        _ASIDE,
        micros=200,
        graded=True,
    ),
    Kind(
        "injection",
        "Attacks on the assistant",
        _INPUT,
        "Attempts to change what the assistant is told",
        1,
        _A.REPLY,
        _ASIDE,
        micros=600,
        graded=True,
    ),
    Kind(
        "person",
        "Wish for a person",
        _INPUT,
        "The plain wish for a person",
        1,
        _A.HAND_OVER,
        (_A.ALLOW, _A.HAND_OVER),
        micros=200,
        graded=True,
    ),
    Kind(
        "mood",
        "Anger and despair",
        _INPUT,
        "Anger and despair, over the conversation",
        1,
        _A.ALLOW,
        (_A.ALLOW, _A.HAND_OVER),
        micros=200,
        graded=True,
    ),
    Kind(
        "personal",
        "Personal data",
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
        "Hidden orders",
        _FOREIGN,
        "Orders to the assistant in documents and results of tools",
        1,
        _A.REWRITE,
        (_A.ALLOW, _A.REWRITE, _A.BLOCK),
        FailMode.CLOSED,
        micros=1500,
        graded=True,
    ),
    Kind(
        "length",
        "Answer too long",
        _OUTPUT,
        "Answers that are too long",
        1,
        _A.BLOCK,
        (_A.ALLOW, _A.BLOCK, _A.HAND_OVER),
    ),
    Kind(
        "validity",
        "Unusable answers",
        _OUTPUT,
        "Answers that are none: raw calls, nothing but marks, the wrong language",
        1,
        _A.HAND_OVER,
        _SAID,
    ),
    Kind(
        "leak",
        "Leaked instructions",
        _OUTPUT,
        "The assistant's own instructions",
        1,
        _A.REPLY,
        _SAID,
        FailMode.CLOSED,
        micros=60,
    ),
    Kind("blocked", "Forbidden words", _OUTPUT, "Words that must not be said", 1, _A.REPLY, _SAID),
    Kind(
        "links",
        "Links and pictures",
        _OUTPUT,
        "Links and pictures of other hosts, raw HTML",
        1,
        _A.REWRITE,
        (_A.ALLOW, _A.REWRITE, _A.BLOCK),
        FailMode.CLOSED,
    ),
    Kind(
        "foreign",
        "Other people's data",
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
        "Unsupported promises",
        _OUTPUT,
        "Discounts, prices, refunds and dates that nothing supports",
        1,
        _A.REWRITE,
        _SAID,
    ),
    Kind(
        "competitors",
        "Competitors",
        _OUTPUT,
        "Other companies that are not to be spoken of",
        1,
        _A.REWRITE,
        _SAID,
    ),
    Kind("tone", "Tone", _OUTPUT, "Insults, shouting, orders to the customer", 1, _A.REWRITE, _SAID),
    Kind(
        "citations",
        "Citations",
        _OUTPUT,
        "Citations that do not exist or do not support the sentence",
        1,
        _A.REWRITE,
        _SAID,
        micros=100,
    ),
    Kind(
        "claims",
        "Deeds that were not done",
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
    title = f"Guard service {name}"
    return Kind(EXTERNAL + name, title, (), "A guard service of your own", 1, Action.REPLY, choices)


def title_of(name: str) -> str:
    """What a check is called; its name where this version knows none such."""
    if name.startswith(EXTERNAL):
        return external(name[len(EXTERNAL) :]).title
    return KINDS[name].title if name in KINDS else name
