"""Whether a customer's words say that she was helped, and whether somebody had asked her.

Invariant: pure and conservative: what holds a question, a doubt or much text confirms nothing, and without a question
before it, or a thumb up, no word does.
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache
from pathlib import Path

from engine.matrix.topics import plain_words, says_it_did_not_help, says_yes

MOST_CHARS, MOST_WORDS, MOST_YES = 200, 14, 6
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "ae", "Ö": "oe", "Ü": "ue"})


def may_confirm(text: str) -> bool:
    """Whether a message could be a customer's word that it is solved; who asked her is another matter."""
    if len(text) > MOST_CHARS or "?" in text:
        return False
    return bool(_pattern("hints").search(f" {_plain(text)} ") or _is_yes(text)) and not _is_doubtful(text)


def confirms(text: str, *, asked_by: str, has_thumb_up: bool) -> bool:
    """Whether a message says that it is solved.

    Args:
        asked_by: what the assistant, or a person, said last before it.
        has_thumb_up: she found that answer helpful.
    """
    if _is_doubtful(text):
        return False
    asked = asks_whether_it_helped(asked_by)
    if _has("solved", text):
        return asked or has_thumb_up or asks_for_more(asked_by)
    if _has("thanks", text):
        return asked or has_thumb_up
    return asked and _is_yes(text)


def says_thanks(text: str) -> bool:
    """Whether a message is a word of thanks and no more."""
    return not _is_doubtful(text) and (_has("thanks", text) or _has("solved", text))


def doubts(text: str) -> bool:
    """Whether a message says that what was said does not help."""
    return len(text) <= 400 and says_it_did_not_help(text)


def asks_whether_it_helped(text: str) -> bool:
    """Whether an answer ends by asking if it helped."""
    return "?" in text[-240:] and _has("asks_helped", text[-240:])


def asks_for_more(text: str) -> bool:
    """Whether an answer ends by asking if there is anything else."""
    return "?" in text[-240:] and _has("asks_more", text[-240:])


def leaves_open(text: str) -> bool:
    """Whether an answer ends with a question that has to be answered before the matter can go on."""
    end = text.rstrip(" \n\"'”»)")[-240:]
    return end.endswith("?") and not (asks_whether_it_helped(end) or asks_for_more(end))


def _is_yes(text: str) -> bool:
    return len(text.split()) <= MOST_YES and says_yes(text) is True


def _is_doubtful(text: str) -> bool:
    if not text.strip() or len(text) > MOST_CHARS or "?" in text or "¿" in text:
        return True
    words = _plain(text).split()
    return not words or len(words) > MOST_WORDS or _has("doubt", text) or says_it_did_not_help(text)


def _has(name: str, text: str) -> bool:
    return bool(_pattern(name).search(f" {_plain(text)} "))


def _plain(text: str) -> str:
    return plain_words(text.translate(_UMLAUTS))


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(" (?:" + "|".join(re.escape(one) for one in _words()[name]) + ") ")


@cache
def _words() -> dict[str, tuple[str, ...]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for line in Path(__file__).with_suffix(".txt").read_text(encoding="utf-8").splitlines():
        name, _, words = line.partition(" = ")
        found[name] += words.split(" | ")
    found["hints"] = found["solved"] + found["thanks"]
    return {name: tuple(words) for name, words in found.items()}
