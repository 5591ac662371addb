"""What a sentence says was done, is being done or will be done, by or for the tenant.

Invariant: offers, conditions, questions, denials, what was reported and what the customer did are no claims. The forms
of seven languages are known; in others nothing is found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from engine.guardrails.output.deeds import ANY, PEOPLE, Deed, deeds_of, kinds_in
from engine.guardrails.output.frames import AFTER, BEFORE, FRAMES, Frame
from engine.guardrails.output.signs import (
    ASKS_FIRST,
    BY_YOU,
    CLAUSE_OPENS,
    CONDITION,
    DONE,
    GENERIC_TIME,
    HAPPENED,
    ON_ITS_WAY,
    OTHER,
    OTHER_PASSIVE,
    RECEIVE,
    REPORTED,
    SAYING,
    SHORT,
)
from engine.guardrails.output.words import fold, guess_language, negated, without_marks

AHEAD = frozenset({"future", "now", "passive_future"})
FACTS = frozenset({"passive", "passive_future"})
WORD_ITSELF = "="
"""Begins the kind of a deed that is known by its own word only."""
_ALL = frozenset(FRAMES)
_STEM = 6
_NOUN_TOO = frozenset({"send", "book", "order"})
_VERB_LAST = frozenset({"de", "nl"})
_WORD = re.compile(r"[^\W_]+")
_DRESS = re.compile(r"[*_#>~`|\s]+")
_CLAUSE = re.compile(r"[,;:.!?()–—]|\s-\s")
_INVERTED = re.compile(
    r"\A\W*(?:how|what|when|where|why|who|which|am|has|have|had|did|was|were|do|does|is|are|can|could"
    r"|should|shall|would|will"
    r"|may)\b"
)
_THAT_YOU = re.compile(
    r"\A(?:the|an?|any|this|that) [\w-]+(?: [\w-]+)? (?:that |which )?you (?:\w+ "
    r")?(?:received|got|have|see|sent|made)\b"
)
_ONLY_WHEN = re.compile(
    r"\b(?:once|when|until|after|if|whether|before|soon as|que|wenn|sobald|ob|bis|als"
    r"|quando|cuando)\s*\Z"
)
_NEXT = re.compile(
    r"\b(?:then|dann|anschliessend|ensuite|puis|luego|después|poi|dopo|dan|daarna|então|depois)\b"
)
_FIRST = re.compile(r"\b(?:i|ich|je|j'|ik|eu|yo|io)\b")
_YOU = re.compile(r"\b(?:you|sie|ihnen|dich|vous|usted|le|u|je|você|lhe|la|ti)\b")
_TELLS = ("inform", "notif", "alert", "benachrichtig", "avis", "avvis", "updat", "aktualis", "actualiz")
_DISTANT = re.compile(
    r"\A(?:the|our|an?|all|der|die|das|eine?|le|la|l'|un|une|el|los|las|il|lo|de|het|een|o|os|as|um|uma)\b"
)
_THING = re.compile(
    r"\b(?:orders?|accounts?|subscription|booking|reservation|payment|items?|requests?|address|appointment"
    r"|replacement|refund|"
    r"parcel|package|ticket|case|amount|money|fee|charge|team|department|manager|colleagues?|engineers?"
    r"|developers?|specialists?|warehouse|invoice"
    r"|membership|bestellung|konto|abo|buchung|zahlung|betrag|vertrag|"
    r"paket|adresse|commande|compte|abonnement|réservation|paiement|montant|colis|pedido|cuenta"
    r"|suscripción|reserva|pago|importe|"
    r"paquete|ordine|abbonamento|prenotazione|pagamento|importo|pacco|bestelling|boeking|betaling|bedrag"
    r"|pakket|encomenda|conta|"
    r"assinatura|pagamento|valor|pacote|dirección|indirizzo|endereço|adres)\b"
)
_PHRASES = tuple(
    (re.compile(pattern), instead)
    for pattern, instead in (
        (r"\be-mail", "email"),
        (r"\bcall-back\b", "callback"),
        (
            r"\b(?:be|get) (?:back )?in touch(?: with)?\b|\bget(?:ting)? back to\b|\breach(?:ing)? out(?: "
            r"to)?\b",
            "contact",
        ),
        (r"\bgot in touch(?: with)?\b|\breached out(?: to)?\b", "contacted"),
        (r"\bfollow(?:ing)? up\b", "contact"),
        (r"\bgiv(?:e|ing) you a (?:quick )?(?:call|ring)\b", "call you"),
        (r"\bput you through\b", "transfer you"),
        (r"\b(?:went|gone) ahead and\b", "have"),
        (
            r"\blet (the|our|my) (\w+ ){0,2}(?:team|department|manager|colleagues?|engineers?|developers?"
            r"|specialists?|warehouse) know\b",
            "notified",
        ),
        (
            r"\b(?:asked|told) (?=(?:the|our|my|a) (?:[\w-]+ )?(?:team|department|manager|supervisor"
            r"|colleague|warehouse))",
            "informed ",
        ),
        (r"\b(?:shared|discussed|raised) (?:[\w-]+ ){1,4}with (?=(?:the|our|my) )", "informed "),
        (r"\bre-rout", "rerout"),
        (r"\bchecked (?:this |it )?with (?=(?:the|our|my) )", "informed "),
        (r"\bno (?:problem|worries)\b|\bkein problem\b|\bpas de problème\b|\bgeen probleem\b", "sure"),
        (r"\bmoney back\b", "refund"),
        (r"\bse pondr\w+ en contacto\b", "contactará"),
        (r"\bentr(?:ará|aremos|arei|arão) em contato\b", "contatará"),
        (r"\bprendr(a|ons|ai|ont) contact\b", r"contacter\1"),
    )
)


@dataclass(frozen=True, slots=True)
class Claim:
    """A deed that a sentence speaks of. One of `kinds` has to be there; `first` says that the agent means itself."""

    tense: str
    kinds: frozenset[str]
    first: bool = False


@lru_cache(maxsize=2_048)
def claims_in(sentence: str) -> tuple[Claim, ...]:
    """The claims of a sentence."""
    plain = _plain(sentence)
    words = list(_WORD.finditer(plain))
    known = [(word, deeds) for word in words if (deeds := deeds_of(word[0]))]
    found = [*_short_forms(plain), *_other(plain)]
    chosen = _languages(plain, known) if known else _ALL
    for word, deeds in known:
        found += _claims_at(plain, word, deeds, chosen)
    found += _received(plain, chosen)
    return tuple(dict.fromkeys(found))


def _plain(sentence: str) -> str:
    plain = _DRESS.sub(" ", fold(without_marks(sentence))).strip()
    for pattern, instead in _PHRASES:
        plain = pattern.sub(instead, plain)
    return plain


def _languages(plain: str, known: list[tuple[re.Match[str], tuple[Deed, ...]]]) -> frozenset[str]:
    languages = {deed.language for _, deeds in known for deed in deeds if deed.language}
    if len(languages) > 1 and (guess := guess_language(plain)) in languages:
        return frozenset({guess})
    return frozenset(languages)


def _claims_at(
    plain: str, word: re.Match[str], deeds: tuple[Deed, ...], chosen: frozenset[str]
) -> Iterator[Claim]:
    before, after = (
        plain[max(0, word.start() - BEFORE) : word.start()],
        plain[word.end() : word.end() + AFTER],
    )
    for deed in deeds:
        if deed.role == "noun" or deed.language not in chosen:
            continue
        for frame in FRAMES[deed.language]:
            found = _fits(frame, word[0], before, after)
            if found and not _exempt(plain, frame, deed, found, word):
                kinds = _kinds(deed, frame, found[0], after)
                if kinds:
                    yield Claim(frame.tense, kinds, bool(_FIRST.search(found[0])))
                break


def _fits(frame: Frame, word: str, before: str, after: str) -> re.Match[str] | None:
    if not frame.form.match(word) or (frame.after and not frame.after.match(after)):
        return None
    found = frame.before.search(before)
    return found if found and not negated(found[0]) and not negated(_CLAUSE.split(before)[-1][-30:]) else None


def _exempt(plain: str, frame: Frame, deed: Deed, found: re.Match[str], word: re.Match[str]) -> bool:
    """Whether what looks like a claim is none: asked, conditional, hypothetical, reported, the customer's own."""
    language, after = deed.language, plain[word.end() : word.end() + AFTER]
    start = word.start() - found.end() + found.start()
    if plain.endswith("?") and (frame.tense != "past" or language != "en" or _INVERTED.match(plain)):
        return True
    opens = max((cut.end() for cut in _CLAUSE.finditer(plain, 0, start)), default=0)
    if CLAUSE_OPENS[language].match(plain, opens) or CLAUSE_OPENS[language].match(found[0]):
        return True
    if (
        CONDITION[language].search(plain, opens, word.start())
        or BY_YOU.match(after)
        or _THAT_YOU.match(found[0])
    ):
        return True
    if REPORTED.search(plain, 0, word.start()):
        return True
    if frame.tense in FACTS and _DISTANT.match(found[0]) and not _THING.search(found[0]):
        return not any(deed.role == "noun" for one in _WORD.findall(found[0]) for deed in deeds_of(one))
    if deed.kind == "pay" and frame.tense in FACTS:
        return True  # "you were charged because …" explains
    if word[0].startswith(_TELLS) and (_YOU.search(found[0]) or _YOU.match(after.lstrip())):
        return deed.kind != "change"
    return frame.tense in AHEAD and _is_conditional(plain, deed, found, start)


def _is_conditional(plain: str, deed: Deed, found: re.Match[str], start: int) -> bool:
    language = deed.language
    if CONDITION[language].search(plain) or ASKS_FIRST.search(plain, 0, start):
        return True
    generic = GENERIC_TIME[language].search(plain) and deed.kind not in PEOPLE
    return bool(generic and not _FIRST.search(found[0]))


def _kinds(deed: Deed, frame: Frame, match: str, after: str) -> frozenset[str]:
    """The kind of a verb; of a `do` verb that of the noun it governs."""
    if deed.role == "verb" and deed.kind not in _NOUN_TOO:
        return frozenset({deed.kind})
    behind = _CLAUSE.split(after, maxsplit=1)[0]
    nouns_behind = _nouns(behind)[:1]
    nouns_before = _nouns(match)[-1:]
    first_before = deed.language in _VERB_LAST or frame.tense in {"passive", "passive_future"}
    nouns = (nouns_before or nouns_behind) if first_before else nouns_behind
    if deed.role == "verb":
        return frozenset({deed.kind, *nouns})
    return frozenset(nouns)


def _nouns(part: str) -> list[str]:
    return [deed.kind for word in _WORD.findall(part) for deed in deeds_of(word) if deed.role == "noun"]


def _short_forms(plain: str) -> Iterator[Claim]:
    done = DONE.search(plain)
    if done and not plain.endswith("?") and not _ONLY_WHEN.search(plain, 0, done.start()):
        yield Claim("past", frozenset({ANY}), first=True)
    if SHORT.match(plain) and not negated(plain):
        yield Claim("passive", kinds_in(plain) - {ANY} or frozenset({ANY}))
    if (found := ON_ITS_WAY.search(plain)) and not negated(plain):
        yield Claim("passive", frozenset(_nouns(found[0])) or frozenset({ANY}))


def _other(plain: str) -> Iterator[Claim]:
    for found in OTHER.finditer(plain):
        if _is_other(found[1], SAYING) and not _hypothetical(plain, found.start()):
            yield Claim("past", frozenset({ANY}), first=True)
    for found in OTHER_PASSIVE.finditer(plain):
        if _is_other(found[1], HAPPENED) and not _hypothetical(plain, found.start()):
            yield Claim("passive", frozenset({WORD_ITSELF + found[1][:_STEM]}))


def _is_other(word: str, known: tuple[str, ...]) -> bool:
    return not word.removeprefix("re").startswith(known) and not word.startswith(known) and not deeds_of(word)


def _hypothetical(plain: str, start: int) -> bool:
    opens = max((cut.end() for cut in _CLAUSE.finditer(plain, 0, start)), default=0)
    return bool(CLAUSE_OPENS["en"].match(plain, opens) or CONDITION["en"].search(plain, opens, start))


def _received(plain: str, chosen: frozenset[str]) -> Iterator[Claim]:
    """ "You will get a call": a deed named by its noun. A message that comes with an event is a matter of course."""
    found = RECEIVE.search(plain)
    if not found or plain.endswith("?") or negated(plain[max(0, found.start() - 20) : found.end()]):
        return
    if any(CONDITION[one].search(plain) for one in chosen) or ASKS_FIRST.search(plain, 0, found.start()):
        return
    kinds = _nouns(_CLAUSE.split(plain[found.end() : found.end() + AFTER], maxsplit=1)[0]) or _nouns(found[0])
    timed = _NEXT.search(plain) or any(GENERIC_TIME[one].search(plain) for one in chosen)
    named = [kind for kind in kinds if kind not in {"order", "return", "change", "book"}][:1]
    if named and not (timed and named[0] not in PEOPLE):
        yield Claim("passive_future", frozenset(named))
    elif "hear" in found[0]:
        yield Claim("passive_future", frozenset({"contact"}))
