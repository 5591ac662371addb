"""What stands behind the demo: its kept secrets, its database and its Redis, embedded or given."""

import json
import os
import secrets
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from demo.children import say
from demo.environment import Wanted, WrongValue
from demo.reach import check_two_roles, database_is_administrators
from demo.watch import Watched
from embedded import Postgres, Valkey, bootstrap

DATABASE = "switchboard"
SECRET_NAMES = ("SECRET_KEY", "MASTER_KEY", "DATABASE_OWNER_PASSWORD", "DATABASE_APP_PASSWORD", "SHOP_TOKEN")


def kept_secrets(path: Path) -> dict[str, str]:
    """Made at the first start and kept for the next ones, readable by the owner only."""
    kept: dict[str, str] = {}
    if path.exists() and path.stat().st_size:
        try:
            kept = json.loads(path.read_text())
        except ValueError as error:
            raise WrongValue(
                f"{path} is damaged: restore it, or remove {path.parent} to start afresh"
            ) from error
    missing = {name: secrets.token_urlsafe(36) for name in SECRET_NAMES if name not in kept}
    if missing:
        kept |= missing
        path.touch(mode=0o600)
        path.write_text(json.dumps(kept, indent=2))
    return kept


def settings_for(
    wanted: Wanted, kept: Mapping[str, str], watched: list[Watched], stack: ExitStack
) -> dict[str, str]:
    """What Django reads, after the servers behind it are up. Embedded servers are added to `watched`."""
    return {
        "SWITCHBOARD_ENV": "development",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "SECRET_KEY": os.environ.get("SECRET_KEY") or kept["SECRET_KEY"],
        "MASTER_KEY": os.environ.get("MASTER_KEY") or kept["MASTER_KEY"],
        "PUBLIC_URL": wanted.public_url,
        "SHOP_URL": wanted.shop_url,
        "OFFICE_URL": wanted.office_url,
        "SHOP_TOKEN": kept["SHOP_TOKEN"],
        # The back office is on this machine, and a model of the newcomer's own choice may be in nobody's price list.
        "TOOLS_ALLOW_LOOPBACK": "yes",
        "UNKNOWN_MODEL_PRICE": os.environ.get("UNKNOWN_MODEL_PRICE") or "1,4",
        "STATIC_ROOT": str(wanted.var / "static"),
        "DEMO_DATA": "yes" if wanted.demo_data else "no",
        "PYTHONUNBUFFERED": "1",
        # The platform has threads of its own: OpenBLAS's would only spin and wait for each other.
        "OPENBLAS_NUM_THREADS": os.environ.get("OPENBLAS_NUM_THREADS") or "1",
        "PYTHONWARNINGS": os.environ.get("PYTHONWARNINGS") or "ignore",
        "REDIS_URL": wanted.redis_url or start_valkey(wanted, watched, stack),
        **databases(wanted, kept, watched, stack),
        **wanted.openai,
    }


def start_valkey(wanted: Wanted, watched: list[Watched], stack: ExitStack) -> str:
    valkey = Valkey(wanted.var / "valkey")
    stack.callback(valkey.stop)
    watched.append(Watched("Valkey", valkey))
    return valkey.start().url


def databases(
    wanted: Wanted, kept: Mapping[str, str], watched: list[Watched], stack: ExitStack
) -> dict[str, str]:
    """The two addresses. Raises WrongValue or EmbeddedError."""
    if wanted.database_owner_url or (
        wanted.database_url and not database_is_administrators(wanted.database_url)
    ):
        check_two_roles(wanted)
        return {"DATABASE_URL": wanted.database_url, "DATABASE_OWNER_URL": wanted.database_owner_url}
    name, admin_url = DATABASE, wanted.database_url
    if wanted.database_url:
        given = wanted.database_name
        name = DATABASE if given in {"postgres", "template1"} else given
    else:
        postgres = Postgres(wanted.var / "postgres")
        say("demo   | PostgreSQL: making a new data folder …" if postgres.is_new else "demo   | PostgreSQL …")
        stack.callback(postgres.stop)
        watched.append(Watched("PostgreSQL", postgres))
        admin_url = postgres.start().admin_url
    made = bootstrap(admin_url, name, kept["DATABASE_OWNER_PASSWORD"], kept["DATABASE_APP_PASSWORD"])
    for warning in made.warnings:
        say(f"demo   | note: {warning}")
    return {"DATABASE_URL": made.app_url, "DATABASE_OWNER_URL": made.owner_url}
