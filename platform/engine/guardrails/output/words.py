"""Words, stems and numbers of a sentence, for checks that compare what is said with what is known.

Invariant: linear in the length of the text. Stems are only for comparing, they need not be words; endings of seven
languages are cut alike, after the idea of light stemming (J. Savoy, "Light stemming approaches for the French,
Portuguese, German and Hungarian languages", 2006).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import lru_cache

WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_MARK_OR_CODE = re.compile(r"`[^`\n]{1,300}`|[ \t]?\[(\d{1,4}(?:[ \t]?,[ \t]?\d{1,4}){0,5})\]")
_NUMBER = re.compile(r"\d{1,15}(?:[.,'’\u00a0\u202f]\d{1,15}){0,5}")
_UNPARTED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u9fff\uf900-\ufaff]")
_QUOTES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'", "\u00a0": " ", "\u202f": " "})
_HIDDEN: dict[int, None] = dict.fromkeys(
    (0xAD, 0x34F, 0x61C, 0x180E, 0xFEFF, *range(0x200B, 0x2010), *range(0x202A, 0x202F))
)
_HIDDEN |= dict.fromkeys((*range(0x2060, 0x2070), *range(0xE0000, 0xE0080)))
_SPLIT = re.compile(r"\S+")
_ENDINGS = _SPLIT.findall(
    "ungen ation ments ement ings ing ions ion ment tion lich keit heit ung ies ied ates ated ate eur eux "
    "ées "
    "ito ado ada idos idas ados adas aron eron emos amos iert ieren ara era ora "
    "est ent ant ons ait é ée és er ed es en em s e n t a o i y"
)
_LONGEST_STEM = 8

STOP: dict[str, frozenset[str]] = {
    language: frozenset(_SPLIT.findall(words))
    for language, words in {
        "en": "a an and are as at be been but by can could did do does for from had has have how i if in "
        "into is it its "
        "just me my no not of on or our please so some than that the their them then there these they this "
        "to up us "
        "was we were what when where which while who why will with would you your about also any may must "
        "should "
        "such only other more most all each both after before here very too",
        "de": "der die das den dem des ein eine einen einem einer und oder aber ist sind war waren sein "
        "hat haben hatte "
        "wird werden wurde wurden kann können sie ihr ihre ihren ihrem ihrer ich wir uns mir mich es er "
        "nicht kein "
        "keine auf aus bei bis für im in mit nach von vom vor zu zum zur über um als wie wenn dass auch "
        "nur noch so "
        "an am diese dieser dieses diesen man",
        "fr": "le la les l un une des du de d et ou mais est sont était être avoir a ai as ont nous vous "
        "votre vos notre "
        "nos je j il elle ils elles on ne pas plus pour par sur dans avec sans au aux ce cet cette ces que "
        "qu qui se "
        "s si en y leur leurs son sa ses mon ma mes c peut",
        "es": "el la los las un una unos unas y o pero es son está están era ser ha he han hemos su sus tu "
        "tus mi mis "
        "nuestro nuestra usted ustedes le les lo se me nos no para por con sin de del al en que como si "
        "más a este "
        "esta estos estas también puede",
        "it": "il lo la i gli le un uno una e o ma è sono era essere ha ho hanno abbiamo suo sua suoi sue "
        "tuo tua nostro "
        "nostra lei voi noi ci vi si non per con senza di del della dei delle dello al alla ai alle da dal "
        "dalla in "
        "nel nella su sul che come se più questo questa questi anche può",
        "nl": "de het een en of maar is zijn was waren ben heeft hebben had wordt worden werd kan kunnen u "
        "uw je jouw jij "
        "ik wij we ons onze hij zij niet geen op uit bij tot voor in met na van te om als dat die deze dit "
        "ook nog "
        "zo aan er",
        "pt": "o a os as um uma uns umas e ou mas é são está estão era ser foi tem têm temos seu sua seus "
        "suas teu tua "
        "nosso nossa você vocês lhe nos não para por com sem de do da dos das ao à em no na nos nas que "
        "como se mais "
        "este esta esse essa isso também pode",
    }.items()
}
_ALL_STOP = frozenset(word for words in STOP.values() for word in words)
_COUNTS = {
    word: number
    for number, words in {
        "2": "two zwei deux dos due twee dois duas",
        "3": "three drei trois tres tre drie três",
        "4": "four vier quatre cuatro quattro quatro",
        "5": "five fünf cinq cinco cinque vijf",
        "6": "six sechs seis sei zes",
        "7": "seven sieben sept siete sette zeven sete",
        "8": "eight acht huit ocho otto oito",
        "9": "nine neun neuf nueve nove negen",
        "10": "ten zehn dix diez dieci tien dez",
        "12": "twelve zwölf douze doce dodici twaalf doze",
        "14": "fourteen vierzehn quatorze catorce quattordici veertien catorze",
        "24": "twenty-four vierundzwanzig",
        "30": "thirty dreissig trente treinta trenta dertig trinta",
    }.items()
    for word in words.split()
}
_NOT = re.compile(
    r"\b(?:not|no|never|none|cannot|without|nothing|neither|unable|nicht|kein\w{0,2}|nie|niemals|ohne|pas"
    r"|jamais|aucune?"
    r"|sans|ne|nunca|sin|ningun\w?|non|mai|senza|nessun\w?|niet|geen|nooit|zonder|não|sem|nenhum\w?)\b|n't\b"
)


def fold(text: str) -> str:
    """The text as checks compare it: small letters, one form of each character, nothing invisible."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKC", text.translate(_HIDDEN)).casefold().translate(_QUOTES)


@lru_cache(maxsize=8_192)
def stem(word: str) -> str:
    """The word without a common ending, at most eight letters."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)][:_LONGEST_STEM]
    return word[:_LONGEST_STEM]


def content(folded: str) -> set[str]:
    """The stems of the words that carry meaning; numbers are not among them.

    Where no blanks part words, pairs of letters stand for them.
    """
    words = [word for word in WORD.findall(folded) if word not in _ALL_STOP and not word[0].isdigit()]
    found = {stem(word) for word in words if len(word) > 1}
    for word in words:
        if _UNPARTED.search(word):
            found.discard(stem(word))
            found.update(word[at : at + 2] for at in range(len(word) - 1))
    return found


def numbers(folded: str) -> set[frozenset[str]]:
    """Each number of a text in the forms it may mean: `1.299` is 1299 or 1.299; small numbers in words as well."""
    found = {_forms(match[0]) for match in _NUMBER.finditer(folded)}
    return found | {frozenset({_COUNTS[word]}) for word in WORD.findall(folded) if word in _COUNTS}


def stands(number: frozenset[str], known: Iterable[frozenset[str]]) -> bool:
    """Whether a number is among others, in one of its forms."""
    return any(number & other for other in known)


@lru_cache(maxsize=4_096)
def _forms(written: str) -> frozenset[str]:
    groups = re.split(r"[.,'’\u00a0\u202f]", written)
    if len(groups) == 1:
        return frozenset({_short(written, "")})
    forms = {_short("".join(groups[:-1]), groups[-1])}
    if all(len(group) == 3 for group in groups[1:]):
        forms.add(_short("".join(groups), ""))
    return frozenset(forms)


def _short(whole: str, part: str) -> str:
    part = part.rstrip("0")
    return (whole.lstrip("0") or "0") + (f".{part}" if part else "")


def negated(folded: str) -> bool:
    """Whether a word of denial stands in it."""
    return bool(_NOT.search(folded))


def guess_language(folded: str) -> str:
    """Which of seven languages the small words of a text belong to; `?` and the script where it is none of them.

    Empty where there is too little to say.
    """
    words = WORD.findall(folded[:2_000])
    counts = {language: sum(word in stop for word in words) for language, stop in STOP.items()}
    best, second, *_ = sorted(counts.values(), reverse=True)
    if best >= 2 and best > second:
        return max(counts, key=lambda language: counts[language])
    other = next((letter for letter in folded[:400] if ord(letter) > 0x36F and letter.isalpha()), "")
    return f"?{unicodedata.name(other, '').split(' ')[0]}" if other else ""


def replace_marks(text: str, instead: Callable[[re.Match[str]], str]) -> str:
    """Puts something in the place of each citation mark; `a[1]` inside `code` is none."""
    return _MARK_OR_CODE.sub(lambda found: instead(found) if found[1] else found[0], text)


def speaks(folded: str, language: str) -> bool:
    """Whether one in five words of a text is a small word of that language."""
    words = WORD.findall(folded[:2_000])
    return sum(word in STOP[language] for word in words) * 5 >= len(words)


def without_marks(text: str) -> str:
    """The text without its citation marks."""
    return replace_marks(text, lambda found: "") if "[" in text else text


def cited(text: str) -> list[int]:
    """The numbers that a text cites, in order."""
    marks = (found[1] for found in _MARK_OR_CODE.finditer(text) if found[1]) if "[" in text else ()
    return [int(number) for mark in marks for number in mark.split(",")]
