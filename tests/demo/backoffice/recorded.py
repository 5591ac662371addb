"""The recorded shop beside the checkout: read by tests only, and only where it is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).resolve().parents[4] / "shared" / "data" / "dev" / "tau" / "retail"
DATA = FOLDER / "db.json.gz"
NEEDED = pytest.mark.skipif(not DATA.exists(), reason=f"the recorded shop is not here: {FOLDER}")


def tasks() -> list[dict[str, Any]]:
    lines = (FOLDER / "tasks.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def tools() -> list[dict[str, Any]]:
    content = json.loads((FOLDER / "tools.openai.json").read_text(encoding="utf-8"))
    return [tool["function"] for tool in content]
