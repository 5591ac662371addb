"""The recorded shop's every call, played again on its data."""

from __future__ import annotations

from typing import Any

import pytest

from demo.backoffice import Shop, ShopError
from demo.backoffice.shop import as_text
from tests.demo.backoffice import recorded

RECORDED_CHARACTERS = 1200

pytestmark = [pytest.mark.shared_data, recorded.NEEDED]


def played(shop: Shop, call: dict[str, Any]) -> tuple[str, str | None]:
    try:
        return as_text(shop.execute(call["name"], call["arguments"]))[:RECORDED_CHARACTERS], None
    except ShopError as error:
        return "", error.detail


def test_every_recorded_task_gives_the_recorded_results_and_ends_in_the_recorded_state() -> None:
    fresh = Shop.load(recorded.DATA)
    tasks = recorded.tasks()

    differing = []
    for task in tasks:
        shop = fresh.copy()
        calls = task["gold_actions"]
        same = [played(shop, call) == (call["result"], call["error"]) for call in calls]
        if not all(same) or shop.digest() != task["db_hash_gold"]:
            differing.append((task["id"], same))

    assert len(tasks) == 74
    assert differing == []


def test_the_digest_of_untouched_data_is_the_recorded_one() -> None:
    assert {Shop.load(recorded.DATA).digest()} == {task["db_hash_before"] for task in recorded.tasks()}


def test_reading_leaves_no_trace() -> None:
    shop = Shop.load(recorded.DATA)
    before = shop.digest()

    for task in recorded.tasks():
        for call in task["gold_actions"]:
            if call["name"].startswith(("get_", "find_", "list_", "calculate", "transfer_")):
                played(shop, call)

    assert shop.digest() == before
