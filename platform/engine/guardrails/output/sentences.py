"""Where a sentence of a growing text ends.

Invariant: an end, once found, is the same however the text goes on, so it does not matter in which pieces it came.
For this every decision looks at a bounded number of characters before and behind, and waits until they are there.
White space belongs to the sentence that follows it; citation marks and closing quotes to the one before.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

PROSE = 600
"""Characters after which a sentence without an end is cut at a good place."""
LONGEST = 2_000
"""Characters after which it is cut anywhere, and a block of code at a line's end."""
_AHEAD = 40
WINDOW = LONGEST + _AHEAD
"""More characters than this are never needed to find an end."""

# Marks that end a sentence without a blank behind them: Chinese, Japanese, Indic, Burmese, Khmer, Ethiopic, Armenian.
_HARD = "。！？｡।॥။។፧።։"
_ENDS = re.compile(rf"(?P<soft>[.!?…؟۔]+)|(?P<hard>[{_HARD}]+)|(?P<line>\n)")
_CLOSERS = re.compile(r"[\"'”’»›」』）)\]}*_~`]{0,8}")
_MARKS = re.compile(r"(?:[ \t]{0,2}\[\d{1,4}(?:[ \t]?,[ \t]?\d{1,4}){0,5}\]){1,4}[.。]?")
_MARK_BEGINS = re.compile(r"[ \t]{0,2}(?:\[[\d, \t]{0,30})?\Z")
_BLANKS = re.compile(r"\s{0,20}")
_LEAD = re.compile(r"\s*")
_BLANK = re.compile(r"\s")
_FENCES = ("```", "~~~")
_FENCE_LENGTH = 3
_CLOSING = re.compile(r"\n[ \t]*(?:```|~~~)[^\n]*")
_LAST_WORD = re.compile(r"[^\s(\[{\"'“‘«*_]{0,24}\Z")
_WORD_AHEAD = re.compile(r"[^\W\d_]+")
_WORD_LENGTH = 12
_LEAD_LONGEST = 200
_ITEM_NUMBER = re.compile(r"(?:\A|\n)[ \t>]{0,8}(?:\*\*)?(?:\d{1,4}|[A-Za-z])\Z")
_ORDINAL = re.compile(r"(?:\A|[^\d.,])\d{1,2}\Z")
_CUTS = (
    re.compile(r"\n"),
    re.compile(r"[;:] |[；：]"),
    re.compile(r", |[，、،]"),
    re.compile(r"[ \t]"),
)

_SPLIT = re.compile(r"\S+")
_NEVER = frozenset(
    _SPLIT.findall(
        "mr mrs ms dr prof st sr sra srta mme mlle mm dott sig ing hr fr rev capt vs "
        "e.g i.e cf approx dept z.b d.h u.a s.o s.u bzw ggf evtl inkl zzgl exkl "
        "vgl p.ex par.ex p.e p.ej av avda bijv d.w.z o.a i.v.m t.a.v m.b.t incl excl mind"
    )
)
_BEFORE_NUMBER = frozenset(_SPLIT.findall("no nos nr num núm art fig tel ext pág pag max min abs ca est vol"))
_MAYBE = frozenset(
    _SPLIT.findall(
        "etc usw u.s.w al inc ltd co corp gmbh s.a s.l s.r.l b.v n.v a.m p.m u.s u.k e.u jan feb mar apr "
        "jun jul aug "
        "sep sept oct okt nov dec dez enz ecc ff"
    )
)
_MONTHS = frozenset(
    _SPLIT.findall(
        "januar jänner februar märz april mai juni juli august september oktober november dezember jan feb "
        "apr jun jul "
        "aug sep okt nov dez quartal stock etage klasse tag woche monat"
    )
)


@dataclass(frozen=True, slots=True)
class End:
    """A sentence is `text[:at]` of what is looked at; `core` is where its white space ends.

    Args:
        code: it is (part of) a fenced block; still_code: so is what follows.
        glued: it was cut inside a word.
    """

    at: int
    core: int
    code: bool = False
    still_code: bool = False
    glued: bool = False


@dataclass(frozen=True, slots=True)
class View:
    """What can be seen of a text that is not yet released.

    Args:
        text: its first `WINDOW` characters at most.
        over: nothing follows; first: nothing was before; code: it begins inside a fenced block.
        looked: where an earlier look at the same text had to wait.
    """

    text: str
    over: bool = False
    first: bool = False
    code: bool = False
    looked: int = 0

    @property
    def full(self) -> bool:
        """Waiting would not show more."""
        return self.over or len(self.text) >= WINDOW


def may_end(piece: str) -> bool:
    """Whether a mark stands in it at which a sentence may end."""
    return _ENDS.search(piece) is not None


def next_end(view: View) -> End | int:
    """The end of the first sentence; a number, where to look on when there is more text, if it is not known yet."""
    text = view.text
    core = _LEAD.match(text).end()  # type: ignore[union-attr]  # it matches nothing as well
    if core > _LEAD_LONGEST:
        return End(_LEAD_LONGEST, _LEAD_LONGEST, view.code, view.code)
    if core == len(text):
        return End(core, core, view.code, view.code) if view.over and text else 0
    if view.code:
        return _block_end(view, core)
    if view.first or "\n" in text[:core]:
        if len(text) - core < _FENCE_LENGTH and not view.full:
            return 0
        if text.startswith(_FENCES, core):
            return _block_end(view, core)
    return _prose_end(view, core)


def _block_end(view: View, core: int) -> End | int:
    text = view.text
    found = _CLOSING.search(text, max(0 if view.code else core, view.looked))
    if found and found.end() <= LONGEST and (found.end() < len(text) or view.full):
        return End(found.end(), core, code=True)
    if not view.full:
        return max(text.rfind("\n"), 0)
    if len(text) <= LONGEST:
        return End(len(text), core, code=True)
    line = text.rfind("\n", core + 1, LONGEST)
    return End(line if line > core else LONGEST, core, code=True, still_code=True, glued=line <= core)


def _prose_end(view: View, core: int) -> End | int:
    text, limit = view.text, core + PROSE
    row = text.startswith("|", core)
    for found in _ENDS.finditer(text, max(core, view.looked), limit):
        at = _decide(view, core, found, row=row)
        if at is None:
            return found.start()
        if at:
            return End(at, core)
    if view.over and len(text) <= limit:
        return End(len(text), core)
    return _cut(view, core) if view.full or len(text) >= limit + _AHEAD else min(len(text), limit)


def _decide(view: View, core: int, found: re.Match[str], *, row: bool) -> int | None:
    """The end of the sentence at this mark; 0 when it is none, None when more text is needed."""
    text = view.text
    if found["line"]:
        return _line_end(view, found.start())
    if row or _is_open(text, core, found.start()):
        return 0
    at = _CLOSERS.match(text, found.end()).end()  # type: ignore[union-attr]
    marks = _MARKS.match(text, at)
    after = marks.end() if marks else at
    if not view.full and (len(text) - at < 2 or _MARK_BEGINS.match(text, after)):
        return None
    return after if found["hard"] else _soft_end(view, core, found, at, after)


def _soft_end(view: View, core: int, found: re.Match[str], at: int, after: int) -> int | None:
    text = view.text
    behind = _BLANKS.match(text, after).end()  # type: ignore[union-attr]
    if behind == after == at and at < len(text):
        return 0  # inside a number, a name, an address
    ordinal = _ORDINAL.search(text, max(core, found.start() - 4), found.start())
    needed = _WORD_LENGTH if ordinal else 1
    ahead = text[behind : behind + needed]
    if not view.full and (not ahead or (len(ahead) < needed and ahead.isalpha())):
        return None
    closed = at > found.end()
    if found["soft"] == "." and not closed and _abbreviates(text, core, found.start(), ahead):
        return 0
    follows = ahead[:1].islower() and "\n" not in text[after:behind]
    return 0 if follows and (closed or found["soft"][-1] in ".…") else after


def _abbreviates(text: str, core: int, dot: int, ahead: str) -> bool:
    last = _LAST_WORD.search(text, max(core, dot - 24), dot)
    word = last[0].lower() if last else ""
    if word in _NEVER or (len(word) == 1 and word.isalpha() and ahead[:1].isupper()):
        return True
    if word in _BEFORE_NUMBER:
        return ahead[:1].isdigit()
    if word in _MAYBE:
        return ahead[:1].islower()
    if _ITEM_NUMBER.search(text, max(core - 10, 0), dot):
        return True
    name = _WORD_AHEAD.match(ahead)
    return bool(name and len(ahead) > 1 and name[0].lower() in _MONTHS)


def _line_end(view: View, line: int) -> int | None:
    """A line break ends a sentence, unless the text was only wrapped: a small letter follows."""
    text = view.text
    behind = _BLANKS.match(text, line).end()  # type: ignore[union-attr]
    if behind == len(text) and not view.full:
        return None
    wrapped = text[behind : behind + 1].islower() and text.count("\n", line, behind) == 1
    return 0 if wrapped else line


def _is_open(text: str, core: int, at: int) -> bool:
    """Whether the mark stands inside `code` or the [words of a link] on its line."""
    line = max(text.rfind("\n", core, at) + 1, core, at - 300)
    if text.count("`", line, at) % 2:
        return True
    return text.rfind("[", line, at) > text.rfind("]", line, at)


def _cut(view: View, core: int) -> End | int:
    """A cut at the best place in the second half of what may be held, else at the first blank behind it."""
    text = view.text
    for place in _CUTS:
        if found := list(place.finditer(text, core + PROSE // 2, core + PROSE)):
            return End(found[-1].end() - found[-1][0][-1:].isspace(), core)
    blank = _BLANK.search(text, core + PROSE, LONGEST)
    if blank:
        return End(blank.start(), core)
    if not view.full:
        return core + PROSE
    at = min(len(text), LONGEST)
    return End(at, core, glued=at < len(text))
