"""The placeholders of one conversation: what models read in place of personal data, and what it stands for.

Invariant: whatever a model is sent has been through here; the values are sealed at rest and in no log. A value that
came out of a foreign text is nobody's own: it may be restored for tools, and is stopped on its way to the customer.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable

import structlog

from core import sql
from core.scope import require_tenant_id
from core.sealing import SealBroken, seal, unseal
from engine.guardrails.masking import Masks, mask, unmask, unmask_json
from engine.guardrails.masking.replacing import has_placeholder
from engine.guardrails.personal import Known, found
from engine.guardrails.values import Span

log = structlog.get_logger(__name__)
_KEEP = (
    "INSERT INTO conversations_mask (tenant_id, conversation_id, sealed, updated_at) VALUES (%s, %s, %s, %s) "
    "ON CONFLICT (tenant_id, conversation_id) DO UPDATE SET sealed = EXCLUDED.sealed, "
    "updated_at = EXCLUDED.updated_at"
)
_NONE = Masks()
LEFT_OUT = "(personal data)"


class Placeholders:
    """What stands for what in a conversation; grows while its texts are read.

    Args:
        kinds: types of personal data that models do not see.
        known: the customer's profile.
        masks: of earlier turns; own: the names of those that are the customer's own.
    """

    def __init__(
        self, kinds: Iterable[str], known: Known, masks: Masks = _NONE, own: Iterable[str] = ()
    ) -> None:
        self.known = known
        self.masks = masks
        self._kinds = frozenset(kinds)
        self._own = set(own)
        self._kept = masks

    @property
    def is_new(self) -> bool:
        """Whether there is something that was not kept yet."""
        return self.masks is not self._kept and self.masks != self._kept

    @property
    def own(self) -> Masks:
        """Those that are the customer's own."""
        return Masks(tuple(entry for entry in self.masks.entries if entry.name in self._own))

    def masked(self, text: str, *, own: bool) -> str:
        """A text as a model may read it.

        Args:
            own: it is the customer's word or record, so its personal data may be said to her.
        """
        spans = found(text, self.known)
        if spans:
            spans = tuple(span for span in spans if span.type in self._kinds)
        if not spans and not has_placeholder(text):
            return text
        before = len(self.masks.entries)
        told, self.masks = mask(text, spans, self.masks)
        if own:
            self._own |= {name for span in spans if (name := self._name(text, span))}
            self._own |= {entry.name for entry in self.masks.entries[before:]}
        return told

    def known_only(self, text: str) -> str:
        """A text as a model may read it, by the placeholders there are; what has none is left out.

        For whoever reads a conversation beside its run, which alone gives out new ones.
        """
        before = self.masks
        told = self.masked(text, own=True)
        for entry in self.masks.entries[len(before.entries) :]:
            told = told.replace(f"<{entry.name}>", LEFT_OUT)
        self.masks = before
        return told

    def real(self, text: str) -> str:
        """A model's text with the values in place."""
        return unmask(text, self.masks) if self.masks.entries else text

    def real_json(self, text: str) -> str:
        """The same for JSON, whose strings stay well formed."""
        return unmask_json(text, self.masks) if self.masks.entries else text

    def keep(self, conversation_id: int, now: dt.datetime) -> None:
        """Seals what is new; within the tenant's scope and the caller's transaction."""
        if not self.is_new:
            return
        tenant_id = require_tenant_id()
        told = json.dumps({"masks": self.masks.to_json(), "own": sorted(self._own)})
        sql.run(_KEEP, [tenant_id, conversation_id, seal(told, _place(tenant_id, conversation_id)), now])
        self._kept = self.masks

    def _name(self, text: str, span: Span) -> str | None:
        return self.masks.name_of(span.type, text[span.start : span.end])


def opened(sealed: bytes, conversation_id: int) -> tuple[Masks, list[str]]:
    """The masks of a conversation and the names of the customer's own; none where nothing was kept.

    What does not open is given up: the placeholders of earlier turns then stand for nothing.
    """
    if not sealed:
        return Masks(), []
    try:
        told = json.loads(unseal(sealed, _place(require_tenant_id(), conversation_id)))
        return Masks.from_json(told["masks"]), told["own"]
    except (SealBroken, ValueError, KeyError):
        log.exception("placeholders_unreadable", conversation=conversation_id)
        return Masks(), []


def _place(tenant_id: int, conversation_id: int) -> str:
    return f"conversations.Mask:{tenant_id}:{conversation_id}"
