"""The demo's data, made once. One document an organisation is enough to see it: encoding all takes minutes."""

from __future__ import annotations

import stat
from pathlib import Path

import jwt
import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client, override_settings

from audit.models import AuditEvent
from core.scope import tenant_scope
from demo import pages, seed, shop
from engine.knowledge.models import Document
from tenants import queries


@pytest.fixture
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of its own, and content of one page each."""
    for organisation in seed.ORGANISATIONS:
        folder = tmp_path / "content" / organisation.slug / "articles"
        folder.mkdir(parents=True)
        (folder / "returns.md").write_text(f"# Returns at {organisation.name}\n\nSixty days.\n")
    monkeypatch.setattr(pages, "CONTENT", tmp_path / "content")
    monkeypatch.setenv("SWITCHBOARD_VAR", str(tmp_path))
    return tmp_path


def facts() -> list[tuple[int, int, int]]:
    """Per organisation: ledger rows, documents, the release's number."""
    found = []
    for organisation in seed.ORGANISATIONS:
        tenant = queries.tenant_by_slug(organisation.slug)
        with tenant_scope(tenant.pk):
            ledger = AuditEvent.objects.filter(tenant=tenant).count()
            documents = Document.objects.filter(tenant=tenant, is_current=True).count()
            number = seed.current(tenant.pk).number
        found.append((ledger, documents, number))
    return found


def test_a_second_run_changes_nothing(installation: Path) -> None:
    call_command("seed_demo")
    first, passwords = facts(), seed.kept_passwords()

    call_command("seed_demo")

    assert facts() == first
    assert seed.kept_passwords() == passwords
    assert all(documents >= 1 for _, documents, _ in first)


def test_everybody_signs_in_with_the_password_shown(
    installation: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("seed_demo", show_logins=True)
    shown = capsys.readouterr().out

    for login in seed.logins():
        client = Client()
        client.post("/accounts/login/", {"login": login.email, "password": login.password})
        assert f"{login.email}" in shown
        assert login.password in shown
        assert client.get("/console/").context["site_header"] == login.organisation


def test_the_passwords_are_for_their_owners_eyes(installation: Path) -> None:
    call_command("seed_demo")

    kept = installation / "demo-logins.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert len({login.password for login in seed.logins()}) == len(seed.logins())


def test_the_shops_page_may_embed_the_chat(installation: Path) -> None:
    call_command("seed_demo")

    for organisation in seed.ORGANISATIONS:
        tenant = queries.tenant_by_slug(organisation.slug)
        assert queries.allows_origin(tenant.pk, settings.SHOP_URL)


@override_settings(PRODUCTION=True)
def test_production_is_refused(installation: Path) -> None:
    with pytest.raises(CommandError, match="production"):
        call_command("seed_demo")


async def ask(query: str = "", path: str = "/", method: str = "GET") -> tuple[int, dict[str, str], str]:
    sent: list[dict] = []

    async def send(message: dict) -> None:
        sent.append(message)

    scope = {"type": "http", "method": method, "path": path, "query_string": query.encode()}
    await shop.application(scope, None, send)
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], headers, sent[1]["body"].decode()


async def test_the_shop_embeds_the_widget_and_allows_what_it_needs(installation: Path) -> None:
    await shop.in_database(call_command)("seed_demo")

    status, headers, page = await ask("tenant=cloud")

    policy = headers["content-security-policy"]
    assert status == 200
    assert f'src="{settings.PUBLIC_URL}/widget/support-chat.js"' in page
    assert 'tenant="cloud"' in page
    assert f"script-src 'self' {settings.PUBLIC_URL};" in policy
    assert settings.PUBLIC_URL.replace("http", "ws", 1) in policy
    assert "unsafe" not in policy


async def test_a_signed_in_customer_brings_a_token_of_the_shop(installation: Path) -> None:
    await shop.in_database(call_command)("seed_demo")

    context = await shop.in_database(shop.page_context)("retail", "nora.finch")
    nobody = await shop.in_database(shop.page_context)("retail", "<script>")

    claims = jwt.decode(context["identity_token"], options={"verify_signature": False})
    assert (claims["sub"], claims["name"]) == ("nora.finch", "Nora Finch")
    assert nobody["identity_token"] == ""


def cited() -> dict[str, list[tuple[str, str]]]:
    """Per organisation: title and address of its current documents."""
    found = {}
    for organisation in seed.ORGANISATIONS:
        tenant = queries.tenant_by_slug(organisation.slug)
        with tenant_scope(tenant.pk):
            names = [upload.name for upload in pages.uploads(organisation.slug)]
            current = Document.objects.filter(tenant=tenant, is_current=True, name__in=names)
            found[organisation.slug] = list(current.values_list("title", "url"))
    return found


def every_version() -> int:
    """How many versions of documents there are, whoever's and however old."""
    count = 0
    for organisation in seed.ORGANISATIONS:
        tenant = queries.tenant_by_slug(organisation.slug)
        with tenant_scope(tenant.pk):
            count += Document.objects.filter(tenant=tenant).count()
    return count


async def test_what_an_answer_cites_can_be_read(installation: Path) -> None:
    faq = installation / "content" / "retail" / "faq.csv"
    faq.write_text("question,answer\nIs <b>it</b> free?,Yes.\n")
    await shop.in_database(call_command)("seed_demo")

    for title, url in (await shop.in_database(cited)())["retail"]:
        status, headers, page = await ask(path=url.removeprefix(settings.SHOP_URL))
        assert status == 200
        assert f"<h1>{title}</h1>" in page
        assert "<b>" not in page
        assert headers["content-security-policy"].startswith("default-src 'none';")
        assert "script-src" not in headers["content-security-policy"]


def test_a_new_address_of_the_shop_moves_the_documents_and_reads_none_again(installation: Path) -> None:
    call_command("seed_demo")
    versions = every_version()

    with override_settings(SHOP_URL="http://127.0.0.1:9901"):
        call_command("seed_demo")
        moved = cited()

    assert all(url.startswith("http://127.0.0.1:9901/help/") for rows in moved.values() for _, url in rows)
    assert every_version() == versions
    call_command("seed_demo")


async def test_each_company_has_a_page_and_help_of_its_own(installation: Path) -> None:
    await shop.in_database(call_command)("seed_demo")

    _, _, retail = await ask("tenant=retail")
    _, _, cloud = await ask("tenant=cloud")
    _, _, contents = await ask(path="/help/cloud/")

    assert "<title>Fernhill Outdoor" in retail
    assert "<title>Nimbus Harbor" in cloud
    assert "Tarn Boot" not in cloud
    assert 'href="/help/cloud/returns">Returns at Nimbus Harbor' in contents


@pytest.mark.parametrize(
    ("query", "path", "method", "status"),
    [
        ("tenant=other", "/", "GET", 404),
        ("", "/static/demo/../shop.py", "GET", 404),
        ("", "/static/demo/shop.css", "GET", 200),
        ("", "/static/demo/none.css", "GET", 404),
        ("", "/", "POST", 405),
        ("", "/help/other/returns", "GET", 404),
        ("", "/help/cloud/none", "GET", 404),
        ("", "/help/cloud/../returns", "GET", 404),
    ],
)
async def test_the_shop_serves_its_page_and_files_and_nothing_else(
    query: str, path: str, method: str, status: int
) -> None:
    assert (await ask(query, path, method))[0] == status
