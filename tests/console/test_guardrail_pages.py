"""The guardrails in the console: the policy, what they did, and how good they are on one's own texts."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from audit.models import AuditEvent
from conversations.models import Run
from core.scope import tenant_scope
from engine.evaluation import views
from engine.guardrails import policies, queries, services
from engine.guardrails.kinds import KINDS, title_of
from engine.guardrails.values import Action
from tenants.roles import Role
from tests.factories import Person, a_job, a_person, a_visit

SignIn = Callable[[Person], Client]
POLICY, MEASURE, FIGURES = (
    "/console/guardrails/policy/",
    "/console/guardrail-measure/",
    "/console/guardrail-figures/",
)
ROWS = (
    {"id": "1", "text": "I want to talk to a human being, not to a robot.", "label": "yes", "source": "chat"},
    {"id": "2", "text": "Where is my parcel?", "label": "no", "source": "chat"},
    {"id": "3", "text": "Do you ship to Norway?", "label": "no", "source": "mail"},
)


def filled_in(client: Client, **more: Any) -> dict[str, Any]:
    """What a browser sends when somebody saves the page, with what she changed."""
    form = client.get(POLICY).context["form"]
    sent: dict[str, Any] = {}
    for bound in form:
        value = (
            bound.field.prepare_value(bound.value())
            if hasattr(bound.field, "prepare_value")
            else bound.value()
        )
        if value not in (None, False):
            sent[bound.name] = "on" if value is True else value
    return {name: value for name, value in {**sent, **more}.items() if value is not None}


def settings_of(person: Person) -> dict[str, Any]:
    return queries.get_policy(person.tenant.pk).settings


def a_file(*rows: Any) -> SimpleUploadedFile:
    return SimpleUploadedFile("chats.jsonl", "\n".join(map(json.dumps, rows)).encode())


class TestPolicy:
    def test_only_what_differs_from_the_defaults_is_kept(self, ana: Person, signed_in: SignIn) -> None:
        client = signed_in(ana)
        changes = {
            "mood-action": "hand_over",
            "mood-threshold": "0.7",
            "tone-on": None,
            "injection-monitor": None,
        }
        lists = {"competitors": "Acme\n\n Bolt ", "masked": ["EMAIL", "PERSON"], "promises": ["price"]}

        answer = client.post(POLICY, filled_in(client, **changes, **lists))

        assert answer.status_code == 302
        assert settings_of(ana) == {
            "competitors": ["Acme", "Bolt"],
            "masked": ["EMAIL", "PERSON"],
            "promises": ["price"],
            "rules": {"mood": {"action": "hand_over", "threshold": 0.7}, "tone": {"on": False}},
        }

    def test_what_was_set_is_shown_and_saved_again_as_it_was(self, ana: Person, signed_in: SignIn) -> None:
        told = {
            "monitor_only": True,
            "allowed_hosts": ["*.shop.example"],
            "masked": ["EMAIL"],
            "unsupported": "hand_over",
            "rules": {"leak": {"action": "block"}, "person": {"threshold": 0.4, "monitor": True}},
        }
        services.set_policy(tenant_id=ana.tenant.pk, settings=told, actor=ana.actor)
        client = signed_in(ana)

        client.post(POLICY, filled_in(client))

        assert settings_of(ana) == told

    @pytest.mark.parametrize(
        "wrong",
        [
            {"mood-threshold": "2"},
            {"mood-threshold": "0"},
            {"mood-action": "block"},
            {"allowed_hosts": "https://shop.example/x"},
            {"most_input": "5"},
            {"masked": ["SHOE_SIZE"]},
        ],
        ids=str,
    )
    def test_what_is_wrong_is_said_and_nothing_is_kept(
        self, ana: Person, signed_in: SignIn, wrong: dict[str, Any]
    ) -> None:
        client, before = signed_in(ana), settings_of(ana)

        page = client.post(POLICY, filled_in(client, **wrong))

        assert page.status_code == 200
        assert page.context["form"].errors
        assert 'role="alert"' in page.content.decode()
        assert settings_of(ana) == before

    def test_everything_goes_back_to_the_defaults_at_once(self, ana: Person, signed_in: SignIn) -> None:
        client = signed_in(ana)
        before = client.get(POLICY).content.decode()

        answer = client.post(POLICY, {"reset": "yes"}, follow=True)

        assert "Yes, reset everything" in before
        assert settings_of(ana) == {}
        assert "Yes, reset everything" not in answer.content.decode()
        with tenant_scope(ana.tenant.pk):
            changes = AuditEvent.objects.filter(tenant=ana.tenant, action="guardrails.policy_changed")
            last = changes.order_by("-id")[0]
        assert (last.actor, last.data) == (str(ana.actor), {"settings": ["rules"]})

    @pytest.mark.parametrize("role", [Role.AGENT, Role.AUDITOR])
    def test_who_may_only_read_changes_nothing(self, ana: Person, signed_in: SignIn, role: Role) -> None:
        client, before = signed_in(a_person("pat", ana.tenant, role)), settings_of(ana)

        page = client.get(POLICY)
        refused = [client.post(POLICY, sent) for sent in ({"reset": "yes"}, filled_in(client))]

        shown = page.content.decode().split("<main", 1)[1]
        assert "You may look at this and not change it." in shown
        assert all(field.disabled for field in page.context["form"].fields.values())
        assert "<button" not in shown.split('id="try"')[0]  # trying a text changes nothing
        assert {answer.status_code for answer in refused} == {403}
        assert settings_of(ana) == before

    def test_every_check_has_a_title_of_its_own_and_words_for_all_it_may_do(self) -> None:
        titles = [kind.title for kind in KINDS.values()]

        assert len(set(titles)) == len(titles)
        assert title_of("external:own") == "Guard service own"
        assert {action for kind in KINDS.values() for action in kind.choices} <= set(Action)


class TestMeasure:
    def test_a_file_is_judged_and_told_in_words(self, ana: Person, signed_in: SignIn) -> None:
        page = signed_in(ana).post(MEASURE, {"kind": "handoff_request", "file": a_file(*ROWS)})

        shown, whole = page.content.decode(), page.context["whole"]
        assert (whole.found, whole.harmful, whole.alarms, whole.harmless) == (1, 1, 0, 2)
        assert "Found: <strong>1 of 1</strong>" in shown
        assert "False alarms: <strong>0 of 2</strong>" in shown
        assert [(row.source, row.label, row.rows) for row in page.context["figures"]] == [
            ("chat", "no", 1),
            ("chat", "yes", 1),
            ("mail", "no", 1),
        ]

    def test_the_tenants_own_policy_judges(self, ana: Person, signed_in: SignIn) -> None:
        services.set_policy(tenant_id=ana.tenant.pk, settings={"masked": ["PHONE"]}, actor=ana.actor)
        policies.forget(ana.tenant.pk)
        spans = [{"start": 3, "end": 19, "type": "EMAIL"}]
        row = {"id": "1", "text": "To lena@example.org", "label": "pii", "spans": spans}

        page = signed_in(ana).post(MEASURE, {"kind": "pii", "file": a_file(row)})

        assert (page.context["whole"].personal, page.context["whole"].covered) == (16, 0)

    def test_a_file_without_the_label_says_so(self, ana: Person, signed_in: SignIn) -> None:
        page = signed_in(ana).post(MEASURE, {"kind": "sentiment", "file": a_file(*ROWS)})

        assert "No text of the file is labelled “very_negative”" in page.content.decode()

    @pytest.mark.parametrize(
        ("content", "complaint"),
        [
            (b"id,text\n1,Hello\n", "chats.jsonl line 1: not JSON in UTF-8."),
            (b'{"id": "1"}', "chats.jsonl line 1: there must be an id and a text."),
            (b"\xff\xfe\x00", "not JSON in UTF-8"),
            (b"\n\n", "1 to 2,000 texts"),
            (b'{"id": "1", "text": "a"}\n' * (views.MOST_ROWS + 1), "1 to 2,000 texts"),
            (b" " * (views.MOST_BYTES + 1), "larger than 2 MB"),
            (b"", "empty"),
        ],
        ids=["csv", "no text", "binary", "blank", "too many", "too large", "empty"],
    )
    def test_another_file_is_refused_in_words(
        self, ana: Person, signed_in: SignIn, content: bytes, complaint: str
    ) -> None:
        file = SimpleUploadedFile("chats.jsonl", content)

        page = signed_in(ana).post(MEASURE, {"kind": "pii", "file": file})

        assert page.status_code == 200
        assert complaint in " ".join(page.context["form"].errors["file"])
        assert "figures" not in page.context

    def test_an_unknown_kind_and_no_file_are_refused(self, ana: Person, signed_in: SignIn) -> None:
        page = signed_in(ana).post(MEASURE, {"kind": "happiness"})

        assert set(page.context["form"].errors) == {"kind", "file"}

    @pytest.mark.parametrize("role", list(Role))
    def test_whoever_reads_the_configuration_may_measure(
        self, ana: Person, signed_in: SignIn, role: Role
    ) -> None:
        client = signed_in(a_person("pat", ana.tenant, role))

        page = client.post(MEASURE, {"kind": "handoff_request", "file": a_file(*ROWS)})

        assert page.context["judged"] == 3


class TestFigures:
    def test_a_finding_leads_to_its_run(self, ana: Person, zoe: Person, signed_in: SignIn) -> None:
        attack = {"check": "injection", "version": 1, "score": 0.9, "flagged": True, "action": "reply"}
        found, other, theirs = (a_job(a_visit(person.tenant)) for person in (ana, ana, zoe))
        for job in (found, theirs):
            with tenant_scope(job.tenant_id):
                Run.objects.filter(tenant_id=job.tenant_id, pk=job.run_id).update(checks=[attack])
        client = signed_in(ana)

        page = client.get(FIGURES)
        runs = client.get("/console/conversations/run/", {"check": "injection"})

        assert "/console/conversations/run/?check=injection" in page.content.decode()
        assert [(row.title, row.flagged) for row in page.context["rows"]] == [("Attacks on the assistant", 1)]
        assert [row.pk for row in runs.context["cl"].result_list] == [found.run_id]
        assert other.run_id not in [row.pk for row in runs.context["cl"].result_list]

    def test_a_stranger_sees_nothing_of_hers(self, ana: Person, zoe: Person, signed_in: SignIn) -> None:
        services.set_policy(
            tenant_id=ana.tenant.pk, settings={"competitors": ["Acme-of-Ana"]}, actor=ana.actor
        )
        client = signed_in(zoe)

        pages = [client.get(page).content.decode() for page in (POLICY, MEASURE, FIGURES)]

        assert not any("Acme-of-Ana" in page or ana.tenant.slug in page for page in pages)
        assert "nobody has written" in pages[2]

    def test_a_runs_page_says_the_verdicts_in_words(self, ana: Person, signed_in: SignIn) -> None:
        job = a_job(a_visit(ana.tenant))
        checks = [
            {
                "check": "injection",
                "score": 0.912,
                "flagged": True,
                "action": "reply",
                "reasons": ["rule:reset"],
            },
            {"check": "size", "score": 0.0, "flagged": False, "action": "allow"},
        ]
        with tenant_scope(job.tenant_id):
            Run.objects.filter(tenant_id=job.tenant_id, pk=job.run_id).update(checks=checks)

        page = signed_in(ana).get(f"/console/conversations/run/{job.run_id}/change/").content.decode()

        assert "Attacks on the assistant</strong>: answered by a fixed text · score 0.91" in page
        assert "1 check found nothing" in page
