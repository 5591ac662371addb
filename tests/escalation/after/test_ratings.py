"""What customers say of how they were served."""

from __future__ import annotations

import uuid

import pytest
from django.utils import timezone

from conversations import aftercare
from conversations.aftercare import Stars
from conversations.journal import NoSuchConversation
from conversations.services import Rating as Thumb
from conversations.services import give_feedback
from conversations.visits import Visit
from core.actors import Actor
from core.scope import tenant_scope
from escalation.after import queries
from escalation.after.queries import Wishes
from escalation.after.services import NoSuchEpisode, NotOverYet, RatedAlready, rate, save_wishes
from escalation.after.services.ratings import BadScore
from escalation.models import Rating
from tests.clients import ChatClient
from tests.escalation.after.afterwards import answered, audited, episode_of, in_hours, log_of, resolved
from tests.escalation.desk.posts import at_desk, does
from tests.factories import Person, a_message, a_visit
from tests.servers import LiveServer


def says(visit: Visit, score: int, comment: str = "", *, hours: float = 0, episode: int = 1) -> int:
    stars = Stars(episode, score, comment)
    return len(rate(visit.tenant_id, visit.conversation_id, stars, visit.customer, in_hours(hours)))


def test_a_good_rating_confirms_and_names_who_served(ana: Person) -> None:
    visit = resolved(ana)

    assert says(visit, 5, "Quick!") == 1

    with tenant_scope(ana.tenant.pk):
        row = Rating.objects.get(conversation_id=visit.conversation_id)
    assert (row.score, row.comment, row.member_id, row.release_id > 0) == (5, "Quick!", ana.member.pk, True)
    assert episode_of(visit).resolution == "confirmed"
    last = log_of(visit)[-1]
    assert (last.type, last.data) == ("feedback", {"csat": 5, "episode": 1, "reason": "Quick!"})
    assert audited(visit, "episode.rated") == [{"episode": 1, "score": 5, "resolution": "confirmed"}]


def test_a_bad_rating_takes_back_what_was_assumed_with_a_note(ana: Person) -> None:
    visit = resolved(ana)

    says(visit, 1, "Nobody read what I wrote")

    assert episode_of(visit).resolution == ""
    assert [event.type for event in log_of(visit)][-2:] == ["feedback", "note"]


def test_she_may_change_her_mind_for_a_day_and_the_same_again_is_nothing(ana: Person) -> None:
    visit = resolved(ana)
    says(visit, 5)

    assert says(visit, 5) == 0
    assert says(visit, 2, hours=23) == 2
    assert episode_of(visit).resolution == ""
    with pytest.raises(RatedAlready):
        says(visit, 4, hours=25)

    found = queries.ratings_of(ana.tenant.pk, [uuid.UUID(visit.conversation)])
    assert [card["score"] for card in found.values()] == [2]


def test_what_is_not_over_or_not_there_or_no_score_is_refused(ana: Person, zoe: Person) -> None:
    visit, hers = a_visit(ana.tenant), resolved(zoe)
    answered(visit)

    with pytest.raises(NotOverYet):
        says(visit, 4)
    with pytest.raises(NoSuchEpisode):
        says(visit, 4, episode=7)
    for score in (0, 6, 2**31 - 1):
        with pytest.raises(BadScore):
            says(visit, score)
    with pytest.raises(NoSuchConversation):
        rate(ana.tenant.pk, hers.conversation_id, Stars(1, 5), visit.customer, timezone.now())


def test_it_is_due_once_where_something_was_answered_and_the_tenant_asks(ana: Person) -> None:
    empty, visit = a_visit(ana.tenant), resolved(ana)
    does(ana, "claim", empty)
    does(ana, "resolve", empty, disposition="Answered")
    place = (visit.tenant_id, visit.conversation_id)

    assert queries.due(*place, timezone.now()) == 1
    assert queries.due(*place, in_hours(8 * 24)) is None
    assert queries.due(empty.tenant_id, empty.conversation_id, timezone.now()) is None
    save_wishes(tenant_id=ana.tenant.pk, wishes=Wishes(asks_rating=False), actor=ana.actor)
    assert queries.due(*place, timezone.now()) is None
    save_wishes(tenant_id=ana.tenant.pk, wishes=Wishes(), actor=ana.actor)
    says(visit, 3)
    assert aftercare.due(*place, timezone.now()) is None


def test_the_desk_sees_what_was_said(ana: Person) -> None:
    from escalation.desk.queries import look

    visit = resolved(ana)
    says(visit, 2, "Slow")

    told = look(at_desk(ana), visit.conversation)

    assert (told.episodes[0]["score"], told.episodes[0]["comment"]) == (2, "Slow")


def test_a_reason_follows_a_thumb_down_once_and_is_counted(ana: Person) -> None:
    visit, since = a_visit(ana.tenant), in_hours(-1)
    answered(visit)

    def thumb(value: str, reason: str = "") -> int:
        rating = Thumb(2, value, reason)
        who = {"tenant_id": visit.tenant_id, "conversation_id": visit.conversation_id}
        return len(give_feedback(**who, actor=visit.customer, rating=rating, now=timezone.now()))

    assert [thumb("down"), thumb("down"), thumb("down", "not_true: it was blue"), thumb("down", "unclear")] == [
        1, 0, 1, 0,
    ]  # fmt: skip
    counted = queries.thumbs(ana.tenant.pk, since, in_hours(1))
    assert (counted["up"], counted["down"], counted["reasons"]["not_true"]) == (0, 1, 1)
    assert queries.why_of("it was blue") == "other"


def test_over_the_socket_she_is_asked_when_it_ends_and_once(
    live_server: LiveServer, ana: Person, zoe: Person
) -> None:
    visit = a_visit(ana.tenant)
    answered(visit)
    hello = {"token": visit.token, "after": 2}
    with ChatClient(live_server.ws_url, ana.tenant.slug, hello=hello) as chat:
        assert "csat" not in chat.welcome
        chat.send({"type": "rate", "episode": 1, "score": 5})
        assert chat.until("error")["code"] == "not_over_yet"
        does(ana, "claim", visit)
        does(ana, "resolve", visit, disposition="Answered")
        assert chat.until("csat")["episode"] == 1

    with ChatClient(live_server.ws_url, ana.tenant.slug, hello=hello) as again:
        assert again.welcome["csat"] == {"episode": 1}
        again.send({"type": "rate", "episode": 1, "score": 4, "comment": "Fine"})
        assert again.until("event", kind="feedback")["data"]["csat"] == 4
        assert again.until("rated")["score"] == 4
        again.send({"type": "rate", "episode": 9, "score": 4})
        assert again.until("error")["code"] == "no_such_episode"

    with ChatClient(live_server.ws_url, ana.tenant.slug, hello=hello) as after:
        assert "csat" not in after.welcome


def test_a_customers_actor_is_the_one_who_rated(ana: Person) -> None:
    visit = resolved(ana)
    says(visit, 5)

    assert episode_of(visit).resolved_by == str(Actor("customer", visit.customer.id))
    a_message(visit, "One more thing")
    assert episode_of(visit, 2).repeat_of == episode_of(visit).pk
