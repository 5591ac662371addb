"""Makes the input of an answer: the prompt from the release and the log, and the model that will answer."""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass

from django.conf import settings

from conversations.journal import Head, Said
from core.scope import require_tenant_id
from engine.agent.values import Turn
from engine.gateway.config import ProviderConfig
from engine.gateway.protocol import Message
from engine.releases import queries as releases
from engine.releases.models import Release
from engine.releases.queries import limits_of
from engine.tools import registry
from tenants.queries import default_provider

HISTORY_MESSAGES = 40
HISTORY_CHARACTERS = 24_000
PROVIDER_SECONDS = 20.0
_RELEASES_KEPT = 512


@dataclass(frozen=True, slots=True)
class Job:
    """A run that was begun, and all it takes to answer without looking at the database again."""

    tenant_id: int
    conversation_id: int
    run_id: int
    run: str
    attempt: int
    owner_version: int
    upto_seq: int
    turn: Turn
    provider: ProviderConfig | None
    assistant: str

    @property
    def draft(self) -> str:
        """Names this attempt's draft to clients: another attempt starts the text anew."""
        return f"{self.run}.{self.attempt}"


@dataclass(frozen=True, slots=True)
class Begun:
    """A run's row: its number, public id, attempt, and the `seq` up to which it answers."""

    run_id: int
    run: str
    attempt: int
    upto_seq: int


_releases: OrderedDict[tuple[int, int], tuple[Release, str]] = OrderedDict()
_providers: dict[int, tuple[float, tuple[ProviderConfig, str] | None]] = {}


def release_of(release_id: int) -> tuple[Release, str]:
    """A release of the tenant in scope and the tenant's name. Releases never change, so they are kept."""
    key = (require_tenant_id(), release_id)
    found = _releases.get(key)
    if found is None:
        release = releases.get(*key)
        found = _releases[key] = (release, release.tenant.name)
        if len(_releases) > _RELEASES_KEPT:
            _releases.popitem(last=False)
    return found


def provider_of(tenant_id: int) -> tuple[ProviderConfig, str] | None:
    """The tenant's provider, else the installation's, with the model's name; None without any.

    Looked up again after 20 seconds, so that a changed key is taken up without a restart.
    """
    at, found = _providers.get(tenant_id, (0.0, None))
    if time.monotonic() - at < PROVIDER_SECONDS:
        return found
    account = default_provider(tenant_id)
    if account is not None:
        row, key = account
        found = _config(row.base_url, key), row.model
    elif settings.OPENAI_API_KEY or settings.OPENAI_BASE_URL:
        base_url = settings.OPENAI_BASE_URL or "https://api.openai.com/v1"
        found = _config(base_url, settings.OPENAI_API_KEY), settings.OPENAI_MODEL
    else:
        found = None
    _providers[tenant_id] = (time.monotonic(), found)
    return found


def _config(base_url: str, api_key: str) -> ProviderConfig:
    return ProviderConfig(base_url=base_url, api_key=api_key, trust_env=settings.MODEL_TRUST_ENV)


def build(head: Head, begun: Begun, said: list[Said]) -> Job:
    """The job of answering a conversation up to a `seq`; within the tenant's scope.

    Args:
        said: the last messages of the log, in order.
    """
    release, tenant_name = release_of(head.release_id)
    provider = provider_of(head.tenant_id)
    turn = Turn(
        run=begun.run,
        model=release.model or (provider[1] if provider else ""),
        messages=(_system(release, tenant_name), *_history(_in_turn(said, head, begun.upto_seq))),
        tools=registry.specs(),
        limits=limits_of(release),
    )
    return Job(
        tenant_id=head.tenant_id,
        conversation_id=head.id,
        run_id=begun.run_id,
        run=begun.run,
        attempt=begun.attempt,
        owner_version=head.owner_version,
        upto_seq=begun.upto_seq,
        turn=turn,
        provider=provider[0] if provider else None,
        assistant=release.assistant_name,
    )


def _system(release: Release, tenant_name: str) -> Message:
    prompt = release.prompt.replace("{assistant}", release.assistant_name).replace("{tenant}", tenant_name)
    return Message("system", prompt)


def _in_turn(said: list[Said], head: Head, upto_seq: int) -> list[Said]:
    """What was said, the messages to be answered last: the answer to an earlier one may stand after them in the log."""
    waiting = [one for one in said if one.author_kind == "customer" and one.seq > head.answered_seq]
    if len(waiting) == 1 and waiting[0] is said[-1]:
        return said
    return [one for one in said if one not in waiting] + [one for one in waiting if one.seq <= upto_seq]


def _history(said: list[Said]) -> list[Message]:
    """The log as the model sees it: the newest messages within the limit of characters."""
    kept: list[Message] = []
    room = HISTORY_CHARACTERS
    for one in reversed(said):
        room -= len(one.text)
        if room < 0 and kept:
            break
        kept.append(_message(one))
    return kept[::-1]


def _message(said: Said) -> Message:
    if said.author_kind == "customer":
        return Message("user", said.text)
    if said.author_kind == "agent":
        name = said.author_name or "A colleague"
        return Message("assistant", f"({name}, a person of the team, wrote:) {said.text}")
    return Message("assistant", said.text)
