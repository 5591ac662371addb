"""What the environment (or .env) asks of the demo, each value checked before anything is started.

Here is how they must look; `demo.reach` tries what they name. A wrong value is a `WrongValue` whose text
is one line that says what to do.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

ROOT = Path(__file__).resolve().parent.parent
DATABASE_SHAPE = "postgresql://user:password@host:5432/database"
REDIS_SHAPE = "redis://:password@host:6379/0"


class WrongValue(Exception):
    """One line: which value is wrong and what to do."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The demo's settings; empty means: the embedded server, or no model."""

    port: int
    shop_port: int
    var: Path
    database_url: str
    database_owner_url: str
    redis_url: str
    openai: dict[str, str]
    demo_data: bool = True

    @property
    def database_name(self) -> str:
        return name_of(self.database_url)

    @property
    def public_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def office_port(self) -> int:
        return self.port + 2

    @property
    def office_url(self) -> str:
        return f"http://127.0.0.1:{self.office_port}"

    @property
    def shop_url(self) -> str:
        return f"http://127.0.0.1:{self.shop_port}"


def read(env: Mapping[str, str] = os.environ) -> Wanted:
    """Checks how every value looks, without touching network or disk. Raises WrongValue."""
    port = _port(env.get("PORT") or "8000")
    wanted = Wanted(
        port=port,
        shop_port=port + 1,
        var=Path(env.get("SWITCHBOARD_VAR") or ROOT / "var").resolve(),
        database_url=_database_url(env, "DATABASE_URL"),
        database_owner_url=_database_url(env, "DATABASE_OWNER_URL"),
        redis_url=_redis_url(env.get("REDIS_URL", "").strip()),
        openai=_openai(env),
        demo_data=_yes(env, "DEMO_DATA"),
    )
    if wanted.database_owner_url and not wanted.database_url:
        raise WrongValue("DATABASE_OWNER_URL is set without DATABASE_URL: set both, or neither")
    return wanted


def _port(value: str) -> int:
    # Two below the last, since the shop page and its back office take the next ones.
    if not value.strip().isascii() or not value.strip().isdigit() or not 1 <= int(value) <= 65533:
        raise WrongValue(f"PORT must be a whole number from 1 to 65533, not {value!r}: e.g. PORT=8000")
    return int(value)


def _yes(env: Mapping[str, str], name: str) -> bool:
    value = (env.get(name) or "yes").strip().lower()
    if value not in {"yes", "no"}:
        raise WrongValue(f"{name} must be yes or no, not {value!r}")
    return value == "yes"


def _database_url(env: Mapping[str, str], name: str) -> str:
    value = env.get(name, "").strip()
    if not value:
        return ""
    parts = _split(name, value, DATABASE_SHAPE)
    if parts.scheme not in {"postgresql", "postgres"} or not parts.path.strip("/"):
        raise WrongValue(f"{name} must look like {DATABASE_SHAPE}")
    return value


def _redis_url(value: str) -> str:
    if not value:
        return ""
    parts = _split("REDIS_URL", value, REDIS_SHAPE)
    if parts.scheme not in {"redis", "rediss"} or not parts.hostname:
        raise WrongValue(f"REDIS_URL must look like {REDIS_SHAPE} (rediss:// for TLS)")
    return value


def _openai(env: Mapping[str, str]) -> dict[str, str]:
    names = ("OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_MODEL")
    values = {name: value for name in names if (value := env.get(name, "").strip())}
    if base := values.get("OPENAI_BASE_URL"):
        parts = _split("OPENAI_BASE_URL", base, "https://host/v1")
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise WrongValue("OPENAI_BASE_URL must look like https://host/v1 (or http:// on this machine)")
    key = values.get("OPENAI_API_KEY", "")
    if any(not " " < letter <= "~" for letter in key):
        raise WrongValue("OPENAI_API_KEY holds a space or a letter no key has: copy it again")
    return values


def _split(name: str, value: str, shape: str) -> SplitResult:
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError as error:
        raise WrongValue(f"{name} must look like {shape} ({error})") from error
    return parts


def name_of(url: str) -> str:
    """The database a URL names."""
    return urlsplit(url).path.strip("/")
