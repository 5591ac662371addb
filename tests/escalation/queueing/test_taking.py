"""Who gets which conversation, one at a time and nobody twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from audit.models import AuditEvent
from conversations.journal import NoSuchConversation
from conversations.services import AlreadyClaimed
from core.scope import tenant_scope
from escalation.models import HandoffStatus, Team, Urgency
from escalation.queueing import presence, services
from escalation.queueing.services import (
    NoRoom,
    NotThere,
    OfferGone,
    PickingRefused,
    Target,
)
from escalation.queueing.sweeps import sweep
from tests.escalation.queueing.floor import (
    NOON,
    AtDesk,
    a_team,
    answers,
    comes,
    events_of,
    gives_back,
    handoff_of,
    later,
    resolves,
    says,
    stays,
    wants_a_person,
    works,
    writes,
)
from tests.factories import Person, a_visit


def takes(one: AtDesk, seconds: float = 1) -> int | None:
    stays(one, now=later(seconds))
    taken = services.claim_next(one, now=later(seconds))
    return None if taken is None else taken.conversation_id


def test_the_first_hand_off_makes_a_team_where_there_is_none_and_anybody_may_take_it(
    ana: Person, ben: Person
) -> None:
    visit = wants_a_person(ana.tenant)
    row = handoff_of(visit)
    with tenant_scope(ana.tenant.pk):
        team = Team.objects.get(pk=row.team_id or 0)
    assert (team.name, team.is_default, row.status, row.reason) == ("Support", True, "waiting", "asked")

    ben_at_desk = AtDesk(ana.tenant.pk, ben.user, ben.member.pk, ben.actor)
    assert takes(ben_at_desk) == visit.conversation_id

    row = handoff_of(visit)
    assert (row.status, row.taken_by_id, row.taken_at) == ("taken", ben.member.pk, later(1))


def test_urgency_goes_before_age_and_what_a_person_had_goes_before_all_but_the_urgent(ana: Person) -> None:
    ida = works("ida", a_team(ana.tenant))
    old = wants_a_person(ana.tenant, now=NOON)
    high = wants_a_person(ana.tenant, now=later(1), urgency="high")
    back = wants_a_person(ana.tenant, now=later(2))
    assert services.claim(ida, back.conversation_id, now=later(3))
    says(ida, "away", now=later(4))
    sweep(tenant_id=ana.tenant.pk, now=later(20))
    urgent = wants_a_person(ana.tenant, now=later(21), urgency="urgent")
    says(ida, "online", now=later(22))

    order = [takes(ida, 23 + number) for number in range(4)]

    assert order == [v.conversation_id for v in (urgent, back, high, old)]


def test_a_rough_mood_is_high_and_self_harm_is_urgent(ana: Person) -> None:
    a_team(ana.tenant)

    harm = wants_a_person(ana.tenant, reason="self_harm")

    assert handoff_of(harm).urgency == Urgency.URGENT


def test_two_who_claim_at_once_one_wins_and_the_other_is_told_who(ana: Person) -> None:
    team = a_team(ana.tenant)
    both = [works("ida", team), works("ole", team)]
    visit = wants_a_person(ana.tenant)

    def claim(one: AtDesk) -> str:
        try:
            services.claim(one, visit.conversation_id, now=later(1))
        except AlreadyClaimed as error:
            return error.message
        finally:
            connections.close_all()
        return "won"

    with ThreadPoolExecutor(2) as pool:
        said = list(pool.map(claim, both))

    winner = said.index("won")
    assert said[1 - winner] == f"{both[winner].user.name} has taken this conversation already."
    assert handoff_of(visit).taken_by_id == both[winner].member_id


def test_many_who_take_the_next_at_once_never_get_the_same(ana: Person) -> None:
    team = a_team(ana.tenant)
    people = [works(f"p{number}", team, capacity={"chat": 10}) for number in range(4)]
    visits = {wants_a_person(ana.tenant).conversation_id for _ in range(16)}

    def work(one: AtDesk) -> list[int]:
        try:
            mine = (services.claim_next(one, now=later(1)) for _ in range(10))
            return [taken.conversation_id for taken in mine if taken is not None]
        except NoRoom:
            return []
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        taken = [pk for mine in pool.map(work, people) for pk in mine]

    assert sorted(taken) == sorted(visits)


def test_nobody_is_given_more_than_she_takes_but_she_may_choose_one_more(ana: Person) -> None:
    ida = works("ida", a_team(ana.tenant), capacity={"chat": 1})
    first, second = wants_a_person(ana.tenant), wants_a_person(ana.tenant, now=later(1))

    assert takes(ida, 2) == first.conversation_id
    with pytest.raises(NoRoom):
        takes(ida, 3)
    services.claim(ida, second.conversation_id, now=later(4))

    assert handoff_of(second).taken_by_id == ida.member_id


def test_where_picking_is_off_only_a_lead_chooses(ana: Person) -> None:
    team = a_team(ana.tenant, picking=False)
    ida, lea = works("ida", team), works("lea", team, is_lead=True)
    visit = wants_a_person(ana.tenant)

    with pytest.raises(PickingRefused):
        services.claim(ida, visit.conversation_id, now=later(1))
    services.claim(lea, visit.conversation_id, now=later(2))

    assert handoff_of(visit).taken_by_id == lea.member_id


def test_skills_and_languages_count_until_patience_ends_or_nobody_there_has_them(ana: Person) -> None:
    team = a_team(ana.tenant, patience_seconds=60)
    ida = works("ida", team, languages=["en"])
    pia = works("pia", team, languages=["pl"], skills=["refunds"])
    wanted = wants_a_person(ana.tenant, language="pl", skills=["refunds"])

    assert takes(ida, 1) is None
    stays(ida, pia, now=later(50))
    assert takes(ida, 59) is None
    stays(pia, now=later(61))
    assert takes(ida, 61) == wanted.conversation_id

    alone = wants_a_person(ana.tenant, now=later(62), language="pl", skills=["refunds"])
    assert takes(ida, 80) == alone.conversation_id  # pia was lost meanwhile


def test_the_default_team_helps_where_nobody_is_there(ana: Person) -> None:
    support, orders = a_team(ana.tenant, "Support"), a_team(ana.tenant, "Orders")
    ida, ole = works("ida", support), works("ole", orders)
    visit = wants_a_person(ana.tenant, team="Orders")
    assert handoff_of(visit).team_id == orders.pk

    assert takes(ida, 1) is None
    presence.gone(tenant_id=ana.tenant.pk, line=f"line-{ole.member_id}", now=later(2))
    assert takes(ida, 3) is None  # it may be a page that loads anew
    assert takes(ida, 8) == visit.conversation_id


def test_who_served_a_customer_has_the_first_word_and_is_named(ana: Person) -> None:
    team = a_team(ana.tenant)
    ida, ole = works("ida", team), works("ole", team)
    visit = wants_a_person(ana.tenant)
    services.claim(ida, visit.conversation_id, now=later(1))
    answers(ida, visit, now=later(2))
    gives_back(ida, visit, now=later(3))

    wants_a_person(ana.tenant, visit=visit, now=later(5))

    row = handoff_of(visit)
    assert row.preferred_id == ida.member_id
    assert ida.user.name in events_of(visit)[-1].text
    stays(ida, ole, now=later(6))
    assert takes(ole, 7) is None
    assert takes(ida, 8) == visit.conversation_id


def test_teams_share_people_by_weight(ana: Person) -> None:
    a_team(ana.tenant, "Default")
    big, small = a_team(ana.tenant, "Big", weight=3), a_team(ana.tenant, "Small", weight=1)
    ida = works("ida", big)
    services.seat(tenant_id=ana.tenant.pk, team_id=small.pk, member_id=ida.member_id, actor=ana.actor)
    older = wants_a_person(ana.tenant, now=NOON, team="Small")
    younger = wants_a_person(ana.tenant, now=later(10), team="Big")
    oldest = wants_a_person(ana.tenant, now=later(-60), team="Small")

    assert takes(ida, 20) == oldest.conversation_id  # 80 s against 3 x 10 s
    assert takes(ida, 21) == younger.conversation_id  # 3 x 11 s against 21 s
    assert takes(ida, 22) == older.conversation_id


def test_a_push_is_offered_to_one_then_to_the_next_and_taken_by_who_accepts(ana: Person) -> None:
    team = a_team(ana.tenant, delivery="push", offer_seconds=20)
    ida, ole = works("ida", team), works("ole", team)
    visit = wants_a_person(ana.tenant)  # offered at once, after the commit
    row = handoff_of(visit)
    people = {ida.member_id: ida, ole.member_id: ole}
    first = people.pop(row.offered_to_id or 0)
    (second,) = people.values()
    assert (row.status, row.offered_until) == (HandoffStatus.OFFERED, later(20))

    with pytest.raises(OfferGone):
        services.accept(second, row.public_id, now=later(1))
    services.decline(first, row.public_id, now=later(2))
    again = handoff_of(visit)
    assert (again.offered_to_id, again.declined_by) == (second.member_id, [first.member_id])
    stays(first, second, now=later(30))
    sweep(tenant_id=ana.tenant.pk, now=later(30))  # the second stayed silent: the round begins anew
    once_more = handoff_of(visit)
    assert once_more.offers == 3
    services.accept(people.get(once_more.offered_to_id or 0, first), row.public_id, now=later(31))

    assert handoff_of(visit).status == HandoffStatus.TAKEN
    with tenant_scope(ana.tenant.pk):
        assert AuditEvent.objects.filter(action="handoff.declined").count() == 1


@pytest.mark.parametrize("routing", ["round_robin", "least_busy"])
def test_push_asks_people_in_turn_or_who_has_least(ana: Person, routing: str) -> None:
    team = a_team(ana.tenant, delivery="push", routing=routing)
    members = {works("ida", team).member_id, works("ole", team).member_id}

    asked = [handoff_of(wants_a_person(ana.tenant, now=later(n))).offered_to_id for n in range(4)]

    assert set(asked[:2]) == set(asked[2:]) == members


def test_an_absent_persons_waiting_conversations_return_to_the_top_and_say_so(ana: Person) -> None:
    team = a_team(ana.tenant, grace_seconds=10)
    ida, ole = works("ida", team), works("ole", team)
    waits, answered = wants_a_person(ana.tenant), wants_a_person(ana.tenant)
    for visit in (waits, answered):
        services.claim(ida, visit.conversation_id, now=later(1))
    answers(ida, answered, now=later(2))

    stays(ole, now=later(14))
    sweep(tenant_id=ana.tenant.pk, now=later(14))
    assert handoff_of(waits).status == "taken"
    sweep(tenant_id=ana.tenant.pk, now=later(16))  # her desk was lost without a word

    row, kinds = handoff_of(waits), [event.type for event in events_of(waits)]
    assert (row.status, row.ahead, row.taken_by_id, row.served_seconds) == ("waiting", True, None, 15)
    assert kinds[-2:] == ["note", "handoff"]
    assert ida.user.name in events_of(waits)[-1].text
    assert handoff_of(answered).status == "taken"  # the customer has the word
    writes(answered, now=later(18))
    sweep(tenant_id=ana.tenant.pk, now=later(20))
    assert handoff_of(answered).status == "waiting"


def test_a_lunch_break_gives_back_after_the_grace_and_not_before(ana: Person) -> None:
    ida = works("ida", a_team(ana.tenant, grace_seconds=10))
    visit = wants_a_person(ana.tenant)
    services.claim(ida, visit.conversation_id, now=later(1))

    says(ida, "away", now=later(2))
    stays(ida, now=later(11))
    sweep(tenant_id=ana.tenant.pk, now=later(11))
    assert handoff_of(visit).status == "taken"
    sweep(tenant_id=ana.tenant.pk, now=later(12))

    assert handoff_of(visit).status == "waiting"


def test_who_works_by_other_doors_is_not_missed(ana: Person, ben: Person) -> None:
    visit = wants_a_person(ana.tenant)
    services.claim(AtDesk(ana.tenant.pk, ben.user, ben.member.pk, ben.actor), visit.conversation_id, now=NOON)

    sweep(tenant_id=ana.tenant.pk, now=later(3600))

    assert handoff_of(visit).status == "taken"


def test_several_tabs_count_as_one_person_until_the_last_is_gone(ana: Person) -> None:
    ida = works("ida", a_team(ana.tenant))
    tenant_id = ana.tenant.pk
    presence.arrive(tenant_id=tenant_id, member_id=ida.member_id, line="second", now=NOON)

    def at(seconds: float) -> str:
        return presence.presences(tenant_id, now=later(seconds))[ida.member_id]

    presence.gone(tenant_id=tenant_id, line="second", now=later(1))
    stays(ida, now=later(10))
    assert at(20) == "online"
    assert at(10 + 15) == "away"  # the other tab's socket was lost without a word
    assert presence.seen(tenant_id=tenant_id, lines=["second", "unknown"], now=later(40)) == 1
    assert at(41) == "online"
    says(ida, "offline", now=later(42))
    assert at(43) == "offline"


def test_a_conversation_is_passed_to_a_team_and_to_a_member_who_is_there(ana: Person, ben: Person) -> None:
    orders, tech = a_team(ana.tenant, "Orders"), a_team(ana.tenant, "Tech", first_reply_seconds=60)
    ida, ole = works("ida", orders), works("ole", tech)
    visit = wants_a_person(ana.tenant)
    services.claim(ida, visit.conversation_id, now=later(1))

    services.transfer(ida, visit.conversation_id, Target(team_id=tech.pk), note="It hums.", now=later(5))
    row = handoff_of(visit)
    assert (row.team_id, row.status, row.reply_due_at) == (tech.pk, "waiting", later(60))
    assert [event.text for event in events_of(visit) if event.type == "note"] == ["It hums."]
    services.claim(ole, visit.conversation_id, now=later(6))
    with pytest.raises(NotThere):
        services.transfer(ole, visit.conversation_id, Target(member_id=ben.member.pk), note="", now=later(7))
    services.transfer(ole, visit.conversation_id, Target(member_id=ida.member_id), note="", now=later(7))

    row = handoff_of(visit)
    assert (row.status, row.taken_by_id, row.served_seconds) == ("taken", ida.member_id, 5)


def test_taking_over_from_the_assistant_counts_as_a_hand_off(ana: Person) -> None:
    ida = works("ida", a_team(ana.tenant))
    visit = a_visit(ana.tenant)
    writes(visit, now=NOON)

    services.claim(ida, visit.conversation_id, now=later(1))
    answers(ida, visit, now=later(5))
    resolves(ida, visit, now=later(9))

    row = handoff_of(visit)
    assert (row.reason, row.status, row.served_seconds) == ("taken_over", "resolved", 8)
    assert row.first_reply_at == later(5)


def test_a_person_who_takes_something_is_there_whatever_she_said(ana: Person) -> None:
    ida = works("ida", a_team(ana.tenant))
    says(ida, "away", now=later(1))
    visit = a_visit(ana.tenant)

    services.claim(ida, visit.conversation_id, now=later(2))

    assert presence.presences(ana.tenant.pk, now=later(3))[ida.member_id] == "busy"


def test_zoe_takes_nothing_of_anas(ana: Person, zoe: Person) -> None:
    visit = wants_a_person(ana.tenant)
    zoe_at_desk = comes(zoe, a_team(zoe.tenant))
    row = handoff_of(visit)

    assert services.claim_next(zoe_at_desk, now=later(1)) is None
    with pytest.raises(NoSuchConversation):
        services.claim(zoe_at_desk, visit.conversation_id, now=later(1))
    with pytest.raises(services.NoSuchHandoff):
        services.accept(zoe_at_desk, row.public_id, now=later(1))
    sweep(tenant_id=zoe.tenant.pk, now=later(9999))

    assert handoff_of(visit).status == "waiting"
