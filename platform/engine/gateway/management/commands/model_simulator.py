"""`manage.py model_simulator`: a model provider that is not one, for tests, demos and load."""

from __future__ import annotations

import argparse
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import uvloop
from django.core.management.base import BaseCommand, CommandError, CommandParser

from engine.gateway.simulator.answering import Answering
from engine.gateway.simulator.counts import Counts
from engine.gateway.simulator.plans import Planner
from engine.gateway.simulator.server import serve


class Command(BaseCommand):
    help = "Speaks the Chat Completions protocol, with made-up answers and faults on request."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=_between(0, 65535), default=9009, help="0 takes a free one")
        parser.add_argument(
            "--tokens", type=_between(0, 100_000), default=20, help="of an answer without tools"
        )
        parser.add_argument("--delay-ms", type=_between(0, 600_000), default=0, help="before each next token")
        parser.add_argument("--log", type=Path, help="a JSON line for each request, without its text")

    def handle(self, *args: Any, **options: Any) -> None:
        with ExitStack() as stack:
            log = stack.enter_context(options["log"].open("a")) if options["log"] else None
            planner = Planner(options["tokens"], options["delay_ms"] / 1000)
            answering = Answering(planner, Counts(log))
            try:
                uvloop.run(serve(answering, options["host"], options["port"], self._ready))
            except OSError as error:
                address = f"{options['host']}:{options['port']}"
                raise CommandError(
                    f"{address} cannot be used ({error.strerror}); choose another --port."
                ) from None

    def _ready(self, address: str) -> None:
        self.stdout.write(f"listening on {address}")
        self.stdout.flush()


def _between(least: int, most: int) -> Any:
    def read(text: str) -> int:
        number = int(text)
        if not least <= number <= most:
            raise argparse.ArgumentTypeError(f"must be between {least} and {most}")
        return number

    read.__name__ = "whole number"
    return read
