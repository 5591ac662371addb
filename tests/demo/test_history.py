"""The demo shop's past: told by the real services, at its own moments, once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db.models import F
from django.test import override_settings
from django.utils import timezone

from audit.models import AuditEvent
from conversations.models import Approval, Conversation, Episode, Event, Run, Step
from core.scope import tenant_scope
from demo import pages, seed
from demo.history import past
from demo.history.beats import Cited, Say
from demo.history.deck import stories
from demo.history.topics import TOPICS
from engine.budgets.models import Usage
from escalation.models import DeskLine, Figure, Handoff, Rating, Ticket
from tenants import queries

FEW = 50
OFFICE = {"OFFICE_URL": "http://127.0.0.1:8002", "TOOLS_ALLOW_LOOPBACK": True}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> int:
    """A shop with its help pages cut down to what is cited, and some of its past."""
    folder = tmp_path_factory.mktemp("past")
    articles = folder / "content" / "retail" / "articles"
    articles.mkdir(parents=True)
    for topic in TOPICS.values():
        with (articles / f"{topic.page}.md").open("a") as page:
            page.write(f"# {topic.page}\n\n## {topic.heading}\n\n{topic.quote}\n\n")
    with pytest.MonkeyPatch.context() as patch, override_settings(**OFFICE):
        patch.setattr(pages, "CONTENT", folder / "content")
        patch.setenv("SWITCHBOARD_VAR", str(folder))
        patch.setattr(seed.past, "fill", lambda *_, **__: 0)
        seed.seed(lambda line: None)
    with override_settings(**OFFICE):
        shop = queries.tenant_by_slug("retail")
        past.fill(shop.pk, say=print, most=FEW)
    return shop.pk


@contextmanager
def inside(shop: int) -> Iterator[None]:
    with tenant_scope(shop):
        yield


def facts(shop: int) -> list[object]:
    """Everything that a second run could change."""
    with inside(shop):
        rows = [
            Conversation.objects.order_by("pk").values_list("pk", "owner", "last_seq", "updated_at"),
            Episode.objects.order_by("pk").values_list("pk", "resolution", "resolved_at"),
            Handoff.objects.order_by("pk").values_list("pk", "status", "taken_by_id", "seen_at"),
            DeskLine.objects.order_by("line").values_list("line", "seen_at"),
        ]
        return [AuditEvent.objects.count(), *(list(one) for one in rows)]


@override_settings(**OFFICE)
def test_a_second_run_changes_nothing(shop: int) -> None:
    before = facts(shop)

    again = past.fill(shop, say=print, most=FEW)

    assert again == 0
    assert facts(shop) == before


def test_nothing_happens_after_now_and_everything_after_it_began(shop: int) -> None:
    with inside(shop):
        talks, soon = Conversation.objects.all(), timezone.now()

        assert talks.count() == FEW + 8
        assert not talks.filter(updated_at__gt=soon).exists()
        assert not talks.filter(created_at__lt=soon - dt.timedelta(days=40)).exists()
        assert not Event.objects.filter(created_at__lt=F("conversation__created_at")).exists()
        assert not Episode.objects.filter(resolved_at__lt=F("opened_at")).exists()
        assert not Run.objects.filter(finished_at__lt=F("started_at")).exists()
        assert not Ticket.objects.filter(created_at__lt=F("conversation__created_at")).exists()
        assert talks.filter(created_at__lt=soon - dt.timedelta(days=2)).count() > FEW / 2


def test_what_is_past_has_ended_and_has_its_figures(shop: int) -> None:
    with inside(shop):
        ended = Conversation.objects.filter(owner="closed")

        assert ended.count() == FEW
        assert set(Episode.objects.values_list("resolution", flat=True)) >= {
            "confirmed",
            "assumed",
            "contained",
        }
        assert Rating.objects.filter(member__isnull=False).exists()
        assert Handoff.objects.filter(
            status="resolved", first_reply_at__isnull=False, packet__has_key="goal"
        ).exists()
        assert Figure.objects.filter(name="escalated").exists()
        assert not Usage.objects.exists()


def test_eight_are_open_in_all_the_ways_there_are(shop: int) -> None:
    with inside(shop):
        waiting = Handoff.objects.filter(status="waiting").select_related("conversation", "team")
        languages = {row.conversation.language for row in waiting}

        assert sorted(row.urgency for row in waiting) == [1, 2, 3]
        assert "fr" in languages
        assert all(row.packet for row in waiting)
        assert (
            Conversation.objects.filter(owner="agent", agent__email="ben.osei@fernhill.example").count() == 2
        )
        assert Conversation.objects.filter(owner="ai").count() == 3
        assert Approval.objects.get(status="pending").tool == "cancel_pending_order"
        assert set(DeskLine.objects.values_list("line", flat=True)) == {"demo:noa", "demo:rui"}


def test_answers_cite_pages_that_are_there(shop: int) -> None:
    with inside(shop):
        cited = [
            citation
            for data in Step.objects.filter(name="search_knowledge").values_list("data", flat=True)
            for citation in data.get("citations", ())
        ]

    assert cited
    for citation in cited:
        assert citation["url"].startswith("http")
        assert citation["passage"].rpartition("/")[2].isdigit()


def test_without_its_help_pages_the_shop_has_no_past(shop: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(TOPICS, "none", TOPICS["delivery"].__class__("no-such-page", "", "", "", ()))

    assert past.fill(shop, say=print) == 0


@pytest.mark.parametrize("key", TOPICS)
def test_what_is_quoted_stands_on_the_page(key: str) -> None:
    topic = TOPICS[key]
    text = (Path(pages.__file__).parent / "content" / "retail" / "articles" / f"{topic.page}.md").read_text()

    assert topic.quote in text.replace("**", "")
    assert f"# {topic.heading}\n" in text
    assert topic.answer.count("[1]") == 1


def test_the_stories_are_the_same_everywhere_and_each_has_a_name_of_its_own() -> None:
    told = stories()

    assert told == stories()
    assert len(told) == len({story.key for story in told}) == 152
    assert all(f"past-{story.key}-9".replace("-", "").isalnum() and len(story.key) < 50 for story in told)


def test_what_is_open_fits_into_its_minutes() -> None:
    for story in stories():
        if story.is_open:
            assert story.seconds < story.minutes_ago * 60


def test_a_story_is_over_before_the_demo_begins() -> None:
    night = dt.datetime(2026, 11, 21, 0, 5, tzinfo=dt.UTC)

    for story in stories():
        begins = past.begin_of(story, night)
        assert begins + dt.timedelta(seconds=story.seconds) < night
        assert not story.is_weekday or begins.weekday() < 5


def test_every_topic_is_asked_about() -> None:
    asked = {
        beat.then.topic
        for story in stories()
        for beat in story.beats
        if isinstance(beat, Say) and isinstance(beat.then, Cited)
    }

    assert asked == set(TOPICS)
