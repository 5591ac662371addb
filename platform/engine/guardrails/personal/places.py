"""Postal addresses: behind words that announce one, or by the way a street and its number are written.

Invariant: linear: an address is looked for at the words that can be its heart, and grows by a bounded number of words.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator

from engine.guardrails.personal.digits import near
from engine.guardrails.personal.vocabulary import words_of
from engine.guardrails.values import Span

_CAP = r"[A-ZÀ-ÖØ-ÞŁŚŻŹĆČŠŽŘĎŤŇĐİŐŰΑ-ΩА-Я]"
_NAME = (
    rf"(?:{_CAP}[\w'’.\-]{{0,29}}|(?:de|del|della|di|da|do|dos|das|du|des|la|le|les|los|las|von|van|der|"
    rf"den|zur|zum|am|of|the|y|e|d'|l'|\d{{1,3}}(?:st|nd|rd|th)))"
)
_NUMBER = r"\d{1,6}[A-Za-z]?(?:[ ]?[/\-][ ]?\d{1,5}[A-Za-z]?)?"
_SURE = (
    "street|streets|st|road|roads|rd|avenue|ave|lane|ln|drive|drives|dr|boulevard|blvd|court|ct|terrace|close|crescent|"
    "circle|cir|parkway|pkwy|highway|hwy|mews|turnpike|freeway|expressway|square|sq|way|alley|grove|gardens|parade"
)
_LIKELY = (
    "av|place|pl|trail|hill|row|walk|crossing|heights|park|plaza|point|ridge|run|view|village|ville|loop|pike|path|pass|"
    "manor|meadows?|mount|mountains?|mills?|motorway|neck|orchard|overpass|oval|plains?|ports?|prairie|ramp|ranch|rapids?|"
    "rest|routes?|shoals?|shores?|skyway|springs?|spurs?|squares|stations?|stravenue|stream|summit|throughway|trace|track|"
    "trafficway|trails|tunnel|underpass|unions?|valleys?|via|viaduct|views|vista|walks|wall|ways|wells?|bridge|brooks?|burgs?|"
    "bypass|camp|canyon|cape|causeway|centers?|circles|cliffs?|clubs?|common|corners?|course|courts|coves?|creek|curve|dale|"
    "dam|divide|estates?|extensions?|falls?|ferry|fields?|flats?|fords?|forests?|forges?|forks?|fort|gateway|glens?|greens?|"
    "groves|harbors?|haven|hills|hollow|inlet|islands?|isle|junctions?|keys?|knolls?|lakes?|land|landing|lights?|loaf|locks?|"
    "lodge|mall|mission"
)
_FOLLOWS = r"(?=,?\s{1,3}(?i:apt|suite|unit|flat|ste)\b|,\s{1,2}[A-Z]|\n[ ]?[A-Z])"
_UNIT = (
    r"(?:apt|apartment|suite|ste|unit|flat|floor|fl|room|rm|studio|bldg|building|dept|piso|puerta|"
    r"bajo|esc|interno|scala|bus|"
    r"whg|wohnung|etage|stiege|stock|lok|mieszkanie|m|apto|bloco|bât|bâtiment|escalier)\b\.?"
)
_NUMBERLESS = rf"(?=(?:[ ]\d{{1,4}}[a-z]?)?,[ \n]{{1,2}}\d{{4,5}}[ ]{_CAP})"
_FRENCH = (
    "rue|avenue|boulevard|chemin|impasse|quai|place|allée|route|cours|passage|square|faubourg|sentier|montée"
)
_SOUTHERN = (
    r"(?:(?i:calle|avenida|paseo|plaza|plaça|carrer|camino|ronda|pasaje|glorieta|cuesta|alameda|rambla|callejón|viale|"
    r"piazza|piazzale|corso|vicolo|strada|contrada|borgo|stretto|incrocio|rotonda|canale|piazzetta|ulica|aleja|aleje|plac|"
    r"osiedle|rua|travessa|praça|estrada|rodovia|ladeira|viela|bulevardul|calea|aleea|ulitsa|улица|проспект|λεωφόρος|οδός)"
    r"|Via|Largo|Vila|Quinta)\b|(?i:c/|avda\.?|ul\.|ул\.|λ\.)|R\.|Al\.|Pl\.|Os\.|Av\.|al\.|pl\.|os\."
)
_STREETS = (
    # 12 Garden Road
    (rf"{_NUMBER},?[ ]{{1,3}}(?:{_NAME}[ ]{{1,3}}){{1,5}}(?i:{_SURE})\b\.?", ()),
    # 1436 Becker Prairie, Port Ana
    (rf"{_NUMBER},?[ ]{{1,3}}(?:{_NAME}[ ]{{1,3}}){{1,5}}(?i:{_LIKELY})\b\.?{_FOLLOWS}", ()),
    # 24 bis, rue de la Gare
    (
        rf"{_NUMBER}(?:[ ](?:bis|ter|quater))?,?[ ]{{1,3}}(?i:{_FRENCH})[ ]{{1,3}}(?:{_NAME}[ ]{{1,3}}){{0,5}}"
        rf"{_CAP}[\w'’.\-]{{0,29}}",
        tuple(_FRENCH.split("|")),
    ),
    # boulevard de Leclerc, 69651 Mallet
    (
        rf"(?i:{_FRENCH})[ ]{{1,3}}(?:{_NAME}[ ]{{1,3}}){{0,5}}{_CAP}[\w'’.\-]{{0,29}}{_NUMBERLESS}",
        tuple(_FRENCH.split("|")),
    ),
    # Calle Mayor, 5; Via Roma 12; ul. Długa 3/4; Rua das Flores, 100
    (
        rf"(?:{_SOUTHERN})[ ]{{0,3}}(?:{_NAME}[ ]{{1,3}}){{0,6}}[\w'’.\-]{{1,30}},?[ ]{{0,3}}"
        rf"(?:n[.º°o]{{0,2}}[ ]?|nr\.? ?|núm\.? ?)?{_NUMBER}",
        (),
    ),
    # 6750 Koskikatu 25 Apt. 864
    (
        rf"(?:{_NUMBER},?[ ]{{1,3}})?(?:{_NAME}[ ]{{1,3}}){{1,5}}(?:{_NUMBER}\.?[,\s]{{1,5}})?"
        r"(?i:apt|suite|ste|unit|flat|apartment)\.?[ ]?#?\d{1,5}",
        ("apt", "suite", "ste", "unit", "flat", "apartment"),
    ),
    # 12 oak street springfield il 62704, in small letters
    (
        r"\d{1,6}[a-z]?[ ](?:[a-z.]{1,20}[ ]){1,4}"
        r"(?:street|road|avenue|lane|drive|boulevard|court|st|rd|ave|blvd|ln|dr)\b\.?"
        r"(?:[ ,]{1,3}[a-z.]{1,20}){0,4}[ ,]{1,3}\d{5}",
        ("st", "road", "rd", "ave", "lane", "ln", "dr", "boulevard", "blvd", "court"),
    ),
    # Am Markt 3, 10115 Berlin
    (
        rf"(?:{_NAME}[ ]{{1,3}}){{1,4}}{_NUMBER},?[ \n]{{1,3}}(?:[A-Z]-)?"
        rf"(?:\d{{4,5}}|\d\d-\d{{3}}|\d{{3}} \d\d|\d{{4}} [A-Z]{{2}})[ ]{_CAP}[\w'’\-]{{1,29}}",
        (),
    ),
)
_ENDINGS = tuple(
    words_of("""
    straße strasse str. str gasse allee platz weg ring damm ufer chaussee steig pfad straat laan plein gracht kade dijk
    singel dreef steeg hof baan pad markt vej gade gatan vägen gata veien vegen katu tie tänav maantee utca út u.
    útja tér körút gate gränd stræde allé torget väg stigen stien ulice náměstí třída terrasse stræti strasse braut
    götu vegur utca.
    """)
)
_NUMBERED = re.compile(r"(?<=[^\W\d_])\.?[ ]{1,3}(?=\d)")
_HOUSE_NUMBER = re.compile(rf"{_NUMBER}\.?(?!\w)")
_CORNER = re.compile(
    rf"(?i:the corner of|corner of)[ ](?:[\w.'’\-]{{1,30}}[ ]){{1,6}}(?i:and|und|et|y|"
    rf"e)[ ]{_CAP}[\w'’\-]{{0,29}}"
    rf"(?:[ ]{_CAP}[\w'’\-]{{0,29}}){{0,3}}(?:[ ]\d{{1,5}})?"
)
_MILITARY = re.compile(
    r"\b(?:(?:PSC|CMR|Unit)[ ]?\d{1,5},?[ ](?:Box|PSC)[ ]?\d{1,5}|US(?:S|NS|NV|CGC)[ ]\w{2,20})[,\s]{1,3}"
    r"(?:APO|FPO|DPO)[ ]?,?[ ](?:AA|AE|AP)(?:[ ]\d{5}(?:-\d{4})?)?",
    re.IGNORECASE,
)
_BOX = re.compile(
    r"\b(?:P\.?[ ]?O\.?[ ]Box|Postfach|Boîte Postale|BP|Apartado(?: de Correos)?|Postbus|"
    r"Skr\.? poczt\.)[ ]\d{1,6}\b"
)
_BRITISH = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]?[ ]?\d[A-BD-HJLNP-UW-Z]{2}\b")
_AMERICAN = re.compile(
    r"(?<=[,\s])(?:[A-Z]{2},? \d{5}(?:-\d{4})?|"
    r"(?:NSW|VIC|QLD|WA|SA|TAS|ACT|NT),? \d{4}|[A-Z]{2},? [A-Z]\d[A-Z] ?\d[A-Z]\d)\b"
)
_HOUSE = re.compile(rf"(?<![\w])\d{{1,6}}[A-Za-z]?[ ]{_CAP}")
_PATTERNS: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = (
    *((re.compile(rf"(?<!\w)(?:{street})(?!\w)"), signs) for street, signs in _STREETS),
    (_MILITARY, ("po ", "po,")),
    (_BOX, ("box", "postfach", "boîte", "bp ", "apartado", "postbus", "skr")),
    (_CORNER, ("corner",)),
)
_ANNOUNCERS = tuple(
    words_of("""
    address live living moved ship deliver sent send taxi located return meet arrived it's pick adresse wohne anschrift
    habite domicilio direcci vivo indirizzo abito adres woon mieszkam endere moro office user:
    """)
)
_ANNOUNCED = re.compile(
    r"\b(?:(?:(?:new|home|billing|shipping|delivery|mailing|postal|street|current|my|full|"
    r"the) )?address(?: (?:is|to|of [^\n]{1,40}? is))?|"
    r"i live (?:at|in|on)|living at|we live at|moved to|ship(?:ped)? (?:it )?to|"
    r"deliver(?:ed)? (?:it )?to|sen[dt] (?:\w+ ){0,3}to|"
    r"taxi to|located at|office is at|meeting\? at|user:|return(?:ed)? (?:\w+ ){0,2}to|meet (?:you |"
    r"me )?at|arrived at|it's in|pick (?:\w+ )?up (?:at|from)|"
    r"adresse(?: ist| lautet| est)?|wohne (?:in der|in|am)|anschrift|habite(?: au| à)?|domicilio|"
    r"direcci[oó]n(?: es)?|vivo en|"
    r"indirizzo(?: è)?|abito in|adres(?: is| to)?|woon (?:op|aan|in)|mieszkam (?:przy|na)|"
    r"endere[çc]o(?: é)?|moro (?:na|no|em))"
    r"[ \t]{0,4}[:=]?[ \t]{0,12}",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"[^\s,;()]+")
_SHORT = re.compile(rf"{_CAP}[a-z]{{0,2}}\.[ ]{{1,2}}\d")
_GROWTH = 14
_REACH = 160
_GO_ON = re.compile(
    rf"(?:{_CAP}|\d|(?:nan|de|del|la|le|di|da|do|von|van|am|an|der|les|sur|sous|bei|upon|on|of|the|in|St)\b)"
)
_STOPS = re.compile(
    r"(?:I|I'm|It|It's|We|The|My|Please|Call|Phone|Mobile|Tel|Desk|Fax|Email|E-mail|Office|Cell|"
    r"Thanks?|Thank|Can|When|What|Could|"
    r"Is|And|But|Mr|Mrs|Name|Date|Regards|Kind|Best|Order|SSN|DOB|You|They|He|She|If|How|Why|Where|Do|Does)\b"
)
_AROUND = 120


def places(text: str, taken: Iterable[Span] = ()) -> Iterator[Span]:
    """The postal addresses of a text.

    Args:
        taken: what is something else already, such as a phone in the line below; an address ends before it.
    """
    folded = text.lower()
    walls = sorted(span.start for span in taken)
    for start, end in near(text, _AROUND):
        yield from _within(text, folded, walls, (start, end))


def _within(text: str, folded: str, walls: list[int], stretch: tuple[int, int]) -> Iterator[Span]:
    grown = 0
    for start, end in sorted((*_streets(text, folded, *stretch), *_suffixed(text, *stretch))):
        # A street inside an address that has been found already adds nothing but work.
        if end > grown:
            grown = _grown(text, end, walls)
            yield Span(_begin(text, start), grown, "ADDRESS", 0.85)
    for match in _AMERICAN.finditer(text, *stretch):
        house = _HOUSE.search(text, max(0, match.start() - 90), match.start())
        if house is not None:
            yield Span(house.start(), _grown(text, match.end(), walls), "ADDRESS", 0.85)
    for match in _BRITISH.finditer(text, *stretch):
        yield from _before_code(text, match)
    for match in _ANNOUNCED.finditer(text, *stretch) if any(sign in folded for sign in _ANNOUNCERS) else ():
        yield from _announced(text, match.end(), walls)


def _streets(text: str, folded: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for pattern, signs in _PATTERNS:
        if signs and not any(sign in folded for sign in signs):
            continue
        for match in pattern.finditer(text, start, end):
            yield match.start(), match.end()


def _suffixed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Streets whose name ends in a word for a street, with the number behind: Gartenstraße 12, Kerkstraat 5."""
    for match in _NUMBERED.finditer(text, start, end):
        before = text[max(0, match.start() - 70) : match.end()].rstrip()
        number = _HOUSE_NUMBER.match(text, match.end())
        if number is None or not before[-20:].lower().endswith(_ENDINGS):
            continue
        name = _name_at_end(before)
        if _is_street(name):
            yield max(0, match.start() - 70) + len(before) - len(name), number.end()


def _name_at_end(line: str) -> str:
    """The last word and up to three words with capitals, or numbers, before it."""
    words = line.rpartition("\n")[2].split(" ")
    first = len(words) - 1
    while first > max(0, len(words) - 4) and (words[first - 1][:1].isupper() or words[first - 1].isdigit()):
        first -= 1
    return " ".join(words[first:])


def _is_street(name: str) -> bool:
    """Not "iPad 2": the word for a street stands alone or behind at least three letters, and a capital is there."""
    last = name.rsplit(" ", 1)[-1]
    rest = min(len(last) - len(ending) for ending in _ENDINGS if last.lower().endswith(ending))
    return bool(re.search(_CAP, name)) and (rest >= 3 or (rest == 0 and " " in name))


def _grown(text: str, end: int, walls: list[int]) -> int:
    """The end of an address with its flat, place, region, code and country."""
    wall = bisect_left(walls, end)
    limit = min(end + _REACH, len(text), *walls[wall : wall + 1])
    at, count = end, 0
    for match in _TOKEN.finditer(text, end, limit):
        gap = text[at : match.start()]
        token = match.group()
        if count == _GROWTH or "\n\n" in gap or _ends_before(gap, token):
            break
        end = match.end() - (len(token) - len(token.rstrip(".?!:\"'")))
        at, count = match.end(), count + 1
        if token[-1] in ".?!" and not (_abbreviated(token) or _SHORT.match(text, match.start())):
            break
    return _without_small_words(text, end)


def _ends_before(gap: str, token: str) -> bool:
    if token.endswith(":") or ";" in gap or _STOPS.match(token):
        return True
    return not (_GO_ON.match(token) or re.match(_UNIT, token, re.IGNORECASE))


def _abbreviated(token: str) -> bool:
    return bool(re.fullmatch(rf"{_UNIT}|(?i:st|rd|ave|dr|n|s|e|w|nr|no)\.", token, re.IGNORECASE))


def _without_small_words(text: str, end: int) -> int:
    trailing = re.search(
        r"(?:[ ,]+(?:de|del|la|le|di|da|do|von|van|am|an|der|les|sur|bei|on|of|the|in))+$",
        text[max(0, end - 40) : end],
    )
    return end - len(trailing.group()) if trailing else end


def _begin(text: str, start: int) -> int:
    """The start of an address with a flat, a house number or a "the corner of" before the street."""
    before = re.search(
        rf"(?:(?i:the corner of )|(?:(?i:{_UNIT})[ ]?\w{{1,5}},?[ ])|\d{{1,6}}[ ,]{{1,2}})$",
        text[max(0, start - 24) : start],
    )
    return start - len(before.group()) if before else start


def _before_code(text: str, match: re.Match[str]) -> Iterator[Span]:
    """A British postal code takes the words with capitals before it along, to the start of the line."""
    line = text[max(0, match.start() - 80) : match.start()]
    words = re.search(rf"(?:(?:{_CAP}[\w'’.\-]{{0,29}}|\d{{1,5}}[A-Za-z]?)[ ,\n]{{1,3}}){{1,10}}$", line)
    if words is not None and "," in words.group():
        yield Span(match.start() - len(words.group()), match.end(), "ADDRESS", 0.8)


def _announced(text: str, start: int, walls: list[int]) -> Iterator[Span]:
    end = _grown(text, start, walls)
    value = text[start:end]
    if sum(sign.isdigit() for sign in value) and re.search(rf"{_CAP}\w", value) and len(value.split()) > 1:
        yield Span(start, end, "ADDRESS", 0.8)
