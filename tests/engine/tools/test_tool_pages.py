"""Tools in the console: what a manager who does not program can do there, and what goes wrong in words."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from audit.models import AuditEvent
from core.scope import tenant_scope
from engine.tools import queries, services
from engine.tools.mcp.discovery import Discovered, fingerprint
from tenants.roles import Role
from tests import factories
from tests.factories import Person
from tests.toolbox import BY_ORDER, HOST, a_connection, a_tool

SignIn = Callable[[Person], Client]
ADD = "/console/tools/tool/add/"
BOUNDS = {"calls_per_minute": 0, "timeout_seconds": 15, "result_bytes": 16384, "cache_seconds": 0}
POLICY = {"enabled": "on", "risk": "read", "identity": "anonymous", "segments": "", "releases": "", **BOUNDS}
DOCUMENT: dict[str, Any] = {
    "openapi": "3.0.3",
    "info": {"title": "Shop", "version": "1"},
    "servers": [{"url": "https://somewhere-else.example"}],
    "paths": {
        "/orders/{id}": {
            "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
            "get": {"operationId": "readOrder", "summary": "Reads an order.", "responses": {}},
            "delete": {"operationId": "removeOrder", "summary": "Removes an order.", "responses": {}},
        }
    },
}


@pytest.fixture
def signed_in() -> SignIn:
    def sign_in(person: Person) -> Client:
        client = Client()
        client.force_login(person.user)
        return client

    return sign_in


@pytest.fixture
def mia(ana: Person) -> Person:
    return factories.a_person("mia", ana.tenant, Role.MANAGER)


def a_form(at: Any, **wishes: Any) -> dict[str, Any]:
    form = {
        "name": "find_order",
        "description": "Finds an order.",
        "connection": at.pk,
        "method": "GET",
        "url_template": "/orders/{order_id}",
        "parameters": json.dumps(BY_ORDER),
        "result_path": "",
        "result_schema": "",
        **POLICY,
    }
    return {**form, **wishes}


def errors_of(page: Any) -> dict[str, list[str]]:
    return {name: list(found) for name, found in page.context["adminform"].form.errors.items()}


def change(pk: int) -> str:
    return f"/console/tools/tool/{pk}/change/"


def test_a_manager_adds_a_tool_changes_it_and_removes_it(mia: Person, signed_in: SignIn) -> None:
    connection, client = a_connection(mia), signed_in(mia)

    added = client.post(ADD, a_form(connection, segments="vip, trade", releases="2"))
    tool = queries.get_tool(mia.tenant.pk, "find_order")
    changed = client.post(
        change(tool.pk), a_form(connection, url_template=tool.url_template, description="Looks it up.")
    )
    after = queries.get_tool(mia.tenant.pk, "find_order")
    client.post(f"/console/tools/tool/{tool.pk}/delete/", {"post": "yes"})

    assert (added.status_code, changed.status_code) == (302, 302)
    assert (tool.segments, tool.releases, tool.url_template) == (
        ["vip", "trade"],
        [2],
        f"https://{HOST}/v1/orders/{{order_id}}",
    )
    assert (after.description, after.version, after.segments) == ("Looks it up.", 2, [])
    with tenant_scope(mia.tenant.pk):
        rows = AuditEvent.objects.filter(tenant=mia.tenant, action__startswith="tool.").order_by("id")
        assert [(row.action, row.data.get("fields")) for row in rows] == [
            ("tool.added", None),
            ("tool.changed", ["description", "releases", "segments"]),
            ("tool.removed", None),
        ]


@pytest.mark.parametrize(
    ("wish", "field", "says"),
    [
        ({"parameters": '{\n  "type": "object",\n}'}, "parameters", "Line 3, column 1"),
        ({"parameters": '{"type": "string"}'}, "parameters", '"type": "object"'),
        ({"parameters": ""}, "parameters", "required"),
        ({"url_template": "/orders/{number}"}, "url_template", "not one of the tool's arguments"),
        ({"url_template": "https://evil.example/"}, "url_template", "connection's own host"),
        ({"name": "search_knowledge"}, "name", "built-in"),
        ({"name": "find order"}, "name", "letters, digits"),
        ({"timeout_seconds": 90}, "timeout_seconds", "60"),
        ({"risk": "write", "cache_seconds": 5}, "cache_seconds", "nothing but read"),
        ({"releases": "two"}, "releases", "Numbers"),
        ({"connection": ""}, "connection", "required"),
    ],
)
def test_a_mistake_is_told_beside_its_field(
    mia: Person, signed_in: SignIn, wish: dict[str, Any], field: str, says: str
) -> None:
    page = signed_in(mia).post(ADD, a_form(a_connection(mia), **wish))

    assert says in " ".join(errors_of(page)[field])


def test_a_name_that_is_taken_is_told_beside_its_field(mia: Person, signed_in: SignIn) -> None:
    connection = a_connection(mia)
    a_tool(mia, connection)

    page = signed_in(mia).post(ADD, a_form(connection))

    assert "name" in errors_of(page)


def test_the_usual_risk_of_a_method_counts_where_nothing_is_said(mia: Person, signed_in: SignIn) -> None:
    signed_in(mia).post(ADD, a_form(a_connection(mia), method="DELETE"))

    tool = queries.get_tool(mia.tenant.pk, "find_order")
    assert (tool.risk, tool.requires_approval) == ("irreversible", True)


def test_a_built_in_tool_is_restricted_from_the_list(mia: Person, signed_in: SignIn) -> None:
    client = signed_in(mia)

    listing = client.get("/console/tools/tool/").content.decode()
    form = client.get(f"{ADD}?builtin=create_ticket")
    added = client.post(f"{ADD}?builtin=create_ticket", {**POLICY, "identity": "signed"})
    tool = queries.get_tool(mia.tenant.pk, "create_ticket")
    changed = client.post(change(tool.pk), {**POLICY, "enabled": "", "identity": "signed"})

    assert "?builtin=create_ticket" in listing
    assert "?builtin=request_person" not in listing
    assert (form.status_code, added.status_code, changed.status_code) == (200, 302, 302)
    assert (tool.kind, tool.identity, tool.risk, tool.enabled) == ("builtin", "signed", "write", True)
    assert not queries.get_tool(mia.tenant.pk, "create_ticket").enabled
    assert client.get(f"{ADD}?builtin=request_person").status_code == 404


def test_an_agent_reads_a_tool_and_changes_nothing(ana: Person, ben: Person, signed_in: SignIn) -> None:
    connection = a_connection(ana)
    tool = a_tool(ana, connection)
    client = signed_in(ben)

    page = client.get(change(tool.pk))
    changed = client.post(change(tool.pk), a_form(connection, description="Changed."))

    assert page.status_code == 200
    assert "Finds an order." in page.content.decode()
    assert changed.status_code == 403
    assert client.get(ADD).status_code == client.get("/console/tools/tool/import/").status_code == 403


def test_a_document_is_shown_and_what_is_chosen_becomes_tools(mia: Person, signed_in: SignIn) -> None:
    connection, client = a_connection(mia), signed_in(mia)
    file = SimpleUploadedFile("shop.json", json.dumps(DOCUMENT).encode())

    shown = client.post("/console/tools/tool/import/", {"connection": connection.pk, "file": file})
    text = shown.content.decode()
    chosen = {
        "connection": connection.pk,
        "document": json.dumps(DOCUMENT),
        "operations": ["readOrder", "removeOrder"],
        "import": "1",
    }
    done = client.post("/console/tools/tool/import/", chosen)

    read, removes = (queries.get_tool(mia.tenant.pk, name) for name in ("readOrder", "removeOrder"))
    assert [row["chosen"] for row in shown.context["rows"]] == [True, False]
    assert "Reads an order." in text
    assert done.status_code == 302
    assert read.url_template == f"https://{HOST}/v1/orders/{{id}}"
    assert (read.risk, removes.risk, removes.requires_approval) == ("read", "irreversible", True)


@pytest.mark.parametrize(
    ("wish", "says"),
    [
        ({"document": "openapi: 3.0.0"}, "JSON"),
        ({"document": ""}, "Choose a file"),
        ({"document": json.dumps(DOCUMENT), "import": "1"}, "Choose at least one"),
    ],
)
def test_an_import_that_cannot_be_says_why(
    mia: Person, signed_in: SignIn, wish: dict[str, str], says: str
) -> None:
    connection = a_connection(mia)

    page = signed_in(mia).post("/console/tools/tool/import/", {"connection": connection.pk, **wish})

    assert page.status_code == 200
    assert says in page.content.decode()


def test_an_import_is_all_or_nothing(mia: Person, signed_in: SignIn) -> None:
    connection = a_connection(mia)
    a_tool(mia, connection, "removeOrder")
    chosen = {"document": json.dumps(DOCUMENT), "operations": ["readOrder", "removeOrder"], "import": "1"}

    page = signed_in(mia).post("/console/tools/tool/import/", {"connection": connection.pk, **chosen})

    assert "already" in page.content.decode()
    assert queries.taken_names(mia.tenant.pk, ["readOrder"]) == set()


def test_what_a_server_says_is_read_and_approved_on_the_tools_page(mia: Person, signed_in: SignIn) -> None:
    connection = a_connection(mia, "Parcels", kind="mcp", base_url=f"https://{HOST}/mcp")
    parameters = {"type": "object", "properties": {"parcel": {"type": "string"}}}
    pin = fingerprint("track", "Tracks a parcel.", parameters, None, {})
    services.sync_mcp(
        tenant_id=mia.tenant.pk,
        connection=connection,
        discovered=[Discovered("track", "Tracks a parcel.", parameters, None, {}, pin)],
        actor=mia.actor,
    )
    tool, client = queries.get_tool(mia.tenant.pk, "track"), signed_in(mia)

    page = client.get(change(tool.pk)).content.decode()
    stale = client.post(f"/console/tools/tool/{tool.pk}/approve/", {"seen": "0" * 64})
    waiting = queries.get_tool(mia.tenant.pk, "track").needs_review
    client.post(f"/console/tools/tool/{tool.pk}/approve/", {"seen": tool.offered})

    assert "Tracks a parcel." in page
    assert "Approve it as it is now" in page
    assert stale.status_code == 302
    assert waiting
    assert not queries.get_tool(mia.tenant.pk, "track").needs_review


def test_a_connection_is_added_changed_and_kept_while_it_is_used(mia: Person, signed_in: SignIn) -> None:
    client, known = signed_in(mia), a_connection(mia, "Other")
    assert known.secret is not None
    wish = {
        "name": "Shop", "kind": "http", "base_url": f"https://{HOST}/v1/", "auth": "header",
        "header_name": "X-API-Key", "username": "left over", "secret": known.secret.pk, "enabled": "on",
    }  # fmt: skip

    refused = client.post("/console/tools/connection/add/", {**wish, "base_url": "https://evil.example"})
    added = client.post("/console/tools/connection/add/", wish)
    made = queries.get_connection(mia.tenant.pk, "Shop")
    a_tool(mia, made)
    page = client.get(f"/console/tools/connection/{made.pk}/change/").content.decode()
    changed = client.post(f"/console/tools/connection/{made.pk}/change/", {**wish, "auth": "none"})
    kept = client.post(f"/console/tools/connection/{made.pk}/delete/", {"post": "yes"})

    assert "Allowed hosts" in " ".join(errors_of(refused)["base_url"])
    assert (added.status_code, changed.status_code, kept.status_code) == (302, 302, 302)
    assert (made.base_url, made.username, made.header_name) == (f"https://{HOST}/v1", "", "X-API-Key")
    assert "s3cret" not in page
    after = queries.get_connection(mia.tenant.pk, "Shop")
    assert (after.auth, after.secret, after.header_name) == ("none", None, "")


def test_a_host_is_allowed_and_forbidden_again(mia: Person, signed_in: SignIn) -> None:
    client = signed_in(mia)

    bad = client.post("/console/tools/allowedhost/add/", {"host": "https://shop.example/x"})
    client.post("/console/tools/allowedhost/add/", {"host": "API.Shop.Example"})
    allowed = queries.allowed_hosts(mia.tenant.pk)
    host = services.allow_host(tenant_id=mia.tenant.pk, host=HOST, actor=mia.actor)
    client.post(f"/console/tools/allowedhost/{host.pk}/delete/", {"post": "yes"})

    assert "host" in errors_of(bad)
    assert allowed == (HOST,)
    assert queries.allowed_hosts(mia.tenant.pk) == ()
