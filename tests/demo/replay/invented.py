"""Tasks over the demo's own invented shop, recorded by executing them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from demo.backoffice import Shop, ShopError
from demo.backoffice.shop import as_text


def write(path: Path) -> Path:
    """Three tasks: a cancellation, a refusal, and small talk without a call."""
    lines = [json.dumps(_recorded(name, list(calls))) for name, calls in _wishes().items()]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def _wishes() -> dict[str, Iterator[tuple[str, dict[str, Any]]]]:
    return {"cancel": _cancel(), "refused": _refused(), "none": iter(())}


def _cancel() -> Iterator[tuple[str, dict[str, Any]]]:
    orders = Shop.load().content()["orders"]
    order = next(key for key, one in sorted(orders.items()) if one["status"] == "pending")
    yield "get_order_details", {"order_id": order}
    yield "calculate", {"expression": "2 * (3 + 4)"}
    yield "cancel_pending_order", {"order_id": order, "reason": "no longer needed"}
    yield "get_order_details", {"order_id": order}


def _refused() -> Iterator[tuple[str, dict[str, Any]]]:
    yield "get_order_details", {"order_id": "#W0000000"}
    yield "find_user_id_by_email", {"email": "nobody@example.com"}


def _recorded(name: str, calls: list[tuple[str, dict[str, Any]]]) -> dict[str, Any]:
    shop = Shop.load()
    return {"id": name, "gold_actions": [_played(shop, *call) for call in calls]}


def _played(shop: Shop, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    told = {"name": name, "arguments": arguments}
    try:
        return told | {"result": as_text(shop.execute(name, arguments))[:1200], "error": None}
    except ShopError as error:
        return told | {"result": "", "error": error.detail}
