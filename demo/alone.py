"""What `manage.py` stands on when nobody configured anything: the running demo's servers, else servers of its own.

Invariant: it steps in only where neither a database, nor a secret, nor an environment is named, so never in production;
what it starts ends with the command.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from config.environment import load_dotenv
from demo.backing import kept_secrets, settings_for
from demo.children import python
from demo.environment import ROOT, WrongValue, read
from demo.reach import check_writable
from demo.replay.world import throw_away
from embedded import EmbeddedError

NAMES = ("DATABASE_URL", "SECRET_KEY", "SWITCHBOARD_ENV")
SERVERLESS = frozenset(
    {
        "check", "collectstatic", "demo_shop", "help", "makemigrations", "model_simulator", "spectacular",
        "version",
    }
)  # fmt: skip
MEASURED = "evaluate"
"""It needs a database for `retrieval` and for the policy of a tenant; otherwise it judges texts alone."""
ON_GROUND_OF_ITS_OWN = "replay_tasks"
"""It makes tenants and kills processes: never in the demo's database, nor beside its workers."""
KEPT = "environment.json"


@contextmanager
def somewhere_to_stand(arguments: Sequence[str]) -> Iterator[None]:
    """Fills the environment for one management command, if it is empty.

    Args:
        arguments: the command and what follows it.
    """
    load_dotenv(ROOT / ".env")
    if any(os.environ.get(name) for name in NAMES):
        yield
        return
    with ExitStack() as stack:
        try:
            os.environ.update(_environment(arguments or ["help"], stack))
        except (WrongValue, EmbeddedError) as error:
            raise SystemExit(f"manage.py: {error}") from error
        yield


@contextmanager
def told(var: Path, settings: Mapping[str, str]) -> Iterator[None]:
    """Lets management commands find the demo while it runs; only the owner of the folder can read where."""
    path = var / KEPT
    path.touch(mode=0o600)
    path.write_text(json.dumps(dict(settings)), encoding="utf-8")
    try:
        yield
    finally:
        with suppress(FileNotFoundError):
            path.unlink()


def _needs_no_server(arguments: Sequence[str]) -> bool:
    command, *rest = arguments
    if command == MEASURED:
        return "retrieval" not in rest[:1] and not any(one.startswith("--t") for one in rest)
    return command in SERVERLESS or command.startswith("-")


def _environment(arguments: Sequence[str], stack: ExitStack) -> dict[str, str]:
    from demo.launch import the_only_one

    command = arguments[0]
    if command == ON_GROUND_OF_ITS_OWN:
        return _migrated(throw_away(os.getpid(), stack))
    wanted = read()
    check_writable(wanted.var)
    if _needs_no_server(arguments):
        kept = kept_secrets(wanted.var / "secrets.json")
        nowhere = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing", "DATABASE_POOL": "0"}
        secrets = {name: kept[name] for name in ("SECRET_KEY", "MASTER_KEY")}
        return {"SWITCHBOARD_ENV": "development", **secrets, **nowhere}
    try:
        stack.enter_context(the_only_one(wanted))
    except WrongValue:
        return _running(wanted.var / KEPT)
    settings = settings_for(wanted, kept_secrets(wanted.var / "secrets.json"), [], stack)
    return settings if command == "migrate" else _migrated(settings)


def _migrated(settings: dict[str, str]) -> dict[str, str]:
    migrate = python("manage.py", "migrate", "--database", "owner", "--verbosity", "0")
    if subprocess.run(migrate, env=os.environ | settings, cwd=ROOT, check=False).returncode:
        raise WrongValue("the tables could not be made: see the lines above")
    return settings


def _running(path: Path) -> dict[str, str]:
    """The environment of the demo that runs. It is written once its servers are up."""
    try:
        found: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise WrongValue("the demo is just starting: try again once it says where it listens") from error
    return found
