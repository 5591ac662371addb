"""The API's own description: valid, complete, shown from our own files, and true under random calls."""

from io import StringIO
from typing import Any

import httpx2 as httpx
import pytest
import schemathesis
from django.core.management import call_command
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, given, settings
from playwright.sync_api import Browser
from schemathesis import GenerationMode

from tests.factories import Person
from tests.integrations.callers import a_caller, a_conversation, a_key
from tests.servers import LiveServer

DOCUMENT: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
OPERATIONS = [
    (method, path, operation)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
]
EXAMPLES = 6


def test_the_document_is_valid_and_made_without_a_warning() -> None:
    made = StringIO()

    call_command("spectacular", "--validate", "--fail-on-warn", stdout=made)

    assert "/api/v1/conversations" in made.getvalue()


@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS, ids=lambda value: str(value)[:60])
def test_every_operation_says_what_may_go_wrong_and_what_it_takes(
    method: str, path: str, operation: dict[str, Any]
) -> None:
    assert operation["summary"]
    assert operation["security"] == [{"apiKey": []}]
    assert {"401", "403", "429", "500", "503"} <= set(operation["responses"])
    assert "{" not in path or "404" in operation["responses"]
    for status, answer in operation["responses"].items():
        assert int(status) < 400 or "application/problem+json" in answer["content"], (status, answer)
    if method == "post":
        assert "Idempotency-Key" in {parameter["name"] for parameter in operation["parameters"]}
        assert "requestBody" not in operation or "examples" in str(operation["requestBody"])


def test_the_document_is_open_to_all(server: LiveServer) -> None:
    served = httpx.get(f"{server.url}/api/v1/openapi.json")

    assert served.status_code == 200
    assert set(served.json()["paths"]) == set(DOCUMENT["paths"])


def test_the_page_loads_from_here_alone_and_breaks_no_rule(server: LiveServer, browser: Browser) -> None:
    page = browser.new_page()
    complaints: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))

    page.goto(f"{server.url}/api/docs/")
    page.get_by_text("Start a conversation").wait_for()

    assert complaints == []
    assert all(url.startswith((server.url, "data:")) for url in asked)
    page.close()


def test_random_calls_that_fit_the_document_and_that_do_not_break_nothing(
    server: LiveServer, ana: Person
) -> None:
    """Every answer to every operation is below 500, whatever is sent."""
    with a_caller(server, ana) as caller:
        conversation = a_conversation(caller)
    headers = {"Authorization": f"Bearer {a_key(ana)}"}
    document = schemathesis.openapi.from_dict(DOCUMENT)
    document.config.update(base_url=server.url)
    answered: set[int] = set()

    for operation in _operations_of(document):
        for mode in GenerationMode:
            _call_often(operation, mode, headers, conversation, answered)

    assert {200, 201, 400, 404} <= answered
    assert max(answered) < 500


def _operations_of(document: Any) -> list[Any]:
    return [found.ok() for found in document.get_all_operations()]


def _call_often(
    operation: Any, mode: GenerationMode, headers: dict[str, str], conversation: str, answered: set[int]
) -> None:
    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=EXAMPLES, deadline=None, database=None, derandomize=True,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    def call(case: Any) -> None:
        if "conversation_id" in case.path_parameters and mode.is_positive:
            case.path_parameters["conversation_id"] = conversation
        if isinstance(case.query, dict):
            case.query.pop("wait", None)
        answer = case.call(headers=headers, timeout=30)
        answered.add(answer.status_code)
        assert answer.status_code < 500, (case.as_curl_command(), answer.text)

    call()
