"""Database work from asynchronous code while there is no database: who asks hears so at once."""

from __future__ import annotations

import json
import os
import subprocess
import sys

from embedded.processes import free_port
from tests.servers import ROOT

ASKS = """
import asyncio, json, time
import django
django.setup()
from django.db import DatabaseError, connection
from core.offload import in_database

def look():
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")

async def ask():
    try:
        await in_database(look)()
    except DatabaseError as error:
        return type(error).__name__
    return "answered"

async def main():
    began = time.monotonic()
    told = await asyncio.gather(*(ask() for _ in range(60)))
    print(json.dumps([told, time.monotonic() - began]))

asyncio.run(main())
"""


def test_a_crowd_without_a_database_is_sent_away_together_and_not_one_by_one() -> None:
    nowhere = f"postgresql://nobody:nothing@127.0.0.1:{free_port()}/nothing"
    settings = {"DATABASE_URL": nowhere, "DATABASE_POOL": "4", "DJANGO_SETTINGS_MODULE": "config.settings"}
    paths = {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "platform")])}

    asked = subprocess.run(
        [sys.executable, "-c", ASKS],
        cwd=ROOT,
        env=os.environ | settings | paths,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    assert asked.returncode == 0, asked.stderr[-2000:]
    told, seconds = json.loads(asked.stdout.splitlines()[-1])
    assert told == ["OperationalError"] * 60
    # One by one, two at a time and three seconds each, they would take a minute and a half.
    assert seconds < 45
