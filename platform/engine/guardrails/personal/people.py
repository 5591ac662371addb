"""Names of people where a sentence says that it is one.

Invariant: a name has capital letters, or a script that has none; in small letters only the profile's names are found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.guardrails.personal.vocabulary import words_of
from engine.guardrails.values import Span

_CAP = (
    r"[A-ZÀ-ÖØ-ÞĀĂĄĆĈĊČĎĐĒĖĘĚĞĠĢĪĮİĶŁĻĽŃŅŇŐŒŔŘŚŞŠȘŢŤȚŪŮŰŹŻŽ"
    r"ΆΈ-ΫА-ЯЁЄІЇҐ\u0590-\u06ff\u0900-\u0dff\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
)
_ONE = rf"{_CAP}[\w'’\-]{{0,29}}"
_JOIN = (
    r"(?:(?:de|del|de la|da|dos|di|van|van de|van der|van den|von|von der|ten|ter|bin|binti|al|el|la|le|y|"
    r"af|zu)[ ])"
)
_FULL = rf"((?:{_CAP}\.|{_ONE})(?:[ ]{_JOIN}?(?:{_CAP}\.|{_ONE})){{0,4}})"
_TITLE = (
    r"(?:(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Sir|Madam|Herr|Frau|M|Mme|Mlle|Sr|Sra|Srta|Sig|Dott|Dhr|Mevr|Pan|"
    r"Pani)\.?[ ]){0,2}"
)
_NAMED = re.compile(rf"({_TITLE}){_FULL}")
_CANDIDATE = re.compile(rf"[ \t\n](?={_CAP})(?!I\b)")
_INTRODUCTIONS = """
name is|name's|names|i am called|call me|calls me
this is|i'm|i am|im|speaking with|mein name ist|ich heiße|ich heisse|ich bin
hier ist|je m'appelle|mon nom est|je suis|me llamo|mi nombre es|soy|mi chiamo|il mio nome è|sono|ik heet|mijn naam is
ik ben|nazywam się|mam na imię|meu nome é|me chamo|eu sou|jag heter|jeg hedder|jeg heter|jmenuji se|меня зовут
benim adım|numele meu este|it's under|it is under|registered under|booked under|listed under|under the name
under the name of|partner's name|wife's name|husband's name|son's name|daughter's name|mother's name|father's name
in the name of|on behalf of|change it to|auf den namen|au nom de|a nombre de|a nome di|op naam van|em nome de|my wife
my husband|my partner|my son|my daughter|my kid|my child|my mother|my father|my mom|my dad|my brother|my sister
my friend|my colleague|my boss
"""
_LABELS = """
name nombre nom nome naam imię nazwisko nachname vorname apellido apellidos cognome prénom surname cardholder recipient
"""
_AFTER_LABEL = (":", "?", " :", " ?", "=", " =", " ist", " est", " es", " è", " é")
_ANSWERED = ("user:", "customer:", "client:", "me:")
_PHRASES = (
    *re.split(r"[|\n]", _INTRODUCTIONS.strip()),
    *(label + sign for label in _LABELS.split() for sign in _AFTER_LABEL),
)
_TITLED = re.compile(
    rf"\b(?:Mr|Mrs|Ms|Miss|Dr|Prof|Herr|Frau|Mme|Mlle|Sr|Sra|Srta|Sig|Dott|Mevr)\.?[ ]{_FULL}"
)
_SIGNED = re.compile(
    rf"(?:^|\n)[ \t]*(?i:(?:best|kind|warm|many thanks|with best)? ?(?:regards|wishes)|sincerely|"
    rf"yours(?: \w{{1,12}})?|cheers|"
    rf"thanks(?: again)?|thank you|best|cordialement|mit freundlichen grüßen|viele grüße|liebe grüße|"
    rf"gruß|saludos|un saludo|"
    rf"atentamente|cordiali saluti|saluti|met vriendelijke groet|groeten|pozdrawiam|atenciosamente|"
    rf"obrigad[oa]|merci|danke|gracias)"
    rf"[,.!]?[ \t]*\n[ \t\n]{{0,4}}({_TITLE}){_FULL}[ \t]*(?:\n|$)"
)
_NOT_NAMES = frozenset(
    words_of("""
    A An And The I It Is In On At To Of For From With By Not No Yes So Just Very Really Still Also Here There Where What
    When Why How Who Your You We They He She My Our This That These Those Please Thanks Thank Hello Hi Hey Sorry Ok
    Okay Sure Unable Having Getting Trying Looking Calling Writing Waiting Going Using Facing Done Fine Good Happy Sad
    Angry Upset DJing
    Interested Afraid Aware New Back Now Ready Able Unhappy Disappointed Frustrated Confused Tired Done Sick
    English German French Spanish Italian Dutch Polish American British Indian Chinese European Canadian Portuguese
    January February March April May June July August September October November December Monday Tuesday Wednesday
    Thursday Friday Saturday Sunday Windows Android Linux Chrome Firefox Safari Wifi Internet Error Order Ticket Invoice
    Customer Service Support Team Account Premium Basic Pro Plus Free Admin Administrator User Test Null None Unknown
    Im Am Vom Nicht Ein Eine Der Die Das Sehr Aus Mit Seit Sono Un Una Uno En De Muy Non Pas Très Kunde Kundin Cliente
    IT VIP CEO HR US UK EU USA API SSO VPN URL PDF AI
    """)
)
_LAST_WORDS = frozenset(phrase.split()[-1] for phrase in (*_PHRASES, *_ANSWERED))
_TITLE_SIGNS = ("Mr", "Ms", "Miss", "Dr", "Prof", "Herr", "Frau", "Mme", "Mlle", "Sr", "Sig", "Dott", "Mevr")
_WEAK = re.compile(
    r"(?:['’]m|\bim|\bam|\bthis is|\bich bin|\bsono|\bsoy|\bsuis|\bben|\bsou)[ ]+$", re.IGNORECASE
)
_CARD_LINE = re.compile(rf"{_TITLE}?{_ONE}(?:[ ]{_JOIN}?(?:{_ONE}|{_CAP}\.?)){{1,3}}")


def people(text: str) -> Iterator[Span]:
    """Names after an introduction, a label, a title, or under a letter."""
    for candidate in _CANDIDATE.finditer(text):
        if _introduces(text[max(0, candidate.start() - 48) : candidate.end()]):
            match = _NAMED.match(text, candidate.end())
            if match is not None:
                yield from _name(text, match.start(), match.start(2), match.end(2))
    if any(sign in text for sign in _TITLE_SIGNS):
        for match in _TITLED.finditer(text):
            yield from _name(text, match.start(1), match.start(1), match.end(1))
    if "\n" in text:
        for match in _SIGNED.finditer(text):
            yield from _name(text, match.start(1), match.start(2), match.end(2))


def _introduces(before: str) -> bool:
    """Whether a name is to follow; as words, not as the end of one: "name is", and not "surprise"."""
    words = before.rsplit(None, 1)
    if not words or words[-1].lower().replace("’", "'").lstrip("\"'(-*") not in _LAST_WORDS:
        return False
    plain = " " + before.rstrip().lower().replace("’", "'")
    if plain.endswith(_ANSWERED):
        return any(label in plain for label in ("name", "who"))
    if not plain.endswith(_PHRASES):
        return False
    return any(plain.endswith(phrase) and not plain[-len(phrase) - 1].isalnum() for phrase in _PHRASES)


def heading(text: str, contacts: int) -> Iterator[Span]:
    """The first line of a card with an address and phones below it.

    Args:
        contacts: how many addresses and phones the text has.
    """
    line, _, rest = text.partition("\n")
    if contacts > 1 and rest and _CARD_LINE.fullmatch(line.strip()):
        yield Span(text.index(line.strip()), text.index(line.strip()) + len(line.strip()), "PERSON", 0.8)


def _name(text: str, title: int, start: int, end: int) -> Iterator[Span]:
    """
    Args:
        title: where a "Dr." before the name begins, or the same as `start`.
    """
    words = text[start:end].split(" ")
    kept = 0
    for word in words:
        initial = kept > 0 and len(word.strip(".")) == 1
        if not initial and word.strip(".'’-") in _NOT_NAMES:
            break
        kept += 1
    name = " ".join(words[:kept])
    # "I'm REALLY cross" is loud, not introduced.
    loud = any(len(word) > 1 and word.isupper() and word.lower() != word for word in words[:kept])
    if len(name) > 1 and not (loud and _WEAK.search(text, max(0, title - 16), title)):
        yield Span(title, start + len(re.sub(r"['’]s$", "", name)), "PERSON", 0.8)
