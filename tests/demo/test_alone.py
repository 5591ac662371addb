"""`manage.py` without any configuration, as a newcomer types it."""

import os
import subprocess
import sys
from pathlib import Path

from tests.servers import ROOT

COUNT = "from tenants.models import Tenant; print('tenants:', Tenant.objects.count())"


def manage(var: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        env=kept | {"SWITCHBOARD_VAR": str(var)} | more,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_a_command_brings_servers_of_its_own_and_leaves_none(passable_folder: Path) -> None:
    answer = manage(passable_folder, "shell", "-v0", "-c", COUNT)

    assert "tenants: 0" in answer.stdout, answer.stderr
    assert not (passable_folder / "postgres" / "data" / "postmaster.pid").exists()


def test_a_command_that_needs_no_server_starts_none(passable_folder: Path) -> None:
    answer = manage(passable_folder, "check")

    assert answer.returncode == 0, answer.stderr
    assert not (passable_folder / "postgres").exists()


def test_where_an_environment_is_named_nothing_is_made_up(passable_folder: Path) -> None:
    answer = manage(passable_folder, "check", SWITCHBOARD_ENV="production")

    assert answer.returncode != 0
    assert "SECRET_KEY must be set" in answer.stderr
    assert not (passable_folder / "secrets.json").exists()


def test_texts_are_judged_without_a_server(passable_folder: Path, tmp_path: Path) -> None:
    rows, out = tmp_path / "rows.jsonl", tmp_path / "out.jsonl"
    rows.write_text('{"id": "1", "text": "To lena@example.org"}\n', encoding="utf-8")

    answer = manage(passable_folder, "evaluate", "pii", str(rows), "--out", str(out))

    assert answer.returncode == 0, answer.stderr
    assert out.read_text(encoding="utf-8") == (
        '{"id": "1", "spans": [{"start": 3, "end": 19, "type": "EMAIL"}]}\n'
    )
    assert not (passable_folder / "postgres").exists()
