"""How a customer is spoken to: no insults, no shouting, no slang, no orders.

Invariant: a plain statement of fact passes, in any language; what is listed here is seldom anything but rude.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Protocol

from engine.guardrails.output.rules import OutputRules
from engine.guardrails.output.values import Evidence, Judge, Ruling, Sentence
from engine.guardrails.output.words import fold
from engine.guardrails.values import FailMode

_INSULT = re.compile(
    r"\b(?:you(?:'re| are)(?: (?:such|just|really|being|so|a|an|the|obviously|clearly)){0,4} "
    r"(?:stupid|idiot\w{0,3}|moron\w{0,3}|dumb|liar|lying|pathetic|ridiculous|crazy|insane|fool\w{0,3}"
    r"|clueless|lazy|annoying|"
    r"a joke|worthless|incompetent|ignorant)"
    r"|(?:stupid|dumb) (?:question|customer|person)|idiots?|morons?|dumbass|asshole|bastard|bitch|bullshit"
    r"|shit|fuck\w{0,3}"
    r"|sie sind (?:dumm|lächerlich|unfähig|ein idiot)|du bist (?:dumm|lächerlich|unfähig|ein idiot)"
    r"|blödsinn|schwachsinn"
    r"|idiot|arschloch|scheiss\w{0,3}|vous êtes (?:stupide|idiot|ridicule|nul)|tu es (?:stupide|idiot|nul)"
    r"|connard|merde"
    r"|(?:eres|es usted|usted es) (?:un )?(?:idiota|estúpid[oa]|tont[oa]|ridícul[oa])|mierda|gilipollas"
    r"|(?:sei|lei è) (?:un )?(?:idiota|stupid[oa]|ridicol[oa])|stronz[oa]|merda"
    r"|(?:je bent|u bent) (?:dom|een idioot|belachelijk)|klootzak"
    r"|(?:você é|tu és) (?:um )?(?:idiota|burr[oa]|estúpid[oa]|ridícul[oa]))\b"
)
_ORDERS = re.compile(
    r"\b(?:calm down|shut up|stop (?:complaining|whining|wasting my time|bothering|shouting|lying)|don't "
    r"waste (?:my|our) time"
    r"|listen to me|do (?:as|what) i (?:say|told you)|get over it|deal with it|go away|leave me alone"
    r"|learn to read|read it again,"
    r"|pay attention|that's (?:not my|your own) (?:problem|fault)|it(?:'s| is) (?:all |entirely )?your "
    r"(?:own )?fault"
    r"|as i(?:'ve| have)? already told you|how many times do i|you should have (?:known|read|thought)"
    r"|beruhigen sie sich|beruhige dich|halt den mund|hören sie auf zu|das ist ihr problem|selbst schuld"
    r"|reissen sie sich"
    r"|calmez-vous|calme-toi|taisez-vous|tais-toi|c'est votre (?:faute|problème)"
    r"|cálmese|cálmate|cállese|cállate|es culpa suya|es su problema|si calmi|calmati|stia zitt[oa]|è "
    r"colpa sua"
    r"|doe rustig|houd je mond|dat is uw probleem|eigen schuld|acalme-se|cale-se|a culpa é sua|o problema "
    r"é seu)(?!\w)"
)
_SLANG = re.compile(
    r"\b(?:lol|lmao|rofl|wtf|omg|stfu|bruh|bro|dude|ain't|gonna|wanna|gotta|dunno|nope|yup|meh|duh)\b"
)
_SHORT = frozenset(
    re.findall(
        r"\S+",
        "A AN AS AT BE BY DO GO IF IN IS IT ME MY NO OF ON OR SO TO UP US WE ALL AND ANY ARE BUT CAN FOR "
        "GET HAS NOT "
        "NOW OUR OUT THE WAS WHO YOU",
    )
)
_EXCLAIMS = re.compile(r"!{2,20}|[!?]{3,20}")
_WORDS = re.compile(r"[^\W\d_]{2,60}")
_FEWEST_LOUD = 4
_LOUD_SHARE = 0.7
_ACRONYM = 3
_JUDGED = 0.8


class Tone(Protocol):
    """An optional judge of tone, such as a small model: how unfriendly, 0 to 1."""

    def __call__(self, sentence: str) -> float: ...


@dataclass(frozen=True, slots=True)
class Manners:
    """Leaves out what is rude, and lowers a raised voice.

    Args:
        judge: asked for what the rules let pass; from 0.8 on it means rude.
    """

    rules: OutputRules
    judge: Tone | None = None
    name: str = "tone"
    version: int = 1
    fail: FailMode = FailMode.OPEN
    at_end: bool = False

    def begin(self, evidence: Evidence) -> Judge:
        def judge(sentence: Sentence) -> Ruling | None:
            if sentence.code:
                return None
            folded = fold(sentence.text)
            for pattern, reason in ((_INSULT, "insult"), (_ORDERS, "order"), (_SLANG, "slang")):
                if pattern.search(folded):
                    return Ruling(self.rules.action(self.name), reasons=(reason,))
            if self.judge is not None and self.judge(sentence.text) >= _JUDGED:
                return Ruling(self.rules.action(self.name), reasons=("judged",))
            calm = _EXCLAIMS.sub(lambda found: "?" if "?" in found[0] else "!", _lowered(sentence.text))
            return (
                Ruling(self.rules.action(self.name), calm, reasons=("loud",))
                if calm != sentence.text
                else None
            )

        return judge


def _lowered(sentence: str) -> str:
    """A shouted sentence in small letters; short forms such as USB, and codes, stay."""
    words = [word for word in _WORDS.findall(sentence) if word.upper() != word.lower()]
    loud = [word for word in words if word.isupper() and (len(word) > _ACRONYM or word in _SHORT)]
    if len(loud) < _FEWEST_LOUD or len(loud) < _LOUD_SHARE * len(words):
        return sentence
    low = re.sub(r"(?<![\w-])[^\W\d_]{2,60}(?![\w-])", lambda found: _low(found[0]), sentence)
    first = next((at for at, letter in enumerate(low) if letter.isalpha()), 0)
    return low[:first] + low[first].upper() + low[first + 1 :]


def _low(word: str) -> str:
    return word.lower() if len(word) > _ACRONYM or word in _SHORT else word
