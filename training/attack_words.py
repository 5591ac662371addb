"""Invented attacks on an assistant: intents, phrasings, carriers and disguises, put together by a seeded generator.

Every sentence here was written for this purpose; none comes from a collection.
"""

from __future__ import annotations

import base64
import codecs
import re
from collections.abc import Iterator
from pathlib import Path
from random import Random

WORDS = Path(__file__).parent / "words"


def sections(name: str) -> dict[str, list[str]]:
    """The lines of `words/NAME.txt` under their `[headings]`; a lone `~` is an empty line, `\\n` a line break."""
    found: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in (WORDS / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("[") and line.endswith("]") and len(line) < 40 and "{" not in line:
            lines = found.setdefault(line[1:-1], [])
        elif line and not line.startswith("# "):
            lines.append("" if line == "~" else line.replace("\\n", "\n"))
    return found


def joined(*names: str) -> dict[str, list[str]]:
    """The sections of several files; what several have under the same heading stands together."""
    found: dict[str, list[str]] = {}
    for name in names:
        for heading, lines in sections(name).items():
            found.setdefault(heading, []).extend(lines)
    return found


_ENGLISH = joined("injection_english", "injection_kinds", "injection_more")
SLOTS = {name.split()[1]: lines for name, lines in _ENGLISH.items() if name.startswith("slot ")}
TEMPLATES = {name: lines for name, lines in _ENGLISH.items() if not name.startswith("slot ")}


def attacks(count: int, random: Random) -> Iterator[tuple[str, str]]:
    """So many attacks with their intents, English, some of them long, some disguised a little."""
    kinds = [*sorted(TEMPLATES), *_OFTEN]
    for at in range(count):
        kind = kinds[at % len(kinds)]
        text = fill(random.choice(TEMPLATES[kind]), random)
        roll = random.random()
        if roll < 0.14:
            text = f"{text} {fill(random.choice(TEMPLATES[random.choice(kinds)]), random)}"
        elif roll < 0.24:
            text = (
                " ".join(fill(random.choice(TEMPLATES[random.choice(kinds)]), random) for _ in range(5))
                + text
            )
        if kind in _LONG and random.random() < 0.4:
            rules = random.sample(SLOTS["rule"], random.randint(4, 16))
            joint = random.choice((" ", "\n", "\n- "))
            text = joint.join([text, *(fill(rule, random) for rule in rules)])
        yield kind, _worn(text, random)


# Many ways to say it in few words: these get twice as many sentences.
_OFTEN = ("extract", "hidden", "reveal")
_LONG = ("character", "persona", "mode", "fiction", "scene")


def fill(template: str, random: Random) -> str:
    """A template with its slots filled."""
    plain = f"{random.choice(SLOTS['reset'])} {random.choice(SLOTS['prior'])} {random.choice(SLOTS['rules'])}"
    code = {
        "b64": [base64.b64encode(plain.encode()).decode()],
        "rot": [codecs.encode(plain, "rot13")],
        "rev": [plain[::-1]],
        "hex": [plain.encode().hex()],
    }
    same = {name: [random.choice(SLOTS[name])] for name in ("name", "who", "mode")}
    text = template
    for _ in range(4):
        text = _once(text, {**SLOTS, **code, **same}, random)
    text = text.strip()
    return text[:1].upper() + text[1:] if random.random() < 0.8 else text


_LINK = "http://www.example/x"


def in_languages(count: int, random: Random) -> Iterator[tuple[str, str]]:
    """So many attacks by language: what is to be forgotten or a pretext, then what is to be done.

    In a third of them the two halves are of different languages.
    """
    parts = joined("injection_slots", "injection_tongues")
    begins, ends = _by_language(parts, "reset", "frame"), _by_language(parts, "do")
    languages = sorted(begins.keys() & ends.keys())
    for at in range(count):
        language = languages[at % len(languages)]
        first, second = random.choice(
            ((language, language), (language, language), ("en", language), (language, "en"), (language, ""))
        )
        begin = random.choice(begins[first])
        do = random.choice(ends[second or random.choice(languages)])
        do = do.replace(_LINK, fill(random.choice(("{markup}", "{markup}", _LINK, "'{word}'")), random))
        joint = "" if language == "zh" else random.choice((" ", " ", "\n"))
        text = random.choice((f"{begin}{joint}{do}", f"{begin}{joint}{do}", do, f"{begin}{joint}{do} {do}"))
        yield language, typos(text, random) if random.random() < 0.15 else text


def _by_language(parts: dict[str, list[str]], *kinds: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for heading, lines in parts.items():
        language, _, kind = heading.partition(" ")
        if kind in kinds and language != "slot":
            found.setdefault(language, []).extend(lines)
    return found


def honest(count: int, random: Random) -> Iterator[tuple[str, str]]:
    """So many harmless sentences that have the words of attacks in them."""
    parts = joined("injection_slots", "injection_lookalikes", "injection_forms")
    slots = {name.split()[1]: lines for name, lines in parts.items() if name.startswith("slot ")}
    kinds = sorted(name for name in parts if name.startswith("honest"))
    for at in range(count):
        kind = kinds[at % len(kinds)]
        text = random.choice(parts[kind])
        for _ in range(6):
            text = _once(text, slots, random)
        yield kind, _worn(text[:1].upper() + text[1:], random)


_SLOT = re.compile(r"\{([a-z0-9]+)\}")


def _once(text: str, slots: dict[str, list[str]], random: Random) -> str:
    text = text.replace("{{", "\x01").replace("}}", "\x02").replace("{digit}", str(random.randint(0, 9)))
    text = _SLOT.sub(lambda match: random.choice(slots[match[1]]), text)
    return text.replace("\x01", "{").replace("\x02", "}")


def _worn(text: str, random: Random) -> str:
    roll = random.random()
    if roll < 0.06:
        return text.upper()
    if roll < 0.22:
        return text.lower()
    if roll < 0.30:
        return typos(text, random)
    if roll < 0.34:
        return text.translate(str.maketrans("", "", ".,!?:\"'"))
    return text


def typos(text: str, random: Random) -> str:
    """A text in which a few letters are lost, doubled or exchanged."""
    signs = list(text)
    for _ in range(max(1, len(signs) // 40)):
        at = random.randrange(max(1, len(signs) - 1))
        if signs[at : at + 1] and signs[at].isalpha():
            signs[at] = random.choice(("", signs[at] * 2, signs[at + 1] if at + 1 < len(signs) else ""))
    return "".join(signs)
