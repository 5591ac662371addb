"""Releases over the API: a draft is changed, compared, published and taken back."""

from __future__ import annotations

from typing import Any

import httpx2 as httpx
import pytest

from engine.releases import queries, services
from engine.releases.values import Configuration
from tests.factories import Person
from tests.integrations.callers import a_caller, code_of
from tests.servers import LiveServer


def change(api: httpx.Client, version: int, **configuration: Any) -> httpx.Response:
    return api.put("releases/draft", json={"version": version, "configuration": configuration})


def test_a_draft_is_changed_published_compared_and_taken_back(api: httpx.Client, ana: Person) -> None:
    none = api.get("releases/draft")
    made = change(api, 0, prompt="Be kind.", guidelines=[{"when": "a", "do": "b"}]).json()
    kept = change(api, made["version"], greeting="Hello!").json()
    compared = api.get("releases/diff").json()["changes"]
    live = api.post("releases", json={"version": kept["version"], "message": "Kinder."})
    back = api.post("releases/1/revert", json={})
    listed = api.get("releases", params={"limit": 2}).json()
    rest = api.get("releases", params={"limit": 2, "cursor": listed["next_cursor"]}).json()
    between = api.get("releases/diff", params={"before": "2", "after": "3"}).json()["changes"]

    assert code_of(none) == (404, "no_such_draft")
    assert (made["base"], made["version"], made["problems"]) == (1, 2, [])
    assert kept["configuration"]["prompt"] == "Be kind."
    assert [one["field"] for one in compared] == ["prompt", "guidelines", "greeting"]
    assert {line["mark"] for line in compared[0]["lines"]} == {"add", "del"}
    assert (live.status_code, live.json()["number"], live.json()["is_live"]) == (201, 2, True)
    assert live.headers["location"].endswith("/api/v1/releases/2")
    assert (back.json()["number"], back.json()["reverts"]) == (3, 1)
    assert [one["number"] for one in listed["items"] + rest["items"]] == [3, 2, 1]
    assert [one["message"] for one in listed["items"]] == ["Back to release 1.", "Kinder."]
    assert [one["field"] for one in between] == ["prompt", "guidelines", "greeting"]
    assert api.get("releases/2").json()["configuration"]["greeting"] == "Hello!"
    assert queries.current(ana.tenant.pk).published_by == "Tests"


def test_who_comes_second_is_told_and_loses_nothing(api: httpx.Client, ana: Person) -> None:
    version = change(api, 0, prompt="First.").json()["version"]
    change(api, version, prompt="Second.")

    late = change(api, version, prompt="Third.")
    publishing = api.post("releases", json={"version": version, "message": "Go"})

    assert code_of(late) == code_of(publishing) == (409, "draft_changed")
    assert api.get("releases/draft").json()["configuration"]["prompt"] == "Second."


def test_what_cannot_be_published_says_why_field_by_field(api: httpx.Client, ana: Person) -> None:
    tools = {"tools": ["a_tool_that_is_gone"], "sources": ["Nowhere"]}
    numbers = {"temperature": 9, "limits": {"steps": 0, "tokens": 1000}, "max_tokens": 2000}
    draft = change(
        api,
        0,
        prompt="{nobody}",
        escalation={"nonsense": 1},
        guidelines=[{"when": "", "do": "x"}],
        **tools,
        **numbers,
    ).json()

    answer = api.post("releases", json={"version": draft["version"], "message": "Go"})

    assert code_of(answer) == (409, "release_not_publishable")
    told = {field: one[0]["code"] for field, one in answer.json()["errors"].items()}
    assert told == {
        "prompt": "unknown_variable",
        "tools": "unknown_tool",
        "sources": "unknown_source",
        "temperature": "limit_out_of_range",
        "limits.steps": "limit_out_of_range",
        "limits.tokens": "limit_below_prompt",
        "guidelines": "guideline_empty",
        "escalation": "bad_escalation",
    }
    assert {one["code"] for one in draft["problems"]} == set(told.values())
    assert queries.current(ana.tenant.pk).number == 1


def test_a_prompt_over_the_models_window_is_refused(api: httpx.Client, ana: Person) -> None:
    draft = change(api, 0, prompt="word " * 19_000, model="gpt-4").json()

    answer = api.post("releases", json={"version": draft["version"], "message": "Go"})

    assert "prompt_too_long" in {one["code"] for one in draft["problems"]}
    assert code_of(answer) == (409, "release_not_publishable")
    assert "8192" in answer.json()["errors"]["prompt"][0]["message"]


@pytest.mark.parametrize(
    ("configuration", "field"),
    [
        ({"nonsense": 1}, "nonsense"),
        ({"prompt": 5}, "prompt"),
        ({"prompt": "x" * 100_001}, "prompt"),
        ({"guidelines": [{"when": "a"}]}, "guidelines"),
        ({"guidelines": "many"}, "guidelines"),
        ({"tools": "all"}, "tools"),
        ({"limits": {"planets": 9}}, "limits"),
        ({"limits": {"steps": True}}, "limits"),
        ({"max_tokens": -1}, "max_tokens"),
        ({"max_tokens": 2**40}, "max_tokens"),
        ({"temperature": "hot"}, "temperature"),
        ({"assistant_name": " "}, "assistant_name"),
        ({"variables": {"a": 1}}, "variables"),
        ({"guardrails": []}, "guardrails"),
        ({"answer_cache": "yes"}, "answer_cache"),
    ],
    ids=str,
)
def test_what_cannot_be_kept_is_refused_by_field(
    api: httpx.Client, configuration: dict[str, Any], field: str
) -> None:
    answer = change(api, 0, **configuration)

    assert code_of(answer) == (400, "bad_configuration")
    assert list(answer.json()["errors"]) == [field]
    assert code_of(api.get("releases/draft")) == (404, "no_such_draft")


def test_a_key_needs_the_scope(server: LiveServer, ana: Person) -> None:
    with a_caller(server, ana, ["configuration:read"]) as reader:
        assert reader.get("releases").status_code == 200
        assert code_of(change(reader, 0, prompt="Mine.")) == (403, "scope_missing")
        assert code_of(reader.post("releases/1/revert", json={})) == (403, "scope_missing")
    with a_caller(server, ana, ["knowledge:read"]) as other:
        assert code_of(other.get("releases")) == (403, "scope_missing")


def test_another_tenants_are_not_there(server: LiveServer, ana: Person, zoe: Person) -> None:
    services.publish(
        tenant_id=ana.tenant.pk, configuration=Configuration(prompt="Ana's words."), actor=ana.actor
    )
    services.ensure_draft(tenant_id=ana.tenant.pk, actor=ana.actor)

    with a_caller(server, zoe) as caller:
        assert [one["number"] for one in caller.get("releases").json()["items"]] == [1]
        assert code_of(caller.get("releases/2")) == (404, "no_such_release")
        assert code_of(caller.get("releases/draft")) == (404, "no_such_draft")
        assert code_of(caller.get("releases/diff", params={"after": "2"})) == (404, "no_such_release")
        assert code_of(caller.post("releases/2/revert", json={})) == (404, "no_such_release")


@pytest.mark.parametrize("number", ["0", "99999999999999999999", "-1", "x"])
def test_numbers_that_are_none(api: httpx.Client, number: str) -> None:
    assert code_of(api.get(f"releases/{number}"))[0] == 404
    assert code_of(api.get("releases/diff", params={"before": number}))[0] == 404
