"""Answers of reads, kept for as long as the tool's policy allows.

Invariant: what one tenant's tool said is given only to the same tenant, for the same tool as it is set up now, the
same arguments and the same headers; errors are never kept.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.core.cache import cache

from engine.tools.http.answer import HttpAnswer
from engine.tools.http.target import Headers, HttpTarget
from engine.tools.values import Offer, Risk


def place_of(offer: Offer, arguments: Mapping[str, Any], tenant_id: int, headers: Headers) -> str:
    """The key under which the answer to this call is kept; empty: it may not be."""
    target, policy = offer.target, offer.policy
    if policy.risk is not Risk.READ or policy.cache_seconds <= 0 or offer.tool_id is None:
        return ""
    call = [_setup(target), policy.result_bytes, arguments, headers]
    digest = hashlib.sha256(json.dumps(call, sort_keys=True).encode()).hexdigest()
    return f"tool:{tenant_id}:{offer.tool_id}:{digest}"


async def recall(place: str) -> HttpAnswer | None:
    """What was kept there. The cache blocks, so it is asked in a thread."""
    kept = await asyncio.to_thread(cache.get, place)
    return HttpAnswer(*kept) if kept else None


async def keep(place: str, answer: HttpAnswer, seconds: int) -> None:
    """Keeps an answer whole or not at all: what was cut may be too large."""
    if not answer.is_cut:
        await asyncio.to_thread(cache.set, place, [answer.status, answer.text, answer.value], seconds)


def _setup(target: HttpTarget) -> list[Any]:
    auth = [target.auth.kind, target.auth.name, target.auth.secret]
    return [target.method, target.url, target.headers, auth, target.result_path]
