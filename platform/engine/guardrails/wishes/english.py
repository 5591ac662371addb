"""An explicit wish for a person in English: each word becomes a letter for its part in such a wish (`english.txt`
says which), and short patterns look at the letters.

Invariant: patterns repeat single letters only, a bounded number of times, so nothing runs away.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from engine.guardrails.lists import sections
from engine.guardrails.wishes.words import words_of

_TEXT = sections(Path(__file__).with_name("english.txt"))
_CODES = {word: code for code, words in _TEXT["parts"].items() for word in words} | {",": ","}
_SLIPS = _TEXT["slips"]["words"]
# A word one slip away from one of those is read as it, save where it is a word of its own.
_OWN_WORDS = frozenset(_TEXT["own"]["words"])
_OTHER_NEXT = frozenset(_TEXT["other"]["next"])
_OTHER_AHEAD = frozenset(_TEXT["other"]["ahead"])
_PLAINLY = frozenset(_TEXT["plainly"]["words"])

_TOGETHER = (
    (re.compile(r"\bto(talk|speak|chat|contact|connect)"), r"to \1"),
    (re.compile(r"\b(talk|speak|chat)(to|with)\b"), r"\1 \2"),
    (re.compile(r"\bhuman being(s?)\b"), "human"),
    (re.compile(r"\b(?:some|any) (?:one|body|1)\b"), "someone"),
    (re.compile(r"\b(?:staff|team) members?\b"), "person"),
    (re.compile(r"\bin (?:touch|contact)\b"), "intouch"),
    (re.compile(r"\b(?:get|getting) (?:a )?hold of\b|\bget intouch with\b"), "contact"),
    (
        re.compile(
            r"\b(?:would|id|wud|should|d) (?:really |very much |rather |much )*(?:like|love|prefer)\b"
        ),
        "want",
    ),
    (re.compile(r"\b(?:instead of|rather than|other than)\b"), "insteadof"),
    (re.compile(r"\b(?:am )?looking for\b"), "want"),
    (re.compile(r"\b(?:have|got|has) (?:got )?to\b"), "want to"),
    (re.compile(r"\bhand(?:ed|ing)? (?:off|over)\b"), "connect"),
    (
        re.compile(r"\bvirtual (?:assistant|agent)s?\b|\bautomated (?:system|assistant|service|agent)s?\b"),
        "bot",
    ),
    (re.compile(r"\bartificial intelligence\b"), "ai"),
    (re.compile(r"\bdo not\b"), "dont"),
    (re.compile(r"\bone of\b"), "one"),
    (
        re.compile(
            r"\bi (?:just |already )?(?:said|told (?:you|u))\b|\b(?:ive|i have) (?:already )?told (?:you|u)\b"
        ),
        "ok",
    ),
    (
        re.compile(r"\bhuman (?:support|help|assistance|service|contact|interaction|customer service)\b"),
        "real agent",
    ),
)

# A word one slip away from these is read as them, save where it is a word of its own.
_WISHES = (
    (
        "alone",
        re.compile(
            r"^[PAO]{0,4}[ARPDT]{0,4}(?:H[HPDU]{0,6}|R[Kp]|D{1,3}[Kh]|K(?=,?P|$))[PMJDHKUwt]{0,4}(?:,P{1,3})?$"
        ),
    ),
    (
        "alone",
        re.compile(
            r"^[PA]{0,3}DD[PAHw]{0,3}$|^[PA]{0,2}S[f.]D{1,3}$|^[PLYI]{0,3}CM[PU]{0,2}$|^[PA]{0,3}R(?:D{1,2}|J|T)[PA]{0,2}$"
            r"|^[PO]{0,3}LI[.]C[PU]?$|^[PAWOLI]{0,4}v[AY]?D{1,2}$"
        ),
    ),
    ("alone", re.compile(r",[PA]{0,3}(?:H|RK)[HPU]{0,4}$")),
    ("talk", re.compile(r"T[UPEAM.]{0,3}O[ARYMDPE]{0,5}[.f]?[ARD]{0,2}(?:[HKhSaD]|Rp)")),
    ("talk", re.compile(r"T[ARD]{0,3}(?:H|R[Kp])|LI[P.]{0,2}OA{0,2}R[HK]|TOA?RA")),
    ("talk", re.compile(r"(?:[HKSah]|R[hp])[^,ZQT]{0,4}T(?:O|U)(?:[M,.PE]|$)")),
    ("connect", re.compile(r"(?:[Cc]M|CA{0,2}[EvT])[UPOx]{0,4}M?[ARYP]{0,4}[D.]?[AD]{0,2}[HKhSD]")),
    ("connect", re.compile(r"cA{0,2}[Ev]U?O[ARYP]{0,4}D?(?:H|YK|K$)|cUO[ARYPD]{0,4}[HhSD]")),
    (
        "connect",
        re.compile(
            r"C[UP]{0,2}O[ARPYD]{0,4}H|CM?[AR]{0,3}H|COM[AR]{0,2}[HKS]|CM?[UO]{0,3}YD|C[UP]?O[ARPY]{0,2}D{1,2}(?:$|[P,])"
        ),
    ),
    ("connect", re.compile(r"H[ARP]{0,2}C(?:[P,]|$)|[cG](?:[ARP]{0,3}(?:H|RK)|Y[HKh])U")),
    ("contact", re.compile(r"k[UOP]{0,2}(?:[ARYPD]{0,4}[.]?D?[HSah]|[ARYP]{1,4}D?K)|LIv[ARP]{0,2}[SH]")),
    ("contact", re.compile(r"W[OP]{1,2}(?:k|v)[ARYUO]{0,3}D|WO?eY[ARPD]{0,2}[Kh]")),
    ("want", re.compile(r"W(?:O[GJV]|G|A?JO?)?[ARP]{0,4}D{0,2}(?:H|RK|RRh|Rp|K(?=[P,TJLt]|$|O[TJLd])|Rh)")),
    ("want", re.compile(r"WO?G?[PA]{0,2}Y[ARPD]{0,2}[Kh]")),
    (
        "get",
        re.compile(
            r"GMO?[ARYP]{0,4}D{0,2}(?:[HKhS]|RD)|GS(?:UA|UR)|vM[ARP]{0,3}H|GUO[AR]{0,2}[HKS]|(?:^|[LIWO,P])v[ARP]{0,2}H"
        ),
    ),
    ("get", re.compile(r"(?:LI|LY|dI|O|^P{0,2}|,P{0,2})[GV]O?[ARP]{0,4}D{0,2}(?:H|R[Kp])")),
    ("want", re.compile(r"[WG]M?S(?:[HR]|f[AYR]{0,2}[.]?D)|WO?A?R?v[Of][ARP]{0,3}[HKS]|LA?R[KHp]")),
    ("from", re.compile(r"Jf[ARP]{0,4}(?:H|K|Rh)")),
    ("call", re.compile(r"(?:S|H|K)[PLdOfYD.]{0,3}(?:v|U?k|GU)[PU]?O?M")),
    ("help", re.compile(r"(?:H|RK|[YA]h)[PLO]{0,2}JM")),
    ("bot", re.compile(r"N[IWOLPYbM.]{0,5}T[UO]{0,2}[ARPYE]{0,3}[.]?[BX]")),
    ("bot", re.compile(r"s[OUTPof.]{0,3}T?[OU]{0,2}[ARPYE]{0,4}B(?![UnOf])|s[OUof.]{0,3}TO[ARPYE]{0,4}[BX]")),
    ("bot", re.compile(r"(?:^|[,P])[xN][PA]{0,3}[RA.]?[BX]P{0,3}(?:,|$)|(?:^|[,P])NO?A[BX]P{0,2}(?:,|$)")),
    ("bot", re.compile(r"NW[AMOPGT]{0,4}[BX]|TO[AR]{0,2}[BX]Q|xmB|TO[AY]{0,2}[BX]U?[sP]")),
    ("bot", re.compile(r"[HK][PU]{0,2},?[Nx]A?[BX]|NY,?A?R?[HK]")),
)
_THERE = re.compile(
    r"\b(?:(?:is|are|arent|isnt) there|any|do you (?:have|employ|guys have)) "
    r"(?:also |not |no |any |an? |some |actual )*(?:humans?|"
    r"(?:real|live|actual) (?:person|people|agents?|operators?|reps?|representatives?|support))\b"
    r"|\bask(?:ed|ing)? (?:you |already |again |3 times )?(?:for|4) "
    r"(?:an? |the |your |another )*(?:real |live |actual )*"
    r"(?:human|person|agent|representative|rep|operator|manager|supervisor|someone)\b"
    r"|\bany(?:one|body) human\b"
    r"|^(?:is|are) there (?:an? |any )(?:person|people|agents?|operators?|representatives?)(?: here| there| please)?$"
    r"|^(?:(?:hi|hello) )?(?:(?:is|are) )?(?:there )?(?:an? |any |some |the )*(?:live |human |real )*"
    r"(?:agents?|humans?|operators?|representatives?|reps?|person|anyone|someone) available"
    r"(?: now| right now| please| to (?:talk|chat|speak|help)[^,]{0,40})?$"
    r"|^where (?:is|are) (?:the |your |all the )(?:real )?(?:humans?|managers?|supervisor|agents?|people)$"
    r"|\b(?:start|open|begin|switch to|connect to|connect me to|go to|want|need) (?:an? |the |to )*"
    r"(?:live|human) (?:chat|support|help)\b"
    r"|\bescalat\w{1,3} (?:\w+ ){0,4}to (?:an? |the |your |my )*(?:\w+ )?"
    r"(?:human|manager|supervisor|agent|person|team|someone|management)\b"
    r"|\b(?:explain|report|describe|show|tell|say) (?:\w+ ){0,3}to an? (?:real |actual |live )*"
    r"(?:human|person|agent|representative)\b"
    r"|\b(?:can|could|have|let|get|want|need) (?:an? |some |any )?(?:real |actual )*humans? "
    r"(?:look|help|check|review|take|handle|answer|read|reply|respond|deal|fix|call|contact|assist|please)\b"
    r"(?! (?:resources|rights|error|hair|body|readable|size|being))"
)

# What comes before a match in its clause and takes the wish out of it.
_BEFORE = re.compile(
    r"Z[^,]{0,6}$|[Qy]I?[LU.]?$|QI|N[WOAIYMG]{0,4}$|x[WL]O?$|dIW[OG]?$|dYW?[OG]?$|i[IY][.LW]?O?$|y[LWOU]{0,3}$|F[^,]{0,5}\$|\$[^,]{0,3}$"
)
_BEFORE_BOT = re.compile(r"Z|F.?d?I?$")


def _slips() -> dict[str, str]:
    near: dict[str, str] = {}
    for word in _SLIPS:
        for at in range(len(word)):
            near.setdefault(word[:at] + word[at + 1 :], word)
    return near


_ELSEWHERE = frozenset({"in", "near"})
_FEW = 4
_LONGEST_WORD, _TOO_SHORT = 16, 4
_CUES = frozenset("HKhSDBXpaC")
_PIECES = frozenset({"one", "body", "1", "being"})
_UNSURE = re.compile(r"Z|N[^,BX]{0,4}[HKhSaDp]")
_NEAR = _slips()
_TARGETS = frozenset(_SLIPS)


@lru_cache(8192)
def corrected(word: str) -> str:
    """The word of a wish that this word is one slip away from, or the word itself."""
    own = word in _CODES or word in _OWN_WORDS or word in _TARGETS
    if own or not 4 <= len(word) <= _LONGEST_WORD or not word.isascii():
        return word
    if word in _NEAR:
        return _NEAR[word]
    for at in range(len(word)):
        shorter = word[:at] + word[at + 1 :]
        if shorter in _TARGETS:
            return shorter
        near = _NEAR.get(shorter, "")
        # One letter replaced or two swapped: the same letters remain when one is left out of each.
        if len(near) == len(word) > _TOO_SHORT and (near[0] == word[0] or sorted(near) == sorted(word)):
            return near
    return word


def code_of(word: str) -> str:
    """The letter of a word."""
    return _CODES.get(word, ".")


@dataclass(frozen=True, slots=True)
class Reading:
    """What the rules make of a sentence: the rule that says yes, or a reason that says no, or neither.

    Args:
        cue: whether a word of the sentence has to do with persons, teams or bots at all.
    """

    rule: str = ""
    refused: bool = False
    cue: bool = False
    plainly: bool = False


def read(sentence: str) -> Reading:
    """Reads a folded sentence."""
    words = [corrected(word) for word in words_of(sentence)]
    if not _CUES.isdisjoint(map(code_of, words)) or not _PIECES.isdisjoint(words):
        for pattern, instead in _TOGETHER:
            sentence = pattern.sub(instead, sentence)
        words = [corrected(word) for word in words_of(sentence)]
    codes = "".join(map(code_of, words))
    plain = len(_PLAINLY.intersection(words))
    plainly = plain > 1 or (plain == 1 and len(words) <= _FEW)
    if _CUES.isdisjoint(codes) and "live" not in words:
        return Reading(plainly=plainly)
    refused = False
    for name, pattern in _WISHES:
        for found in pattern.finditer(codes):
            if _refuses(name, codes, words, found):
                refused = True
            else:
                return Reading(name, cue=True)
    if _THERE.search(" ".join(words)):
        return Reading("there", cue=True)
    # What was or is not wanted the classifier cannot tell from what is.
    refused = refused or bool(_UNSURE.search(codes)) or not _OTHER_NEXT.union(_OTHER_AHEAD).isdisjoint(words)
    return Reading(refused=refused, cue=True, plainly=plainly)


def _refuses(name: str, codes: str, words: list[str], found: re.Match[str]) -> bool:
    start, end = found.span()
    clause = codes[codes.rfind(",", 0, start) + 1 : start]
    if name == "bot":
        return bool(_BEFORE_BOT.search(clause))
    if _BEFORE.search(clause) or "Z" in found[0]:
        return True
    after = words[end] if end < len(words) else ""
    inside = words[start:end]
    whom = words[start + max(found[0].rfind("O"), 0) : end]
    if "my" in whom and "H" not in found[0] and "account" not in whom:
        return True
    if name == "want" and after in _ELSEWHERE:
        return True
    return after in _OTHER_NEXT or bool(_OTHER_AHEAD.intersection(inside + words[max(0, start - 1) : start]))
