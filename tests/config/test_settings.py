"""Every name the settings read is written down, and a wrong value is said at once."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
CONFIG = ROOT / "platform" / "config"
READERS = {"text", "number", "flag", "listing", "database"}
DEMO_ONLY = {"PORT", "SWITCHBOARD_VAR", "DEMO_DATA"}


def _read_by_the_settings() -> set[str]:
    found = set()
    for name in ("settings.py", "environment.py"):
        for node in ast.walk(ast.parse((CONFIG / name).read_text())):
            match node:
                case ast.Call(func, [ast.Constant(str(variable)), *_]) if _name(func) in READERS:
                    found.add(variable)
    return found


def _name(called: ast.expr) -> str:
    return called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")


def _documented() -> set[str]:
    rows = re.findall(r"^\| (`[A-Z`, _]+`) \|", (ROOT / "docs" / "running.md").read_text(), re.MULTILINE)
    return {name for row in rows for name in re.findall(r"`([A-Z_]+)`", row)}


def _started_with(**changed: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from config.asgi import application"]
    env = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings"} | changed
    return subprocess.run(command, cwd=ROOT / "platform", env=env, capture_output=True, text=True, timeout=60)


def test_the_table_names_what_the_settings_read() -> None:
    assert _documented() == _read_by_the_settings() | DEMO_ONLY


def test_the_example_names_nothing_else() -> None:
    named = set(re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))

    assert named - _documented() == set()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"SECRET_KEY": "short"}, "SECRET_KEY must be set to at least 32"),
        ({"DATABASE_POOL": "many"}, "DATABASE_POOL must be a whole number"),
        ({"BEHIND_PROXY": "perhaps"}, "BEHIND_PROXY must be yes or no"),
        ({"DATABASE_URL": "mysql://a/b"}, "DATABASE_URL must look like"),
        ({"UNKNOWN_MODEL_PRICE": "cheap"}, 'UNKNOWN_MODEL_PRICE must be "refuse", or dollars'),
        ({"EMBEDDING_BASE_URL": "http://127.0.0.1:1/v1"}, "EMBEDDING_BASE_URL needs EMBEDDING_MODEL"),
    ],
)
def test_a_wrong_value_stops_the_start_with_one_clear_line(changed: dict[str, str], said: str) -> None:
    started = _started_with(**changed)

    assert started.returncode != 0
    assert said in started.stderr.strip().splitlines()[-1]


@pytest.mark.parametrize(("host", "warnings"), [("", 1), ("mail.example.com", 0)])
def test_a_production_server_that_only_prints_mail_says_so_at_start(host: str, warnings: int) -> None:
    started = _started_with(SWITCHBOARD_ENV="production", EMAIL_HOST=host)

    assert started.returncode == 0, started.stderr
    assert (started.stdout + started.stderr).count("start.mail_is_not_sent") == warnings
