"""Characters that deceive: invisible ones, and letters of one script that stand for letters of another.

Invariant: words of one script stay as they are, save where every letter looks Latin and a common word results.

Source: Unicode Technical Standard 39 (mixed scripts, confusables); the pairs below are those that look alike in
usual fonts, chosen by hand.
"""

from __future__ import annotations

import re
import unicodedata

from engine.guardrails.normalise.lexicon import WORDS

_PAIRS = (
    # Cyrillic
    "аaвbеeѕsіiїiјjкkмmнhоoпnрpсcтtуyхxһhԁdԛqԝwґrгrьbєeэeъbӏlүyкkёeѵvзз"
    "АAВBЕEЅSІIЇIЈJКKМMНHОOРPСCТTУYХXҺHԀDԚQԜWЬbЄEӀIҮYЁEѴV"
    # Greek
    "αaβbγyεeηnιiκkνvοoρpτtυuχxωwσoζzέeίiόoύuάaήnώwϲcϳj"
    "ΑAΒBΕEΖZΗHΙIΚKΜMΝNΟOΡPΤTΥYΧXϹC"
    # Armenian, Cherokee, others
    "օoսuոnհhցgզqրnՏSԼLՕOᎪAᏴBᏟCᎠDᎬEᏀGᎻHᎢIᎫJᏦKᏞLᎷMᏢPᎡRᏚSᎢTᏙVᎳWᏃZ"
)
# These are Latin letters of their own kind; no honest word of any language is written in them throughout.
_ALWAYS = "ᴀaʙbᴄcᴅdᴇeꜰfɢgʜhɪiᴊjᴋkʟlᴍmɴnᴏoᴘpʀrꜱsᴛtᴜuᴠvᴡwʏyᴢzɡgɑaɩiʋvƖlǃ!ⅼlⅽcⅾdⅿm"
_CAPITALS = (("\U0001f170", 26), ("\U0001f150", 26))


def _table(pairs: str) -> dict[int, str]:
    return {ord(pairs[at]): pairs[at + 1] for at in range(0, len(pairs) - 1, 2)}


LIKE_LATIN = {code: sign for code, sign in _table(_PAIRS).items() if sign.isascii()}
_SMALL = _table(_ALWAYS)
for _first, _count in _CAPITALS:
    _SMALL.update({ord(_first) + at: chr(65 + at) for at in range(_count)})

_ODD = re.compile("[\u0192-\u02af\u1d00-\u1d7f\ua730-\ua7ff\u2160-\u217f\U0001f150-\U0001f189]")
_OTHER_SCRIPT = "\u0370-\u03ff\u0400-\u052f\u0531-\u058f\u13a0-\u13f5"
_SUSPECT = re.compile(f"[{_OTHER_SCRIPT}]")
_LETTERS = re.compile(r"[^\W\d_]+")
_LATIN = re.compile("[A-Za-z\u00c0-\u024f]")

TAGS = re.compile("[\U000e0020-\U000e007e]{6,}")
VARIATIONS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]{4,}")
ZERO_WIDTH = re.compile("[\u200b-\u200d\u2060\ufeff]{16,}")
INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff]"
)
# Signs that emoji and the words of Persian, Arabic and Indian languages need, and soft hyphens and byte order marks,
# which copying leaves: removed, but no reason for suspicion.
_USUAL = re.compile("[\u00ad\u200c-\u200f\ufe0e\ufe0f\ufeff\u061c]")
_FLAGS = re.compile("\U0001f3f4[\U000e0061-\U000e007a]{5}\U000e007f")
_MARKS = re.compile("[\u0334-\u0338\u20d0-\u20ff]|[\u0300-\u036f]{2,}")
_SURROGATES = re.compile("[\ud800-\udfff]")


def compatible(text: str) -> str:
    """NFKC, with lone surrogates replaced, stacked or striking marks removed and small capitals as plain letters."""
    if text.isascii():
        return text
    if _SURROGATES.search(text):
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    text = unicodedata.normalize("NFKC", _MARKS.sub("", text))
    text = _MARKS.sub("", text)
    return text.translate(_SMALL) if _ODD.search(text) else text


def seen(text: str) -> tuple[str, int]:
    """The text without invisible characters, and how many of them have no honest use."""
    text = _FLAGS.sub("\U0001f3f4", text)
    clean = INVISIBLE.sub("", text)
    removed = len(text) - len(clean)
    if removed:
        removed -= min(removed, len(_USUAL.findall(text)))
    return clean, removed


def unmasked(text: str) -> tuple[str, int, int]:
    """The text with look-alike letters as Latin ones; how many words mixed scripts; how many were folded."""
    if text.isascii() or not _SUSPECT.search(text):
        return text, 0, 0
    foreign = [word for word in _LETTERS.findall(text) if _SUSPECT.search(word)]
    latin = bool(_LATIN.search(text))
    honest = sum(1 for word in set(foreign) if _folded(word) is None)
    mixed = sum(1 for word in foreign if _LATIN.search(word))
    done: dict[str, str] = {}
    for word in set(foreign):
        folded = _folded(word)
        if folded and (_LATIN.search(word) or (_is_word(folded) and (latin or not honest))):
            done[word] = folded
    if not done:
        return text, mixed, 0
    return _LETTERS.sub(lambda match: done.get(match[0], match[0]), text), mixed, len(done)


def _folded(word: str) -> str | None:
    """The word in Latin letters alone, or None where one of its letters looks like none."""
    folded = word.translate(LIKE_LATIN)
    return None if _SUSPECT.search(folded) else folded


def _is_word(folded: str) -> bool:
    return len(folded) >= 3 and folded.lower() in WORDS
