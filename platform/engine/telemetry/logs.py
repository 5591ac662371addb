"""Structured logs.

Invariant: no text of a customer, a model, a document or a tool, and no secret, reaches a log line; the names below
are dropped whoever logs them.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

import structlog

_NEVER = frozenset(
    {"text", "message_text", "prompt", "content", "answer", "email", "name", "phone", "token", "password",
     "secret", "api_key", "authorization", "cookie", "arguments", "query"}
)  # fmt: skip


def drop_personal(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Structlog processor: replaces values that may hold what people said or a secret."""
    for key in _NEVER & event.keys():
        event[key] = "[dropped]"
    return event


_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    drop_personal,
]


def logging_config(*, json_lines: bool, level: str) -> dict[str, Any]:
    """Django's LOGGING: one line an event on standard error, JSON or for people; sets structlog up to feed it."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    renderer: Any = (
        structlog.processors.JSONRenderer() if json_lines else structlog.dev.ConsoleRenderer(colors=False)
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "lines": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.format_exc_info,
                    renderer,
                ],
                "foreign_pre_chain": _SHARED,
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django_structlog": {"level": "WARNING"},
            "uvicorn.access": {"level": "WARNING"},
            "httpx2": {"level": "WARNING"},
            "openai": {"level": "WARNING"},
        },
    }
