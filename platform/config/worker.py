"""The Celery worker's hold on its broker: it outlives a Redis that goes away while tasks are in work."""

from __future__ import annotations

from typing import Any

import structlog
from celery.worker.consumer import Consumer

log = structlog.get_logger(__name__)


class SteadyConsumer(Consumer):
    """What `CELERY_WORKER_CONSUMER` names."""

    def on_connection_error_after_connected(self, exc: Exception) -> Any:
        """As the library's. Its clean-up gives tasks in work back by the connection that was lost, and fails in a way
        it takes for the end of the worker; they are given back by their visibility timeout instead."""
        try:
            return super().on_connection_error_after_connected(exc)
        except Exception as error:
            log.warning("broker_not_cleaned_up", error=type(error).__name__)
            self.connection = None
            return None
