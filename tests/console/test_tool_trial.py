"""A tool tried with a sample call, in the console."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from core.scope import tenant_scope
from engine.tools import services
from engine.tools.models import AllowedHost, Tool
from engine.tools.values import Policy, Risk
from tests.console.test_rights import actions
from tests.conversations.outside import Till, a_tool, open_till
from tests.factories import Person
from tests.toolbox import a_connection
from tests.toolbox import a_tool as a_tool_of

SignIn = Callable[[Person], Client]


@pytest.fixture
def till(settings: Any) -> Iterator[Till]:
    settings.TOOLS_ALLOW_LOOPBACK = True
    with open_till() as opened:
        yield opened


def page(tool: Tool) -> str:
    return f"/console/tool-try/{tool.pk}/"


def a_typed_tool(person: Person) -> Tool:
    """One whose arguments have fields of their own; nobody answers at its address."""
    schema = {
        "type": "object",
        "properties": {
            "order_id": {"type": "string", "pattern": "^[0-9]+$"},
            "many": {"type": "integer"},
            "fast": {"type": "boolean"},
            "colours": {"type": "array", "items": {"type": "string"}},
        },
        "required": ["order_id"],
        "additionalProperties": False,
    }
    return a_tool_of(
        person, a_connection(person), "paint", parameters=schema, method="POST",
        policy=Policy(risk=Risk.WRITE),
    )  # fmt: skip


def test_a_tool_that_reads_is_called_and_shows_its_result(ana: Person, till: Till, signed_in: SignIn) -> None:
    tool = a_tool(ana, till, "look_up", Policy(risk=Risk.READ))
    till.answers["/look_up"] = {"status": "<b>shipped</b>"}

    shown = signed_in(ana).post(page(tool), {"arguments": "{}"}).content.decode()

    assert "&lt;b&gt;shipped" in shown
    assert actions(ana)[-1] == "tool.tried"


def test_a_tool_that_writes_is_shown_dry_unless_ticked(ana: Person, till: Till, signed_in: SignIn) -> None:
    tool = a_tool(ana, till, "cancel_order", Policy(risk=Risk.WRITE))
    client = signed_in(ana)

    dry = client.post(page(tool), {"arguments": '{"order": "7"}'})
    before = till.did("/cancel_order")
    client.post(page(tool), {"arguments": '{"order": "7"}', "really": "on"})

    assert "POST " in dry.context["tried"].request
    assert (before, len(till.did("/cancel_order"))) == ([], 1)


def test_arguments_have_fields_and_what_does_not_fit_is_said(ana: Person, signed_in: SignIn) -> None:
    tool, client = a_typed_tool(ana), signed_in(ana)
    typed = {"argument-order_id": "x7", "argument-colours": '["red"]', "argument-fast": "yes"}

    wrong = client.post(page(tool), typed)
    not_json = client.post(page(tool), typed | {"argument-colours": "red"})
    missing = client.post(page(tool), {})

    assert "order_id" in str(wrong.context["form"].non_field_errors())
    assert "not JSON" in str(not_json.context["form"].errors["argument-colours"])
    assert "argument-order_id" in missing.context["form"].errors


def test_a_host_that_is_not_allowed_is_explained_with_a_way_out(ana: Person, signed_in: SignIn) -> None:
    tool, client = a_typed_tool(ana), signed_in(ana)
    forbid_all(ana)

    shown = client.post(page(tool), {"argument-order_id": "7", "really": "on"}).content.decode()

    assert "not one of the hosts" in shown
    assert "/console/tools/allowedhost/add/?host=api.shop.example" in shown
    assert "s3cret" not in shown


def test_an_address_in_a_private_network_is_explained(
    ana: Person, till: Till, signed_in: SignIn, settings: Any
) -> None:
    tool = a_tool(ana, till, "look_up", Policy(risk=Risk.READ))
    settings.TOOLS_ALLOW_LOOPBACK = False

    shown = signed_in(ana).post(page(tool), {"arguments": "{}"}).content.decode()

    assert "never called" in shown
    assert till.done == []


def test_who_may_not_write_tries_nothing_and_strangers_find_nothing(
    ana: Person, ben: Person, zoe: Person, signed_in: SignIn
) -> None:
    tool = a_typed_tool(ana)

    assert signed_in(ben).get(page(tool)).status_code == 403
    assert signed_in(zoe).get(page(tool)).status_code == 404
    assert signed_in(zoe).post(page(tool), {"argument-order_id": "7"}).status_code == 404
    assert page(tool) in signed_in(ana).get(f"/console/tools/tool/{tool.pk}/change/").content.decode()


def forbid_all(person: Person) -> None:
    with tenant_scope(person.tenant.pk):
        rows = list(AllowedHost.objects.filter(tenant=person.tenant))
    for row in rows:
        services.forbid_host(tenant_id=person.tenant.pk, host=row, actor=person.actor)
