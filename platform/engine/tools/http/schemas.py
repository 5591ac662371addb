"""Holds results against a tool's JSON Schema (draft 2020-12).

Invariant: nothing is fetched for it, and no message repeats a part of the result.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError
from referencing import Registry
from referencing.exceptions import Unresolvable

from engine.tools.errors import ToolResultInvalid


def check_result(schema: Mapping[str, Any], value: Any) -> None:
    """
    Raises:
        ToolResultInvalid: naming the rule that the result breaks.
    """
    try:
        error = next(iter(_validator(json.dumps(schema, sort_keys=True)).iter_errors(value)), None)
    except (SchemaError, Unresolvable, RecursionError, ValueError, re.error) as problem:
        raise ToolResultInvalid("The schema of the tool's result cannot be used.") from problem
    if error is not None:
        rule = "/".join(str(part) for part in error.absolute_schema_path)[:200]
        raise ToolResultInvalid(f"The tool's answer does not fit its schema (at {rule}).")


@lru_cache(maxsize=512)
def _validator(schema: str) -> Any:
    loaded = json.loads(schema)
    Draft202012Validator.check_schema(loaded)
    # its own registry: the default one fetches what a `$ref` names
    return Draft202012Validator(loaded, registry=Registry())
