"""The process that reads one untrusted file: bytes on standard input, JSON on standard output.

Invariant: when foreign bytes are first looked at, this process can no longer use much memory or time, write a
large file, start a program that gains rights or, where the kernel allows, reach a network. Django-free.
"""

from __future__ import annotations

import ctypes
import json
import resource
import sys
from pathlib import Path

_MEMORY = 1024 * 1024 * 1024
_SECONDS = 15
_OUTPUT = 48 * 1024 * 1024
_OPEN_FILES = 64
_NEW_USER_AND_NETWORK = 0x10000000 | 0x40000000
_NO_NEW_PRIVILEGES = 38
_ROOT = Path(__file__).resolve().parents[3]


def main() -> None:
    """Reads one file, whose name is the first argument; prints what it holds or why it is refused."""
    sys.path.insert(0, str(_ROOT))
    from core.errors import SwitchboardError
    from engine.knowledge.extract import documents
    from engine.knowledge.extract.errors import DocumentCorrupt, DocumentTooComplex

    name = sys.argv[1] if len(sys.argv) > 1 else ""
    data = sys.stdin.buffer.read()
    _confine()
    try:
        answer = documents.read(data, name).to_json()
    except SwitchboardError as error:
        answer = _refusal(error)
    except (MemoryError, RecursionError):
        answer = _refusal(DocumentTooComplex())
    except Exception:  # whatever a parser did on hostile bytes, the answer is the same
        answer = _refusal(DocumentCorrupt())
    sys.stdout.buffer.write(answer.encode())


def _refusal(error: object) -> str:
    return json.dumps({"error": getattr(error, "code", ""), "message": str(error)})


def _confine() -> None:
    for kind, limit in (
        (resource.RLIMIT_AS, _MEMORY),
        (resource.RLIMIT_CPU, _SECONDS),
        (resource.RLIMIT_FSIZE, _OUTPUT),
        (resource.RLIMIT_NOFILE, _OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (limit, limit))
    if sys.platform == "linux":
        libc = ctypes.CDLL(None)
        libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
        # May be forbidden on this machine; the other limits hold all the same.
        libc.unshare(_NEW_USER_AND_NETWORK)


if __name__ == "__main__":
    main()
