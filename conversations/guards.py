"""What one attempt at a run knows of its guardrails: the policy, the customer's placeholders, what was found.

Invariant: belongs to one attempt and one event loop; what it collects is written with the run's own pages and end.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from django.conf import settings

from conversations import placeholders
from conversations.journal import Head
from conversations.placeholders import Placeholders
from core import sql
from engine.gateway.protocol import Message
from engine.guardrails import policies
from engine.guardrails.personal import Known
from engine.guardrails.policies import Service
from engine.guardrails.policy import GuardPolicy
from engine.guardrails.screening import Screening
from engine.releases import prompting
from engine.releases.models import Release

if TYPE_CHECKING:
    from conversations.turns import Begun

_KNOWN = (
    "SELECT c.name, c.email, (SELECT m.sealed FROM conversations_mask m WHERE m.tenant_id = c.tenant_id "
    "AND m.conversation_id = %s) FROM conversations_customer c WHERE c.tenant_id = %s AND c.id = %s"
)


@dataclass(slots=True)
class Guard:
    """The guardrails of one attempt.

    Args:
        services: the tenant's own guard services that are switched on.
        language: what the customer writes in, empty where that is not sure; moods: of her messages so far.
        burst: what she wrote since the last answer, the oldest first.
        prompt: the release's own instructions, without what is added for the turn.
        called: the customer's name as the instructions say it; empty where they do not.
        is_resumed: the prompt was made by an earlier attempt and is sent as it was.
        screening: of her words, once there is one; checks_before: the verdicts of an earlier attempt.
        acted: the checks that changed something, for the ledger.
    """

    policy: GuardPolicy
    services: tuple[Service, ...]
    placeholders: Placeholders
    language: str
    moods: tuple[float, ...]
    burst: tuple[str, ...]
    prompt: str = ""
    called: str = ""
    is_resumed: bool = False
    screening: Screening | None = None
    checks_before: list[dict[str, Any]] = field(default_factory=list)
    acted: list[dict[str, Any]] = field(default_factory=list)

    def checks_json(self) -> str:
        """The verdicts about what the customer wrote, as they are kept with the run."""
        return json.dumps(self.screening.plain() if self.screening else self.checks_before)

    def state(self) -> dict[str, Any]:
        """What the conversation remembers, as columns: the language and the moods."""
        if self.is_resumed or self.screening is None:
            return {}
        return {"language": self.language, "moods": list(self.moods)}

    def note(self, stage: str, checks: tuple[Mapping[str, Any], ...]) -> None:
        """Keeps for the ledger which checks acted; each with its action once a stage."""
        for check in checks:
            if check.get("action", "allow") == "allow" and not check.get("failed"):
                continue
            names = ("check", "version", "action", "label", "failed")
            told = {"stage": stage} | {name: check[name] for name in names if check.get(name)}
            if told not in self.acted:
                self.acted.append(told)


def for_turn(head: Head, release: Release, begun: Begun, messages: tuple[Message, ...]) -> Guard:
    """The guardrails of an attempt; within the tenant's scope."""
    policy = policies.policy_for(head.tenant_id, release.pk, release.guardrails)
    asker = begun.customer
    burst = takewhile(lambda message: message.role == "user", reversed(messages))
    return Guard(
        policy=policy,
        services=policies.services_for(head.tenant_id),
        placeholders=_placeholders(policy, head.id, (asker.name, asker.email, begun.masks)),
        language=head.language,
        moods=tuple(head.moods),
        burst=tuple(message.text for message in burst)[::-1],
        prompt=prompting.template_of(release),
        called=prompting.name_line(asker.name) if prompting.uses_name(release) else "",
        is_resumed=bool(begun.prompt),
        checks_before=begun.checks,
    )


def placeholders_of(head: Head, release: Release) -> Placeholders | None:
    """The placeholders of a conversation for whoever reads it beside its run; None where nothing is masked."""
    policy = policies.policy_for(head.tenant_id, release.pk, release.guardrails)
    row = sql.row(_KNOWN, [head.id, head.tenant_id, head.customer_id])
    if row is None or not policy.masks or not settings.GUARDRAILS:
        return None
    name, email, masks = row
    return _placeholders(policy, head.id, (name, email, bytes(masks or b"")))


@lru_cache(maxsize=1024)
def _known(name: str, email: str) -> Known:
    """The same object for the same customer: what was found in her messages is kept by it."""
    return Known(names=(name,) if name else (), emails=(email,) if email else ())


def _placeholders(policy: GuardPolicy, conversation_id: int, of: tuple[str, str, bytes]) -> Placeholders:
    name, email, sealed = of
    known = _known(name, email)
    masks, own = placeholders.opened(sealed, conversation_id)
    return Placeholders(policy.masked, known, masks, own)
