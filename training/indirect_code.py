"""Own pages of programmers: prose, blocks of code and the sentences that announce them, with a hole between."""

from __future__ import annotations

import random

from training.indirect_words import WORDS, filled

HOLE = "\0HOLE\0"
ANSWERS, INTROS, HONEST, DEEDS, PASTES, INLINE, BAD = (
    WORDS[name]
    for name in ("answers", "intros", "honest code", "deed code", "pastes", "pastes inline", "bad code")
)


def answer(chance: random.Random) -> str:
    """An honest answer with code in it and holes where an order may stand: first, last or between two parts."""
    deeds = chance.random() < 0.35
    parts = [HOLE]
    for _ in range(chance.randint(1, 3)):
        said = " ".join(filled(chance.choice(ANSWERS), chance) for _ in range(chance.randint(1, 4)))
        code = _code(chance.choice(DEEDS if deeds and chance.random() < 0.7 else HONEST), chance)
        if chance.random() < 0.15:
            lines = code.split("\n")
            at = chance.randrange(len(lines) + 1)
            code = "\n".join([*lines[:at], HOLE, *lines[at:]])
        intro = filled(chance.choice(INTROS), chance)
        parts += [f"{said}\n{intro}\n{fenced(code, chance)}" if chance.random() < 0.8 else said, HOLE]
    if chance.random() < 0.4:
        parts.append(filled(chance.choice(ANSWERS), chance))
    return chance.choice(("\n", "\n\n", "\n\n")).join(parts)


def paste(chance: random.Random) -> str:
    """An order to put code into the answer, with the code behind or inside it."""
    if chance.random() < 0.25:
        return filled(chance.choice(INLINE), chance)
    code = _code(chance.choice(BAD if chance.random() < 0.85 else DEEDS), chance)
    order = filled(chance.choice(PASTES), chance)
    return f"{order}\n{code}" if chance.random() < 0.15 else f"{order}\n{fenced(code, chance)}"


def fenced(code: str, chance: random.Random) -> str:
    """Code between the marks of a block, as Markdown writes them."""
    name = chance.choice(("", "", "", "python", "js", "bash"))
    return f"```{name}\n{code}\n{chance.choice(('', chr(10)))}```"


def _code(line: str, chance: random.Random) -> str:
    first = line[0]
    text = filled(line, chance).replace("\\n", "\n")
    return first + text[1:] if first.isalpha() else text
