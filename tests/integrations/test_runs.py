"""Runs over the API: every step in order, the prompt as sent, what it cost and who decided."""

from __future__ import annotations

from decimal import Decimal

import httpx2 as httpx

from engine.budgets.queries import total_of_run
from engine.budgets.values import NANOS
from engine.knowledge import services as knowledge
from tests.factories import Person, a_visit
from tests.integrations.callers import a_conversation, code_of
from tests.story import ask_for_a_yes


def test_a_run_shows_prompt_steps_choice_and_cost_in_order(api: httpx.Client, ana: Person) -> None:
    source = knowledge.ensure_source(tenant_id=ana.tenant.pk, name="Pages")
    page = "# Opening hours\n\nThe hut is open from May to October."
    upload = knowledge.Upload("hours.md", page)
    knowledge.add_document(tenant_id=ana.tenant.pk, actor=ana.actor, source=source, upload=upload)
    conversation = a_conversation(api)
    api.post(f"conversations/{conversation}/messages", json={"text": "When is the hut open?"})

    listed = api.get(f"conversations/{conversation}/runs").json()["items"]
    run = api.get(f"runs/{listed[0]['id']}").json()

    cost = Decimal(total_of_run(ana.tenant.pk, run["id"]).cost) / NANOS
    assert [(one["role"], one["text"]) for one in run["prompt"]][1:] == [("user", "When is the hut open?")]
    assert [(step["number"], step["kind"]) for step in run["steps"]] == [
        (1, "model"),
        (2, "tool"),
        (3, "model"),
    ]
    assert run["steps"][1]["call"]["name"] == "search_knowledge"
    assert run["steps"][1]["citations"][0]["title"] == "Opening hours"
    assert run["steps"][2]["detail"] == "stop"
    assert (run["status"], run["level"], run["answer_seq"]) == ("done", "model", 2)
    assert run["choice"] == "capable: only_model"
    assert Decimal(run["cost_usd"]) == Decimal(listed[0]["cost_usd"]) == cost > 0
    assert sum(Decimal(charge["cost_usd"]) for charge in run["charges"]) == cost
    assert sum(Decimal(step["cost_usd"]) for step in run["steps"]) == cost
    assert {key: run[key] for key in listed[0]} == listed[0]


def test_a_run_that_waits_shows_what_for(api: httpx.Client, ana: Person) -> None:
    approval = ask_for_a_yes(a_visit(ana.tenant), "the blue bicycle")

    run = api.get(f"runs/{approval.run.public_id}").json()

    assert (run["status"], run["finished_at"]) == ("waiting", None)
    assert [(step["number"], step["status"]) for step in run["steps"]] == [(1, "done"), (2, "waiting")]
    assert [(one["id"], one["step"], one["status"]) for one in run["approvals"]] == [
        (str(approval.public_id), 2, "pending")
    ]


def test_runs_are_walked_by_cursor(api: httpx.Client) -> None:
    conversation = a_conversation(api)
    for text in ("One [[simulate: plain]]", "Two [[simulate: plain]]", "Three [[simulate: plain]]"):
        api.post(f"conversations/{conversation}/messages", json={"text": text})
    address = f"conversations/{conversation}/runs"

    first = api.get(address, params={"limit": 2}).json()
    rest = api.get(address, params={"limit": 2, "cursor": first["next_cursor"]}).json()
    other = api.get(f"conversations/{a_conversation(api)}/runs", params={"cursor": first["next_cursor"]})

    assert [run["upto_seq"] for run in first["items"] + rest["items"]] == [5, 3, 1]
    assert rest["next_cursor"] is None
    assert code_of(other) == (400, "bad_cursor")


def test_an_unknown_run_does_not_exist(api: httpx.Client) -> None:
    unknown = "00000000-0000-4000-8000-000000000000"

    assert code_of(api.get(f"runs/{unknown}")) == (404, "no_such_run")
    assert code_of(api.get(f"approvals/{unknown}")) == (404, "no_such_approval")
    assert code_of(api.get("runs/nonsense"))[0] == 404
