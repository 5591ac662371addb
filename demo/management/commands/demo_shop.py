"""`manage.py demo_shop`: the demo shop's back office over HTTP and MCP. No database is needed."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.errors import SwitchboardError
from demo.backoffice.service import Wanted, serve


class Command(BaseCommand):
    help = "Serves the demo shop's sixteen operations over HTTP and MCP, with data held in memory."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--data", type=Path, help="a .json or .json.gz file; default: the invented shop")
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=_port, default=8010, help="0 takes a free one")
        parser.add_argument(
            "--token",
            default=os.environ.get("SHOP_TOKEN", ""),
            help="what callers must send as a bearer token; default: the environment's SHOP_TOKEN, or none",
        )
        parser.add_argument(
            "--control",
            action="store_true",
            help="offer state, log, reset and faults to anyone who can call; for tests",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        host, port = options["host"], options["port"]
        wanted = Wanted(data=options["data"], token=options["token"], control=options["control"])
        try:
            serve(wanted, host, port, self._ready)
        except SwitchboardError as error:
            raise CommandError(error.message) from None
        except OSError as error:
            raise CommandError(
                f"{host}:{port} cannot be used ({error.strerror}); choose another --port."
            ) from None

    def _ready(self, address: str) -> None:
        self.stdout.write(f"demo shop listening on {address}")
        self.stdout.flush()


def _port(text: str) -> int:
    number = int(text)
    if not 0 <= number <= 65535:
        raise argparse.ArgumentTypeError("must be between 0 and 65535")
    return number


_port.__name__ = "port"
