"""Lists at the desk: views, filters, search, pages by key, counts."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from conversations.services import request_person
from conversations.visits import Visit
from core.scope import tenant_scope
from escalation.desk import queries, searching
from escalation.desk.filters import VIEWS, BadFilter
from escalation.desk.queries.lists import BadCursor
from escalation.desk.services import save_tag
from escalation.models import SearchEntry
from tests.escalation.desk.posts import a_team, at_desk, does
from tests.factories import SETUP, Person, a_message, a_visit
from tests.story import ask_for_a_yes


def a_talk(person: Person, text: str) -> Visit:
    visit = a_visit(person.tenant)
    a_message(visit, text)
    return visit


def found(person: Person, **filters: str) -> list[str]:
    """What a list shows, by subject."""
    return [row["subject"] for row in queries.page(at_desk(person), filters).rows]


def wait(visit: Visit) -> None:
    of = {"tenant_id": visit.tenant_id, "conversation_id": visit.conversation_id}
    request_person(**of, actor=visit.customer, now=timezone.now())


def test_each_view_holds_what_it_says_and_the_counts_agree(ana: Person, ben: Person) -> None:
    mine, waits, _, closed = (a_talk(ana, text) for text in ("Mine", "Waits", "Lives", "Closed"))
    ask_for_a_yes(a_visit(ana.tenant), "the red bicycle")
    does(ben, "claim", mine)
    wait(waits)
    does(ana, "resolve", closed, disposition="Fixed")

    shown = {view: set(found(ben, view=view)) for view in VIEWS}

    bicycle = "Please throw the red bicycle away."
    assert shown["mine"] == {"Mine"}
    assert shown["unassigned"] == {"Waits"}
    assert shown["my_teams"] == {"Waits"}
    assert shown["ai_live"] == {"Lives", bicycle}
    assert shown["waiting_approval"] == {bicycle}
    assert shown["closed"] == {"Closed"}
    assert shown["breaching"] == set()
    assert shown["all"] == {"Mine", "Waits", "Lives", "Closed", bicycle}
    assert queries.counts(at_desk(ben)) == {view: len(rows) for view, rows in shown.items()}


def test_a_list_is_walked_by_key_whatever_comes_meanwhile(ana: Person) -> None:
    for number in range(7):
        a_talk(ana, f"Question {number}")
    post, walked, cursor = at_desk(ana), [], ""

    for _ in range(4):
        page = queries.page(post, {"view": "all"}, cursor=cursor, limit=2)
        walked += [row["subject"] for row in page.rows]
        cursor = page.next
        a_talk(ana, "A new one")

    assert walked == [f"Question {number}" for number in reversed(range(7))]
    assert cursor == ""
    for wrong in ("x", "4oCm", "MjAyNi0xMS0yMXwx", "eHh8MQ"):
        with pytest.raises(BadCursor):
            queries.page(post, cursor=wrong)


def test_words_are_found_in_what_was_said_noted_and_in_names(ana: Person, zoe: Person) -> None:
    visit = a_talk(ana, "My Parcel to Łódź is lost, order A-1042!")
    a_talk(ana, "How do I pay?")
    a_talk(zoe, "My parcel")
    does(ana, "note", visit, text="The courier swears it was delivered.")

    assert (
        found(ana, q="parcel")
        == found(ana, q="PARC lost")
        == found(ana, q="łódź")
        == ["My Parcel to Łódź is lost, order A-1042!"]
    )
    assert len(found(ana, q="a-1042")) == len(found(ana, q="courier")) == 1
    assert len(found(ana, q=visit.conversation)) == 1
    assert found(ana, q="parcel pay") == found(ana, q="unicorn") == found(ana, q="!!") == []
    does(ana, "claim", visit)
    does(ana, "reply", visit, text="It turned up in Gdynia.")
    assert len(found(ana, q="gdynia parcel")) == 1
    with tenant_scope(ana.tenant.pk):
        assert SearchEntry.objects.count() == 2


def test_what_is_older_is_read_along_by_a_task(ana: Person) -> None:
    a_talk(ana, "An old matter")

    later = timezone.now() + dt.timedelta(hours=1)
    assert searching.catch_up(ana.tenant.pk, since=later) == 0
    assert searching.catch_up(ana.tenant.pk) == 1
    assert searching.catch_up(ana.tenant.pk) == 0


@pytest.mark.parametrize(
    "query", ["' | 'x':*", "a & !", "\\", "':*", "<->", "(((", "x" * 200, "😀", "#1 '#2'"]
)
def test_a_query_is_words_and_never_a_program(ana: Person, zoe: Person, query: str) -> None:
    a_talk(zoe, "Secret of zoe")

    assert found(ana, q=query) == []


def test_lists_narrow_by_what_conversations_carry(ana: Person, ben: Person) -> None:
    tagged, urgent = a_talk(ana, "Tagged"), a_talk(ana, "Urgent")
    save_tag(tenant_id=ana.tenant.pk, name="vip", actor=SETUP)
    does(ana, "tag", tagged, tag="vip")
    wait(urgent)
    does(ana, "urgency", urgent, urgency="urgent")
    a_team(ana, "Depot", ben)
    does(ana, "transfer", tagged, team="Depot", note="Yours")
    customer = queries.look(at_desk(ana), urgent.conversation).customer["id"]

    assert found(ana, tag="vip") == found(ana, team="Depot") == ["Tagged"]
    assert found(ana, urgency="urgent") == found(ana, customer=customer) == ["Urgent"]
    assert found(ana, owner="queue") == ["Tagged", "Urgent"]
    assert found(ana, owner="me") == found(ana, language="xx") == found(ana, until="2020-01-01") == []
    assert len(found(ana, since="2020-01-01")) == 2


@pytest.mark.parametrize(
    "filters",
    [
        {"view": "odd"},
        {"colour": "red"},
        {"owner": "boss"},
        {"urgency": "now"},
        {"customer": "7"},
        {"since": "yesterday"},
        {"since": "2026-13-45"},
        {"status": "odd"},
        {"q": "x" * 201},
        {"tag": "x" * 81},
    ],
)
def test_a_search_that_means_nothing_is_refused(ana: Person, filters: dict[str, str]) -> None:
    with pytest.raises(BadFilter):
        queries.page(at_desk(ana), filters)
