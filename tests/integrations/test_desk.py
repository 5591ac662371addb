"""The desk over the API: reads, deeds in a member's name, files, and what a desk is furnished with."""

from __future__ import annotations

from typing import Any

import httpx2 as httpx
import pytest

from audit.models import AuditEvent
from conversations.visits import Visit
from core.scope import tenant_scope
from tenants.roles import Role, Scope
from tests.escalation.desk.posts import a_team, of_team
from tests.factories import Person, a_message, a_person, a_visit
from tests.integrations.callers import a_caller, code_of, there
from tests.servers import LiveServer
from tests.story import ask_for_a_yes


@pytest.fixture
def visit(ana: Person) -> Visit:
    visit = a_visit(ana.tenant)
    a_message(visit, "Where is my parcel?")
    return visit


def does(api: httpx.Client, person: Person, what: str, visit: Visit | None = None, **fields: Any) -> Any:
    address = f"desk/conversations/{visit.conversation}/deeds" if visit else "desk/deeds"
    return api.post(address, json={"do": what, "actor": person.user.email, **fields})


def test_a_key_works_through_a_conversation_in_a_members_name(
    api: httpx.Client, ben: Person, visit: Visit
) -> None:
    address = f"desk/conversations/{visit.conversation}"
    api.post("desk/tags", json={"name": "parcel"})

    done = [
        does(api, ben, "claim", visit),
        does(api, ben, "tag", visit, tag="parcel"),
        does(api, ben, "note", visit, text="She rang."),
        does(api, ben, "reply", visit, text="It is on its way."),
    ]
    talk = api.get(address, params={"actor": ben.user.email}).json()
    closed = does(api, ben, "resolve", visit, disposition="Answered")

    assert [answer.status_code for answer in [*done, closed]] == [200] * 5
    assert done[3].json()["events"][0]["author"] == {"kind": "agent", "name": "Ben"}
    assert (talk["row"]["mine"], talk["tags"], talk["row"]["preview"]) == (
        True,
        ["parcel"],
        "It is on its way.",
    )
    kinds = [event["kind"] for event in api.get(f"{address}/log").json()["events"]]
    assert kinds == ["message", "owner", "note", "message", "owner"]
    with tenant_scope(visit.tenant_id):
        acted = AuditEvent.objects.filter(action="api_key.acted").order_by("id")
        assert [row.data["do"] for row in acted] == ["claim", "tag", "note", "reply", "resolve"]
        assert {row.target for row in acted} == {f"member:{ben.user.public_id}"}
        assert AuditEvent.objects.filter(action="conversation.replied", actor=str(ben.actor)).exists()


def test_lists_are_walked_and_searched(api: httpx.Client, ana: Person, ben: Person, visit: Visit) -> None:
    a_message(a_visit(ana.tenant), "How do I pay?")
    does(api, ben, "claim", visit)

    first = api.get("desk/conversations", params={"limit": 1}).json()
    rest = api.get("desk/conversations", params={"limit": 1, "cursor": first["next_cursor"]}).json()
    found = api.get("desk/conversations", params={"q": "parcel"}).json()["items"]
    mine = api.get("desk/conversations", params={"view": "mine", "actor": ben.user.email}).json()["items"]

    assert len(first["items"]) == len(rest["items"]) == 1
    assert rest["next_cursor"] is None
    assert (
        [row["conversation"] for row in found]
        == [row["conversation"] for row in mine]
        == [visit.conversation]
    )
    assert api.get("desk/counts", params={"actor": ben.user.email}).json()["mine"] == 1
    assert api.get("desk/things").json()["dispositions"][0] == "Answered"
    assert code_of(api.get("desk/conversations", params={"cursor": "x"})) == (400, "bad_cursor")
    assert code_of(api.get("desk/conversations", params={"since": "soon"})) == (400, "bad_filter")
    assert code_of(api.get("desk/conversations", params={"view": "odd"})) == (400, "invalid_fields")


def test_the_members_role_and_teams_bind_the_key(
    api: httpx.Client, ana: Person, ben: Person, zoe: Person, visit: Visit
) -> None:
    auditor = a_person("aud", ana.tenant, Role.AUDITOR)
    of_team(visit, a_team(ana, "Depot", ana))
    a_team(ana, "Sales", ben)

    assert code_of(does(api, ben, "claim", visit)) == (403, "not_your_team")
    assert code_of(does(api, auditor, "claim", visit)) == (403, "read_only")
    assert code_of(does(api, zoe, "claim", visit)) == (404, "no_such_member")
    assert code_of(does(api, ana, "dance", visit)) == (400, "invalid_fields")
    assert code_of(does(api, ana, "reply", visit)) == (400, "bad_deed")
    assert code_of(api.get(f"desk/conversations/{visit.conversation}", params={"actor": ben.user.email})) == (
        403,
        "not_your_team",
    )


def test_a_problem_says_who_has_it(api: httpx.Client, ana: Person, ben: Person, visit: Visit) -> None:
    does(api, ben, "claim", visit)

    taken = does(api, ana, "claim", visit)
    does(api, ben, "resolve", visit, disposition="Fixed")
    closed = does(api, ben, "reply", visit, text="One more thing")

    assert code_of(taken) == (409, "already_claimed")
    assert "Ben" in taken.json()["detail"]
    assert code_of(closed) == (409, "conversation_closed")


def test_scopes_are_kept_apart(server: LiveServer, ana: Person, visit: Visit) -> None:
    reader = a_caller(server, ana, [Scope.READ_DESK])
    actor = a_caller(server, ana, [Scope.WRITE_DESK])
    keeper = a_caller(server, ana, [Scope.READ_CONFIGURATION])
    approval = ask_for_a_yes(a_visit(ana.tenant), "the blue bicycle")

    assert reader.get("desk/conversations").status_code == 200
    for answer in (
        does(reader, ana, "claim", visit),
        actor.get("desk/conversations"),
        does(actor, ana, "approve", approval=str(approval.public_id)),
        reader.get("desk/canned"),
        keeper.post("desk/tags", json={"name": "a"}),
        keeper.get("desk/conversations"),
    ):
        assert code_of(answer) == (403, "scope_missing")
    assert does(actor, ana, "claim", visit).status_code == 200
    assert keeper.get("desk/canned").json() == {"items": []}


def test_a_named_deed_is_done_once(api: httpx.Client, ben: Person, visit: Visit) -> None:
    does(api, ben, "claim", visit)
    body = {"do": "reply", "actor": ben.user.email, "text": "Hello"}
    address, named = f"desk/conversations/{visit.conversation}/deeds", {"Idempotency-Key": "hello-1"}

    answers = [api.post(address, json=body, headers=named) for _ in range(2)]

    assert answers[0].json() == answers[1].json()
    assert api.get(f"desk/conversations/{visit.conversation}").json()["row"]["seq"] == 3


def test_a_file_is_put_up_sent_and_fetched(api: httpx.Client, ben: Person, visit: Visit) -> None:
    does(api, ben, "claim", visit)
    address, form = f"desk/conversations/{visit.conversation}/files", {"actor": ben.user.email}

    made = api.post(address, files={"file": ("a/map.html", b"<b>hello</b>")}, data=form)
    sent = does(api, ben, "reply", visit, text="See here.", attachments=[made.json()["id"]])
    fetched = api.get(there(api, made.headers["Location"]))
    refused = api.post(address, files={"file": ("a.png", b"MZ\x90\x00")}, data=form)

    assert (made.status_code, made.json()["name"]) == (201, "map.html.txt")
    assert sent.json()["events"][0]["data"]["attachments"][0]["id"] == made.json()["id"]
    assert (fetched.content, fetched.headers["X-Content-Type-Options"]) == (b"<b>hello</b>", "nosniff")
    assert fetched.headers["Content-Disposition"].startswith("attachment")
    assert code_of(refused) == (400, "file_kind_refused")


def test_ready_texts_are_kept_checked_and_filled_in(api: httpx.Client, ben: Person, visit: Visit) -> None:
    text = {
        "shortcut": "Hello",
        "title": "Hello",
        "text": "Hello {{ customer.first_name }}, I am {{agent.name}}.",
    }

    made = api.post("desk/canned", json=text)
    again = api.post("desk/canned", json=text)
    wrong = api.post("desk/canned", json=text | {"shortcut": "w", "text": "{{ customer.password }}"})
    filled = does(api, ben, "canned", visit, shortcut="hello")

    assert (made.status_code, code_of(again)) == (201, (409, "name_taken"))
    assert code_of(wrong) == (400, "unknown_variable")
    assert "customer.name" in wrong.json()["detail"]
    assert filled.json()["result"] == {"text": "Hello there, I am Ben."}
    one = f"desk/canned/{made.json()['id']}"
    assert api.put(one, json=text | {"title": "Hi"}).json()["title"] == "Hi"
    assert (api.delete(one).status_code, code_of(api.delete(one))) == (204, (404, "no_such_canned_reply"))


def test_a_macro_is_checked_when_kept_and_done_whole_or_not_at_all(
    api: httpx.Client, ben: Person, visit: Visit
) -> None:
    api.post("desk/tags", json={"name": "refund"})
    steps = [
        {"do": "claim"},
        {"do": "tag", "tag": "refund"},
        {"do": "reply", "text": "Hello {{ customer.name }}, it is paid back."},
        {"do": "resolve", "disposition": "Refunded"},
    ]
    broken = [*steps[:3], {"do": "resolve", "disposition": "Nowhere"}]
    for name, listed in (("Refund", steps), ("Broken", broken)):
        assert api.post("desk/macros", json={"name": name, "steps": listed}).status_code == 201

    failed = does(api, ben, "macro", visit, macro="Broken")
    between = api.get(f"desk/conversations/{visit.conversation}").json()
    done = does(api, ben, "macro", visit, macro="Refund")

    assert code_of(failed) == (400, "no_such_disposition")
    assert (between["row"]["owner"], between["tags"], between["row"]["seq"]) == ("ai", [], 1)
    assert [event["text"] for event in done.json()["events"]][1] == "Hello there, it is paid back."
    after = api.get(f"desk/conversations/{visit.conversation}").json()
    assert (after["row"]["owner"], after["tags"], after["episodes"][0]["disposition"]) == (
        "closed",
        ["refund"],
        "Refunded",
    )


@pytest.mark.parametrize(
    "steps",
    [
        [],
        [{"do": "dance"}],
        [{"do": "tag"}],
        [{"do": "tag", "tag": 7}],
        [{"do": "tag", "tag": "a", "colour": "red"}],
        [{"do": "urgency", "urgency": "now"}],
        [{"do": "reply", "text": "a", "canned": "b"}],
        [{"do": "resolve", "disposition": "Fixed"}, {"do": "tag", "tag": "a"}],
        [{"do": "tag", "tag": "a"}, {"do": "claim"}],
        [{"do": "approve", "approval": "x"}],
        [{"do": "macro", "macro": "x"}],
    ],
)
def test_half_a_macro_is_not_kept(api: httpx.Client, steps: list[dict[str, Any]]) -> None:
    assert code_of(api.post("desk/macros", json={"name": "M", "steps": steps})) == (400, "bad_macro")


def test_tags_and_dispositions_are_kept(api: httpx.Client) -> None:
    tag = api.post("desk/tags", json={"name": "VIP", "colour": "#1A7F5C"}).json()
    kept = api.post("desk/dispositions", json={"name": "Sold", "position": 1}).json()

    assert (tag["name"], tag["colour"]) == ("vip", "#1a7f5c")
    assert api.put(f"desk/tags/{tag['id']}", json={"name": "gold"}).json()["name"] == "gold"
    assert code_of(api.post("desk/tags", json={"name": "a b"})) == (400, "bad_tag")
    assert code_of(api.post("desk/dispositions", json={"name": "Sold"})) == (409, "name_taken")
    off = {"name": "Sold", "is_active": False}
    assert api.put(f"desk/dispositions/{kept['id']}", json=off).json()["is_active"] is False
    assert api.get("desk/things").json()["dispositions"] == []
    assert api.delete(f"desk/dispositions/{kept['id']}").status_code == 204
    huge = f"desk/tags/{10**30}"
    assert code_of(api.delete(huge)) == code_of(api.put(huge, json={"name": "a"})) == (404, "no_such_tag")


def test_teams_and_who_sits_in_them_are_kept(api: httpx.Client, ben: Person) -> None:
    made = api.post("teams", json={"name": "Billing", "hours": {"mon": [["09:00", "17:00"]]}}).json()
    one, seat = f"teams/{made['id']}", f"teams/{made['id']}/seats/{ben.user.public_id}"

    seated = api.put(seat, json={"is_lead": True}).json()
    able = api.put(f"agents/{ben.user.public_id}", json={"languages": ["de"], "capacity": {"chat": 2}}).json()

    assert (made["is_default"], made["hours"]["mon"]) == (True, [["09:00", "17:00"]])
    assert seated["seats"] == [{"member": str(ben.user.public_id), "name": "Ben", "is_lead": True}]
    assert (able["languages"], able["capacity"]) == (["de"], {"chat": 2})
    assert code_of(api.put(one, json={"hours": {"mon": [["9", "x"]]}})) == (400, "bad_team")
    assert code_of(api.post("teams", json={"name": "Billing"})) == (409, "team_name_taken")
    assert api.delete(seat).status_code == 204
    assert api.get(one).json()["seats"] == []
    assert code_of(api.delete(one)) == (409, "default_team_needed")
