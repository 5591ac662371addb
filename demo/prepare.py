"""Tables, static files and demo data, in one process since Django takes seconds to load.

What is done goes to stderr as it happens; the demo's log-ins go to stdout, for the launcher to show last.
"""

import os
import sys
import time
from collections.abc import Callable

import django
from django.core.management import call_command

DATA = "demo data"
STEPS: dict[str, Callable[[], object]] = {
    "tables": lambda: call_command("migrate", database="owner", verbosity=0),
    "prices of models": lambda: call_command("load_prices", stdout=sys.stderr),
    "static files": lambda: call_command("collectstatic", interactive=False, verbosity=0),
    DATA: lambda: call_command("seed_demo", show_logins=True),
}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    tell("loading the platform …")
    django.setup()
    for name, step in STEPS.items():
        if name == DATA and os.environ.get("DEMO_DATA") == "no":
            continue
        tell(f"{name} …")
        began = time.monotonic()
        step()
        tell(f"{name}: done in {time.monotonic() - began:.1f} s")


def tell(line: str) -> None:
    print(f"demo   | {line}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
