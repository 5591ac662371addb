"""What the house promises about itself, held by machine."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MOST_LINES_OF_A_FILE = 400
MOST_LINES_OF_A_FUNCTION = 50
MAY_USE_MANAGERS = {"queries.py", "services.py", "approvals.py", "verification.py", "admin.py"}


def tracked(*patterns: str) -> list[Path]:
    """Files git knows or would know, so that an ignored one is not judged."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *patterns],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [ROOT / name for name in sorted(set(listed.stdout.split())) if (ROOT / name).is_file()]


PYTHON = [path for path in tracked("*.py") if "migrations" not in path.parts]


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_platform_is_a_source_root_and_never_a_package() -> None:
    assert not (ROOT / "platform" / "__init__.py").exists()


@pytest.mark.parametrize("path", [*PYTHON, *tracked("*.js", "*.html", "*.css")], ids=name_of)
def test_no_file_outgrows_its_room(path: Path) -> None:
    if path.name == "support-chat.js":
        assert path.stat().st_size < 20_000  # one module by promise, measured in bytes
    else:
        assert path.read_text(encoding="utf-8").count("\n") <= MOST_LINES_OF_A_FILE


@pytest.mark.parametrize("path", PYTHON, ids=name_of)
def test_no_function_is_longer_than_a_screen(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))

    long = {
        node.name: node.end_lineno - node.lineno + 1
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno + 1 > MOST_LINES_OF_A_FUNCTION
    }
    assert long == {}


@pytest.mark.parametrize(
    "path", [p for p in PYTHON if "tests" not in p.parts and "bench" not in p.parts], ids=name_of
)
def test_managers_are_used_only_where_reads_and_writes_live(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    uses = [n.lineno for n in ast.walk(tree) if isinstance(n, ast.Attribute) and n.attr == "objects"]

    allowed = path.name in MAY_USE_MANAGERS or path.parent.name in {"queries", "services", "admin"}
    assert not uses or allowed, f"`.objects` in lines {uses}"


@pytest.mark.parametrize(
    "path", tracked("*.lock", "*.toml", "*.md", "*.yaml", "*.yml", "Makefile", "*.in"), ids=name_of
)
def test_nothing_names_a_package_registry(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert not re.search(r"--(?:extra-)?index-url\s+\S|https?://[^\s\"']*(?:pypi|pythonhosted|npmjs)", text)


def test_no_room_is_called_by_a_name_that_says_nothing() -> None:
    nothing = {"utils.py", "helpers.py", "manager.py", "misc.py", "common.py"}

    assert [name_of(path) for path in PYTHON if path.name in nothing] == []
