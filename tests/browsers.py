"""Where Chromium is, and what happens to browser tests when there is none."""

import os
import shutil
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
DOWNLOADED = ("chromium-*/chrome-linux*/chrome", "chromium-*/chrome-mac*/*.app/Contents/MacOS/*")
HOW_TO_GET_ONE = (
    "Debian or Ubuntu: apt-get install chromium; elsewhere: .venv/bin/playwright install chromium; "
    "or set CHROMIUM to the program's path"
)


def find_chromium() -> Path | None:
    """CHROMIUM, then the usual names on the path, then what Playwright downloaded."""
    if chosen := os.environ.get("CHROMIUM"):
        return Path(chosen) if Path(chosen).exists() else None
    for name in NAMES:
        if found := shutil.which(name):
            return Path(found)
    caches = [Path.home() / ".cache/ms-playwright", Path.home() / "Library/Caches/ms-playwright"]
    found_there = [path for cache in caches for pattern in DOWNLOADED for path in sorted(cache.glob(pattern))]
    return found_there[-1] if found_there else None
