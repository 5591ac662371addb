"""Members sign in by the public door."""

from __future__ import annotations

import secrets
from typing import Any

import pytest
from django.test import Client

from tenants.models import User
from tenants.roles import Role
from tenants.services import add_member
from tests.factories import PASSWORD, SETUP, Person

LOGIN = "/accounts/login/"


@pytest.fixture
def browser_at() -> Client:
    """A browser at an address of its own, so that one test's attempts don't count for another's."""
    return Client(REMOTE_ADDR=f"2001:db8:{secrets.token_hex(2)}:{secrets.token_hex(2)}::1")


def sign_in(client: Client, email: str, password: str = PASSWORD, **fields: str) -> Any:
    return client.post(LOGIN, {"login": email, "password": password, **fields})


def test_a_member_signs_in_and_reaches_the_console(browser_at: Client, ana: Person) -> None:
    answer = sign_in(browser_at, ana.user.email.upper())

    assert (answer.status_code, answer["Location"]) == (302, "/console/")
    assert browser_at.get("/console/").status_code == 200


def test_known_and_unknown_addresses_hear_the_same(browser_at: Client, ana: Person) -> None:
    wrong = sign_in(browser_at, ana.user.email, "not her password")
    unknown = sign_in(browser_at, "nobody@example.com", "not her password")

    said = [str(page.context["form"].non_field_errors()) for page in (wrong, unknown)]
    assert said[0] == said[1]
    assert said[0] != ""
    assert wrong.status_code == unknown.status_code == 200


def test_a_next_address_of_another_site_is_not_followed(browser_at: Client, ana: Person) -> None:
    answer = sign_in(browser_at, ana.user.email, next="https://elsewhere.example/console/")

    assert answer["Location"] == "/console/"


def test_a_next_address_of_ours_is_followed(browser_at: Client, ana: Person) -> None:
    answer = sign_in(browser_at, ana.user.email, next="/desk/")

    assert answer["Location"] == "/desk/"


def test_an_address_that_tries_too_often_is_asked_to_wait(browser_at: Client) -> None:
    statuses = [sign_in(browser_at, f"n{n}@example.com", "wrong").status_code for n in range(80)]

    last = sign_in(browser_at, "again@example.com", "wrong")
    assert statuses[0] == 200
    assert last.status_code == 429
    assert last["Retry-After"] == "300"


def test_guessing_one_members_password_is_stopped_early(browser_at: Client, ana: Person) -> None:
    for _ in range(6):
        sign_in(browser_at, ana.user.email, "wrong")

    answer = sign_in(browser_at, ana.user.email)

    assert answer.status_code != 302
    assert browser_at.get("/console/").status_code == 302


def test_there_is_no_sign_up(browser_at: Client) -> None:
    fields = {"email": "new@example.com", "password1": PASSWORD, "password2": PASSWORD}

    page = browser_at.post("/accounts/signup/", fields)

    assert "by invitation" in page.content.decode()
    assert not User.objects.filter(email="new@example.com").exists()


def test_who_belongs_to_no_tenant_is_told_so(browser_at: Client) -> None:
    user = User.objects.create_user(f"lone-{secrets.token_hex(4)}@example.com", PASSWORD)

    answer = browser_at.post(LOGIN, {"login": user.email, "password": PASSWORD}, follow=True)

    assert answer.status_code == 403
    assert "You belong to no organisation" in answer.content.decode()
    assert browser_at.get("/console/")["Location"] == "/accounts/tenant/"


def test_who_belongs_to_two_chooses(browser_at: Client, ana: Person, zoe: Person) -> None:
    add_member(tenant_id=zoe.tenant.pk, user=ana.user, role=Role.AUDITOR, actor=SETUP)

    asked = sign_in(browser_at, ana.user.email)
    chosen = browser_at.post(asked["Location"], {"tenant": str(zoe.tenant.public_id)}, follow=True)

    assert asked["Location"] == "/accounts/tenant/"
    assert chosen.context["site_header"] == "Zoe"
    assert chosen.context["site_subheader"] == "Auditor"


def test_a_tenant_of_others_cannot_be_chosen(browser_at: Client, ana: Person, zoe: Person) -> None:
    sign_in(browser_at, ana.user.email)

    answer = browser_at.post("/accounts/tenant/", {"tenant": str(zoe.tenant.public_id)})

    assert answer.status_code == 200
    assert browser_at.get("/console/").context["site_header"] == "Ana"


def test_signing_out_ends_it(browser_at: Client, ana: Person) -> None:
    sign_in(browser_at, ana.user.email)

    browser_at.post("/accounts/logout/")

    assert browser_at.get("/console/")["Location"].startswith(LOGIN)


def test_the_start_page_leads_on(browser_at: Client, ana: Person) -> None:
    before = browser_at.get("/")
    sign_in(browser_at, ana.user.email)

    assert LOGIN in before.content.decode()
    assert browser_at.get("/")["Location"] == "/console/"


def test_an_invited_member_chooses_her_own_password(
    browser_at: Client, ana: Person, mailoutbox: list
) -> None:
    email = f"cleo-{secrets.token_hex(4)}@example.com"
    browser_at.force_login(ana.user)
    browser_at.post("/console/tenants/member/add/", {"email": email, "name": "Cleo", "role": "agent"})
    her = Client()

    her.post("/accounts/password/reset/", {"email": email})
    link = next(word for word in mailoutbox[-1].body.split() if "/password/reset/key/" in word)
    form = her.get("/" + link.split("/", 3)[3], follow=True)
    new = "a plainly invented phrase"
    her.post(form.redirect_chain[-1][0], {"password1": new, "password2": new})

    assert sign_in(Client(), email, new)["Location"] == "/console/"


@pytest.mark.parametrize("path", ["/", LOGIN, "/accounts/password/reset/", "/accounts/signup/", "/nothing/"])
def test_our_pages_carry_the_strict_policy_and_nothing_inline(path: str) -> None:
    page = Client().get(path)

    text = page.content.decode()
    assert "unsafe" not in page["Content-Security-Policy"]
    assert "<style" not in text
    assert " style=" not in text
    assert " onclick=" not in text
