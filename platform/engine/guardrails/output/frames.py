"""The forms in which seven languages say that something was, is being or will be done.

Invariant: a frame is a bounded pattern for what stands before a verb, tried only where a known verb stands; it never
begins with the customer ("you cancelled it"), and a gap with a denial in it is none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

BEFORE = 170
AFTER = 90


@dataclass(frozen=True, slots=True)
class Frame:
    """A form.

    Args:
        tense: `past` for what is said to be done by us, `now` for what is being done, `future`, `passive` for what is
            said to have happened, `passive_future` for what is said to happen.
        before: what stands before the verb, to its last character; form: how the verb itself looks.
        after: what follows it.
    """

    tense: str
    before: re.Pattern[str]
    form: re.Pattern[str]
    after: re.Pattern[str] | None = None


_HUMANS_EN = (
    r"(?:(?:an?|our|my|the|one of (?:my|our)|another) (?:[\w-]+ ){0,2}(?:agents?|colleagues?|specialists?"
    r"|managers?|"
    r"supervisors?|experts?|representatives?|advis[oe]rs?|technicians?|engineers?|drivers?|couriers?"
    r"|teams?|departments?"
    r"|persons?|humans?|"
    r"staff|members?(?: of (?:our|the) (?:[\w-]+ ){0,2}[\w-]+)?|support)(?: from (?:our|the) [\w-]+(?: "
    r"team)?)?"
    r"|someone(?: from (?:our|the) (?:[\w-]+ ){0,2}[\w-]+)?|somebody|they|support|customer (?:service"
    r"|support))"
)
_US_EN = rf"\b(?:i|we|{_HUMANS_EN})"
_ADV_EN = (
    r"(?: (?:just|now|already|also|successfully|gladly|immediately|right away|personally|then|therefore"
    r"|hereby|indeed|fully|"
    r"even|still|since|today|shortly|soon|promptly|happily|definitely|certainly|of course|finally|manually"
    r"|automatically|"
    r"have|had|both|all|gone|directly|quickly|instantly|kindly|recently|tomorrow|again|partially|also|so"
    r"|too|early)){0,4}"
)
_SOME_EN = r"(?: (?!not\b|never\b|n't|you\b|unable\b|failed\b)[\w'-]+,?){1,9}"
_THING_EN = (
    r"\b(?:your|our|you|it|this|that|these|those|both|everything|they|the|an?|my|all)\b[^.;:!?]{0,80}?"
)
_PP_EN = re.compile(
    r".*(?:ed|en|nt|ld|ut|id|ade|one|ung|oke|oze|ozen|ave|set|put|sent|paid|made|given|done|gave)\Z"
)
_BASE_EN = re.compile(r".*(?<!ed)(?<!ing)\Z")
_ING_EN = re.compile(r".*ing\Z")
_ANY_FORM = re.compile(r"")


def _frame(tense: str, before: str, form: re.Pattern[str] = _ANY_FORM, after: str = "") -> Frame:
    return Frame(tense, re.compile(before + r"\Z"), form, re.compile(after) if after else None)


def _english() -> tuple[Frame, ...]:
    will = r"(?:'ll| will| shall|(?:'m|'re|'s| am| are| is) going to)"
    have = r"(?:'ve|'s|'d| have| has| had)"
    return (
        _frame("past", rf"{_US_EN}(?:{have})?{_ADV_EN} ", _PP_EN),
        _frame("past", rf"{_US_EN}(?:{have})?{_SOME_EN} and{_ADV_EN} ", _PP_EN),
        _frame(
            "past", rf"{_US_EN}(?:{have}| was| were)?{_ADV_EN} (?:been )?(?:able to|managed to) ", _BASE_EN
        ),
        _frame("past", rf"{_US_EN}(?:{have})?{_ADV_EN} (?:went|gone) ahead (?:and|to){_ADV_EN} ", _ANY_FORM),
        _frame("past", rf"{_US_EN}(?:{have})?{_ADV_EN} (?:took|taken) the liberty of{_ADV_EN} ", _ING_EN),
        _frame(
            "past",
            r"(?:\A|[.!,–—-] )",
            _PP_EN,
            r"\A (?:it|that|them|this|your [\w -]{2,30}) (?:\w+ )?for you\b",
        ),
        _frame("past", r"(?:\A|[.!]\s|[-–—,] )(?:just|already|successfully) ", _PP_EN),
        _frame("now", rf"{_US_EN}(?:'m|'re|'s| am| are| is){_ADV_EN} ", _ING_EN),
        _frame("future", rf"{_US_EN}{will}{_ADV_EN} (?:be )?", re.compile(r".*(?<!ed)\Z")),
        _frame("future", rf"{_US_EN}{will}{_SOME_EN} and{_ADV_EN} ", _BASE_EN),
        _frame(
            "future", rf"{_US_EN}\b[^.;:!?]{{0,80}},? and will{_ADV_EN} (?:be )?", re.compile(r".*(?<!ed)\Z")
        ),
        _frame("now", rf"\b(?:while|as) (?:i|we){_ADV_EN} ", _BASE_EN),
        _frame("future", rf"(?:\A|[,.!] )(?:will|going to|gonna){_ADV_EN} ", _BASE_EN),
        _frame(
            "passive",
            rf"{_THING_EN}(?:'s|'ve| has|(?<!\bmay)(?<!ight)(?<!ould) have| had){_ADV_EN} "
            rf"been{_ADV_EN} ",
            _PP_EN,
        ),
        _frame("passive", rf"{_THING_EN}(?: was| were| got){_ADV_EN} ", _PP_EN),
        _frame(
            "passive",
            rf"{_THING_EN}(?: is| are|'s|'re) (?:now|already|hereby|successfully|all)(?: \w+)? ",
            _PP_EN,
        ),
        _frame(
            "passive",
            rf"{_THING_EN}(?: is| are|'s|'re) ",
            _PP_EN,
            r"\A\s*(?:[.!]|$|,? and\b|,? as (?:you|re))",
        ),
        _frame("now", rf"{_THING_EN}(?: is| are|'s|'re) (?:now |currently )?being ", _PP_EN),
        _frame("passive_future", rf"{_THING_EN}{will}{_ADV_EN} be{_ADV_EN} ", _PP_EN),
    )


_HUMANS_DE = (
    r"(?:(?:ein|eine|unser|unsere|der|die|das|mein|meine) (?:\w+ ){0,2}(?:kolleg\w+|mitarbeiter\w*|team"
    r"|agent\w*|"
    r"berater\w*|kundenservice|support|kundendienst|abteilung|fachabteilung|spezialist\w*|techniker\w*)"
    r"|jemand|man)"
)
_US_DE = rf"(?:ich|wir|{_HUMANS_DE})"
_GAP = r"(?:\s[^.;:!?]{0,110})?\s"
_THING_DE = r"\b(?:ihre?[nmrs]?|deine?[nmrs]?|sie|du|dir|ihnen|es|das|dies\w*|der|die|eine?)\b[^.;:!?]{0,80}?"


def _german() -> tuple[Frame, ...]:
    have, will = r"(?:habe|haben|hat|hab)", r"(?:werde|werden|wird)"
    participle = re.compile(r".*(?:t|en)\Z")
    infinitive = re.compile(r".*(?:n)\Z")
    return (
        _frame("past", rf"\b{_US_DE} {have}{_GAP}", participle),
        _frame("past", rf"\b{have} {_US_DE}{_GAP}", participle),
        _frame("past", rf"\b{_US_DE}{_GAP}", participle, rf"\A {have}\b"),
        _frame("future", rf"\b{_US_DE} {will}{_GAP}(?:zu )?", infinitive),
        _frame("future", rf"\b{will} {_US_DE}{_GAP}(?:zu )?", infinitive),
        _frame("now", r"\bich ", re.compile(r".*e\Z")),
        _frame("now", r"", re.compile(r".*e\Z"), r"\A ich\b"),
        _frame(
            "future",
            rf"\b(?:wir|{_HUMANS_DE}) ",
            re.compile(r".*(?:t|en)\Z"),
            r"\A (?:ihnen|sie|dich|dir|sich|ihre?n?)\b",
        ),
        _frame(
            "future",
            rf"\b(?:wir|{_HUMANS_DE}){_GAP}und ",
            re.compile(r".*(?:t|en)\Z"),
            r"\A (?:ihnen|sie|dich|dir|sich)\b",
        ),
        _frame("passive", rf"{_THING_DE} (?:wurden?|ist|sind){_GAP}", participle),
        _frame("passive", rf"\b(?:wurden?|ist|sind) (?:ihre?|deine?|die|der|das|es)\b{_GAP}", participle),
        _frame("passive_future", rf"{_THING_DE} (?:wird|werden){_GAP}", participle),
        _frame(
            "passive_future", rf"\b(?:wird|werden) (?:ihre?|deine?|die|der|das|es|sie)\b{_GAP}", participle
        ),
    )


_HUMANS_FR = (
    r"(?:(?:un|une|notre|le|la|mon|ma|l') ?(?:\w+ ){0,2}(?:agent\w*|conseiller\w*|conseillère|collègue"
    r"|équipe|service|"
    r"collaborat\w+|responsable|technicien\w*|spécialiste|support)(?: \w+)?|quelqu'un)"
)
_PRON_FR = r"(?:(?: |\b)(?:vous|te|t'|le|la|les|l'|lui|leur|y|en|m'en))*"
_ADV_FR = (
    r"(?: (?:bien|déjà|donc|immédiatement|également|aussi|maintenant|tout de suite|aujourd'hui|tout|juste"
    r"|ainsi|"
    r"intégralement|directement|rapidement|bientôt|prochainement|automatiquement|alors|personnellement)){0,3}"
)
_THING_FR = (
    r"\b(?:votre|vos|ta|ton|tes|vous|tu|il|elle|elles|ils|cela|c'|ce|cette|le|la|l'|un|une)\b[^.;:!?]{0,80}?"
)


def _french() -> tuple[Frame, ...]:
    us = rf"\b(?:je|j'|nous|on|{_HUMANS_FR})"
    participle = re.compile(r".*(?:é|ée|és|ées|is|ise|it|ite|u|ue|ert|erte)\Z")
    infinitive = re.compile(r".*(?:er|ir|re)\Z")
    return (
        _frame("past", rf"{us}{_PRON_FR} ?(?:ai|avons|a|ont){_ADV_FR} ", participle),
        _frame("past", rf"{us} (?:viens|venons|vient) (?:tout juste )?(?:de |d'){_PRON_FR} ?", infinitive),
        _frame("now", rf"{us} (?:suis|sommes|est) en train (?:de |d'){_PRON_FR} ?", infinitive),
        _frame("now", rf"\b(?:je|j'){_PRON_FR} ?", re.compile(r".*e\Z")),
        _frame("future", rf"{us} (?:vais|allons|va|vont){_ADV_FR}{_PRON_FR} ?", infinitive),
        _frame("future", rf"{us}{_PRON_FR} ?", re.compile(r".*r(?:ai|ons|a|ont)\Z")),
        _frame("passive", rf"{_THING_FR} ?(?:a|ont|avez)(?: \w+)? été{_ADV_FR} ", participle),
        _frame("passive", rf"{_THING_FR} ?(?:est|sont|êtes){_ADV_FR} ", participle),
        _frame(
            "passive_future",
            rf"{_THING_FR} ?(?:sera|seront|serez|va être|vont être|allez être){_ADV_FR} ",
            participle,
        ),
    )


_ADV_RO = (
    r"(?: (?:ya|também|também|già|já|ahora|agora|adesso|ora|hoy|hoje|oggi|inmediatamente|imediatamente"
    r"|immediatamente|"
    r"correctamente|corretamente|com sucesso|con éxito|subito|pronto|también|anche|appena|recién|acabo"
    r"|completamente|"
    r"le|lhe|la|lo|vi|te|ti|se|si|nos|os)){0,4}"
)
_HUMANS_ES = (
    r"(?:(?:un|una|nuestro|nuestra|el|la|mi) (?:\w+ ){0,2}(?:agente|compañer[oa]|equipo|asesor\w*"
    r"|especialista|responsable|"
    r"técnico|departamento|representante|supervisor\w*|soporte)(?: de \w+(?: \w+)?)?|alguien)"
)
_THING_ES = r"\b(?:su|sus|tu|tus|usted|le|lo|la|los|las|el|un|una|eso|esto|se)\b[^.;:!?]{0,80}?"


def _spanish() -> tuple[Frame, ...]:
    participle = re.compile(r".*(?:d[oa]s?|t[oa]s?|ch[oa]s?)\Z")
    infinitive = re.compile(r".*(?:r|r[lmtsn][aeo]s?|rselo|rsela|rnos)\Z")
    return (
        _frame("past", rf"\b(?:he|hemos){_ADV_RO} ", participle),
        _frame("past", rf"\b{_HUMANS_ES}{_ADV_RO} ha{_ADV_RO} ", participle),
        _frame("past", r"\b(?:acabo|acabamos|acaba) de ", infinitive),
        _frame("past", r"(?:\A|[\s¡,])", re.compile(r".*(?:[^r]é|rré|erí|irí)\Z")),
        _frame("now", rf"\b(?:estoy|estamos|está){_ADV_RO} ", re.compile(r".*ndo(?:l[aeo]s?)?\Z")),
        _frame("future", rf"\b(?:voy|vamos|va|van) a{_ADV_RO} ", infinitive),
        _frame("future", r"(?:\A|[\s¡,])", re.compile(r".*r(?:é|emos)\Z")),
        _frame("future", rf"\b{_HUMANS_ES}{_ADV_RO} ", re.compile(r".*rán?\Z")),
        _frame(
            "passive",
            rf"{_THING_ES} ?(?:ha sido|han sido|fue|fueron|está|están|queda|ha quedado|quedó){_ADV_RO} ",
            participle,
        ),
        _frame("passive", rf"\bse (?:le |les |te )?(?:ha|han){_ADV_RO} ", participle),
        _frame("passive_future", rf"{_THING_ES} ?(?:será|serán|va a ser|van a ser){_ADV_RO} ", participle),
        _frame("passive_future", r"\bse (?:le |les |te )?(?:lo |la )?", re.compile(r".*rán?\Z")),
    )


_HUMANS_IT = (
    r"(?:(?:un|una|un'|il|la|lo|il nostro|la nostra|l'|un nostro|una nostra|il mio) ?(?:\w+ "
    r"){0,2}(?:agente|operatore|operatrice|"
    r"collega|team|squadra|responsabile|tecnico|specialista|assistenza|reparto|consulente)(?: \w+)?|qualcuno)"
)
_THING_IT = r"\b(?:suo|sua|suoi|sue|tuo|tua|il|la|lo|lei|ti|le|un|una|questo|ciò|l')\b[^.;:!?]{0,80}?"


def _italian() -> tuple[Frame, ...]:
    participle = re.compile(r".*(?:t[oaie]|s[oaie])\Z")
    infinitive = re.compile(r".*(?:re|r[lmtcv][aeio]|rle|rla|rlo)\Z")
    return (
        _frame("past", rf"\b(?:l'|gliel')?(?:ho|abbiamo){_ADV_RO} ", participle),
        _frame("past", rf"\b{_HUMANS_IT}{_ADV_RO} ha{_ADV_RO} ", participle),
        _frame("now", rf"\b(?:sto|stiamo){_ADV_RO} ", re.compile(r".*ndo(?:l[aeo]|le|la|lo|ti|vi)?\Z")),
        _frame("future", r"(?:\A|[\s,'])", re.compile(r".*r(?:ò|emo)\Z")),
        _frame(
            "future",
            r"\b(?:provvederò|provvederemo|provvedo|procedo|procederò) (?:subito )?(?:a|ad|con) ",
            infinitive,
        ),
        _frame("future", rf"\b{_HUMANS_IT}{_ADV_RO} ", re.compile(r".*r(?:à|anno)\Z")),
        _frame("now", r"(?:\A|, )(?:le |ti |la |lo |vi )", re.compile(r".*(?:o)\Z")),
        _frame("passive", rf"{_THING_IT} ?(?:è|sono)(?: già)?(?: stat[oaie])?{_ADV_RO} ", participle),
        _frame("passive", r"\b(?:è|sono) stat[oaie](?: \w+)? ", participle),
        _frame(
            "passive_future",
            rf"{_THING_IT} ?(?:sarà|saranno|verrà|verranno|sarai)(?: stat[oaie])?{_ADV_RO} ",
            participle,
        ),
    )


_HUMANS_NL = (
    r"(?:(?:een|onze|ons|de|het|mijn) (?:\w+ ){0,2}(?:medewerk\w+|collega\w*|team|agent\w*|specialist\w*"
    r"|klantenservice|"
    r"afdeling|support|adviseur\w*|monteur\w*)|iemand)"
)
_US_NL = rf"(?:ik|we|wij|{_HUMANS_NL})"
_THING_NL = r"\b(?:uw|je|jouw|u|jij|het|de|dit|dat|een|deze)\b[^.;:!?]{0,80}?"


def _dutch() -> tuple[Frame, ...]:
    participle = re.compile(r".*(?:d|t|en)\Z")
    infinitive = re.compile(r".*en\Z")
    have, will = r"(?:heb|hebben|heeft)", r"(?:zal|zullen|ga|gaan|gaat)"
    return (
        _frame("past", rf"\b{_US_NL} {have}{_GAP}", participle),
        _frame("past", rf"\b{have} {_US_NL}{_GAP}", participle),
        _frame("future", rf"\b{_US_NL} {will}{_GAP}(?:te )?", infinitive),
        _frame("future", rf"\b{will} {_US_NL}{_GAP}(?:te )?", infinitive),
        _frame("now", r"\bik ", re.compile(r".*[^n]\Z")),
        _frame(
            "future",
            rf"\b(?:we|wij|{_HUMANS_NL}) ",
            re.compile(r".*(?:t|en)\Z"),
            r"\A (?:u|je|jou|uw|jouw|contact)\b",
        ),
        _frame("future", rf"\b{_HUMANS_NL} neemt{_GAP}", re.compile(r"contact\Z")),
        _frame("passive", rf"{_THING_NL} ?(?:is|zijn|werd|werden){_GAP}", participle),
        _frame("passive_future", rf"{_THING_NL} ?(?:wordt|worden|zal|zullen){_GAP}", participle),
    )


_HUMANS_PT = (
    r"(?:(?:um|uma|o|a|nosso|nossa|meu|minha|um de nossos) (?:\w+ ){0,2}(?:agente|atendente|colega|equipe"
    r"|equipa|especialista|"
    r"responsável|técnico|departamento|representante|supervisor\w*|suporte|setor)(?: de \w+(?: \w+)?)?"
    r"|alguém)"
)
_THING_PT = r"\b(?:seu|sua|seus|suas|teu|tua|você|o|a|os|as|um|uma|isso|ele|ela)\b[^.;:!?]{0,80}?"


def _portuguese() -> tuple[Frame, ...]:
    participle = re.compile(r".*(?:d[oa]s?|t[oa]s?|ert[oa]|gue)\Z")
    infinitive = re.compile(r".*(?:r|r-l[eoa]s?|r-lhe|á-l[oa])\Z")
    return (
        _frame(
            "past",
            r"(?:\A|[\s,])(?:eu )?",
            re.compile(r".*(?<!r)ei(?:-l[oa]|-lhe)?\Z|fiz\Z|abri\Z|.*(?:ansferi|cedi|mi|xcluí)\Z"),
        ),
        _frame("past", rf"\bnós{_ADV_RO} ", re.compile(r".*[aei]mos\Z")),
        _frame("past", rf"\b{_HUMANS_PT}{_ADV_RO} ", re.compile(r".*(?:ou|iu)\Z")),
        _frame("past", r"\b(?:acabei|acabamos) de ", infinitive),
        _frame("past", rf"\b(?:tenho|temos|tinha){_ADV_RO} ", participle),
        _frame("now", rf"\b(?:estou|estamos|está)(?: a)?{_ADV_RO} ", re.compile(r".*(?:ndo|r)\Z")),
        _frame("future", rf"\b(?:vou|vamos|irei|iremos|vai|irá){_ADV_RO} ", infinitive),
        _frame("future", r"(?:\A|[\s,])", re.compile(r".*r(?:ei|emos)\Z")),
        _frame("future", rf"\b{_HUMANS_PT}{_ADV_RO} ", re.compile(r".*r(?:á|ão)\Z")),
        _frame("passive", rf"{_THING_PT} ?(?:foi|foram|está|estão|fica|ficou){_ADV_RO} ", participle),
        _frame("passive", rf"(?:\A|[.,] |\bjá )(?:foi|foram){_ADV_RO} ", participle),
        _frame("passive_future", rf"{_THING_PT} ?(?:será|serão|vai ser|vão ser){_ADV_RO} ", participle),
    )


FRAMES: dict[str, tuple[Frame, ...]] = {
    "en": _english(),
    "de": _german(),
    "fr": _french(),
    "es": _spanish(),
    "it": _italian(),
    "nl": _dutch(),
    "pt": _portuguese(),
}
