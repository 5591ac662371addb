"""`manage.py demo_shop`."""

from __future__ import annotations

import gzip
import json
import signal
from pathlib import Path
from typing import Any

import httpx2
import pytest
from django.core.management import CommandError, call_command

from demo.backoffice import Shop
from tests.demo.backoffice.goods import small
from tests.demo.backoffice.serving import DemoShop


def test_it_serves_a_file_says_where_and_ends_when_asked(tmp_path: Path) -> None:
    data = tmp_path / "data.json.gz"
    data.write_bytes(gzip.compress(json.dumps(small().content()).encode()))
    shop = DemoShop(tmp_path / "shop.log", "--data", str(data), "--control", SHOP_TOKEN="let-me-in")

    shop.start()
    try:
        headers = {"Authorization": "Bearer let-me-in"}
        state = httpx2.get(f"{shop.address}/state", headers=headers, timeout=30)
        stranger = httpx2.get(f"{shop.address}/state", timeout=30)
        assert shop.process is not None
        shop.process.send_signal(signal.SIGTERM)
        code = shop.process.wait(30)
    finally:
        shop.stop()

    assert state.json() == {"digest": Shop.load(data).digest()}
    assert stranger.status_code == 401
    assert code == 0
    assert "Traceback" not in shop.output()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot be read"),
        (b"{", "does not hold JSON"),
        (b"[]", "must hold an object with products, users, orders"),
        (b'{"products": {}, "users": {}, "orders": []}', "orders must be an object by id"),
        (
            b'{"products": {}, "users": {}, "orders": {"#1": {"status": "pending"}}}',
            "orders #1 lacks address",
        ),
    ],
)
def test_a_file_that_will_not_do_is_named_in_one_line(
    tmp_path: Path, content: bytes | None, said: str
) -> None:
    path = tmp_path / "data.json"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(CommandError, match=said) as refused:
        call_command("demo_shop", data=path, port=0)

    assert str(path) in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_broken_archive_is_named_as_well(tmp_path: Path) -> None:
    path = tmp_path / "data.json.gz"
    path.write_bytes(b"no archive")

    with pytest.raises(CommandError, match="cannot be read"):
        call_command("demo_shop", data=path, port=0)


def test_a_shop_of_a_file_keeps_every_number_as_written(tmp_path: Path) -> None:
    path = tmp_path / "data.json"
    content: dict[str, Any] = small().content()
    path.write_text(json.dumps(content))

    assert Shop.load(path).content() == content
