"""Prices, discounts, refunds, dates of delivery and legal assurances: only what the evidence says.

Invariant: what is promised stands in a passage, a successful tool result, the customer's records, the tenant's facts or
its own prompt; what only the customer has said bears nothing out. Denials pass.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import combinations, islice

from engine.guardrails.output.citations import support
from engine.guardrails.output.deeds import kinds_in
from engine.guardrails.output.rules import OutputRules, Promise
from engine.guardrails.output.signs import REPORTED
from engine.guardrails.output.texts import once, text
from engine.guardrails.output.values import Evidence, Judge, Ruling, Sentence
from engine.guardrails.output.words import fold, negated, numbers, stands, without_marks
from engine.guardrails.values import Action, FailMode

_CUT = re.compile(r"[,;:–—]\s|\b(?:that|but|and|dass|aber|und|que|mais|pero|che|ma|dat|maar|mas)\b")
_MOST = 400_000
_MOST_AMOUNTS = 60
_MOST_FOUND = 20
_LEGAL_FLOOR = 0.6
_CURRENCY = r"[$€£¥₹]|\b(?:eur|usd|gbp|chf|brl|pln|inr|euros?|dollars?|pounds?|reais|franken|francs?)\b"
_AMOUNT = re.compile(rf"(?:{_CURRENCY})\s?\d[\d.,]{{0,15}}|\d[\d.,]{{0,15}}\s?(?:{_CURRENCY})")
_PERCENT = re.compile(
    r"\d{1,3}(?:[.,]\d{1,2})?\s?(?:%|percent|prozent|pour cent|por ciento|per cento"
    r"|procent|por cento)"
)
_DISCOUNT = re.compile(
    r"\b(?:discounts?|voucher|coupon|promo(?:tion)? code|price reduction|rabatt\w{0,3}|gutschein\w{0,3}"
    r"|preisnachlass|"
    r"remise|réduction|bon d'achat|code promo|descuento|cupón|vale de|sconto|buono sconto|codice sconto"
    r"|korting|"
    r"kortingscode|desconto|cupom)\b|%\s?(?:off|günstiger|moins cher)\b"
    r"|\b(?:for free|free of charge|at no (?:extra |additional )?(?:cost|charge)|free (?:shipping|delivery"
    r"|return|upgrade|"
    r"month|gift|replacement)|kostenlos\w{0,2}|gratis|gratuit\w{0,7}|sin (?:costo|coste|cargo)|kosteloos"
    r"|de graça)\b"
)
_CODE = re.compile(r"\b(?=[A-Z0-9]{0,20}[A-Z])[A-Z0-9]{5,20}\b")
_REFUND = re.compile(
    r"\bmoney[- ]back\b|\b(?:full|guaranteed|immediate|complete) refund\b|\bentitled to (?:an?|your|the) "
    r"(?:full )?refund"
    r"|\bvoll\w{0,12} (?:rück)?erstattung|\bgeld[- ]zurück\b|\bremboursement (?:intégral|complet|garanti)"
    r"|\breembolso (?:completo|total|íntegro|integral|garantizado|garantido)|\brimborso (?:completo|totale"
    r"|integrale)"
    r"|\bvolledige terugbetaling|\bniet goed,? geld terug"
)
_DELIVERY = re.compile(
    r"\b(?:arriv\w{0,6}|deliver\w{0,4}|reach(?:es)? you|be with you|shipp?(?:s|ed|ing)?|dispatch\w{0,3}"
    r"|geliefert|lieferung|"
    r"ankommen|kommt|zugestellt|versandt|livré\w{0,2}|livraison|entreg\w{2,5}|lleg\w{2,5}|consegn\w{1,6}"
    r"|geleverd|bezorg\w{1,4}|"
    r"aankomen|cheg\w{1,5})\b"
)
_DAYS = (
    "monday montag lundi lunes lunedì maandag segunda-feira",
    "tuesday dienstag mardi martes martedì dinsdag terça-feira",
    "wednesday mittwoch mercredi miércoles mercoledì woensdag quarta-feira",
    "thursday donnerstag jeudi jueves giovedì donderdag quinta-feira",
    "friday freitag vendredi viernes venerdì vrijdag sexta-feira",
    "saturday samstag samedi sábado sabato zaterdag",
    "sunday sonntag dimanche domingo domenica zondag",
)
_MONTHS = (
    "january januar janvier enero gennaio januari janeiro jan",
    "february februar février febrero febbraio februari fevereiro feb",
    "march märz mars marzo maart março mar",
    "april avril abril aprile apr",
    "may mai mayo maggio mei maio",
    "june juni juin junio giugno junho jun",
    "july juli juillet julio luglio julho jul",
    "august août agosto augustus aug",
    "september septembre septiembre settembre setembro sep sept",
    "october oktober octobre octubre ottobre outubro oct okt",
    "november novembre noviembre novembro nov",
    "december dezember décembre diciembre dicembre dezembro dec dez",
)
_SOON = frozenset(
    re.findall(
        r"\S+",
        "today tonight tomorrow heute morgen demain aujourd'hui mañana hoy domani oggi vandaag amanhã hoje",
    )
)
_DAY_OF = {word: index for index, words in enumerate(_DAYS) for word in words.split()}
_MONTH_OF = {word: index + 1 for index, words in enumerate(_MONTHS) for word in words.split()}
_TIME_WORDS = frozenset({*_DAY_OF, *_MONTH_OF, *_SOON})
_DATED = "<date>"
_ISO = re.compile(r"\b(\d{4})-(\d\d)-(\d\d)")
_SPAN = re.compile(
    r"\b(?:\d{1,3}|one|two|three|four|five|six|seven|ten|zwei|drei|fünf|deux|trois|cinq|dos|tres|cinco|due"
    r"|tre|cinque|twee|"
    r"drie|vijf|dois|três)(?:\s?(?:-|–|to|bis|à|a|tot)\s?\d{1,3})?\s(?:business |working |werk|jours )?"
    r"(?:hours?|days?|weeks?|stunden?|tage?n?|wochen?|arbeitstagen?|werktagen?|heures?|jours?|semaines?"
    r"|horas?|días?|semanas?|"
    r"ore|giorni|settimane?|uur|dagen|weken|werkdagen|dias)\b"
)
_DATE = re.compile(
    r"\b\d{4}-\d\d-\d\d\b|\b\d{1,2}[./]\d{1,2}[./](?:\d{2}|\d{4})?\b|\b\d{1,2}(?:st|nd|rd"
    r"|th)\b"
)
_TOKEN = re.compile(r"[^\W\d_]+(?:[-'][^\W\d_]+)?")
_LEGAL = re.compile(
    r"\b(?:we|i)(?: \w+ly)? (?:guarantee|promise|warrant|admit|swear)\b|\b(?:is|are|it's|100 ?%) "
    r"guaranteed\b|\bguaranteed to\b"
    r"|\bwe(?:'re| are) (?:legally |fully |solely )?(?:liable|at fault|to blame)\b|\b(?:accept|take) "
    r"(?:full |legal )?(?:liability|fault)\b"
    r"|\blegally (?:binding|obliged|required|entitled)\b|\b(?:legal|statutory) right\b|\bentitled by law\b"
    r"|\byou (?:can|could|should) sue\b"
    r"|\blifetime (?:warranty|guarantee)\b|\b(?:you will|we will|we'll|you'll) (?:get |receive |pay "
    r")?(?:\w+ )?compensation\b"
    r"|\b(?:wir|ich) (?:garantieren?|haften?|versprechen?|verspreche)\b|\bgarantiert\b|\bschadensersatz\b"
    r"|\brechtsanspruch\b"
    r"|\b(?:garantissons|promettons|garantis|promets)\b|\bdommages et intérêts\b|\b(?:garantizamos"
    r"|garantizo|prometo|prometemos)\b"
    r"|\bindemnización\b|\b(?:garantisco|garantiamo|prometto|promettiamo)\b|\brisarcimento\b"
    r"|\b(?:garandeer|garanderen|beloof|beloven)\b|\bschadevergoeding\b|\b(?:garanto|garantimos)\b"
    r"|\bindenização\b"
)


class _Source:
    """A text that may bear a promise out. Its parts are made when they are first needed, and kept with it."""

    def __init__(self, written: str) -> None:
        self.folded = fold(written)

    @cached_property
    def numbers(self) -> frozenset[frozenset[str]]:
        return frozenset(numbers(self.folded))

    @cached_property
    def amounts(self) -> tuple[float, ...]:
        found = {float(form) for number in self.numbers for form in number if "." in form}
        found |= {
            float(form) for amount in _AMOUNT.findall(self.folded) for one in numbers(amount) for form in one
        }
        return tuple(sorted(found)[:_MOST_AMOUNTS])

    @cached_property
    def words(self) -> frozenset[str]:
        found = set(_TOKEN.findall(self.folded)) & _TIME_WORDS
        for year, month, day in _ISO.findall(self.folded)[:200]:
            try:
                when = datetime.date(int(year), int(month), int(day))
            except ValueError:
                continue
            found |= {*_DAYS[when.weekday()].split(), *_MONTHS[when.month - 1].split(), _DATED}
        return frozenset(found)

    @cached_property
    def discounts(self) -> bool:
        return bool(_DISCOUNT.search(self.folded))

    @cached_property
    def delivers(self) -> bool:
        return bool(_DELIVERY.search(self.folded))

    @cached_property
    def refunds(self) -> bool:
        return "refund" in kinds_in(self.folded)


@lru_cache(maxsize=256)
def _source(written: str) -> _Source:
    return _Source(written)


class _Sources:
    """What bears a promise out in one run."""

    def __init__(self, evidence: Evidence) -> None:
        results = (action.result for action in evidence.actions if action.ok)
        arguments = (str(dict(action.arguments)) for action in evidence.actions if action.ok)
        known = (
            *evidence.passages.values(),
            *results,
            *arguments,
            *evidence.facts,
            evidence.records,
            evidence.prompt,
        )
        self.texts = tuple(text[:_MOST] for text in known if text)

    @cached_property
    def each(self) -> tuple[_Source, ...]:
        return tuple(map(_source, self.texts))

    @cached_property
    def sums(self) -> frozenset[str]:
        """What two amounts come to together, or differ by, and small multiples of one."""
        amounts = sorted({amount for one in self.each for amount in one.amounts})[:_MOST_AMOUNTS]
        made = {one * times for one in amounts for times in range(2, 11)}
        made |= {total for one, other in combinations(amounts, 2) for total in (one + other, other - one)}
        return frozenset(f"{total:.2f}".rstrip("0").rstrip(".") for total in made)

    def has(self, number: frozenset[str]) -> bool:
        return any(stands(number, one.numbers) for one in self.each)


def _unsupported(sentence: str, sources: _Sources) -> Iterator[Promise]:
    """The kinds of promises in a sentence that nothing bears out. A question promises nothing but a discount."""
    folded = fold(without_marks(sentence))
    if _is_promised(_DISCOUNT, folded) and not _discount_stands(sentence, folded, sources):
        yield Promise.DISCOUNT
    if folded.rstrip().endswith("?"):
        return
    if _is_promised(_AMOUNT, folded) and not REPORTED.search(folded) and not _prices_stand(folded, sources):
        yield Promise.PRICE
    if _is_promised(_REFUND, folded) and not any(one.refunds for one in sources.each):
        yield Promise.REFUND
    if _is_promised(_DELIVERY, folded) and not _date_stands(folded, sources):
        yield Promise.DELIVERY_DATE
    if _is_promised(_LEGAL, folded) and not _is_said(sentence, sources):
        yield Promise.LEGAL


def _is_promised(words: re.Pattern[str], folded: str) -> bool:
    """Whether the words stand in the sentence, and not only in clauses of denial."""
    for found in islice(words.finditer(folded), _MOST_FOUND):
        before = _CUT.split(folded[: found.start()])[-1]
        after = _CUT.split(folded[found.end() :], maxsplit=1)[0]
        if not negated(f"{before}{found[0]}{after}"):
            return True
    return False


def _prices_stand(folded: str, sources: _Sources) -> bool:
    amounts = [number for amount in _AMOUNT.findall(folded) for number in numbers(amount)]
    return all(sources.has(amount) or amount & sources.sums for amount in amounts)


def _discount_stands(sentence: str, folded: str, sources: _Sources) -> bool:
    if not any(one.discounts for one in sources.each):
        return False
    percents = [number for percent in _PERCENT.findall(folded) for number in numbers(percent)]
    codes = [fold(code) for code in _CODE.findall(sentence)]
    known = all(any(code in one.folded for one in sources.each) for code in codes)
    return known and all(sources.has(one) for one in percents)


def _date_stands(folded: str, sources: _Sources) -> bool:
    words = [word for word in _TOKEN.findall(folded) if word in _DAY_OF or word in _MONTH_OF or word in _SOON]
    times = [*_SPAN.findall(folded), *_DATE.findall(folded)]
    if not words and not times:
        return True
    if not any(one.delivers for one in sources.each):
        return False
    figures = [
        number for found in (_SPAN, _DATE) for match in found.finditer(folded) for number in numbers(match[0])
    ]
    told = frozenset().union(*(one.words for one in sources.each))
    named = all(word in told or (_DATED in told and word in _SOON) for word in words)
    return named and all(sources.has(one) for one in figures)


def _is_said(sentence: str, sources: _Sources) -> bool:
    found = support(sentence, [text[:40_000] for text in sources.texts[:20]])
    return found.share >= _LEGAL_FLOOR and not found.missing


@dataclass(frozen=True, slots=True)
class Promises:
    """Puts a sentence that promises nothing in the place of one that promises what no evidence says."""

    rules: OutputRules
    name: str = "promises"
    version: int = 1
    fail: FailMode = FailMode.CLOSED
    at_end: bool = False

    def begin(self, evidence: Evidence) -> Judge:
        sources = _Sources(evidence)
        action = self.rules.action(self.name)

        def judge(sentence: Sentence) -> Ruling | None:
            found = [
                promise for promise in _unsupported(sentence.text, sources) if promise in self.rules.promises
            ]
            if not found:
                return None
            says = action in {Action.REWRITE, Action.REPLY}
            instead = text("no_promise", evidence.language, self.rules.texts) if says else ""
            instead = once(instead, sentence.said) if action is Action.REWRITE else instead
            return Ruling(action, instead, reasons=tuple(found))

        return judge
