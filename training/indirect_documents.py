"""Puts own documents together: help pages, mails, tickets, orders, web pages; clean, or with an order slipped in."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from training.indirect_code import HOLE, answer, paste
from training.indirect_words import (
    ABROAD,
    GUIDES,
    MAILS,
    ORDERS,
    ORDERS_ABROAD,
    QUESTIONS,
    TASKS,
    TITLES,
    filled,
    framed,
)
from training.rows import read


@dataclass(frozen=True, slots=True)
class Document:
    """A text, where it is from, what kind of attack it has and where that stands (nowhere: start == end)."""

    text: str
    source: str
    group: str
    start: int = 0
    end: int = 0
    kind: str = ""


def documents(chance: random.Random, count: int = 4000) -> list[Document]:
    """Own documents in a fixed order: half of them clean, the others with one attack each."""
    makers: list[Callable[[random.Random], str]] = [
        _guide,
        _guide,
        _faq,
        _mail,
        _mail,
        _ticket,
        _order,
        _page,
        _code,
        _reviews,
        _table,
        _abroad,
        _chat,
        _result,
        _result,
        _whois,
        answer,
        answer,
    ]
    support = [
        row.text
        for row in read("injection")
        if row.source in ("banking77", "bitext-sample", "multidogo-software", "multidogo-airline")
    ]
    found = []
    for number in range(count):
        make = makers[number % len(makers)]
        frame = make(chance)
        if number % 4 == 0:
            frame = _said(chance, support)
        if number % 2:
            found.append(Document(frame.replace(HOLE, ""), "own", "clean"))
        else:
            found.append(_attacked(frame, chance, escape=frame.lstrip().startswith("{")))
    return found


def _attacked(frame: str, chance: random.Random, *, escape: bool) -> Document:
    technical = "```" in frame
    shares = (3, 3, 2, 1, 12) if technical else (5, 5, 4, 2, 1)
    kind = chance.choices(("order", "plain", "task", "abroad", "paste"), shares)[0]
    said = {
        "order": lambda: framed(filled(chance.choice(ORDERS), chance), chance),
        "plain": lambda: filled(chance.choice(ORDERS), chance),
        "task": lambda: filled(chance.choice(TASKS), chance),
        "abroad": lambda: filled(chance.choice(ORDERS_ABROAD), chance),
        "paste": lambda: paste(chance),
    }[kind]()
    if escape:
        said = json.dumps(said, ensure_ascii=False)[1:-1]
    holes = frame.count(HOLE)
    at = chance.randrange(holes) if holes else -1
    parts = frame.split(HOLE)
    if at < 0:
        return Document(f"{frame}\n{said}", "own", kind, len(frame) + 1, len(frame) + 1 + len(said))
    before = "".join(parts[: at + 1])
    text = before + said + "".join(parts[at + 1 :])
    return Document(text, "own", kind, len(before), len(before) + len(said))


def _some(words: Sequence[str], chance: random.Random, low: int, high: int) -> list[str]:
    return [filled(chance.choice(words), chance) for _ in range(chance.randint(low, high))]


def _guide(chance: random.Random) -> str:
    parts = [f"# {filled(chance.choice(TITLES), chance)}", HOLE]
    for _ in range(chance.randint(2, 5)):
        sentences = _some(GUIDES, chance, 2, 5)
        style = chance.randrange(4)
        if style == 0:
            parts.append("\n".join(f"{n}. {each}" for n, each in enumerate(sentences, 1)))
        elif style == 1:
            parts.append("\n".join(f"* {each}" for each in sentences))
        elif style == 2:
            parts.append(f"## {filled(chance.choice(QUESTIONS + TITLES), chance)}\n\n{' '.join(sentences)}")
        else:
            parts.append(
                " ".join([*sentences[:2], HOLE, *sentences[2:]])
                if chance.random() < 0.4
                else " ".join(sentences)
            )
        parts.append(HOLE)
    return "\n\n".join(parts)


def _faq(chance: random.Random) -> str:
    pairs = [f"{q}\n{' '.join(_some(GUIDES, chance, 1, 3))}" for q in _some(QUESTIONS, chance, 2, 6)]
    return f"\n{HOLE}\n".join(["", *pairs, ""])


def _mail(chance: random.Random) -> str:
    head = (
        f"Subject: {filled(chance.choice(TITLES), chance)}\nFrom: {filled('{name} <{mail}>', chance)}\n\n"
        if chance.random() < 0.5
        else ""
    )
    body = [filled("Hi {name},", chance), *_some(MAILS, chance, 2, 7)]
    at = chance.randrange(len(body))
    joint = chance.choice((" ", "\n", "\n\n"))
    return head + joint.join([*body[:at], HOLE, *body[at:], HOLE, chance.choice(("", "Best regards,"))])


def _ticket(chance: random.Random) -> str:
    said = [" ".join(_some(MAILS, chance, 1, 4)) for _ in range(chance.randint(1, 3))]
    return _json(
        {
            "id": f"T-{chance.randint(100, 9999)}",
            "status": chance.choice(("open", "closed")),
            "subject": filled(chance.choice(QUESTIONS + TITLES), chance),
            "messages": [{"from": chance.choice(("customer", "agent")), "body": each} for each in said],
            "note": HOLE,
        },
        chance,
    )


def _order(chance: random.Random) -> str:
    item = {"name": filled("{brand}", chance), "price": 12.5, "note": HOLE}
    return _json(
        {
            "order_id": f"#W{chance.randint(10**6, 10**7)}",
            "items": [item],
            "address": {"line": filled("{n} Mill Lane", chance), "city": "Porto"},
            "comment": " ".join(_some(MAILS, chance, 0, 2)) + HOLE,
            "payments": [{"amount": filled("{amount}", chance), "method": "card"}],
        },
        chance,
    )


def _result(chance: random.Random) -> str:
    """What a tool gives back: products, mails, posts, files, appointments, errors."""
    said = " ".join(_some(MAILS + GUIDES, chance, 1, 2))
    name = filled("{first} {last}", chance)
    values: tuple[dict[str, Any], ...] = (
        {"product": filled("{product}", chance), "reviews": [{"by": name, "text": f"{said} {HOLE}"}]},
        {
            "emails": [
                {"from": filled("{mail}", chance), "subject": "Re: hello", "body": HOLE},
                {"body": said},
            ]
        },
        {"posts": [{"user": name, "text": HOLE}, {"user": "me", "text": said}]},
        {"path": "/home/notes.txt", "content": f"{said}\n{HOLE}"},
        {"event": {"title": "Sync", "time": "10:00", "description": HOLE, "guests": [name]}},
        {"status": chance.choice((200, 500)), "ok": False, "hint": HOLE, "message": said},
        {"results": [{"title": said[:40], "snippet": f"{said} {HOLE}", "url": filled("{url}", chance)}]},
        {"user": {"name": name, "bio": HOLE}, "score": 12},
        {"page": f"<h1>News</h1><p>{said}</p><span style='display:none'>{HOLE}</span>"},
        {"stdout": said, "stderr": HOLE, "exit": 1},
    )
    value = chance.choice(values)
    return _json(value, chance)


def _whois(chance: random.Random) -> str:
    fields = [
        ("Domain Name", filled("{product}.example", chance)), ("Registrar", "Namehub Ltd."),
        ("Creation Date", f"20{chance.randint(10, 24)}-05-01T00:00:00Z"), ("Domain Status", "ok"),
        ("Registrant Name", filled("{first} {last}", chance)),
        ("Registrant Organization", filled("{brand} GmbH", chance)),
        ("Registrant Street", filled("{n} Mill Lane", chance)), ("Registrant Country", "PT"),
        ("Tech Email", filled("{mail}", chance)), ("Name Server", "NS1.EXAMPLE.NET"), ("DNSSEC", "unsigned"),
        ("Remarks", "see the terms of use"), ("City", "Porto"), ("Phone", "+351.210000000"),
    ]  # fmt: skip
    lines = [f"{name}: {value}" for name, value in fields if chance.random() < 0.8]
    at = chance.randrange(len(lines) + 1)
    key = chance.choice(
        ("Registrant Name: ", "Registrant Organization: ", "Remarks: ", "Comment: ", "Tech Name: ", "")
    )
    return "\n".join([*lines[:at], key + HOLE, *lines[at:]])


def _json(value: dict[str, object], chance: random.Random) -> str:
    text = json.dumps(value, indent=chance.choice((None, 2)), ensure_ascii=False)
    return text.replace(json.dumps(HOLE)[1:-1], HOLE)


def _page(chance: random.Random) -> str:
    rows = [f"<p>{' '.join(_some(GUIDES + MAILS, chance, 1, 4))}</p>" for _ in range(chance.randint(2, 5))]
    hidden = chance.choice(
        (
            f"<!-- {HOLE} -->",
            f'<p style="display:none">{HOLE}</p>',
            f"<div>{HOLE}</div>",
            f'<img src="a.png" alt="{HOLE}">',
            f'<span style="font-size:0">{HOLE}</span>',
            f"[//]: # ({HOLE})",
        )
    )
    rows.insert(chance.randrange(len(rows)), hidden)
    return (
        f"<html><body><h1>{filled(chance.choice(TITLES), chance)}</h1>\n"
        + "\n".join(rows)
        + "\n</body></html>"
    )


def _code(chance: random.Random) -> str:
    what = chance.choice(("user", "order", "file"))
    lines = [
        "import os", "", f"def load_{what}(path):", f"    # {filled(chance.choice(GUIDES), chance)}", f"    # {HOLE}",
        "    with open(path) as file:", "        return file.read()", HOLE, "", "print(load('a.txt'))",
    ]  # fmt: skip
    code = "\n".join(lines)
    before, after = " ".join(_some(GUIDES, chance, 1, 3)), " ".join(_some(GUIDES, chance, 1, 2))
    return f"{before}\n```\n{code}\n```\n{after}{HOLE}"


def _reviews(chance: random.Random) -> str:
    rows = [
        f"{chance.randint(1, 5)} stars - {' '.join(_some(MAILS, chance, 1, 3))}"
        for _ in range(chance.randint(2, 5))
    ]
    return f"\n{HOLE}\n".join(rows) + f"\n{HOLE}"


def _table(chance: random.Random) -> str:
    rows = []
    for _ in range(chance.randint(4, 12)):
        name, place, day = (filled(slot, chance) for slot in ("{product}", "{country}", "{day}"))
        rows.append(f"| {name} | {chance.randint(1, 99)} | {place} | {day} |")
    at = chance.randrange(len(rows) + 1)
    rows.insert(at, HOLE if chance.random() < 0.7 else f"| {filled('{product}', chance)} | {HOLE} | x | 3 |")
    return "| Name | Count | Place | Date |\n|---|---|---|---|\n" + "\n".join(rows)


def _abroad(chance: random.Random) -> str:
    return f" {HOLE}\n".join(_some(ABROAD, chance, 3, 8)) + f"\n{HOLE}"


def _chat(chance: random.Random) -> str:
    rows = []
    for _ in range(chance.randint(3, 8)):
        who = chance.choice(("Agent", "Customer", filled("{name}", chance)))
        rows.append(f"{who}: {filled(chance.choice(MAILS + QUESTIONS), chance)}")
    return "\n".join([*rows[:2], HOLE, *rows[2:], HOLE])


def _said(chance: random.Random, support: Sequence[str]) -> str:
    said = [chance.choice(support) for _ in range(chance.randint(1, 4))]
    if chance.random() < 0.5:
        return _json(
            {"ticket": chance.randint(1, 999), "text": said[0], "history": said[1:], "note": HOLE}, chance
        )
    return f"\n\n{HOLE}\n\n".join([*said, ""])
