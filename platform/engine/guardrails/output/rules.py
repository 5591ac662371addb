"""What a tenant's output policy says, as plain values.

Invariant: nothing here is a pattern in the sense of `re`: managers write words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from engine.guardrails.values import Action


class Promise(StrEnum):
    """What only evidence may promise."""

    DISCOUNT = "discount"
    PRICE = "price"
    REFUND = "refund"
    DELIVERY_DATE = "delivery_date"
    LEGAL = "legal"


DEFAULT_ACTIONS: Mapping[str, Action] = {
    "length": Action.BLOCK,
    "blocked": Action.REPLY,
    "leak": Action.REPLY,
    "links": Action.REWRITE,
    "competitors": Action.REWRITE,
    "promises": Action.REWRITE,
    "tone": Action.REWRITE,
    "citations": Action.REWRITE,
    "claims": Action.REWRITE,
    "validity": Action.HAND_OVER,
    "foreign": Action.HAND_OVER,
}


@dataclass(frozen=True, slots=True)
class OutputRules:
    """A tenant's policy for what its customers are told.

    Args:
        max_chars: of an answer.
        blocked_patterns: words or phrases; `*` stands for any letters of a word.
        allowed_hosts: such as `shop.example`, which holds for its subdomains too, or `shop.example:8443`.
        links_from_passages: an address that stands in a passage of the run is allowed as well.
        images: whether pictures from allowed hosts may be shown.
        competitors: names; `competitors_when_asked`: they may be spoken of where the customer has named them.
        promises: which kinds need evidence.
        tone, language: whether these are looked at.
        unsupported: what becomes of a sentence whose passage does not say it: `mark` drops the citation, `sentence`
            the sentence, `hand_over` ends the answer.
        support: how much of a sentence's words its passage must hold, 0 to 1.
        implied: what one action brings about, by kinds: after a cancellation a refund may be announced.
        actions: by the name of a check, where it differs from `DEFAULT_ACTIONS`.
        texts: what is said instead, by the name of a text in `engine.guardrails.output.texts`.
        off: names of checks that are left out; watch_only: of those that are only written down.
    """

    max_chars: int = 6_000
    blocked_patterns: tuple[str, ...] = ()
    allowed_hosts: tuple[str, ...] = ()
    links_from_passages: bool = False
    images: bool = False
    competitors: tuple[str, ...] = ()
    competitors_when_asked: bool = True
    promises: frozenset[Promise] = frozenset(Promise)
    tone: bool = True
    language: bool = True
    unsupported: str = "mark"
    support: float = 0.5
    implied: Mapping[str, tuple[str, ...]] = field(
        default_factory=lambda: {"cancel": ("refund",), "return": ("refund",)}
    )
    actions: Mapping[str, Action] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    off: frozenset[str] = frozenset()
    watch_only: frozenset[str] = frozenset()

    def action(self, check: str) -> Action:
        """What follows when this check finds something."""
        return self.actions.get(check, DEFAULT_ACTIONS.get(check, Action.REWRITE))
