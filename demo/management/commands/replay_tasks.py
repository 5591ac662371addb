"""`manage.py replay_tasks FILE`: recorded support tasks through the whole platform. See docs/replaying.md."""

from __future__ import annotations

import argparse
import json
import signal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.errors import SwitchboardError
from demo.replay import tasks
from demo.replay.report import Report
from demo.replay.running import LABELS, Plan, replay
from demo.replay.tasks import Expected
from demo.replay.tenants import Way


class Command(BaseCommand):
    help = "Plays recorded support tasks through the whole platform and holds everything against the record."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="a JSON object a line: id, gold_actions")
        parser.add_argument("--data", type=Path, help="the shop's data; default: db.json.gz beside FILE")
        parser.add_argument("--only", action="append", default=[], metavar="ID", help="this task; repeatable")
        parser.add_argument("--faults", action="store_true", help="let model, shop and processes fail")
        parser.add_argument("--seed", type=int, default=1, help="of the faults")
        parser.add_argument("--tenants", type=_few, default=1, help="play on so many tenants at once")
        parser.add_argument("--mcp", action="store_true", help="the shop's tools by MCP instead of HTTP")
        parser.add_argument("--approve", action="store_true", help="irreversible calls wait for a yes")
        parser.add_argument("--json", type=Path, metavar="FILE", help="the report for programs")
        parser.add_argument("--logs", type=Path, metavar="FOLDER", help="keep the processes' logs there")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("A replay makes tenants and kills processes: not in production.")
        if options["faults"] and options["approve"]:
            raise CommandError(
                "--approve goes without --faults: then writes may be repeated, and none waits."
            )
        # The shop listens on this machine, and its address is checked in this process too.
        settings.TOOLS_ALLOW_LOOPBACK = True
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            report = replay(_plan(options))
        except SwitchboardError as error:
            raise CommandError(error.message) from None
        except KeyboardInterrupt:
            raise CommandError("stopped; nothing of it is left running", returncode=130) from None
        self._tell(report, options["json"])

    def _tell(self, report: Report, path: Path | None) -> None:
        if path:
            path.write_text(json.dumps(report.as_dict(), indent=1), encoding="utf-8")
        for line in report.lines():
            self.stdout.write(line)
        if not report.is_clean:
            raise SystemExit(1)


def _plan(options: dict[str, Any]) -> Plan:
    data = options["data"] or tasks.data_beside(options["file"])
    way = Way(by_mcp=options["mcp"], with_faults=options["faults"], with_approval=options["approve"])
    seed = options["seed"] if options["faults"] else None
    chosen = _chosen(tasks.executed(tasks.read(options["file"]), data), options["only"])
    return Plan(chosen, data, way, seed, options["tenants"], options["logs"])


def _chosen(found: list[Expected], only: list[str]) -> tuple[Expected, ...]:
    if unknown := sorted(set(only) - {one.task.id for one in found}):
        raise CommandError(f"There is no task {', '.join(unknown)}.")
    return tuple(one for one in found if not only or one.task.id in only)


def _few(text: str) -> int:
    number = int(text)
    if not 1 <= number <= len(LABELS):
        raise argparse.ArgumentTypeError(f"must be between 1 and {len(LABELS)}")
    return number


_few.__name__ = "number"
