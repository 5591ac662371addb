"""The words by which seven languages name what a support agent does.

Invariant: a word is known by its beginning, or whole where it ends in `$`. `DO` verbs name a deed only together with
a noun: "issued a refund".
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

ANY = "any"
PEOPLE = frozenset({"call", "contact", "escalate"})
_KEY = 3
_SPLIT = re.compile(r"\S+")
_PARTS = re.compile(r"[^\W\d_]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")

VERBS: dict[str, dict[str, str]] = {
    "en": {
        "refund": "revers refund reimburs repaid$ repay$ repaying$",
        "cancel": "cancel void revok",
        "replace": "replac exchang swap",
        "ship": "ship$ shipp dispatch deliver",
        "return": "returned$",
        "change": "rerout redirect reassign moved$ moving$ renamed$ switch updat$ updated updating chang "
        "modif amend correct reschedul rebook upgrad downgrad "
        "extend renew edit "
        "adjust switched$ switching$",
        "send": "sent$ send$ sending$ resen email e-mail mailed$ texted$ messaged$",
        "call": "call$ called$ calling$ phone$ phoned$ phoning$ ring$ callback$",
        "contact": "contact$ contacted$ contacting$ follow$ callback",
        "escalate": "looped$ escalat forward$ forwarded$ forwarding$ pass$ passed$ "
        "passing$ handed$ handing$ hand$ "
        "transferr "
        "transfer$ connect$ connected$ connecting$ referr notif inform$ informed$ informing$ flagg alert "
        "flag$ "
        "spoken$ spoke$ raised$ reported$ assigned$",
        "discount": "credit discount waiv compensat",
        "close": "disabl wiped$ purged$ delet deactivat terminat unsubscrib eras removed$ remove$ "
        "removing$ closed$ closing$",
        "unlock": "enabl reinstat unlock unblock reset reactivat activat restor",
        "block": "locked$ paused$ pausing$ blocked$ block$ froze suspend freez",
        "book": "enrol registered$ subscrib book$ booked$ booking$ reserv schedul",
        "order": "ordered$ reorder order$",
        ANY: "fixed$ resolved$ sorted$ solved$",
        "pay": "charged$ billed$ debited$ deduct",
    },
    "de": {
        "refund": "überwiesen$ überweise erstatte zurückerstatte rückerstatte zurückgezahl zurückzahl "
        "zurücküberw zurückgebuch "
        "gutgeschrieb",
        "cancel": "aufgehoben$ stornier storno gekündigt kündig annullier widerruf",
        "replace": "ersetz umgetausch umtausch ausgetausch austausch getausch",
        "ship": "versandt versend versende verschick",
        "return": "zurückgeschick",
        "change": "umgeleitet umleit verschoben verschieb geändert ändere ändern aktualisier angepasst "
        "anpass umgebuch umbuch verlänger korrigier",
        "send": "geschick gesende gesandt sende schick zugesand zusend gemailt zugeschick",
        "call": "angerufen anruf zurückgeruf zurückruf rufe$ ruft$ rufen$",
        "contact": "melden$ meldet$ kontaktier",
        "escalate": "weitergereich beauftragt$ eingeschaltet weitergeleite weiterleit leite$ weitergegeb "
        "weitergeb eskalier übergeb informier "
        "verbind verbinde "
        "gemeldet$ benachrichtig",
        "discount": "gutgeschrieb gutschreib erlassen$",
        "close": "abgemeldet$ entfern gelöscht lösch geschlossen$ schließ deaktivier",
        "unlock": "entsperrt entsperr zurückgesetzt zurücksetz freigeschalt freischalt reaktivier",
        "block": "pausier eingefroren$ gesperrt sperre",
        "book": "angemeldet$ vorgemerkt$ gebucht$ buche reservier terminier",
        "order": "bestell nachbestell",
        ANY: "erledig behoben$ gelöst$",
        "pay": "abgebucht$ berechnet$",
    },
    "fr": {
        "refund": "versé rembours recrédit",
        "cancel": "annul résili",
        "replace": "remplac échang",
        "ship": "réexpédi expédi",
        "return": "retourn",
        "change": "modifi chang corrig reprogramm prolong mis$",
        "send": "adress envoy enverr renvoy transmett",
        "call": "appel rappel",
        "contact": "contact recontact",
        "escalate": "remonté alert partag saisi$ transfér transfèr transmis$ transmet escalad inform$ "
        "informé signal averti redirig",
        "discount": "crédit",
        "close": "supprim clôtur ferm désactiv",
        "unlock": "débloqu réinitialis réactiv déverrouill",
        "block": "suspend bloqu$ bloqué$ bloquée$ suspend",
        "book": "réserv planifi programm",
        "order": "command",
        ANY: "régularis résolu$ réglé$",
        "pay": "prélev factur débit",
    },
    "es": {
        "refund": "restitu ingresad reembols reintegr devuelto$",
        "cancel": "cancel anul",
        "replace": "canje reemplaz sustitu cambiad",
        "ship": "despach expid",
        "return": "devolv",
        "change": "actualiz modific cambi corrig reprogram",
        "send": "envi reenvi mand",
        "call": "llam",
        "contact": "contact comunic",
        "escalate": "pasarle$ traslad compart escal transfer deriv$ derivad derivé derivar inform avis "
        "notific "
        "remit pasado$",
        "discount": "abon acredit",
        "close": "elimin borr cerr desactiv",
        "unlock": "desbloque restablec reactiv",
        "block": "suspend paus bloque",
        "book": "reserv agend program",
        "order": "pedid$",
        ANY: "resuelt solucion",
        "pay": "cobrad cobré$ cargad",
    },
    "it": {
        "refund": "versat rimbors riaccredit",
        "cancel": "annull cancell disdett",
        "replace": "sostitu cambiat",
        "ship": "spedi",
        "return": "restitui",
        "change": "spostat modific aggiorn cambi corrett",
        "send": "invi mand",
        "call": "chiam richiam telefon",
        "contact": "contatt ricontatt",
        "escalate": "comunicat condivis inoltr trasferi segnal inform avvis passat$ trasmess",
        "discount": "accredit",
        "close": "elimin chius disattiv",
        "unlock": "attivat sblocc reimpost riattiv",
        "block": "sospes blocc",
        "book": "prenot fissat program",
        "order": "ordinat$",
        ANY: "risolt",
        "pay": "addebit",
    },
    "nl": {
        "refund": "overgemaakt overmak terugbetaal terugbetal terugbetaald teruggestort terugstort "
        "gecrediteerd",
        "cancel": "stopgezet stopzet annuleer annuler geannuleer opgezegd",
        "replace": "vervang omgeruild omruil geruild",
        "ship": "verzonden verzend verstuur verstur",
        "return": "geretourneerd",
        "change": "ingesteld verplaatst omgeboekt verzet gewijzigd wijzig aangepast aanpass bijgewerkt "
        "veranderd verander verlengd",
        "send": "gestuurd stuur sturen$ gemaild verstuurd toegestuurd toestur",
        "call": "gebeld bel$ bellen$ belt$ terugbel teruggebeld",
        "contact": "contacteer opgenomen$ opnemen$ contact$",
        "escalate": "doorverwezen gemeld$ ingelicht doorgestuurd doorstur doorgegeven doorgev geëscaleerd "
        "escaleer doorverbond doorverbind "
        "geïnformeerd informe verbind",
        "discount": "tegoed$ gecrediteerd",
        "close": "verwijder gesloten$ gedeactiveerd",
        "unlock": "gedeblokkeerd deblokke ontgrendel gereset reset",
        "block": "gepauzeer geblokkeerd blokke",
        "book": "geboekt boek$ boeken$ gereserveerd reserv ingepland",
        "order": "besteld$ bestel$",
        ANY: "opgelost$ afgehandeld$",
        "pay": "afgeschreven$ gefactureerd",
    },
    "pt": {
        "refund": "deposit reembols estorn ressarc devolvid",
        "cancel": "cancel anul",
        "replace": "substitu troqu troca$ trocar trocad",
        "ship": "despach expedi",
        "return": "devolv",
        "change": "atualiz alter modific mudei$ corrig remarqu",
        "send": "envi reenvi mand",
        "call": "lig$ liguei$ ligar$ ligará$ ligou$ telefon",
        "contact": "contat contact",
        "escalate": "acion comuni encaminh escal transfer inform notific avis repass",
        "discount": "credit",
        "close": "exclu elimin apag encerr desativ",
        "unlock": "desbloque redefin reativ",
        "block": "suspend paus bloque",
        "book": "reserv agend marqu marcad",
        "order": "encomend",
        ANY: "resolv solucion",
        "pay": "cobr debit",
    },
}
DO: dict[str, str] = {
    "en": "arranged$ requested$ process issu initiat arrang complet filed$ file$ filing$ submit made$ "
    "make$ making$ creat open$ "
    "opened$ opening$ "
    "start set$ setting$ request trigger plac put$ giv gave$ appl add$ added$ adding$ approv authoriz "
    "authoris execut "
    "handl perform finaliz finalis generat register logg rais organiz organis confirm$ confirmed$ "
    "confirming$ schedul "
    "granted$ offered$ pushed$ booked$ sent$",
    "de": "aufgenommen$ ausgestell angestoß hinterlegt bestätigt$ veranlass bearbeit eingeleit einleit "
    "ausgelöst auslös "
    "erstellt erstell angelegt anleg eröffne "
    "vorgenommen "
    "durchgeführt abgeschlossen beantragt beauftrag vereinbar eingerichtet gewähr gegeben$ organisier "
    "aufgegeben",
    "fr": "confirm effectu trait lanc cré ouvert$ ouvr organis demand initi valid appliqu accord procéd "
    "programm "
    "enregistr pass$ "
    "passé$ fait$ émis$ déclench",
    "es": "confirmad confirmé$ proces emit realiz inici tramit gestion cre$ creado$ creé$ abiert abr "
    "solicit aplic program "
    "hech$ hecho$ generad "
    "complet registr concedid dado$",
    "it": "confermat effettu elabor avvi emess cre$ creato$ apert apr richiest richied organizz applic "
    "complet "
    "registr fatto$ "
    "process provved",
    "nl": "geregistreerd gezet$ toegekend bevestigd$ verwerk gestart start aangemaakt aanmak ingediend "
    "indien geregeld "
    "regel aangevraagd aanvra "
    "geopend toegepast "
    "uitgevoerd voltooid gemaakt$ gegeven$ ingezet",
    "pt": "confirmad confirmei$ process emit realiz inici abri abert solicit aplic complet registr cri$ "
    "criei$ criado$ fiz$ "
    "feito$ efetu gerei$ "
    "providenci concedi",
}
NOUNS: dict[str, str] = {
    "refund": "refund reimbursement repayment rückerstattung erstattung remboursement reembolso devolución "
    "rimborso "
    "terugbetaling estorno",
    "cancel": "cancellation stornierung storno kündigung annulation résiliation cancelación anulación "
    "cancellazione disdetta "
    "annulering cancelamento",
    "replace": "part$ spare replacement exchange ersatz umtausch austausch remplacement échange reemplazo "
    "sustitución "
    "sostituzione cambio$ "
    "vervanging omruiling substituição troca$",
    "ship": "shipment reshipment versand nachlieferung expédition envío$ spedizione verzending envio$",
    "return": "courier collection abholung return$ pickup pick-up rücksendung retoure retour$ devolução "
    "reso$ retourlabel",
    "change": "change$ update$ modification upgrade correction änderung aktualisierung modification "
    "changement cambio$ "
    "modifica$ aggiornamento wijziging alteração atualização",
    "send": "email e-mail emails mail$ sms$ text$ courriel correo mensaje messaggio mensagem bericht "
    "nachricht bestätigungsmail",
    "call": "call$ callback call-back rückruf anruf appel$ rappel$ llamada chiamata richiamata telefoontje "
    "belletje ligação "
    "chamada",
    "escalate": "reklamation ticket tickets escalation complaint handover transfer$ beschwerde plainte "
    "réclamation "
    "queja reclamación "
    "reclamo escalatie klacht reclamação chamado$",
    "discount": "discount credit voucher coupon compensation goodwill rebate rabatt gutschein gutschrift "
    "remise réduction "
    "avoir$ descuento cupón vale$ sconto buono korting tegoed desconto cupom crédito",
    "book": "appointment reservation booking$ termin$ rendez-vous cita$ appuntamento afspraak agendamento",
    "order": "order$ bestellung commande$ pedido$ ordine bestelling encomenda",
    "close": "deletion deactivation löschung suppression eliminación cancellazione verwijdering exclusão",
    "unlock": "reset$",
    ANY: "request requests claim dispute application anfrage antrag demande solicitud richiesta aanvraag "
    "verzoek solicitação",
}


@dataclass(frozen=True, slots=True)
class Deed:
    """What a word may name: a kind, in a language, as verb, `do` verb or noun."""

    language: str
    role: str
    kind: str


def _entries() -> Iterable[tuple[str, Deed]]:
    for language, kinds in VERBS.items():
        for kind, words in kinds.items():
            for word in _SPLIT.findall(words):
                yield word, Deed(language, "verb", kind)
    for language, words in DO.items():
        for word in _SPLIT.findall(words):
            yield word, Deed(language, "do", "")
    for kind, words in NOUNS.items():
        for word in _SPLIT.findall(words):
            yield word, Deed("", "noun", kind)


def _table() -> dict[str, tuple[tuple[str, bool, Deed], ...]]:
    table: dict[str, list[tuple[str, bool, Deed]]] = {}
    for word, deed in _entries():
        beginning = word.removesuffix("$").casefold()
        table.setdefault(beginning[:_KEY], []).append((beginning, word.endswith("$"), deed))
    return {key: tuple(found) for key, found in table.items()}


_TABLE = _table()


@lru_cache(maxsize=8_192)
def deeds_of(word: str) -> tuple[Deed, ...]:
    """What a folded word may name."""
    found = _TABLE.get(word[:_KEY], ())
    return tuple(
        deed
        for beginning, whole, deed in found
        if (word == beginning if whole else word.startswith(beginning))
    )


def kinds_in(text: str, *, nouns: bool = True) -> frozenset[str]:
    """The kinds of deeds that words of a text name; `cancelOrder` and `cancel_order` are two words."""
    words = _PARTS.findall(_CAMEL.sub(" ", text).lower())
    found = {deed for word in set(words) for deed in deeds_of(word)}
    return frozenset(deed.kind for deed in found if deed.kind and (nouns or deed.role == "verb"))
