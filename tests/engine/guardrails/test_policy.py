"""What tenants and releases say of their guardrails, and the pages where they say it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from audit.models import AuditEvent
from core.scope import tenant_scope
from engine.guardrails import policies, queries, services
from engine.guardrails.kinds import KINDS
from engine.guardrails.models import GuardService
from engine.guardrails.policy import BadPolicy, GuardPolicy, merged
from engine.guardrails.values import Action, Stage
from engine.releases.services import Configuration, publish
from tenants.roles import Role
from tests.factories import Person, a_person

SignIn = Callable[[Person], Client]
PAGE = "/console/guardrails/policy/"


@pytest.fixture
def signed_in() -> SignIn:
    def sign_in(person: Person) -> Client:
        client = Client()
        client.force_login(person.user)
        return client

    return sign_in


def test_every_check_does_by_default_what_it_may_do() -> None:
    assert all(kind.default in kind.choices for kind in KINDS.values())
    assert {stage for kind in KINDS.values() for stage in kind.stages} == set(Stage)
    assert merged() == GuardPolicy()


def test_a_release_says_otherwise_than_its_tenant_value_by_value() -> None:
    tenant = {"competitors": ["Otherco"], "rules": {"injection": {"action": "block", "threshold": 0.9}}}
    release = {"rules": {"injection": {"monitor": True}, "mood": {"on": False}}}

    policy = merged(tenant, release)

    rule = policy.rule("injection")
    assert (rule.action, rule.threshold, rule.monitor) == (Action.BLOCK, 0.9, True)
    assert not policy.acts("injection")
    assert not policy.rule("mood").on
    assert policy.competitors == ("Otherco",)


def test_only_watching_holds_for_every_check() -> None:
    policy = merged({"monitor_only": True})

    assert not any(policy.acts(name) for name in KINDS)


@pytest.mark.parametrize(
    "settings",
    [
        {"unknown": 1},
        {"rules": []},
        {"rules": {"nonsense": {}}},
        {"rules": {"injection": {"action": "mask"}}},
        {"rules": {"injection": {"threshold": 1.5}}},
        {"rules": {"injection": {"threshold": float("nan")}}},
        {"rules": {"injection": {"threshold": True}}},
        {"rules": {"injection": {"on": "yes"}}},
        {"rules": {"injection": {"colour": "red"}}},
        {"rules": {"external:Bad Name": {}}},
        {"monitor_only": "yes"},
        {"most_input": 5},
        {"masked": "EMAIL"},
        {"blocked_words": ["x" * 500]},
        {"allowed_hosts": ["https://shop.example/path"]},
        {"promises": ["the moon"]},
        {"unsupported": "burn"},
    ],
    ids=str,
)
def test_a_wrong_value_is_named(settings: dict[str, Any]) -> None:
    with pytest.raises(BadPolicy) as refused:
        merged(settings)

    assert len(refused.value.message) > 20


def test_a_change_reaches_turns_and_the_ledger(ana: Person) -> None:
    tenant_id = ana.tenant.pk
    before = policies.policy_for(tenant_id, 1, {})

    services.set_policy(tenant_id=tenant_id, settings={"monitor_only": True}, actor=ana.actor)
    policies.forget(tenant_id)

    assert not before.monitor_only
    assert policies.policy_for(tenant_id, 1, {}).monitor_only
    with tenant_scope(tenant_id):
        line = AuditEvent.objects.filter(action="guardrails.policy_changed").latest("id")
    assert line.data == {"settings": ["monitor_only", "rules"]}


def test_settings_of_another_version_do_not_stop_the_answering(ana: Person) -> None:
    tenant_id = ana.tenant.pk
    row = services.set_policy(tenant_id=tenant_id, settings={}, actor=ana.actor)
    with tenant_scope(tenant_id):
        type(row).objects.filter(pk=row.pk).update(settings={"of_tomorrow": 1})
    policies.forget(tenant_id)

    assert policies.policy_for(tenant_id, 1, {}) == GuardPolicy()


def test_a_release_with_a_wrong_policy_is_not_published(ana: Person) -> None:
    with pytest.raises(BadPolicy):
        publish(tenant_id=ana.tenant.pk, configuration=Configuration(guardrails={"oops": 1}), actor=ana.actor)


def test_a_guard_service_is_asked_once_it_is_switched_on(ana: Person) -> None:
    tenant_id = ana.tenant.pk
    service = GuardService(name="judge", url="https://guard.example/v1", stages=["input"], timeout_ms=300)

    services.save_service(tenant_id=tenant_id, service=service, actor=ana.actor)
    policies.forget(tenant_id)
    [kept] = policies.services_for(tenant_id)
    service.enabled = False
    services.save_service(tenant_id=tenant_id, service=service, actor=ana.actor)
    policies.forget(tenant_id)

    assert (kept.name, kept.seconds, kept.stages) == ("judge", 0.3, frozenset({Stage.INPUT}))
    assert policies.services_for(tenant_id) == ()


def test_a_guard_service_that_is_none_is_refused(ana: Person) -> None:
    own: dict[str, Any] = {"tenant_id": ana.tenant.pk, "actor": ana.actor}
    good = {"name": "judge", "url": "https://guard.example/v1", "stages": ["input"]}
    services.save_service(service=GuardService(**good), **own)

    with pytest.raises(services.GuardServiceNameTaken):
        services.save_service(service=GuardService(**good), **own)
    for wrong in ({"name": "Bad Name"}, {"timeout_ms": 5}, {"stages": ["output"]}, {"threshold": 2.0}):
        with pytest.raises(services.BadGuardService):
            services.save_service(service=GuardService(**(good | wrong)), **own)


@pytest.mark.parametrize("role", list(Role))
def test_everybody_on_the_team_reads_the_page_and_managers_write(
    ana: Person, signed_in: SignIn, role: Role
) -> None:
    before = queries.get_policy(ana.tenant.pk).settings
    client = signed_in(a_person("pat", ana.tenant, role))
    form = _as_it_stands(client.get(PAGE).content.decode()) | {
        "monitor_only": "on",
        "competitors": "Otherco\nThirdco",
    }

    written = client.post(PAGE, form)

    may = role in {Role.OWNER, Role.ADMIN, Role.MANAGER}
    assert written.status_code == (302 if may else 403)
    kept = queries.get_policy(ana.tenant.pk).settings
    assert kept == ({"monitor_only": True, "competitors": ["Otherco", "Thirdco"]} if may else before)


def test_a_mistake_on_the_page_is_shown_and_nothing_is_written(ana: Person, signed_in: SignIn) -> None:
    before = queries.get_policy(ana.tenant.pk).settings
    client = signed_in(ana)
    form = _as_it_stands(client.get(PAGE).content.decode()) | {"allowed_hosts": "https://shop.example/"}

    page = client.post(PAGE, form)

    assert page.status_code == 200
    assert "is no host" in page.content.decode()
    assert queries.get_policy(ana.tenant.pk).settings == before


def _as_it_stands(page: str) -> dict[str, Any]:
    """The form as a browser would send it."""
    from django.http import QueryDict

    from engine.guardrails.admin.forms import PolicyForm

    assert re.search(r'name="injection-action"', page)
    form = PolicyForm(policy=GuardPolicy())
    told = QueryDict(mutable=True)
    for field in form:
        value = field.initial
        if isinstance(value, bool):
            if value:
                told[field.name] = "on"
        elif isinstance(value, list | tuple):
            if field.name in {"promises", "masked"}:
                told.setlist(field.name, list(value))
            else:
                told[field.name] = "\n".join(value)
        elif value is not None:
            told[field.name] = value
    return {name: told.getlist(name) if name in {"promises", "masked"} else told[name] for name in told}
