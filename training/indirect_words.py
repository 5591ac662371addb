"""Own sentences for training: orders to an assistant, foreign tasks, and honest documents full of orders to the reader.

They stand in `indirect_words.txt`, one a line below `= NAME`. A slot such as `{mail}` is filled from `= slot mail`.
Every sentence is our own.
"""

from __future__ import annotations

import random
import re
from pathlib import Path

_SLOT = re.compile(r"\{(\w+)\}")
_DEEP = 3


def _read() -> dict[str, tuple[str, ...]]:
    sections: dict[str, tuple[str, ...]] = {}
    for block in Path(__file__).with_suffix(".txt").read_text(encoding="utf-8").split("\n\n"):
        head, *lines = block.strip("\n").split("\n")
        sections[head.removeprefix("= ")] = tuple(lines)
    return sections


WORDS = _read()
FRAMES, ORDERS, TASKS, ORDERS_ABROAD = (
    WORDS[name] for name in ("frames", "orders", "tasks", "orders abroad")
)
GUIDES, QUESTIONS, MAILS, ABROAD, TITLES = (
    WORDS[name] for name in ("guides", "questions", "mails", "abroad", "titles")
)


def filled(sentence: str, chance: random.Random) -> str:
    """The sentence with each slot filled, the slots of what is filled in too."""
    for _ in range(_DEEP):
        sentence = _SLOT.sub(lambda match: chance.choice(WORDS[f"slot {match.group(1)}"]), sentence)
    return sentence[:1].upper() + sentence[1:]


def framed(order: str, chance: random.Random) -> str:
    """An order in one of the frames that attackers put around it."""
    frame = filled(chance.choice(FRAMES).replace("{}", "\0"), chance)
    before = frame.split("\0")[0]
    if before.rstrip()[-1:] not in ("", ".", ":", "!", "*", ">", "]", "#", "/"):
        order = order[:1].lower() + order[1:]
    return frame.replace("\0", order)
