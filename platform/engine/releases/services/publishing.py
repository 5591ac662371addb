"""Publishes releases.

Invariant: a release's row is never changed, and numbers have no gap: the tenant's row orders those who publish.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from audit.services import record
from core.actors import Actor
from core.errors import Invalid
from core.scope import tenant_scope
from engine.guardrails.policy import merged
from engine.releases import queries
from engine.releases.checking import NotPublishable, check
from engine.releases.differing import changes, summary
from engine.releases.models import Draft, Release
from engine.releases.reading import storable
from engine.releases.services.drafting import DraftChanged
from engine.releases.values import Configuration, columns_of, configuration_of
from tenants.models import Tenant

LONGEST_MESSAGE = 500


class NoMessage(Invalid):
    code = "no_message"
    default_message = "Say in a sentence why this is published: others will look for it."


def publish(
    *,
    tenant_id: int,
    configuration: Configuration,
    actor: Actor,
    message: str = "",
    reverts: int | None = None,
) -> Release:
    """Freezes a configuration under the next number; conversations that begin from now on use it.

    Looks only at whether it can be kept: whoever asks for people calls `publish_draft`, which checks it first.

    Raises:
        engine.guardrails.policy.BadPolicy: its guardrails are none.
    """
    merged(configuration.guardrails)
    with tenant_scope(tenant_id):
        last = _lock(tenant_id)
        before = configuration_of(queries.by_number(tenant_id, last)) if last else None
        release = Release.objects.create(
            tenant_id=tenant_id,
            number=last + 1,
            message=message,
            published_by=(actor.name or str(actor))[:120],
            reverts=reverts,
            **columns_of(configuration),
        )
        told: dict[str, Any] = {"changes": summary(changes(before or Configuration(), configuration))}
        if reverts is None:
            record(actor=actor, action="release.published", target=f"release:{release.number}", data=told)
        else:
            told["reverts_to"] = reverts
            record(actor=actor, action="release.reverted", target=f"release:{release.number}", data=told)
    return release


def publish_draft(
    *, tenant_id: int, draft_id: int, version: int, message: str, actor: Actor, now: dt.datetime
) -> Release:
    """Publishes a draft as somebody has looked at it; the draft goes on from the new release.

    Args:
        version: of the draft, as it was looked at; message: why, for the list of releases.

    Raises:
        NoMessage
        DraftChanged: somebody has saved the draft since.
        engine.releases.checking.NotPublishable: with all that is wrong.
        engine.releases.queries.NoSuchDraft
    """
    message = why(message)
    with tenant_scope(tenant_id):
        _lock(tenant_id)
        draft = queries.get_draft(tenant_id, draft_id, lock=True)
        if draft.version != version:
            raise DraftChanged(draft)
        configuration = configuration_of(draft)
        problems = check(Tenant.objects.get(pk=tenant_id), configuration, now=now)
        if problems:
            raise NotPublishable(problems)
        release = publish(tenant_id=tenant_id, configuration=configuration, actor=actor, message=message)
        Draft.objects.filter(tenant_id=tenant_id, pk=draft_id).update(
            base=release.number, version=version + 1, edited_at=now, edited_by=release.published_by
        )
    return release


def revert(*, tenant_id: int, number: int, actor: Actor, message: str = "") -> Release:
    """Publishes once more what an earlier release said, under a new number. Drafts stay as they are.

    Not checked as a draft is: whoever goes back is in a hurry, and a tool that is gone is just not on offer.

    Raises:
        engine.releases.queries.NoSuchRelease
    """
    with tenant_scope(tenant_id):
        old = queries.by_number(tenant_id, number)
        said = storable(message).strip()[:LONGEST_MESSAGE] or _("Back to release %(number)s.") % {
            "number": number
        }
        return publish(
            tenant_id=tenant_id,
            configuration=configuration_of(old),
            actor=actor,
            message=said,
            reverts=number,
        )


def why(message: str) -> str:
    """A message that may stand in the list. Raises NoMessage."""
    kept = " ".join(storable(message).split())
    if not kept or len(kept) > LONGEST_MESSAGE:
        raise NoMessage
    return kept


def _lock(tenant_id: int) -> int:
    """Orders concurrent publishers by the tenant's row; the number of the newest release, 0 without any."""
    Tenant.objects.select_for_update(no_key=True).get(pk=tenant_id)
    return Release.objects.filter(tenant_id=tenant_id).aggregate(last=Max("number"))["last"] or 0
