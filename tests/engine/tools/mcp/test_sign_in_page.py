"""A manager signs in at an MCP server from the console, through a real authorization server."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import httpx2
from django.test import Client

from engine.tools import queries, services
from engine.tools.services import ConnectionDraft
from engine.tools.tasks import look_at_server
from tests.engine.tools.mcp.authority import Place
from tests.factories import Person

BACK = "/console/tools/connection/signed-in/"


def went(url: str) -> dict[str, str]:
    """What a browser that says yes there comes back with."""
    answer = httpx2.get(url, follow_redirects=False)
    there = urlsplit(answer.headers["location"])
    assert there.path == BACK
    return dict(parse_qsl(there.query))


def test_a_manager_signs_in_there_and_the_server_can_be_asked(ana: Person, zoe: Person, place: Place) -> None:
    for one in place.hosts:
        services.allow_host(tenant_id=ana.tenant.pk, host=one, actor=ana.actor)
    draft = ConnectionDraft("Shop", place.url, kind="mcp", auth="oauth")
    connection = services.add_connection(tenant_id=ana.tenant.pk, draft=draft, actor=ana.actor)
    hers, others = Client(), Client()
    hers.force_login(ana.user)
    others.force_login(zoe.user)

    page = hers.post(f"/console/tools/connection/{connection.pk}/sign-in/", {"how": "person"})
    query = went(page.context["url"])
    stolen = others.get(BACK, query)
    back = hers.get(BACK, query)
    again = hers.get(BACK, query)
    look_at_server(tenant_id=ana.tenant.pk, connection_id=connection.pk)

    assert urlsplit(page.context["url"]).netloc in place.hosts
    assert back.status_code == 302
    assert back["Location"].endswith(f"/{connection.pk}/change/")
    assert (stolen.status_code, again.status_code) == (422, 422)
    assert queries.get_tool(ana.tenant.pk, "lookup_order").needs_review


def test_what_goes_wrong_over_there_is_said_on_the_connections_page(ana: Person) -> None:
    services.allow_host(tenant_id=ana.tenant.pk, host="127.0.0.1:9", actor=ana.actor)
    draft = ConnectionDraft("Nobody", "http://127.0.0.1:9/mcp", kind="mcp", auth="oauth")
    connection = services.add_connection(tenant_id=ana.tenant.pk, draft=draft, actor=ana.actor)
    client = Client()
    client.force_login(ana.user)

    page = client.post(f"/console/tools/connection/{connection.pk}/sign-in/", {"how": "person"}, follow=True)

    assert page.redirect_chain[-1][0].endswith(f"/{connection.pk}/change/")
    assert "cannot be reached" in page.content.decode()
