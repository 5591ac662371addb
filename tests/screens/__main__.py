"""Pictures of the running demo for `docs/screens`: `python -m tests.screens [--base URL] [--out FOLDER]`.

Each picture is a line of a list: who looks (a first name, or nobody), where, how large, light or dark, and what is done
before. What is not there is left out with a message. The last ones play a conversation, and so add one to the demo.
Needs Chromium and the development environment (`make check` makes it).
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Error, Page, ViewportSize, sync_playwright

from demo.environment import ROOT
from tests.browsers import HOW_TO_GET_ONE, find_chromium
from tests.screens.palette import small

WIDE, TABLET, PHONE, NARROW = (1280, 860), (820, 1100), (390, 800), (320, 640)
TALL, LONG = (1280, 1200), (1280, 1400)
PATIENCE = 60_000
"""Milliseconds: machines that make pictures have other things to do."""
Step = tuple[str, ...]
OPEN_CHAT: tuple[Step, ...] = (("open-chat",), ("wait", "support-chat textarea"))
_WAITING = "#rows .row:has-text('{}')"


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture.

    Args:
        name: of the file; who: of `demo-logins.json`, by the first name; at_shop: the address is the shop's.
        do: steps (see `_STEPS`) before the picture is taken; told: what it shows, for the list of pictures.
    """

    name: str
    who: str
    path: str
    told: str
    do: tuple[Step, ...] = ()
    size: tuple[int, int] = WIDE
    dark: bool = False
    at_shop: bool = False


def _talk(name: str) -> tuple[Step, ...]:
    """Opens a conversation at the desk, by its customer's name."""
    return (("wait", "#rows .row"), ("click", _WAITING.format(name)), ("wait", "#events .event"), ("rest",))


DESK, TAKEN = "/desk/?view=all", _talk("Marian Holloway")
SHOTS: tuple[Shot, ...] = (
    Shot("desk", "ben", DESK, "The desk: queue, conversation, customer card", TAKEN),
    Shot("desk-dark", "ben", DESK, "The same, dark", TAKEN, dark=True),
    Shot("desk-tablet", "ben", DESK, "The desk on a tablet", TAKEN, TABLET),
    Shot("desk-phone", "ben", DESK, "The desk's list on a phone", (("wait", "#rows .row"), ("rest",)), PHONE),
    Shot("desk-packet", "mia", DESK, "What a person is told who takes a conversation", _talk("Freya Lindqvist")),
    Shot("desk-approval", "mia", DESK, "A call that waits for a yes", _talk("Gorsela Starlingham")),
    Shot("dashboard", "mia", "/console/", "The dashboard", (("rest",),), LONG),
    Shot("dashboard-dark", "mia", "/console/", "The dashboard, dark", (("rest",),), LONG, dark=True),
    Shot("dashboard-charts", "mia", "/console/", "The dashboard's charts",
         (("top", "main.figures figure, main.figures .figure-chart, main.figures svg"), ("rest",)), LONG),
    Shot("release-editor", "mia", "/console/releases/release/", "A draft of the next release",
         (("click", "text=Work on the next release"), ("wait", "#token-count"), ("rest",))),
    Shot("release-diff", "mia", "/console/releases/draft/", "What a draft changes, before it is published",
         (("click", "#result_list a[href$='/change/']"), ("wait", "#token-count"),
          ("append", "Prompt", "\nThe shop is closed on 25 and 26 December: say so to who asks about delivery."),
          ("click", "main button[name=publish]"), ("wait", "text=Why is this published?"), ("rest",))),
    Shot("playground", "mia", "/console/playground/", "An answer tried out, with its sources and steps",
         (("fill", "textarea[name=text]", "Can I send my boots back after one walk?"),
          ("click", "#play button[type=submit]"), ("wait", "#answer"), ("rest",)), TALL),
    Shot("teams", "mia", "/console/escalation/team/", "A team: hours, promises, people",
         (("click", "#result_list a:has-text('Customer care')"), ("rest",)), TALL),
    Shot("handing-over", "mia", "/console/matrix/handoverrules/", "When a person takes over", (("rest",),), TALL),
    Shot("guardrails", "mia", "/console/guardrails/policy/", "The guardrails' policy", (("rest",),), TALL),
    Shot("budgets", "mia", "/console/budgets/budget/", "Budgets: spent, reserved, left", (("rest",),)),
    Shot("knowledge-search", "mia", "/console/knowledge-search/?q=My+boots+hurt+after+one+hike&k=5",
         "A test search of the knowledge", (("rest",),), TALL),
    Shot("audit", "mia", "/console/audit/auditevent/", "The ledger", (("rest",),)),
    Shot("shop", "", "/?tenant=retail", "The shop with the chat",
         (*OPEN_CHAT, ("ask", "How long do I have to send something back?"), ("answered", "1")), at_shop=True),
    Shot("shop-dark", "", "/?tenant=retail", "The same, dark",
         (*OPEN_CHAT, ("ask", "My rain jacket soaks through, is it broken?"), ("answered", "1")), dark=True,
         at_shop=True),
    Shot("chat-narrow", "", "/?tenant=retail", "The chat at 320 pixels",
         (*OPEN_CHAT, ("ask", "Can I return boots that I wore on a hike?"), ("answered", "1")), NARROW, at_shop=True),
)  # fmt: skip


@dataclass(slots=True)
class Studio:
    """A browser and everybody's sessions in it."""

    browser: Browser
    base: str
    out: Path
    passwords: dict[str, str]
    desk: Page | None = None
    kept: dict[str, Any] = field(default_factory=dict)
    taken: list[tuple[str, str]] = field(default_factory=list)

    @property
    def shop(self) -> str:
        parts = urlsplit(self.base)
        return f"{parts.scheme}://{parts.hostname}:{(parts.port or 80) + 1}"

    def context(self, shot: Shot) -> BrowserContext:
        """A window for a picture, in which its member is signed in."""
        size = ViewportSize(width=shot.size[0], height=shot.size[1])
        context = self.browser.new_context(
            viewport=size,
            color_scheme="dark" if shot.dark else "light",
            reduced_motion="reduce",
            storage_state=self.kept.get(shot.who) if shot.who else None,
        )
        context.set_default_timeout(PATIENCE)
        return context

    def sign_in(self, who: str) -> None:
        """Once for all pictures of a member."""
        email = next(address for address in self.passwords if address.startswith(f"{who}."))
        context = self.browser.new_context()
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.goto(f"{self.base}/accounts/login/")
        page.get_by_label("Email").fill(email)
        page.get_by_label("Password", exact=True).fill(self.passwords[email])
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "/login" not in url)
        self.kept[who] = context.storage_state()
        context.close()

    def take(self, page: Page, name: str, told: str) -> None:
        png = page.screenshot(animations="disabled", caret="hide")
        if self.desk is None:
            self.desk = self.browser.new_page()
        (self.out / f"{name}.png").write_bytes(small(png, self.desk))
        self.taken.append((name, told))
        print(f"{name}.png", flush=True)


def _rest(page: Page) -> None:
    page.wait_for_timeout(900)


def _answered(page: Page, number: str) -> None:
    page.locator("support-chat [role=log] .ai:has(.say)").nth(int(number) - 1).wait_for()
    _rest(page)


def _ask(page: Page, text: str) -> None:
    box = page.locator("support-chat textarea").first
    box.fill(text)
    box.press("Enter")


def _append(page: Page, label: str, text: str) -> None:
    box = page.get_by_label(label, exact=True).first
    if text not in box.input_value():
        box.fill(box.input_value() + text)


_STEPS: dict[str, Any] = {
    "append": _append,
    "answered": _answered,
    "ask": _ask,
    "click": lambda page, where: page.locator(where).first.click(),
    "fill": lambda page, where, text: page.locator(where).first.fill(text),
    "open-chat": lambda page: page.evaluate("document.querySelector('support-chat').open = true"),
    "rest": _rest,
    "top": lambda page, where: page.locator(where).first.evaluate("one => one.scrollIntoView()"),
    "wait": lambda page, where: page.locator(where).first.wait_for(),
}


def shoot(studio: Studio, shot: Shot) -> None:
    """Takes one picture, or says why not."""
    if shot.who and shot.who not in studio.kept:
        studio.sign_in(shot.who)
    context = studio.context(shot)
    page = context.new_page()
    try:
        answer = page.goto(f"{studio.shop if shot.at_shop else studio.base}{shot.path}")
        if answer is None or answer.status != 200:
            print(f"{shot.name}: left out, {shot.path} is not there", file=sys.stderr)
            return
        for name, *words in shot.do:
            _STEPS[name](page, *words)
        studio.take(page, shot.name, shot.told)
    except Error as error:
        print(f"{shot.name}: left out, {str(error).splitlines()[0]}", file=sys.stderr)
    finally:
        context.close()


def play(studio: Studio) -> None:
    """A customer waits, is served by ben and is asked how it was: three pictures of the chat and one of the desk."""
    chat = Shot("", "", "", "")
    with _pages(studio, chat, Shot("", "ben", "", "")) as (customer, ben):
        customer.goto(f"{studio.shop}/?tenant=retail")
        for name, *words in OPEN_CHAT:
            _STEPS[name](customer, *words)
        _ask(customer, "My tent pole split on the first night")
        _answered(customer, "1")
        customer.get_by_role("button", name="Talk to a person").click()
        customer.locator("support-chat").get_by_text("in the queue").last.wait_for()
        _rest(customer)
        studio.take(
            customer, "chat-waiting", "The chat: a place in the queue, and what to do instead of waiting"
        )
        ben.goto(f"{studio.base}/desk/?view=unassigned")
        ben.locator("#rows .row").first.click()
        ben.locator("#events").get_by_text("My tent pole split").first.wait_for()
        ben.get_by_role("button", name="Take over").first.click()
        ben.locator("#text").fill("Hello, this is Ben. I send you a new section today, free of charge.")
        ben.keyboard.press("Enter")
        customer.get_by_text("a new section today").last.wait_for()
        ben.get_by_role("button", name="Resolve").first.click()
        dialog = ben.get_by_role("dialog")
        dialog.get_by_role("radio").first.check()
        studio.take(ben, "desk-resolve", "The desk asks what a conversation came to")
        dialog.get_by_role("button", name="Resolve").click()
        customer.get_by_role("form", name="How was this conversation?").wait_for()
        _rest(customer)
        studio.take(customer, "chat-rating", "The chat asks how it was")


@contextmanager
def _pages(studio: Studio, *shots: Shot) -> Iterator[list[Page]]:
    contexts = [studio.context(shot) for shot in shots]
    try:
        yield [context.new_page() for context in contexts]
    finally:
        for context in contexts:
            context.close()


def _readme(studio: Studio) -> None:
    lines = [f"## {told}\n\n![{told}]({name}.png)\n" for name, told in studio.taken]
    head = (
        "# Screens\n\nPictures of the demo (`make demo`), made by `python -m tests.screens`. All names and words "
        "in them are invented.\n"
    )
    (studio.out / "README.md").write_text("\n".join([head, *lines]), encoding="utf-8")


def _passwords() -> dict[str, str]:
    path = Path(os.environ.get("SWITCHBOARD_VAR") or ROOT / "var") / "demo-logins.json"
    if not path.exists():
        raise SystemExit(f"{path} is not there: run make demo first, or name its folder in SWITCHBOARD_VAR")
    found: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.screens", description="Pictures of the running demo."
    )
    parser.add_argument("--base", default="http://127.0.0.1:8000", help="where the demo runs")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "screens", help="where the pictures go")
    parser.add_argument("--only", default="", help="names of pictures, with commas between; otherwise all")
    chosen = parser.parse_args()
    program = find_chromium()
    if program is None:
        raise SystemExit(f"There is no Chromium. {HOW_TO_GET_ONE}")
    chosen.out.mkdir(parents=True, exist_ok=True)
    only = {name for name in chosen.only.split(",") if name}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(program), args=["--no-sandbox"])
        studio = Studio(browser, chosen.base.rstrip("/"), chosen.out, _passwords())
        for shot in SHOTS:
            if not only or shot.name in only:
                shoot(studio, shot)
        if not only or "chat-waiting" in only:
            if "ben" not in studio.kept:
                studio.sign_in("ben")
            try:
                play(studio)
            except Error as error:
                print(f"The conversation was not played: {str(error).splitlines()[0]}", file=sys.stderr)
        browser.close()
    if not only:
        _readme(studio)


if __name__ == "__main__":
    main()
