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
        timeout=120,
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
