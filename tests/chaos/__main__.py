"""A longer run with its figures: `python -m tests.chaos [--rounds 3] [--customers 40] [--seconds 6]`."""

from __future__ import annotations

import argparse
import json
import os
import secrets
import sys
import tempfile
from collections import Counter
from pathlib import Path

from tests.chaos.run import Found, Plan, run


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--customers", type=int, default=40)
    options.add_argument("--seconds", type=float, default=6.0, help="the least an outage lasts")
    options.add_argument("--lease", type=int, default=8, help="of a run, in seconds")
    wishes = options.parse_args()
    for name in ("SECRET_KEY", "MASTER_KEY"):
        os.environ.setdefault(name, secrets.token_urlsafe(48))
    with tempfile.TemporaryDirectory(prefix="switchboard-chaos-") as folder:
        # The user `nobody` must reach the data inside, where PostgreSQL cannot run in a namespace of its own.
        Path(folder).chmod(0o711)
        found = run(Path(folder), Plan(wishes.rounds, wishes.customers, wishes.seconds, wishes.lease))
    sys.stdout.write(json.dumps(told(found), indent=2, default=str) + "\n")
    return bool(found.faults)


def told(found: Found) -> dict[str, object]:
    """What is worth writing down."""
    record = found.load.record
    waits = sorted(one.answered_at - one.tried_at for one in record.messages)
    return {
        "messages": len(record.messages),
        "levels": Counter(one.level for one in record.messages),
        "seconds to the answer, median and longest": (round(waits[len(waits) // 2], 2), round(waits[-1], 2)),
        "refusals": Counter(frame["code"] for _, frame in record.errors),
        "lines closed": Counter(code for _, code in record.closes),
        "pieces of drafts that did not fit": record.holes,
        "lines that hung": len(record.stalls),
        "seconds to the first answer": found.figures.first_answer,
        "seen": found.figures.seen,
        "faults": found.faults,
    }


if __name__ == "__main__":
    raise SystemExit(main())
