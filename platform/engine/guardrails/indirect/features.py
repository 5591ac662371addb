"""Numbers that say how a sentence stands in its document: to whom it speaks, and whether it belongs there.

Invariant: the order of NAMES is the order of the trained weights; a change of either needs a new training.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np

from engine.guardrails.indirect.pasting import NAMES as _PASTING
from engine.guardrails.indirect.pasting import pasting
from engine.guardrails.indirect.rules import RULES, Hit
from engine.guardrails.indirect.units import Unit
from engine.guardrails.linear import Floats

CODES = tuple(dict.fromkeys("reset" if r.code.startswith("reset") else r.code for r in RULES))

_WORDS = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_MARKS = re.compile(r"^(?:[\s>*#/;%|\-–—•·\"'“”«»(\[{]|<!--|\d{1,3}[.)]\s|\w{1,16}:\s(?=\S))+")

_FIELD = re.compile(r"(?:[A-Z][\w/.-]{0,15}[ _]){0,3}[A-Z][\w/.-]{0,15}:[ \t]{1,20}(?=\S)")
_UNSEEN = re.compile(
    r"display\s?:\s?none|visibility\s?:\s?hidden|font-size\s?:\s?[01](?:px|pt|em)?\b|opacity\s?:\s?0|<!--|"
    r"color\s?:\s?(?:white|#fff|transparent)|\bhidden\b|aria-hidden|alt=\"$|\[//\]|\[comment\]",
    re.I,
)
_NEAR = 90
_SOME = 0.2


def _listed(words: str) -> tuple[str, ...]:
    return tuple(words.split())


def _words(words: str) -> frozenset[str]:
    return frozenset(_listed(words))


_POLITE = _words(
    "please kindly also then now so and just can could would will you to must should need hey hi "
    "urgent important note first next finally instead always never you'll you're i we want d like"
)
_CHAT = _words(
    "explain describe write compose draft summarize summarise translate provide recommend suggest "
    "tell list give analyze analyse classify determine calculate compute solve generate create define "
    "compare outline discuss help show name convert rewrite paraphrase develop break imagine answer "
    "identify prove evaluate count sort brainstorm propose"
)
_AGENT = _words(
    "send forward transfer pay grant delete retrieve fetch export email share schedule book buy order "
    "purchase post upload unlock disable cancel approve withdraw deposit download search access "
    "change update remove call invite install execute run visit navigate refund wire copy leak get "
    "find obtain gather collect extract look read mark apply issue reset move give use deliver sell "
    "open log list set allow let place donate turn check track rent close treat approve confirm clear "
    "erase push publish record sign accept waive charge message text notify ship skip invoke trigger pass"
)
_OUTPUT = _words(
    "include add insert append say reply respond output print repeat mention end begin start replace "
    "encode reverse use modify augment enhance integrate incorporate ignore disregard forget stop "
    "rate state conclude express remove encrypt answer render substitute shuffle scramble misspell "
    "group weave finish promote encourage advise endorse claim pretend spell urge warn quote praise append"
)
_ASKS = _words("what who whom whose which when where why how is are do does did can could would will should")
_HERE = _words(
    "we our us it its this that these those he she they him her his their them you your here there i'm "
    "we're it's attached below above today tomorrow yesterday monday tuesday wednesday thursday friday"
)
"""Words that point at the talk or the document; a task that is not of the document has few of them."""
_STOP = _words(
    "the a an of to in and or for on at by with from is are was were be been it its this that these "
    "those as not no you your i my we our they he she his her their if can will would may do does did "
    "have has had but so than then there all any more other into out up about what which who when how"
)
_MAIL = re.compile(r"[\w.+-]{1,40}@[\w-]{1,40}\.\w")
_LINK = re.compile(r"https?://|www\.|\b[\w-]{2,40}\.(?:com|net|org|io|xyz|info|co|ru|me|dev|app)\b", re.I)
_ADDRESS = re.compile(r"(?:https?|ftp)://\S{1,400}|[\w.+-]{1,40}@[\w-]{1,40}\.\S{1,40}")
_NAMED = re.compile(
    r"\b(?:to|for|with|of|by|friend|called|named|give|let|pay)\s(?:Dr\. |Mr\. |Ms\. |Mrs\. "
    r")?[A-Z][a-z]{1,15}(?:\s[A-Z][a-z]{1,15})?\b"
)
_MONEY = re.compile(r"[$€£]\s?\d|\b\d[\d,.]{0,12}\s?(?:usd|eur|gbp|dollars|euros|bitcoins?|btc|eth)\b", re.I)
_LONG_NUMBER = re.compile(r"\b(?:[A-Z]{2}\d{2}[A-Z0-9 ]{8,30}|\d{6,})\b")
_DIGIT = re.compile(r"\d")
_CODE = re.compile(r"[{}();=<>]|::|->|`")

_PLAIN = _listed(
    "polite chat_verb agent_verb output_verb verb_self asks question asks_alone you your my mail link "
    "money number agent_to_mail agent_to_link agent_my agent_money shared strange strange_ask "
    "strange_verb foreign_language length short cell edge line code shouts table_prose named "
    "agent_named agent_my_named general general_ask general_task accents few_stops "
    "hidden hidden_verb keyed_verb"
)
NAMES = (
    *_PLAIN,
    *(f"rule:{code}" for code in CODES),
    *(f"near:{code}" for code in CODES),
    *_PASTING,
    "sure",
    "many",
)


def bare(text: str) -> str:
    """A unit without what stands before it: the marks of lists, comments and quotations, the name of a field."""
    rest = _MARKS.sub("", text, count=1)
    return _FIELD.sub("", rest, count=1)


def worth(unit: Unit) -> bool:
    """Whether a unit can be a sentence at all: two words, or letters of a script without blanks."""
    words = _WORDS.findall(_ADDRESS.sub(" ", unit.text))
    letters = sum(len(word) for word in words if not word.isdigit())
    return (len(words) > 1 and letters > 5) or (letters > 5 and not unit.text.isascii())


def features(text: str, found: Sequence[Unit], hits: Sequence[Hit]) -> Floats:
    """A row of numbers for each unit, in the order of NAMES.

    Args:
        text: the document that the units are of; hits: the rules that hold in it, by their places there.
    """
    words = [[word.lower() for word in _WORDS.findall(unit.text)] for unit in found]
    stems = Counter(stem for each in words for stem in set(_stems(each)))
    english = _english([word for each in words for word in each])
    cells = sum(unit.cell for unit in found) / max(len(found), 1)
    table = np.zeros((len(found), len(NAMES)), np.float32)
    for row, (unit, own) in enumerate(zip(found, words, strict=True)):
        table[row, : len(_PLAIN)] = _plain(text, unit, own, stems, english=english, cells=cells)
        table[row, _PLAIN.index("edge")] = float(row in (0, len(found) - 1))
    _ruled(table, found, hits)
    if found:
        table[:, -2 - len(_PASTING) : -2] = pasting(text, found, words)
    return table


def _plain(
    text: str, unit: Unit, words: list[str], stems: Counter[str], *, english: bool, cells: float
) -> list[float]:
    own = _stems(words)
    shared = sum(stems[stem] > 1 for stem in own) / len(own) if own else 0.5
    strange = float(len(own) > 1) * (1 - shared)
    chat, agent, output, itself, polite = _verbs(unit.text)
    asks = float(bool(words) and words[0] in _ASKS)
    question = float(unit.text.rstrip("'\" )").endswith(("?", "？", "؟")))
    mail, link, money, number = _addresses(unit.text)
    line = float(
        not unit.cell
        and text[unit.end : unit.end + 1] in ("", "\n")
        and text[max(0, unit.start - 1) : unit.start] in ("", "\n")
    )
    mine = float("my" in words)
    named = float(bool(_NAMED.search(unit.text)))
    strangers = float(
        english and len(words) > 5 and not any(word in _STOP for word in words) and not unit.text.istitle()
    )
    code = min(len(_CODE.findall(unit.text)) / 6, 1.0)
    unseen = _unseen(text, unit)
    keyed = float(":" in unit.text and _FIELD.match(unit.text) is not None)
    general = float(len(own) > 0 and not any(word in _HERE for word in words[1:]))
    accents = (
        0.0
        if not english or unit.text.isascii()
        else sum(not w.isascii() for w in words) / max(len(words), 1)
    )
    stops = sum(word in _STOP for word in words) / max(len(words), 1)
    few = _few(unit.text, stops) if english and stops < _SOME else 0.0
    return [
        polite, chat, agent, output, itself, asks, question, asks * question,
        float("you" in words), float("your" in words), mine, mail, link, money, number,
        agent * mail, agent * link, agent * mine, agent * max(money, number), shared, strange,
        strange * asks * question, strange * max(chat, agent, output), strangers, min(len(words), 12) / 10,
        float(len(words) < 4), float(unit.cell), 0.0, line, code,
        float(len(unit.text) > 8 and unit.text.isupper()), float(not unit.cell) * cells,
        named, agent * named, agent * mine * max(named, money, mail, link), general,
        general * asks * question * strange, general * max(chat, output) * strange, accents, few,
        unseen, unseen * max(chat, agent, output), keyed * max(chat, agent, output),
    ]  # fmt: skip


def _addresses(text: str) -> tuple[float, float, float, float]:
    """Whether it names a mail address, a link, an amount, a long number."""
    digit = _DIGIT.search(text) is not None
    return (
        float("@" in text and _MAIL.search(text) is not None),
        float(("." in text or "://" in text) and _LINK.search(text) is not None),
        float(digit and _MONEY.search(text) is not None),
        float(digit and _LONG_NUMBER.search(text) is not None),
    )


def _few(text: str, stops: float) -> float:
    """How much a sentence of small letters lacks the short words of English, in a document that has them."""
    prose = [word.isalpha() and word.islower() for word in text.split()]
    return 1 - 5 * stops if sum(prose) > max(3, 0.6 * len(prose)) else 0.0


def _unseen(text: str, unit: Unit) -> float:
    """Whether a person who looks at the page does not see it: a comment, an alternative text, a hidden element."""
    near = text[max(0, unit.start - _NEAR) : unit.start]
    marks = [*_UNSEEN.finditer(near)] if "<" in near or "[" in near else []
    if not marks:
        return 0.0
    rest = near[marks[-1].end() :]
    return float("-->" not in rest and "</" not in rest and "\n\n" not in rest)


def _verbs(text: str) -> tuple[float, float, float, float, float]:
    """Whether it begins as an order: a verb of answering, of acting, of writing out; and how politely."""
    words = [word.lower() for word in _WORDS.findall(bare(text)[:80])[:5]]
    skipped = 0
    while skipped < len(words) - 1 and words[skipped] in _POLITE:
        skipped += 1
    first = words[skipped] if words else ""
    kinds = (first in _CHAT, first in _AGENT, first in _OUTPUT)
    return (*map(float, kinds), float(any(kinds) and not skipped), float(skipped > 0))  # type: ignore[return-value]


def _ruled(table: Floats, found: Sequence[Unit], hits: Sequence[Hit]) -> None:
    start, near = len(_PLAIN), len(_PLAIN) + len(CODES)
    for hit in hits:
        at = CODES.index("reset" if hit.code.startswith("reset") else hit.code)
        for row in covered(found, hit):
            table[row, start + at] = 1
            for beside in (row - 1, row + 1):
                if 0 <= beside < len(found):
                    table[beside, near + at] = 1
            table[row, -2] = max(table[row, -2], float(hit.weight >= 1))
    table[:, -1] = np.minimum(table[:, start:near].sum(axis=1), 4) / 2


def covered(found: Sequence[Unit], hit: Hit) -> list[int]:
    """The units that a hit stands in: all that it overlaps with, from where its first letter is."""
    low, high = 0, len(found)
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if found[middle].end <= hit.start else (low, middle)
    rows = []
    while low < len(found) and found[low].start < hit.end:
        rows.append(low)
        low += 1
    return rows


def _stems(words: list[str]) -> list[str]:
    return [word[:5] for word in words if len(word) > 3 and word not in _STOP]


def _english(words: list[str]) -> bool:
    return len(words) > 25 and sum(word in _STOP for word in words) > 0.15 * len(words)
