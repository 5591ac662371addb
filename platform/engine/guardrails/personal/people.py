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
_INTRODUCED = re.compile(
    rf"\b(?i:my (?:full |first |last |sur|family |given )?name(?: is|['’]s)|name['’]?s|i am called|"
    rf"call me|this is|i['’]m|i am|"
    rf"speaking with|"
    rf"mein name ist|ich hei(?:ß|ss)e|ich bin|hier ist|je m['’]appelle|mon nom est|je suis|me llamo|"
    rf"mi nombre es|soy|"
    rf"mi chiamo|il mio nome è|sono|ik heet|mijn naam is|ik ben|nazywam się|mam na imię|meu nome é|"
    rf"me chamo|eu sou|"
    rf"jag heter|jeg hedder|jeg heter|jmenuji se|меня зовут|benim adım|numele meu este)[ ]+({_TITLE}){_FULL}"
)
_ASKED = re.compile(
    rf"\b(?i:(?:first |last |full |sur|family |account |card ?holder(?:'s)? |customer |"
    rf"contact )?name(?: on the (?:account|card|order))?"
    rf"|nombre|nom|nome|naam|imię i nazwisko|imię|nachname|vorname|apellidos?|cognome|prénom|surname|"
    rf"cardholder|recipient)"
    rf"[ ]?(?:\?(?:[ ]?(?:User|Customer|Me|Client):)?|:|=|[ ](?i:is|ist|est|es|è|é|"
    rf"to))[ \t]{{1,10}}({_TITLE}){_FULL}"
)
_UNDER = re.compile(
    rf"\b(?i:(?:it['’]?s|it is|registered|booked|listed) under|under(?: the name(?: of)?| (?:my|his|"
    rf"her) (?:partner|wife|husband|son|daughter|mother|father)['’]s name)|in the name of|"
    rf"on behalf of|change it to|auf den namen|au nom de|a nombre de|a nome di|op naam van|em nome de|"
    rf"my (?:wife|husband|partner|son|daughter|kid|child|mother|father|mom|dad|brother|sister|friend|"
    rf"colleague|boss))"
    rf"[ ]({_TITLE}){_FULL}"
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
    When Why How Who Your You We They He She My Our This That These Those Please Thanks Thank Hello Hi Hey Sorry Ok Okay Sure
    Unable Having Getting Trying Looking Calling Writing Waiting Going Using Facing Done Fine Good Happy Sad Angry Upset
    Interested Afraid Aware New Back Now Ready Able Unhappy Disappointed Frustrated Confused Tired Done Sick
    English German French Spanish Italian Dutch Polish American British Indian Chinese European Canadian Portuguese
    January February March April May June July August September October November December Monday Tuesday Wednesday
    Thursday Friday Saturday Sunday Windows Android Linux Chrome Firefox Safari Wifi Internet Error Order Ticket Invoice
    Customer Service Support Team Account Premium Basic Pro Plus Free Admin Administrator User Test Null None Unknown
    Im Am Vom Nicht Ein Eine Der Die Das Sehr Aus Mit Seit Sono Un Una Uno En De Muy Non Pas Très Kunde Kundin Cliente
    IT VIP CEO HR US UK EU USA API SSO VPN URL PDF AI
    """)
)
_PATTERNS = (
    (
        _INTRODUCED,
        (
            "name",
            "this is",
            "call me",
            "speaking",
            "i am",
            "i'm",
            "i’m",
            "ich ",
            "hier ist",
            "appelle",
            "nom ",
            "suis",
            "llamo",
            "nombre",
            "soy ",
            "chiamo",
            "nome ",
            "sono ",
            "ik ",
            "naam",
            "nazywam",
            "imię",
            "me chamo",
            "eu sou",
            "heter",
            "hedder",
            "jmenuji",
            "зовут",
            "adım",
            "este ",
        ),
    ),
    (_ASKED, ("ame", "nom", "naam", "imię", "apellido", "cardholder", "recipient")),
    (
        _UNDER,
        (
            "under ",
            "name of",
            "behalf",
            "change it",
            "my ",
            "auf den",
            "au nom",
            "a nombre",
            "a nome",
            "op naam",
            "em nome",
        ),
    ),
    (_TITLED, ("mr", "ms", "miss", "dr", "prof", "herr", "frau", "mme", "mlle", "sr", "sig", "dott", "mevr")),
    (_SIGNED, ("\n",)),
)
_CARD_LINE = re.compile(rf"{_TITLE}?{_ONE}(?:[ ]{_JOIN}?(?:{_ONE}|{_CAP}\.?)){{1,3}}")


def people(text: str) -> Iterator[Span]:
    """Names after an introduction, a label, a title, or under a letter."""
    folded = text.lower()
    for pattern, signs in _PATTERNS:
        if not any(sign in folded for sign in signs):
            continue
        for match in pattern.finditer(text):
            last = match.lastindex or 1
            yield from _name(text, match.start(1), match.start(last), match.end(last))


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
        if word.strip(".'’-") in _NOT_NAMES:
            break
        kept += 1
    name = " ".join(words[:kept])
    if len(name) > 1 and not (name.isupper() and len(name) < 4):
        yield Span(title, start + len(re.sub(r"['’]s$", "", name)), "PERSON", 0.8)
