"""Fills the demo shop with its past, once.

Invariant: what is told stays as it is, so a second run changes nothing. Nothing is paid and no model is asked: costs
stay empty. Rows stand at the moments of their stories; the ledger, which nobody can change, has them at the moment of
the telling, and is right: that is when they were made.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable

from django.conf import settings
from django.utils import timezone

from core.errors import SwitchboardError
from core.offload import in_database
from core.scope import tenant_scope
from demo import pages
from demo.backoffice.shop import Shop
from demo.history import queries, services
from demo.history.beats import Story
from demo.history.deck import stories
from demo.history.telling import House, StoryDoesNotHold, tell
from demo.history.topics import TOPICS
from escalation.desk import searching
from escalation.figures import rolling
from escalation.packets import services as packets

AT_DESKS = dt.timedelta(hours=12)
"""So long colleagues whom nobody plays are at their desks: whoever wants a person is put into the queue."""
STAY, GUESTS = ("noa", "rui"), ("mia", "ben")
DONE_BEFORE = dt.timedelta(minutes=20)


def fill(tenant_id: int, *, say: Callable[[str], object], most: int | None = None) -> int:
    """Tells the stories that are not told yet; how many.

    Args:
        most: only the first so many, and those that are open now.
    """
    # In a database's thread with a loop beside it: nobody waits for what is published.
    return asyncio.run(_fill(tenant_id, say, most))


async def _fill(tenant_id: int, say: Callable[[str], object], most: int | None) -> int:
    return await in_database(_tell_all, lane="long")(tenant_id, say, most)


def _tell_all(tenant_id: int, say: Callable[[str], object], most: int | None) -> int:
    shelf = queries.shelf(tenant_id)
    if not shelf.is_complete or not _has_all_pages():
        say("The shop's past needs all help pages: without them nothing is told.")
        return 0
    now, told = timezone.now(), queries.told(tenant_id)
    missing = [story for story in _chosen(most) if story.key not in told]
    if not missing:
        return 0
    house = House(tenant_id, queries.posts(tenant_id), shelf, Shop.load())
    with tenant_scope(tenant_id):
        members = {name: house.posts[name].member_id for name in (*STAY, *GUESTS)}
        services.open_desks(members, now + AT_DESKS)
    for begins, story in sorted(((begin_of(story, now), story) for story in missing), key=lambda one: one[0]):
        try:
            talk = tell(house, story, begins)
        except (StoryDoesNotHold, SwitchboardError) as error:  # the demo begins all the same
            say(f"Left out of the shop's past: {story.key}: {error}")
            continue
        if story.is_open:
            _left_open(tenant_id, talk.pk, now)
    with tenant_scope(tenant_id):
        services.close_desks(list(GUESTS))
    _read_up(tenant_id, now)
    return len(missing)


def _has_all_pages() -> bool:
    """Whether the shop shows the pages that are cited: a customer who follows a citation finds something."""
    shown = {upload.name for upload in pages.uploads("retail")}
    return shown >= {f"{topic.page}.md" for topic in TOPICS.values()}


def begin_of(story: Story, now: dt.datetime) -> dt.datetime:
    """When a story begins, so that it is over by now unless it is open."""
    if story.is_open:
        return now - dt.timedelta(minutes=story.minutes_ago)
    midnight = now.astimezone(dt.UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    begins = midnight - dt.timedelta(days=story.day) + dt.timedelta(hours=story.hour)
    while begins + dt.timedelta(seconds=story.seconds) > now - DONE_BEFORE or (
        story.is_weekday and begins.weekday() > 4
    ):
        begins -= dt.timedelta(days=1)
    return begins


def _chosen(most: int | None) -> list[Story]:
    every = [one for one in stories() if settings.OFFICE_URL or not one.needs_office]
    past = [one for one in every if not one.is_open]
    return [*past[:most], *(one for one in every if one.is_open)]


def _left_open(tenant_id: int, conversation_id: int, now: dt.datetime) -> None:
    packets.make(tenant_id, conversation_id, with_model=False)
    with tenant_scope(tenant_id):
        services.waits_until(conversation_id, now + AT_DESKS)


def _read_up(tenant_id: int, now: dt.datetime) -> None:
    """What workers would do within a minute: the search's words, the dashboard's figures."""
    while searching.catch_up(tenant_id):
        pass
    rolling.rebuild(tenant_id=tenant_id, since=None, now=now)
