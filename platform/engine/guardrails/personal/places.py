"""Postal addresses: behind words that announce one, or by the way a street and its number are written.

Invariant: linear: an address is looked for at the words that can be its heart, and grows by a bounded number of words.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator

from engine.guardrails.personal.seen import Seen
from engine.guardrails.personal.vocabulary import words_of
from engine.guardrails.values import Span

_Sign = Callable[[Seen], bool]
_CAP = r"[A-ZÀ-ÖØ-ÞŁŚŻŹĆČŠŽŘĎŤŇĐİŐŰΑ-ΩА-Я]"
_NAME = (
    rf"(?:{_CAP}[\w'’.\-]{{0,29}}|(?:de|del|della|di|da|do|dos|das|du|des|la|le|les|los|las|von|van|der|"
    rf"den|zur|zum|am|of|the|y|e|d'|l'|\d{{1,3}}(?:st|nd|rd|th)))"
)
# What begins with a digit or a capital begins with one of that class, and looks back from there: the engine looks for
# a class quickly.
_FIRST = r"\d(?<!\w.)\d{0,5}[A-Za-z]?(?:[ ]?[/\-][ ]?\d{1,5}[A-Za-z]?)?"
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
_SURE_WORDS, _LIKELY_WORDS, _FRENCH_WORDS = (
    frozenset(re.sub(r"(\w+)(\w)\?", r"\1|\1\2", words).split("|")) for words in (_SURE, _LIKELY, _FRENCH)
)
_SOUTHERN_WORDS = words_of("""
    calle avenida paseo plaza plaça carrer camino ronda pasaje glorieta cuesta alameda rambla callejón viale piazza
    piazzale corso vicolo strada contrada borgo stretto incrocio rotonda canale piazzetta ulica aleja aleje plac osiedle
    rua travessa praça estrada rodovia ladeira viela bulevardul calea aleea ulitsa улица проспект λεωφόρος λεωφόροσ
    οδός οδόσ c ul ул λ
""")
_SOUTHERN_AS_WRITTEN = words_of("Via Largo Vila Quinta R Al Pl Os Av al pl os")
_FLATS = ("apt", "suite", "ste", "unit", "flat", "apartment")
_SMALL = words_of("street road avenue lane drive boulevard court st rd ave blvd ln dr")
_BOXES = words_of("Box Postfach Postale BP Apartado Postbus Skr")
_TOWN_BEHIND = re.compile(rf",[ \n]{{1,2}}\d{{4,5}}[ ]{_CAP}")
_CODE_BEHIND = re.compile(
    rf"\d[A-Za-z]?,?[ \n]{{1,3}}(?:[A-Z]-)?(?:\d{{4,5}}|\d\d-\d{{3}}|\d{{3}} \d\d|\d{{4}} [A-Z]{{2}})[ ]{_CAP}"
)


def _some(words: frozenset[str]) -> _Sign:
    return lambda seen: not words.isdisjoint(seen.folded_words)


def _in_south(seen: Seen) -> bool:
    return (
        not _SOUTHERN_WORDS.isdisjoint(seen.folded_words)
        or not _SOUTHERN_AS_WRITTEN.isdisjoint(seen.words)
        or "avda" in seen.folded
    )


def _in_french_town(seen: Seen) -> bool:
    return not _FRENCH_WORDS.isdisjoint(seen.folded_words) and bool(_TOWN_BEHIND.search(seen.text))


def _has_flat(seen: Seen) -> bool:
    """A word for a flat with a number behind, perhaps as one word."""
    if not any(sign in seen.folded for sign in _FLATS):
        return False
    return any(
        word.startswith(_FLATS) and (word in _FLATS or not word[-1].isalpha()) for word in seen.folded_words
    )


# Each with what a text must have for a match: a quick look instead of a search.
_STREETS: tuple[tuple[str, _Sign], ...] = (
    # 12 Garden Road
    (rf"{_FIRST},?[ ]{{1,3}}(?:{_NAME}[ ]{{1,3}}){{1,5}}(?i:{_SURE})\b\.?", _some(_SURE_WORDS)),
    # 1436 Becker Prairie, Port Ana
    (
        rf"{_FIRST},?[ ]{{1,3}}(?:{_NAME}[ ]{{1,3}}){{1,5}}(?i:{_LIKELY})\b\.?{_FOLLOWS}",
        _some(_LIKELY_WORDS),
    ),
    # 24 bis, rue de la Gare
    (
        rf"{_FIRST}(?:[ ](?:bis|ter|quater))?,?[ ]{{1,3}}(?i:{_FRENCH})[ ]{{1,3}}(?:{_NAME}[ ]{{1,3}}){{0,5}}"
        rf"{_CAP}[\w'’.\-]{{0,29}}",
        _some(_FRENCH_WORDS),
    ),
    # boulevard de Leclerc, 69651 Mallet
    (
        rf"(?<!\w)(?i:{_FRENCH})[ ]{{1,3}}(?:{_NAME}[ ]{{1,3}}){{0,5}}{_CAP}[\w'’.\-]{{0,29}}{_NUMBERLESS}",
        _in_french_town,
    ),
    # Calle Mayor, 5; Via Roma 12; ul. Długa 3/4; Rua das Flores, 100
    (
        rf"(?<!\w)(?:{_SOUTHERN})[ ]{{0,3}}(?:{_NAME}[ ]{{1,3}}){{0,6}}[\w'’.\-]{{1,30}},?[ ]{{0,3}}"
        rf"(?:n[.º°o]{{0,2}}[ ]?|nr\.? ?|núm\.? ?)?{_NUMBER}",
        _in_south,
    ),
    # 6750 Koskikatu 25 Apt. 864
    (
        rf"(?<!\w)(?:{_NUMBER},?[ ]{{1,3}})?(?:{_NAME}[ ]{{1,3}}){{1,5}}(?:{_NUMBER}\.?[,\s]{{1,5}})?"
        r"(?i:apt|suite|ste|unit|flat|apartment)\.?[ ]?#?\d{1,5}",
        _has_flat,
    ),
    # 12 oak street springfield il 62704, in small letters
    (
        r"\d(?<!\w.)\d{0,5}[a-z]?[ ](?:[a-z.]{1,20}[ ]){1,4}"
        r"(?:street|road|avenue|lane|drive|boulevard|court|st|rd|ave|blvd|ln|dr)\b\.?"
        r"(?:[ ,]{1,3}[a-z.]{1,20}){0,4}[ ,]{1,3}\d{5}",
        _some(_SMALL),
    ),
    # Am Markt 3, 10115 Berlin
    (
        rf"(?<!\w)(?:{_NAME}[ ]{{1,3}}){{1,4}}{_NUMBER},?[ \n]{{1,3}}(?:[A-Z]-)?"
        rf"(?:\d{{4,5}}|\d\d-\d{{3}}|\d{{3}} \d\d|\d{{4}} [A-Z]{{2}})[ ]{_CAP}[\w'’\-]{{1,29}}",
        lambda seen: bool(_CODE_BEHIND.search(seen.text)),
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
_NUMBERED = re.compile(r"[. ](?<=[^\W\d_].)(?:(?<=\.)[ ]{1,3}|(?<= )[ ]{0,2})(?=\d)")
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
_BRITISH = re.compile(r"[A-Z](?<!\w.)[A-Z]?\d[A-Z\d]?[ ]?\d[A-BD-HJLNP-UW-Z]{2}\b")
_AMERICAN = re.compile(
    r"[A-Z](?<=[,\s].)(?:[A-Z],? \d{5}(?:-\d{4})?|(?:(?<=N)SW|(?<=V)IC|(?<=Q)LD|(?<=W)A|(?<=S)A|(?<=T)AS|(?<=A)CT"
    r"|(?<=N)T),? \d{4}|[A-Z],? [A-Z]\d[A-Z] ?\d[A-Z]\d)\b"
)
_HOUSE = re.compile(rf"(?<![\w])\d{{1,6}}[A-Za-z]?[ ]{_CAP}")
_PATTERNS: tuple[tuple[re.Pattern[str], _Sign], ...] = (
    *((re.compile(rf"(?:{street})(?!\w)"), sign) for street, sign in _STREETS),
    (_MILITARY, _some(words_of("apo fpo dpo"))),
    (_BOX, lambda seen: not _BOXES.isdisjoint(seen.words)),
    (_CORNER, _some(words_of("corner"))),
)
_ANNOUNCERS = tuple(
    words_of("""
    address live living moved ship deliver sent send taxi located return meet arrived it's pick adresse wohne anschrift
    habite domicilio direcci vivo indirizzo abito adres woon mieszkam endere moro office user:
    """)
)
# By their first letters; what may stand before "address" ("my new address") changes nothing about where it ends.
_ANNOUNCEMENTS = {
    "a": r"ddress(?: (?:is|to|of [^\n]{1,40}? is))?|rrived at|dresse(?: ist| lautet| est)?|nschrift|bito in"
    r"|dres(?: is| to)?",
    "d": r"eliver(?:ed)? (?:it )?to|omicilio|irecci[oó]n(?: es)?",
    "e": r"ndere[çc]o(?: é)?",
    "h": r"abite(?: au| à)?",
    "i": r" live (?:at|in|on)|t's in|ndirizzo(?: è)?",
    "l": r"iving at|ocated at",
    "m": r"oved to|eeting\? at|eet (?:you |me )?at|ieszkam (?:przy|na)|oro (?:na|no|em)",
    "o": r"ffice is at",
    "p": r"ick (?:\w+ )?up (?:at|from)",
    "r": r"eturn(?:ed)? (?:\w+ ){0,2}to",
    "s": r"hip(?:ped)? (?:it )?to|en[dt] (?:\w+ ){0,3}to",
    "t": r"axi to",
    "u": r"ser:",
    "v": r"ivo en",
    "w": r"e live at|ohne (?:in der|in|am)|oon (?:op|aan|in)",
}
_INITIALS = "".join(letter + letter.upper() for letter in _ANNOUNCEMENTS) + "\u0130\u0131\u017f"
_ANNOUNCED = re.compile(
    rf"[{_INITIALS}](?<!\w.)(?:"
    + "|".join(rf"(?<=(?i:{letter}))(?i:{rest})" for letter, rest in _ANNOUNCEMENTS.items())
    + r")[ \t]{0,4}[:=]?[ \t]{0,12}"
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


def places(seen: Seen, taken: Iterable[Span] = ()) -> Iterator[Span]:
    """The postal addresses of a text.

    Args:
        taken: what is something else already, such as a phone in the line below; an address ends before it.
    """
    if not seen.digits:
        return
    walls = sorted(span.start for span in taken)
    streets = [pattern for pattern, may_match in _PATTERNS if seen.is_odd or may_match(seen)]
    announced = any(sign in seen.folded for sign in _ANNOUNCERS)
    for stretch in seen.near(_AROUND):
        yield from _within(seen.text, streets, walls, stretch)
        for match in _ANNOUNCED.finditer(seen.text, *stretch) if announced else ():
            yield from _announced(seen.text, match.end(), walls)


def _within(
    text: str, streets: list[re.Pattern[str]], walls: list[int], stretch: tuple[int, int]
) -> Iterator[Span]:
    grown = 0
    found = [match.span() for pattern in streets for match in pattern.finditer(text, *stretch)]
    for start, end in sorted((*found, *_suffixed(text, *stretch))):
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


def _suffixed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Streets whose name ends in a word for a street, with the number behind: Gartenstraße 12, Kerkstraat 5."""
    for match in _NUMBERED.finditer(text, start, end):
        last = match.start() + (text[match.start()] == ".")
        if not text[max(0, last - 20) : last].lower().endswith(_ENDINGS):
            continue
        number = _HOUSE_NUMBER.match(text, match.end())
        if number is None:
            continue
        before = text[max(0, match.start() - 70) : last]
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
