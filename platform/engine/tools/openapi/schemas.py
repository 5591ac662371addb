"""OpenAPI's schemas as plain JSON Schema (draft 2020-12), without references.

Sources: OpenAPI 3.0.4 "Schema Object" (nullable, exclusive bounds), 3.1.1 (JSON Schema with an own dialect).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from engine.tools.openapi.document import MOST_UNFOLDED, Document, Unsupported

MOST_DEPTH = 24
_ONE = frozenset(
    {
        "items", "additionalProperties", "not", "if", "then", "else", "contains", "propertyNames",
        "unevaluatedItems", "unevaluatedProperties",
    }
)  # fmt: skip
_SEVERAL = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})
_NAMED = frozenset({"properties", "patternProperties", "dependentSchemas"})
_DROPPED = frozenset(
    {
        "$id", "$schema", "$anchor", "$dynamicAnchor", "$comment", "$defs", "definitions", "$vocabulary", "nullable",
        "discriminator", "xml", "externalDocs", "example", "examples", "deprecated", "readOnly", "writeOnly",
    }
)  # fmt: skip
_HIDDEN = {"request": "readOnly", "response": "writeOnly"}


@dataclass(slots=True)
class Unfolding:
    """Unfolds the schemas of one operation, which may not exceed `left` bytes together."""

    document: Document
    side: Literal["request", "response"]
    left: int = MOST_UNFOLDED

    def schema(self, node: Any, seen: tuple[str, ...] = (), depth: int = 0) -> Any:
        """The schema, unfolded.

        Raises:
            Unsupported: it refers outside, to nothing or to itself, or is too large, too deep or no schema.
        """
        if depth > MOST_DEPTH:
            raise Unsupported(f"A schema is nested deeper than {MOST_DEPTH} levels.")
        found, seen = self.document.follow(node, seen)
        if found is not node and not self.document.is_3_0 and isinstance(found, dict):
            found = found | {key: value for key, value in node.items() if key != "$ref"}
        if isinstance(found, bool):
            return found
        if not isinstance(found, dict) or "$dynamicRef" in found:
            raise Unsupported("A schema is not one that can be read.")
        self._charge(2)
        unfolded = {}
        for key, value in found.items():
            if key not in _DROPPED and not key.startswith("x-") and key != "$ref":
                self._charge(len(key) + 4)
                unfolded[key] = self._value(key, value, seen, depth)
        self._hide(found, unfolded)
        return _modern(unfolded, found) if self.document.is_3_0 else unfolded

    def _value(self, key: str, value: Any, seen: tuple[str, ...], depth: int) -> Any:
        if key in _ONE and isinstance(value, (dict, bool)):
            return self.schema(value, seen, depth + 1)
        if key in _SEVERAL and isinstance(value, list):
            return [self.schema(one, seen, depth + 1) for one in value]
        if key in _NAMED and isinstance(value, dict):
            self._charge(sum(len(name) + 4 for name in value))
            return {name: self.schema(one, seen, depth + 1) for name, one in value.items()}
        self._charge(len(json.dumps(value)))
        return value

    def _hide(self, found: Mapping[str, Any], unfolded: dict[str, Any]) -> None:
        """What only the other side writes is no part of this one."""
        properties, required = unfolded.get("properties"), unfolded.get("required")
        if not isinstance(properties, dict):
            return
        for name, one in found["properties"].items():
            plain = self.document.follow(one)[0]
            if isinstance(plain, dict) and plain.get(_HIDDEN[self.side]) is True:
                del properties[name]
                if isinstance(required, list):
                    required = unfolded["required"] = [word for word in required if word != name]

    def _charge(self, size: int) -> None:
        self.left -= size
        self.document.work -= size
        if self.left < 0 or self.document.work < 0:
            raise Unsupported("Its schemas are too large.")


def _modern(schema: dict[str, Any], old: Mapping[str, Any]) -> dict[str, Any]:
    for bound, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        flag = schema.get(exclusive)
        if isinstance(flag, bool):
            del schema[exclusive]
            if flag and bound in schema:
                schema[exclusive] = schema.pop(bound)
    return _nullable(schema) if old.get("nullable") is True else schema


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    if isinstance(schema.get("enum"), list) and None not in schema["enum"]:
        schema["enum"] = [*schema["enum"], None]
    if isinstance(schema.get("type"), str):
        return schema | {"type": [schema["type"], "null"]}
    return {"anyOf": [schema, {"type": "null"}]} if schema else schema
