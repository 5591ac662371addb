"""Where the shop's data comes from: a file of the recorded schema, or our own invented shop."""

from __future__ import annotations

import gzip
import json
from functools import cache
from pathlib import Path
from typing import Any

from core.errors import Invalid
from demo.backoffice.records import Data
from demo.content.retail.catalogue import build, to_json

FIELDS = {
    "products": {"name", "product_id", "variants"},
    "users": {"user_id", "name", "address", "email", "payment_methods", "orders"},
    "orders": {"order_id", "user_id", "address", "items", "status", "fulfillments", "payment_history"},
}


class DataUnusable(Invalid):
    code = "shop_data_unusable"
    default_message = "The data file cannot be used"


def read(path: Path | None) -> Data:
    """A fresh copy of the data.

    Args:
        path: a .json or .json.gz file with products, users and orders, on which the shop behaves as the
            recorded one did; None: the invented shop.

    Raises:
        DataUnusable: in one line, why.
    """
    if path is None:
        return Data(**json.loads(_invented()))
    try:
        raw = path.read_bytes()
        content = json.loads(gzip.decompress(raw) if path.suffix == ".gz" else raw)
    except OSError as error:
        raise DataUnusable(f"The data file {path} cannot be read: {error.strerror or error}") from None
    except (ValueError, EOFError) as error:
        raise DataUnusable(f"The data file {path} does not hold JSON: {error}") from None
    _check(content, path)
    return Data(**content, as_recorded=True)


@cache
def _invented() -> str:
    return json.dumps(to_json(build()))


def _check(content: Any, path: Path) -> None:
    if not isinstance(content, dict) or set(content) != set(FIELDS):
        raise DataUnusable(f"The data file {path} must hold an object with {', '.join(FIELDS)}")
    for kind, fields in FIELDS.items():
        if not isinstance(content[kind], dict):
            raise DataUnusable(f"The data file {path}: {kind} must be an object by id")
        for key, record in content[kind].items():
            missing = fields - set(record) if isinstance(record, dict) else fields
            if missing:
                raise DataUnusable(f"The data file {path}: {kind} {key} lacks {', '.join(sorted(missing))}")
