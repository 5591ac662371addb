"""What a customer says of an episode: once, and within a day she may change her mind."""

from __future__ import annotations

import datetime as dt
from typing import Any

from conversations import journal, passing
from conversations.aftercare import Stars
from conversations.journal import Entry, Fact, Head, LogEvent
from conversations.models import Episode, EventType
from core.actors import Actor, system
from core.errors import Conflict, Invalid, NotFound
from core.scope import tenant_scope
from escalation.after import judging
from escalation.models import Handoff, Rating

SCORES = range(1, 6)
MOST_COMMENT = 1000
CHANGED_WITHIN = dt.timedelta(days=1)


class BadScore(Invalid):
    code = "bad_score"
    default_message = "'score' is a whole number from 1 to 5."


class NoSuchEpisode(NotFound):
    code = "no_such_episode"
    default_message = "There is no such episode of this conversation."


class NotOverYet(Conflict):
    code = "not_over_yet"
    default_message = "This can be rated when it is over."


class RatedAlready(Conflict):
    code = "rated_already"
    default_message = "This was rated already, more than a day ago."


def rate(
    tenant_id: int, conversation_id: int, stars: Stars, actor: Actor, now: dt.datetime
) -> list[LogEvent]:
    """Keeps a customer's rating of an episode that is over; the same again changes nothing.

    A 4 or 5 confirms that it was solved; a 1 or 2 takes back that it was assumed.

    Raises:
        BadScore, NotOverYet, RatedAlready
        NoSuchEpisode: not there, or not of this conversation.
        conversations.journal.NoSuchConversation: unknown, or another tenant's.
    """
    if stars.score not in SCORES:
        raise BadScore
    comment = "".join(char for char in stars.comment if char != "\x00" and not "\ud800" <= char <= "\udfff")
    comment = comment.strip()[:MOST_COMMENT]
    with tenant_scope(tenant_id):
        head = journal.lock(conversation_id)
        of = {"tenant_id": tenant_id, "conversation_id": head.id}
        episode = Episode.objects.filter(**of, number=stars.episode).first()
        if episode is None:
            raise NoSuchEpisode
        if episode.resolved_at is None:
            raise NotOverYet
        known = Rating.objects.filter(**of, episode=episode.number).first()
        if known is not None and (known.score, known.comment) == (stars.score, comment):
            return []
        if known is not None and now - known.created_at > CHANGED_WITHIN:
            raise RatedAlready
        before = known.score if known else None
        _keep(head, episode, known, {"score": stars.score, "comment": comment}, now)
        resolution = judging.rated(episode.resolution, stars.score, before)
        _resolve(episode, resolution, actor)
        entries = _entries(episode, resolution, stars.score, comment, actor)
        told: dict[str, Any] = {"episode": episode.number, "score": stars.score}
        if before is not None:
            told["before"] = before
        fact = Fact(actor, "episode.rated", told | {"resolution": resolution})
        return passing.post(head, entries, [fact], now=now)


def _keep(head: Head, episode: Episode, known: Rating | None, said: dict[str, Any], now: dt.datetime) -> None:
    """The row, with who served: the release, and the person who had it last."""
    rows = Rating.objects.filter(tenant_id=head.tenant_id)
    if known is not None:
        rows.filter(pk=known.pk).update(**said)
        return
    served = Handoff.objects.filter(
        tenant_id=head.tenant_id,
        conversation_id=head.id,
        episode=episode.number,
        taken_by_id__isnull=False,
    )
    rows.create(
        tenant_id=head.tenant_id,
        conversation_id=head.id,
        episode=episode.number,
        release_id=head.release_id,
        member_id=served.order_by("-id").values_list("taken_by_id", flat=True).first(),
        created_at=now,
        **said,
    )


def _resolve(episode: Episode, resolution: str, actor: Actor) -> None:
    if resolution == episode.resolution:
        return
    rows = Episode.objects.filter(tenant_id=episode.tenant_id, pk=episode.pk)
    rows.update(resolution=resolution, resolved_by=str(actor)[:120])


def _entries(episode: Episode, resolution: str, score: int, comment: str, actor: Actor) -> list[Entry]:
    data = {"csat": score, "episode": episode.number, "reason": comment}
    said = Entry(EventType.FEEDBACK, actor, "", data)
    if resolution or not episode.resolution:
        return [said]
    note = f"The customer rated this {score} of 5. It does not count as solved any more."
    return [said, Entry(EventType.NOTE, system("aftercare"), note)]
