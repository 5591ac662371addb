"""Reads an untrusted file in a process of its own.

Invariant: whatever the bytes do, the caller gets text or a coded refusal within the deadline, and nothing is
left: no process, no file, no partial result.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from threading import BoundedSemaphore

from core.errors import SwitchboardError, Unavailable
from engine.knowledge.extract.errors import (
    REFUSALS,
    DocumentCorrupt,
    DocumentEmpty,
    DocumentTimeout,
    DocumentTooComplex,
    DocumentTooLarge,
)
from engine.knowledge.extract.sections import MAX_BYTES, Extracted

_CHILD = Path(__file__).with_name("child.py")
_DEADLINE = 30.0
_AT_ONCE = BoundedSemaphore(2)
_OUT_OF_TIME = {-signal.SIGXCPU, -signal.SIGKILL}
_MAX_NAME = 200


class ReadersBusy(Unavailable):
    code = "document_readers_busy"
    default_message = "Too many documents are being read at once. Try again shortly."


def extract(data: bytes, name: str, *, deadline: float = _DEADLINE) -> Extracted:
    """The text of a file.

    Args:
        data: the whole file, at most 20 MB.
        name: its name as given; only decides between kinds of plain text, and is the title for want of one.
        deadline: seconds for the whole reading, and again for the wait to begin.

    Raises:
        core.errors.SwitchboardError: one of `REFUSALS`, or ReadersBusy.
    """
    if not data:
        raise DocumentEmpty
    if len(data) > MAX_BYTES:
        raise DocumentTooLarge
    if not _AT_ONCE.acquire(timeout=deadline):
        raise ReadersBusy(retry_after=deadline)
    try:
        return _understand(_run(data, name, deadline))
    finally:
        _AT_ONCE.release()


def _run(data: bytes, name: str, deadline: float) -> bytes:
    # Nameless files, not pipes: the child's own file size limit then caps what it can say.
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as said:
        given.write(data)
        given.seek(0)
        command = [sys.executable, "-I", str(_CHILD), name.replace("\x00", "")[-_MAX_NAME:]]
        try:
            done = subprocess.run(  # noqa: S603
                command,
                stdin=given,
                stdout=said,
                stderr=subprocess.DEVNULL,
                timeout=deadline,
                check=False,
                env={"LC_ALL": "C.UTF-8"},
                close_fds=True,
            )
        except subprocess.TimeoutExpired as error:
            raise DocumentTimeout from error
        if done.returncode in _OUT_OF_TIME:
            raise DocumentTimeout
        if done.returncode:
            raise DocumentTooComplex
        said.seek(0)
        return said.read()


def _understand(said: bytes) -> Extracted:
    try:
        text = said.decode()
        if text.startswith('{"error"'):
            refusal = json.loads(text)
            raise REFUSALS.get(refusal["error"], DocumentCorrupt)(refusal["message"])
        return Extracted.from_json(text)
    except SwitchboardError:
        raise
    except (ValueError, KeyError, TypeError) as error:
        raise DocumentCorrupt from error
