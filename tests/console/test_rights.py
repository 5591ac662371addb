"""What each role may do in the console, and that it does it through the audited services."""

from __future__ import annotations

import secrets
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from audit.models import AuditEvent
from core.scope import tenant_scope
from engine.knowledge import services as knowledge
from engine.knowledge.models import Document, Status
from tenants import queries
from tenants.models import ApiKey, Domain, Member
from tenants.queries import BadApiKey
from tenants.roles import Role
from tests import factories
from tests.factories import Person

SignIn = Callable[[Person], Client]
PAGES = {
    "conversations": "/console/conversations/conversation/",
    "releases": "/console/releases/release/",
    "documents": "/console/knowledge/document/",
    "add a document": "/console/knowledge/document/add/",
    "tools": "/console/tools/tool/",
    "add a tool": "/console/tools/tool/add/",
    "import tools": "/console/tools/tool/import/",
    "add a connection": "/console/tools/connection/add/",
    "add a host": "/console/tools/allowedhost/add/",
    "add a secret": "/console/tenants/secret/add/",
    "tickets": "/console/escalation/ticket/",
    "members": "/console/tenants/member/",
    "add a member": "/console/tenants/member/add/",
    "add a key": "/console/tenants/apikey/add/",
    "audit": "/console/audit/auditevent/",
    "desk": "/desk/",
}
READ = {"conversations", "releases", "documents", "tools", "tickets", "desk"}
CONFIGURE = {
    "add a document", "add a tool", "import tools", "add a connection", "add a host", "add a secret",
}  # fmt: skip
OPEN = {
    Role.OWNER: set(PAGES),
    Role.ADMIN: set(PAGES),
    Role.MANAGER: READ | CONFIGURE | {"audit"},
    Role.AGENT: READ,
    Role.AUDITOR: READ | {"members", "audit"},
}


def actions(person: Person) -> list[str]:
    with tenant_scope(person.tenant.pk):
        rows = AuditEvent.objects.filter(tenant=person.tenant, actor=str(person.actor)).order_by("id")
        return list(rows.values_list("action", flat=True))


@pytest.mark.parametrize("role", list(Role))
def test_each_role_reaches_its_rooms_and_no_others(ana: Person, signed_in: SignIn, role: Role) -> None:
    client = signed_in(factories.a_person("pat", ana.tenant, role))

    statuses = {name: client.get(page).status_code for name, page in PAGES.items()}

    assert {name for name, status in statuses.items() if status == 200} == OPEN[role]
    assert {status for name, status in statuses.items() if name not in OPEN[role]} <= {403}


def test_a_member_switched_off_is_out_at_once(ben: Person, signed_in: SignIn) -> None:
    client = signed_in(ben)
    before = client.get("/console/").status_code
    with tenant_scope(ben.tenant.pk):
        Member.objects.filter(tenant=ben.tenant, pk=ben.member.pk).update(is_active=False)

    assert before == 200
    assert client.get("/console/")["Location"] == "/accounts/tenant/"


def test_an_owner_adds_a_member(ana: Person, signed_in: SignIn) -> None:
    email = f"cleo-{secrets.token_hex(4)}@example.com"

    answer = signed_in(ana).post(
        "/console/tenants/member/add/", {"email": email, "name": "Cleo", "role": "manager"}
    )

    added = next(member for member in queries.members(ana.tenant.pk) if member.user.email == email)
    assert answer.status_code == 302
    assert (added.role, added.user.has_usable_password()) == ("manager", False)
    assert "member.added" in actions(ana)


def test_a_keys_value_is_shown_once_and_works_until_revoked(ana: Person, signed_in: SignIn) -> None:
    client = signed_in(ana)

    made = client.post("/console/tenants/apikey/add/", {"name": "Shop", "scopes": ["knowledge:read"]})
    value = made.context["value"]
    key = queries.api_key_by_value(value, now=timezone.now())
    detail = client.get(f"/console/tenants/apikey/{key.pk}/change/")
    revoked = client.post(f"/console/tenants/apikey/{key.pk}/delete/", {"post": "yes"})

    assert value in made.content.decode()
    assert made["Cache-Control"].count("no-store") == 1
    assert value not in detail.content.decode()
    assert revoked.status_code == 302
    with pytest.raises(BadApiKey):
        queries.api_key_by_value(value, now=timezone.now())
    with tenant_scope(ana.tenant.pk):
        assert ApiKey.objects.get(tenant=ana.tenant, pk=key.pk).revoked_at is not None
    assert actions(ana)[-2:] == ["api_key.issued", "api_key.revoked"]


def test_domains_are_allowed_and_forbidden_again(ana: Person, signed_in: SignIn) -> None:
    client = signed_in(ana)

    bad = client.post("/console/tenants/domain/add/", {"origin": "not an address"})
    client.post("/console/tenants/domain/add/", {"origin": "https://Shop.Example/"})
    allowed = queries.allows_origin(ana.tenant.pk, "https://shop.example")
    with tenant_scope(ana.tenant.pk):
        domain = Domain.objects.get(tenant=ana.tenant, origin="https://shop.example")
    client.post(f"/console/tenants/domain/{domain.pk}/delete/", {"post": "yes"})

    assert "origin" in bad.context["adminform"].form.errors
    assert allowed
    assert not queries.allows_origin(ana.tenant.pk, "https://shop.example")
    assert actions(ana)[-2:] == ["domain.allowed", "domain.forbidden"]


def test_a_manager_uploads_a_document_and_removes_it(ana: Person, signed_in: SignIn) -> None:
    mia = factories.a_person("mia", ana.tenant, Role.MANAGER)
    source = knowledge.ensure_source(tenant_id=ana.tenant.pk, name="Pages")
    file = SimpleUploadedFile("returns.md", b"# Returns\n\nSixty days.")
    client = signed_in(mia)

    empty = client.post(
        "/console/knowledge/document/add/", {"source": source.pk, "file": SimpleUploadedFile("a.md", b"")}
    )
    answer = client.post(
        "/console/knowledge/document/add/", {"source": source.pk, "file": file, "title": "R"}
    )
    with tenant_scope(ana.tenant.pk):
        document = Document.objects.get(tenant=ana.tenant)
    client.post(f"/console/knowledge/document/{document.pk}/delete/", {"post": "yes"})

    assert "file" in empty.context["adminform"].form.errors
    assert answer.status_code == 302
    assert (document.name, document.title, document.status) == ("returns.md", "R", Status.PENDING)
    assert bytes(document.waiting_bytes or b"") == b"# Returns\n\nSixty days."
    assert actions(mia) == ["knowledge.document_removed"]
    with tenant_scope(ana.tenant.pk):
        assert not Document.objects.filter(tenant=ana.tenant).exists()


def test_a_source_made_in_the_console_is_on_the_ledger_once(ana: Person, signed_in: SignIn) -> None:
    wanted = {"name": "Manuals", "language": "english"}
    client = signed_in(ana)

    answers = [client.post("/console/knowledge/source/add/", wanted).status_code for _ in range(2)]

    assert answers[0] == 302
    assert actions(ana) == ["knowledge.source_added"]


def test_a_conversations_page_shows_its_log(ana: Person, signed_in: SignIn) -> None:
    visit = factories.a_visit(ana.tenant)
    factories.a_message(visit, "Is <b>this</b> shown?")

    page = signed_in(ana).get(f"/console/conversations/conversation/{visit.conversation_id}/change/")

    assert "Is &lt;b&gt;this&lt;/b&gt; shown?" in page.content.decode()
    assert "unsafe-eval" in page["Content-Security-Policy"]


def test_the_desk_keeps_the_strict_policy(ana: Person, signed_in: SignIn) -> None:
    page = signed_in(ana).get("/desk/")

    assert "unsafe" not in page["Content-Security-Policy"]
    assert f"/ws/desk/{ana.tenant.slug}/" in page.content.decode()
