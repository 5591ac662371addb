"""OpenAPI documents as tools."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pytest_django import Settings

from engine.tools.http.target import ArgumentRefused, HttpTarget, TargetInvalid, outgoing
from engine.tools.openapi import DocumentInvalid, Operation, read
from engine.tools.openapi.document import MOST_BYTES
from engine.tools.values import Risk


def document(paths: Any, version: Any = "3.1.0", **more: Any) -> str:
    base = {"openapi": version, "info": {"title": "Shop", "version": "1"}, "paths": paths}
    return json.dumps(base | {"servers": [{"url": "https://api.shop.example/v1/"}]} | more)


def only(paths: Any, version: str = "3.1.0", **more: Any) -> Operation:
    (operation,) = read(document(paths, version, **more))
    return operation


def text(**more: Any) -> dict[str, Any]:
    return {"type": "string"} | more


def body(schema: Any, kind: str = "application/json", **more: Any) -> dict[str, Any]:
    return {"content": {kind: {"schema": schema}}} | more


def place(name: str, where: str = "path", **more: Any) -> dict[str, Any]:
    return {"name": name, "in": where, "required": where == "path", "schema": text()} | more


def test_a_read_takes_its_place_and_its_query() -> None:
    get = {
        "operationId": "get order",
        "summary": "Look up an order",
        "description": "With its items.",
        "parameters": [
            place("expand", "query", schema={"type": "array", "items": text()}),
            place("X-Trace", "header"),
        ],
        "responses": {"200": body({"type": "object", "properties": {"id": text()}}), "404": body(text())},
    }

    found = only({"/orders/{id}": {"get": get, "parameters": [place("id", description="Its number")]}})

    assert (found.name, found.method, found.risk) == ("get_order", "GET", Risk.READ)
    assert found.url == "https://api.shop.example/v1/orders/{id}"
    assert found.description == "Look up an order\n\nWith its items."
    assert found.parameters == {
        "type": "object",
        "properties": {
            "id": {"type": "string", "description": "Its number"},
            "expand": {"type": "array", "items": {"type": "string"}},
        },
        "required": ["id"],
        "additionalProperties": False,
    }
    assert found.result_schema == {"type": "object", "properties": {"id": {"type": "string"}}}
    assert found.unsupported == ""
    assert found.notes == ("The parameter X-Trace is part of a header and was left out.",)


def test_a_write_keeps_the_names_of_its_body_and_renames_what_meets_them() -> None:
    order = {"type": "object", "properties": {"id": text(), "note": text()}, "required": ["note"]}
    post = {
        "parameters": [place("id"), place("dry run", "query"), place("note", "query")],
        "requestBody": body(order),
    }

    found = only({"/orders/{id}": {"post": post}})
    request = outgoing(
        HttpTarget(found.method, found.url),
        {"id": "b", "note": "n", "id_in_path": "p/1", "dry_run": "yes", "note_in_query": "q"},
        key="run:1",
    )

    assert found.risk is Risk.WRITE
    assert found.name == "post_orders_id"
    assert set((found.parameters or {})["required"]) == {"note", "id_in_path"}
    assert request.url == "https://api.shop.example/v1/orders/p%2F1?dry%20run=yes&note=q"
    assert json.loads(request.body or b"") == {"id": "b", "note": "n"}


def test_references_unfold_and_old_words_become_new_ones() -> None:
    components = {
        "schemas": {
            "Money": {
                "type": "number",
                "minimum": 0,
                "exclusiveMinimum": True,
                "nullable": True,
                "example": 3,
            },
            "Order": {
                "allOf": [
                    {"type": "object", "properties": {"price": {"$ref": "#/components/schemas/Money"}}},
                    {
                        "type": "object",
                        "properties": {"id": text(readOnly=True), "k": text(enum=["a"], nullable=True)},
                    },
                ],
            },
        },
        "requestBodies": {"Order": body({"$ref": "#/components/schemas/Order"})},
    }

    found = only(
        {
            "/orders": {
                "put": {"requestBody": {"$ref": "#/components/requestBodies/Order"}, "x-risk": "irreversible"}
            }
        },
        version="3.0.3",
        components=components,
    )

    assert found.unsupported == ""
    assert found.risk is Risk.IRREVERSIBLE
    assert (found.parameters or {})["properties"] == {
        "price": {"type": ["number", "null"], "exclusiveMinimum": 0},
        "k": {"type": ["string", "null"], "enum": ["a", None]},
    }


def test_names_are_fit_for_tools_and_unlike_each_other() -> None:
    operation = {"operationId": "get/it!" * 20}

    found = read(document({f"/{letter}": {"get": operation, "delete": operation} for letter in "abc"}))

    assert len({one.name for one in found}) == 6
    assert all(0 < len(one.name) <= 64 for one in found)
    assert [one.risk for one in found[:2]] == [Risk.READ, Risk.IRREVERSIBLE]


NODE = {"type": "object", "properties": {"next": {"$ref": "#/components/schemas/Node"}}}


@pytest.mark.parametrize(
    ("operation", "why"),
    [
        ({"parameters": [place("X-Key", "header", required=True)]}, "header"),
        ({"parameters": [place("s", "cookie", required=True)]}, "cookie"),
        ({"parameters": [place("f", "query", required=True, schema={"type": "object"})]}, "object"),
        ({"parameters": [place("f", "query", required=True, style="deepObject")]}, "style"),
        (
            {"parameters": [place("f", "query", required=True, explode=False, schema={"type": "array"})]},
            "list in one piece",
        ),
        ({"parameters": [{"name": "x"}]}, "cannot be read"),
        ({"parameters": [{"$ref": "https://evil.example/p.json"}]}, "another document"),
        ({"parameters": [{"$ref": "#/components/parameters/Gone"}]}, "not there"),
        ({"requestBody": body(text(), "multipart/form-data")}, "not JSON"),
        ({"requestBody": body({"type": "array", "items": text()})}, "not an object"),
        ({"requestBody": body({"$ref": "#/components/schemas/Node"})}, "refers to itself"),
        ({"requestBody": body({"$ref": "#/components/schemas/A"})}, "refers to itself"),
        ({"requestBody": body({"$ref": "#"})}, "not an object"),
        ({"requestBody": body({"$ref": "file:///etc/passwd"})}, "another document"),
        (
            {"requestBody": body({"type": "object", "properties": {"a": {"$dynamicRef": "#x"}}})},
            "cannot|not one",
        ),
        ({"requestBody": body({"type": "object", "properties": {"a": text(pattern="(a+)+$")}})}, "repeat"),
        ({"requestBody": body({"type": "object", "properties": {"a": {"type": "strange"}}})}, "strange"),
        ({"servers": [{"url": "http://api.shop.example"}]}, "https"),
        ({"servers": [{"url": "https://user:pw@api.shop.example"}]}, "cannot be used"),
        ({"servers": [{"url": "https://{region}.shop.example"}]}, "cannot be used|variables"),
        ({"servers": [{"url": "/v1"}]}, "absolute"),
    ],
)
def test_what_cannot_be_called_says_why(operation: Any, why: str) -> None:
    components = {
        "schemas": {
            "Node": NODE,
            "A": {"$ref": "#/components/schemas/B"},
            "B": {"$ref": "#/components/schemas/A"},
        }
    }

    found = only({"/x": {"post": operation}}, components=components)

    assert found.url == ""
    assert found.parameters is None
    assert re.search(why, found.unsupported), found.unsupported


def test_a_place_that_nobody_fills_and_methods_of_other_trades_are_reported() -> None:
    found = read(document({"/x/{id}": {"get": {}, "trace": {}}}))

    assert [one.unsupported for one in found] == [
        "Its path has a place, id, that no parameter fills.",
        "TRACE is not a method for tools.",
    ]


def test_a_result_that_cannot_be_checked_leaves_the_operation_as_it_is() -> None:
    found = only({"/x": {"get": {"responses": {"200": body(NODE)}}}}, components={"schemas": {"Node": NODE}})

    assert found.unsupported == ""
    assert found.result_schema is None
    assert found.notes[0].startswith("Results are not checked.")


def test_a_server_of_ones_own_is_joined_and_variables_take_their_defaults(settings: Settings) -> None:
    settings.TOOLS_ALLOW_LOOPBACK = True
    relative = document({"/x": {"get": {}}}, servers=[{"url": "/api"}])
    variable = [
        {
            "url": "https://{region}.shop.example/{v}",
            "variables": {"region": {"default": "eu"}, "v": {"default": "2"}},
        }
    ]

    assert (
        read(relative, base_url="http://127.0.0.1:8001/openapi.json")[0].url == "http://127.0.0.1:8001/api/x"
    )
    assert only({"/x": {"get": {}}}, servers=variable).url == "https://eu.shop.example/2/x"


@pytest.mark.parametrize(
    "content",
    [
        b"", b"\xff\xfe", b"openapi: 3.0.0\npaths: {}", b"[]", b"{}", b'{"openapi": "2.0", "paths": {}}',
        b'{"swagger": "2.0", "paths": {}}', b'{"openapi": "3.1.0"}', b'{"openapi": "3.1.0", "paths": []}',
        b'{"openapi": "3.1.0", "paths": {}, "x": NaN}', b'{"openapi": "3.1.0", "paths": {"/": {"$ref": "#/gone"}}}',
        b"[" * 200_000, b'{"a":' * 120 + b"1" + b"}" * 120, b'"' + b"a" * MOST_BYTES + b'"',
        b'{"openapi": "3.1.0", "paths": {}, "x": "\\u0000"}', b'{"openapi": "3.1.0", "paths": {}, "x": "\\ud800"}',
    ],
    ids=range(16),
)  # fmt: skip
def test_what_is_no_document_is_refused_by_name(content: bytes) -> None:
    with pytest.raises(DocumentInvalid):
        read(content)


def test_references_that_double_at_every_step_are_cut_off() -> None:
    schemas: dict[str, Any] = {"L0": text()}
    for level in range(1, 20):
        reference = {"$ref": f"#/components/schemas/L{level - 1}"}
        schemas[f"L{level}"] = {"type": "object", "properties": {"a": reference, "b": reference}}
    bomb = {"requestBody": body({"$ref": "#/components/schemas/L19"})}
    shared = {"requestBody": body(text(enum=["x" * 1000] * 1000))}

    item = {"post": bomb, "put": shared}
    paths = {f"/{number}": {"$ref": "#/x-item"} for number in range(200)}
    found = read(document(paths, components={"schemas": schemas}, **{"x-item": item}))

    assert len(found) == 400
    assert {one.unsupported for one in found} == {"Its schemas are too large."}


leaves = (
    st.none()
    | st.booleans()
    | st.integers(-5, 5)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
)
references = st.sampled_from(
    [
        "#",
        "#/components/schemas/A",
        "#/components/schemas/B",
        "#/paths/~1a",
        "#/paths",
        "#/components/schemas/A/properties/b",
    ]
).map(lambda reference: {"$ref": reference})
words = st.sampled_from(
    [
        "type", "properties", "items", "required", "allOf", "anyOf", "oneOf", "enum", "nullable", "exclusiveMinimum",
        "minimum", "pattern", "name", "in", "schema", "content", "application/json", "parameters", "requestBody",
        "responses", "200", "get", "post", "delete", "servers", "url", "variables", "default", "operationId", "summary",
        "readOnly", "additionalProperties", "$ref", "explode", "style", "not", "const", "x-risk",
    ]
) | st.text(max_size=5)  # fmt: skip
telling = st.sampled_from(
    ["object", "string", "array", "path", "query", "header", "id", "/{id}", "https://a.example", "(a+)+"]
)
junk = st.recursive(
    leaves | telling | references,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=4),
    max_leaves=12,
)
schemas = st.recursive(
    junk | references,
    lambda inner: st.fixed_dictionaries(
        {},
        optional={
            "type": st.sampled_from(["object", "string", "array", ["string", "null"], 3]),
            "properties": st.dictionaries(st.sampled_from(["a", "b", "$ref", "é"]), inner, max_size=3),
            "allOf": st.lists(inner, max_size=2),
            "items": inner,
            "required": st.lists(st.sampled_from(["a", "b"])) | junk,
            "nullable": st.booleans(),
            "readOnly": st.booleans(),
            "exclusiveMinimum": st.booleans() | st.integers(),
        },
    ),
    max_leaves=6,
)
holders = st.fixed_dictionaries(
    {"content": st.fixed_dictionaries({"application/json": st.fixed_dictionaries({"schema": schemas})})}
)
parameters = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["id", "a", "b", "x y", "é", "/"]),
        "in": st.sampled_from(["path", "query", "header"]),
    },
    optional={
        "schema": schemas,
        "required": st.booleans(),
        "style": telling,
        "explode": st.booleans(),
        "description": junk,
    },
)
operations = junk | st.fixed_dictionaries(
    {},
    optional={
        "parameters": st.lists(parameters | junk, max_size=3) | junk,
        "requestBody": holders | junk,
        "responses": st.dictionaries(
            st.sampled_from(["200", "2XX", "default", "²00"]), holders | junk, max_size=2
        )
        | junk,
        "operationId": junk,
        "x-risk": junk,
        "servers": junk,
    },
)
items = junk | st.dictionaries(
    st.sampled_from(["get", "put", "post", "delete", "parameters", "servers"]), operations, max_size=3
)
documents = st.fixed_dictionaries(
    {
        "openapi": st.sampled_from(["3.0.3", "3.1.0"]),
        "paths": st.dictionaries(
            st.sampled_from(["/a", "/a/{id}", "/{id}/{x y}", "b", "/é?{", "/{"]), items, max_size=3
        ),
        "components": st.fixed_dictionaries({"schemas": st.fixed_dictionaries({"A": schemas, "B": schemas})}),
        "servers": st.just([{"url": "https://api.shop.example"}]),
    }
)


@effort(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(documents)
def test_whatever_a_document_holds_it_becomes_tools_or_reasons(content: Any) -> None:
    with suppress(DocumentInvalid):
        for found in read(json.dumps(content)):
            assert bool(found.unsupported) != bool(found.url)
            if found.url:
                Draft202012Validator.check_schema(found.parameters or {})
                with suppress(ArgumentRefused):
                    outgoing(HttpTarget(found.method, found.url), {"id": "1", "a": "2"}, key="run:1")


@effort(max_examples=60, deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=200) | junk.map(json.dumps))
def test_whatever_is_sent_it_is_read_or_refused_by_name(content: bytes | str) -> None:
    with suppress(DocumentInvalid):
        read(content)


def test_a_templates_host_cannot_be_an_argument() -> None:
    with pytest.raises(TargetInvalid):
        outgoing(HttpTarget("GET", "https://{host}/x"), {"host": "evil.example"}, key="k")
