"""A database and a Valkey for one replay, thrown away with it; used before Django is set up.

Invariant: nothing of an installation is read or written, so a replay can run beside a demo.
"""

from __future__ import annotations

import secrets
import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path

from embedded import Postgres, Valkey, bootstrap
from embedded.processes import command_line

PREFIX = "switchboard-replay-"


def throw_away(pid: int, stack: ExitStack) -> dict[str, str]:
    """What Django reads, once the servers are up; `stack` ends them.

    Args:
        pid: of this process, after which its folder is called.

    Raises:
        embedded.EmbeddedError
    """
    _remove_abandoned()
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix=f"{PREFIX}{pid}-")))
    # The user `nobody` must reach the data inside, where the server cannot run in a namespace of its own.
    folder.chmod(0o711)
    postgres, valkey = (
        Postgres(folder / "postgres", throw_away=True),
        Valkey(folder / "valkey", throw_away=True),
    )
    stack.callback(postgres.stop, immediate=True)
    postgres.start()
    stack.callback(valkey.stop)
    valkey.start()
    made = bootstrap(postgres.admin_url, "replay", secrets.token_urlsafe(16), secrets.token_urlsafe(16))
    return {
        "SWITCHBOARD_ENV": "development",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "SECRET_KEY": secrets.token_urlsafe(48),
        "MASTER_KEY": secrets.token_urlsafe(48),
        "DATABASE_URL": made.app_url,
        "DATABASE_OWNER_URL": made.owner_url,
        "REDIS_URL": valkey.url,
        "TOOLS_ALLOW_LOOPBACK": "yes",
    }


def _remove_abandoned() -> None:
    """Folders of replays that were killed: their servers ended with them, their files did not."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*-*"):
        owner = folder.name.removeprefix(PREFIX).split("-")[0]
        if owner.isdigit() and not command_line(int(owner)):
            shutil.rmtree(folder, ignore_errors=True)
