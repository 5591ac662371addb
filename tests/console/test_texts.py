"""Ready texts, macros, tags and dispositions in the console."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from core.scope import tenant_scope
from escalation.desk.services import texts
from escalation.models import CannedReply, Disposition, Macro, Tag
from tests.console.filling import filled_in
from tests.console.test_rights import actions
from tests.factories import Person

SignIn = Callable[[Person], Client]
PAGE = "/console/escalation/{}/"
CANNED, MACRO, TAG, DISPOSITION = (
    PAGE.format(name) for name in ("cannedreply", "macro", "tag", "disposition")
)


def rows(person: Person, model: Any) -> list[Any]:
    with tenant_scope(person.tenant.pk):
        return list(model.objects.filter(tenant=person.tenant).order_by("id"))


def a_reply(**more: str) -> dict[str, str]:
    return {"shortcut": "hello", "title": "Hello", "text": "Hello {{ customer.name }}", **more}


def test_a_ready_text_is_previewed_kept_changed_and_removed(ana: Person, signed_in: SignIn) -> None:
    client = signed_in(ana)
    preview = client.post(f"{CANNED}add/", a_reply(preview="yes")).content.decode()
    before = rows(ana, CannedReply)
    client.post(f"{CANNED}add/", a_reply())
    page = f"{CANNED}{rows(ana, CannedReply)[0].pk}/"
    client.post(f"{page}change/", filled_in(client.get(f"{page}change/"), title="Hi"))
    changed = rows(ana, CannedReply)
    client.post(f"{page}delete/", {"post": "yes"})

    assert "Hello Jo Winter" in preview
    assert (before, [row.title for row in changed], rows(ana, CannedReply)) == ([], ["Hi"], [])
    assert actions(ana) == ["canned.saved", "canned.saved", "canned.removed"]


@pytest.mark.parametrize(
    ("wrong", "field", "said"),
    [
        ({"text": "Hello {{ customer.nickname }}"}, "text", "customer.nickname"),
        ({"text": "Hello {{ customer.name"}, "text", "Two braces"),
        ({"shortcut": "no spaces"}, "shortcut", "Letters, digits"),
        ({"shortcut": "taken"}, "shortcut", "already"),
        ({"language": "Deutsch"}, "language", "A code"),
        ({"text": ""}, "text", "required"),
    ],
)
def test_a_wrong_text_is_said_beside_its_field(
    ana: Person, signed_in: SignIn, wrong: dict[str, str], field: str, said: str
) -> None:
    draft = texts.CannedDraft("taken", "Taken", "x")
    texts.save_canned(tenant_id=ana.tenant.pk, draft=draft, actor=ana.actor)

    reply = signed_in(ana).post(f"{CANNED}add/", a_reply(title="Typed a lot", **wrong))

    assert said in str(reply.context["form"].errors[field])
    assert "Typed a lot" in reply.content.decode()
    assert len(rows(ana, CannedReply)) == 1


def test_a_macro_is_put_together_without_json(ana: Person, signed_in: SignIn) -> None:
    client = signed_in(ana)
    texts.save_tag(tenant_id=ana.tenant.pk, name="refund", actor=ana.actor)
    add = f"{MACRO}add/"
    steps = {
        "steps-0-do": "claim", "steps-0-text": "belongs to nothing",
        "steps-1-do": "tag", "steps-1-tag": "refund",
        "steps-2-do": "reply", "steps-2-text": "Hello {{ customer.name }}",
    }  # fmt: skip

    reply = client.post(add, filled_in(client.get(add), name="Refund", **steps))
    macro = rows(ana, Macro)[0]
    again = client.get(f"{MACRO}{macro.pk}/change/")
    client.post(f"{MACRO}{macro.pk}/change/", filled_in(again, **{"steps-0-do": None}))

    assert reply.status_code == 302
    assert [step["do"] for step in macro.steps] == ["claim", "tag", "reply"]
    assert macro.steps[0] == {"do": "claim"}
    assert [step["do"] for step in rows(ana, Macro)[0].steps] == ["tag", "reply"]


@pytest.mark.parametrize(
    ("steps", "row", "field", "said"),
    [
        ({"steps-0-do": "tag", "steps-1-do": "claim"}, 0, "tag", "needs it"),
        ({"steps-0-do": "reply", "steps-0-text": "{{ no }}"}, 0, "text", "not a variable"),
        ({"steps-0-do": "reply"}, 0, "text", "either"),
        ({"steps-1-do": "return", "steps-2-do": "claim"}, 1, "__all__", "comes last"),
    ],
)
def test_a_wrong_step_is_said_beside_it(
    ana: Person, signed_in: SignIn, steps: dict[str, str], row: int, field: str, said: str
) -> None:
    client = signed_in(ana)
    add = f"{MACRO}add/"

    reply = client.post(add, filled_in(client.get(add), name="Typed a lot", **steps))

    assert said in str(reply.context["steps"][row].errors[field])
    assert "Typed a lot" in reply.content.decode()
    assert rows(ana, Macro) == []


def test_a_macro_needs_a_step(ana: Person, signed_in: SignIn) -> None:
    client = signed_in(ana)

    reply = client.post(f"{MACRO}add/", filled_in(client.get(f"{MACRO}add/"), name="Empty"))

    assert "1 to 12" in str(reply.context["form"].non_field_errors())


def test_tags_and_dispositions_are_kept(ana: Person, signed_in: SignIn) -> None:
    client = signed_in(ana)

    client.post(f"{TAG}add/", {"name": "Urgent", "colour": "#aa0000"})
    twice = client.post(f"{TAG}add/", {"name": "urgent", "colour": "#aa0000"})
    wrong = client.post(f"{TAG}add/", {"name": "other", "colour": "red"})
    client.post(f"{DISPOSITION}add/", {"name": "Refunded", "position": "2", "is_active": "on"})

    assert [tag.name for tag in rows(ana, Tag)] == ["urgent"]
    assert "already" in str(twice.context["form"].errors["name"])
    assert "colour" in wrong.context["form"].errors
    assert [(row.name, row.position) for row in rows(ana, Disposition)] == [("Refunded", 2)]


def test_agents_change_no_text_and_strangers_find_none(
    ana: Person, ben: Person, zoe: Person, signed_in: SignIn
) -> None:
    tag = texts.save_tag(tenant_id=ana.tenant.pk, name="refund", actor=ana.actor)
    page = f"{TAG}{tag.pk}/change/"

    assert signed_in(ben).get(page).status_code == 200
    assert signed_in(ben).post(page, {"name": "x", "colour": "#000000"}).status_code == 403
    assert signed_in(zoe).get(page).status_code == 404
    assert signed_in(zoe).post(page, {"name": "x", "colour": "#000000"}).status_code == 404
