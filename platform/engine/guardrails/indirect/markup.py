"""Makes forged roles, chat markup and delimiters harmless: they stay readable and cannot be taken for ours.

Invariant: what is replaced is replaced by text that needs no escape in JSON, and doing it twice changes nothing more.
Every pattern is bounded: time is linear in the length of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

ROLES = "system|assistant|developer|human|user|tool|function|ai|bot|model|chatbot|chatgpt|claude|gpt"
_TAGS = (
    r"system|assistant|developer|human|user|tool"
    r"|system[-_ ]?(?:prompt|message|instructions?|reminder|note|override|update)"
    r"|(?:tool|function)[-_ ]?(?:calls?|results?|responses?|uses?|outputs?)|invoke|antml:\w{1,20}"
    r"|(?:new[-_ ]|important[-_ ])?instructions?|information|prompt|directive"
    r"|(?:user|assistant)[-_ ]?(?:message|input|query|request|prompt|response|data)"
    r"|documents?|passages?|context|untrusted\w{0,20}|external\w{0,20}|retrieved\w{0,20}|"
    r"search[-_ ]?results?"
    r"|(?:start|end)_of_(?:turn|text)|bos|eos|sys|inst|think|thinking|scratchpad|im_start|im_end"
    r"|interaction[-_ ]config"
)
_HEADS = (
    r"(?:new |updated |important |additional |your |the )?(?:system|assistant|user|human|"
    r"developer|ai|bot)"
    r"(?: (?:prompt|message|instructions?|note|override|update|role|response|input))?"
    r"|(?:new |updated |important |additional )?(?:instructions?|task|directive|response|input)"
)
_ENDS = (
    r"(?:end|begin|beginning|start|stop)(?: of)?(?: the| this)?(?: (?:untrusted|external|"
    r"retrieved|user|system|tool|web))?"
    r" (?:documents?|context|data|input|text|content|passages?|emails?|tool (?:result|output|"
    r"response)s?|results?|prompt"
    r"|system prompt|instructions?|message|page|website|conversation|question|query|user input|"
    r"article|file)"
)


@dataclass(frozen=True, slots=True)
class Edit:
    """A replacement of `text[start:end]`, and the code of why."""

    start: int
    end: int
    text: str
    why: str


def neutralise(text: str) -> str:
    """The text with forged roles, chat markup, delimiters and invisible letters made harmless."""
    return apply(text, edits(text))


def apply(text: str, changes: list[Edit]) -> str:
    """The text with the changes made; they are in order and do not overlap."""
    parts: list[str] = []
    done = 0
    for change in changes:
        parts += [text[done : change.start], change.text]
        done = change.end
    return "".join([*parts, text[done:]])


def edits(text: str) -> list[Edit]:
    """What `neutralise` changes, in order, not overlapping."""
    found: list[Edit] = []
    for edit in sorted(_all(text), key=lambda edit: (edit.start, -edit.end)):
        if not found or edit.start >= found[-1].end:
            found.append(edit)
    return found


def _all(text: str) -> Iterator[Edit]:
    if text.isascii():
        yield from _marks(text)
        return
    seen, places = _visible(text)
    for edit in _marks(seen):
        yield Edit(places[edit.start], places[edit.end - 1] + 1, edit.text, edit.why)
    yield from (Edit(m.start(), m.end(), "", "hidden") for m in _HIDDEN.finditer(text) if _unseen(m))


def _visible(text: str) -> tuple[str, Sequence[int]]:
    """The text without what nobody sees, which would hide a mark from the patterns, and the places of its letters."""
    parts: list[str] = []
    places: list[int] = []
    done = 0
    for match in _INVISIBLE.finditer(text):
        parts.append(text[done : match.start()])
        places.extend(range(done, match.start()))
        done = match.end()
    if not done:
        return text, range(len(text) + 1)
    return "".join([*parts, text[done:]]), [*places, *range(done, len(text) + 1)]


def _marks(text: str) -> Iterator[Edit]:
    lowered = text.lower()
    for why, needles, pattern, put in _KINDS:
        if not any(needle in lowered for needle in needles):
            continue
        for match in pattern.finditer(text):
            # What stands before a role is kept as it is: in JSON it may be an escape.
            start = match.end("lead") if "lead" in pattern.groupindex else match.start()
            if start < match.end():
                yield Edit(start, match.end(), put(match), why)


def _unseen(match: re.Match[str]) -> bool:
    """Whether it is not the flag of a country, the honest use of tag letters."""
    return match.group()[0] != "\U0001f3f4"


_UNSAFE = re.compile(r"[^\w ./,-]+")


def _safe(words: str) -> str:
    return " ".join(_UNSAFE.sub(" ", words).split())[:80].strip(" -.:,_")


def _round(match: re.Match[str]) -> str:
    inner = _safe(match.group())
    return f"({inner})" if inner else ""


def _fence(match: re.Match[str]) -> str:
    return f"({_safe(match.group('role'))})"


_HIDDEN = re.compile("\U0001f3f4[\U000e0020-\U000e007e]{1,8}\U000e007f|[\U000e0000-\U000e007f]+")
_INVISIBLE = re.compile("[\U000e0000-\U000e007f\u200b-\u200d\u2060\ufeff\u00ad]+")
_KINDS = (
    (
        "chat_token",
        ("<|", "<｜", "|>"),
        re.compile(r"<[|｜][^<>\n]{0,60}?[|｜]>|<\|(?=\w)|(?<=\w)\|>"),
        _round,
    ),
    ("chat_token", ("<<sys", "<</sys"), re.compile(r"<</?sys>>", re.I), _round),
    (
        "chat_token",
        ("inst]", "[system", "[/system", "[assistant", "[user", "[tool"),
        re.compile(
            r"</?s>\s{0,3}(?=\[/?inst\])|\[/?\s{0,2}(?:inst|system(?: ?(?:prompt|message|override|update|"
            r"note))?|assistant|user|tool(?:_\w{1,10})?)"
            r"\s{0,2}\](?:\(#\w{0,30}\))?:?",
            re.I,
        ),
        _round,
    ),
    (
        "forged_tag",
        ("<", "＜"),
        re.compile(rf"[<＜]\s{{0,2}}/?\s{{0,2}}(?:{_TAGS})(?=[\s>/＞])[^<>＜＞\n]{{0,200}}[>＞]", re.I),
        _round,
    ),
    (
        "forged_head",
        ("#",),
        re.compile(
            rf"(?m)^(?P<lead>[ \t>]{{0,8}})#{{2,6}}[ \t]{{0,3}}(?P<role>{_HEADS})[ "
            rf"\t]{{0,3}}(?:#{{1,6}})?(?::|[ \t]{{0,3}}$)",
            re.I,
        ),
        _fence,
    ),
    (
        "forged_role",
        (":",),
        re.compile(
            r"(?m)^(?P<lead>[ \t>*_\"']{0,6})(?P<role>System|SYSTEM|system|Assistant|ASSISTANT|assistant|"
            r"Human|HUMAN|Developer|DEVELOPER|AI|ChatGPT|Claude)"
            r"(?: (?:message|prompt|instructions?|note|override|update|alert|notice|MESSAGE|PROMPT|"
            r"INSTRUCTIONS?|NOTE|OVERRIDE|UPDATE))?[*_]{0,2}[ \t]?[:：][*_]{0,2}"
        ),
        _fence,
    ),
    (
        "forged_role",
        ("\n\nuser", "\n\ntool", "\n\nfunction", "\n\nhuman"),
        re.compile(r"(?<=\n\n)(?P<lead>[ \t]{0,4})(?P<role>user|tool|function|human):", re.I),
        _fence,
    ),
    (
        "forged_role",
        ("role",),
        re.compile(
            r"[\"']?role[\"']?\s{0,3}[:=]\s{0,3}[\"']?(?:system|assistant|developer|tool|function)[\"']?",
            re.I,
        ),
        _round,
    ),
    (
        "forged_end",
        ("end", "begin", "start", "stop"),
        re.compile(
            rf"(?:[-=*#_~<\[({{]{{1,40}}[ \t]{{0,3}})(?:{_ENDS})(?:[ \t]{{0,3}}[-=*#_~>\])}}]{{1,40}})", re.I
        ),
        _round,
    ),
)
