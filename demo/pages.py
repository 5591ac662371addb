"""The demo's help pages: what the assistant reads and what a customer who follows a citation sees.

Invariant: both come from the same file, and a document's address is a page that the shop's server shows.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from django.conf import settings
from markdown_it import MarkdownIt

from engine.knowledge.extract.documents import read
from engine.knowledge.extract.sections import Extracted
from engine.knowledge.services import Upload

CONTENT = Path(__file__).parent / "content"
FAQ = "questions-and-answers"
FAQ_TITLE = "Questions and answers"
_markdown = MarkdownIt("commonmark", {"html": False}).enable("table")


@dataclass(frozen=True, slots=True)
class Page:
    """A help page; `html` is the body below its title."""

    slug: str
    title: str
    html: str


def address(tenant: str, slug: str) -> str:
    """Where a customer reads a page."""
    return f"{settings.SHOP_URL}/help/{tenant}/{slug}"


def uploads(tenant: str) -> list[Upload]:
    """All of a tenant's texts, by file name."""
    return [
        Upload(
            path.name,
            path.read_bytes(),
            title=FAQ_TITLE if slug == FAQ else "",
            url=address(tenant, slug),
        )
        for slug, path in _files(tenant)
    ]


def extracted(upload: Upload) -> Extracted:
    """A text of ours as sections. It is not foreign, so it needs no process of its own."""
    found = read(upload.bytes, upload.name)
    return replace(found, title=upload.title) if upload.title else found


def page(tenant: str, slug: str) -> Page | None:
    """A page to be shown, or None where the tenant has none of that slug."""
    path = dict(_files(tenant)).get(slug)
    if path is None:
        return None
    text = path.read_text(encoding="utf-8")
    text = _questions_as_markdown(text) if slug == FAQ else text
    title, _, body = text.partition("\n")
    return Page(slug, title.lstrip("# ").strip(), _markdown.render(body))


def contents(tenant: str) -> list[Page]:
    """All pages without their bodies, by title."""
    found = []
    for slug, path in _files(tenant):
        with path.open(encoding="utf-8") as lines:
            title = FAQ_TITLE if slug == FAQ else next(lines).lstrip("# ").strip()
        found.append(Page(slug, title, ""))
    return sorted(found, key=lambda one: one.title.casefold())


def _files(tenant: str) -> Iterator[tuple[str, Path]]:
    folder = CONTENT / tenant
    for path in sorted((folder / "articles").glob("*.md")):
        yield path.stem, path
    if (faq := folder / "faq.csv").is_file():
        yield FAQ, faq


def _questions_as_markdown(text: str) -> str:
    rows = csv.DictReader(text.splitlines())
    return "\n\n".join([f"# {FAQ_TITLE}", *(f"## {row['question']}\n\n{row['answer']}" for row in rows)])
