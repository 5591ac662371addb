"""Settings read from the environment, each checked once, with one clear line when it is wrong."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


def load_dotenv(path: Path) -> None:
    """Puts the `NAME=value` lines of a file into the environment; what is set already wins."""
    if not path.is_file():
        return
    for line in path.read_text(encoding="utf-8").splitlines():
        name, separator, value = line.partition("=")
        if separator and not name.lstrip().startswith("#"):
            os.environ.setdefault(name.strip(), value.strip().strip("\"'"))


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, default)


def number(name: str, default: int) -> int:
    value = os.environ.get(name, "")
    try:
        return int(value) if value else default
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.") from error


def flag(name: str, default: bool = False) -> bool:
    value = os.environ.get(name, "").lower()
    if value not in {"", "1", "0", "true", "false", "yes", "no"}:
        raise ImproperlyConfigured(f"{name} must be yes or no, not {value!r}.")
    return default if not value else value in {"1", "true", "yes"}


def listing(name: str, default: str = "") -> list[str]:
    return [part.strip() for part in os.environ.get(name, default).split(",") if part.strip()]


def database(name: str, *, pool: int) -> dict[str, Any]:
    """A Django database from a URL `postgresql://user:password@host:port/name?option=value`.

    Args:
        name: environment variable that holds the URL.
        pool: most connections this process may hold; 0 for no pool.
    """
    url = urlsplit(os.environ.get(name, ""))
    query = dict(parse_qsl(url.query))
    if url.scheme not in {"postgresql", "postgres"} or not url.path.strip("/"):
        raise ImproperlyConfigured(f"{name} must look like postgresql://user:password@host:5432/database.")
    options: dict[str, Any] = {key: value for key, value in query.items() if key != "host"}
    # Values go beside the statement, and statements seen five times stay prepared: half the cost of a small
    # query. A pooler that hands out other connections between transactions needs DATABASE_PREPARE=no.
    options["server_side_binding"] = True
    options["prepare_threshold"] = 5 if flag("DATABASE_PREPARE", True) else None
    if pool:
        # The pool doubles its pause after each try: left to itself it would come back as late again as the database.
        options["pool"] = {"min_size": 1, "max_size": pool, "timeout": 3, "reconnect_timeout": 2}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(url.path.lstrip("/")),
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": query.get("host") or unquote(url.hostname or ""),
        "PORT": str(url.port or ""),
        "CONN_MAX_AGE": 0,
        "OPTIONS": options,
    }
