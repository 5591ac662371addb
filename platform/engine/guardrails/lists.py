"""Reads the word lists that stand beside the checks as plain text."""

from __future__ import annotations

from pathlib import Path


def sections(path: Path) -> dict[str, dict[str, list[str]]]:
    """The parts of a file: `[section]`, then `part: words`, going on in lines that begin with a blank."""
    found: dict[str, dict[str, list[str]]] = {}
    section: dict[str, list[str]] = {}
    part: list[str] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        if line.startswith("["):
            section = found.setdefault(line.strip("[]"), {})
        elif line.startswith(" "):
            part.extend(line.split())
        else:
            name, _, words = line.partition(": ")
            part = section.setdefault(name, [])
            part.extend(words.split())
    return found
