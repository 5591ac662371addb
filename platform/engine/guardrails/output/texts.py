"""What is said in the place of a sentence that may not be said, in seven languages.

Invariant: every text is true whatever was done: it claims no action and makes no promise.
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.guardrails.output.values import Said

_NEAR = 400
TEXTS: dict[str, dict[str, str]] = {
    "not_done": {
        "en": "I have not been able to do that yet.",
        "de": "Das konnte ich noch nicht erledigen.",
        "fr": "Je n'ai pas encore pu le faire.",
        "es": "Todavía no he podido hacerlo.",
        "it": "Non sono ancora riuscito a farlo.",
        "nl": "Dat is me nog niet gelukt.",
        "pt": "Ainda não consegui fazer isso.",
    },
    "not_sure": {
        "en": "I can only confirm this once it is done.",
        "de": "Das kann ich erst bestätigen, wenn es erledigt ist.",
        "fr": "Je ne peux le confirmer qu'une fois que c'est fait.",
        "es": "Solo puedo confirmarlo cuando esté hecho.",
        "it": "Posso confermarlo solo quando sarà fatto.",
        "nl": "Ik kan dit pas bevestigen als het gedaan is.",
        "pt": "Só posso confirmar isso quando estiver feito.",
    },
    "not_arranged": {
        "en": "I have not arranged that yet.",
        "de": "Das habe ich noch nicht veranlasst.",
        "fr": "Je ne l'ai pas encore organisé.",
        "es": "Todavía no lo he organizado.",
        "it": "Non l'ho ancora organizzato.",
        "nl": "Dat heb ik nog niet geregeld.",
        "pt": "Ainda não tratei disso.",
    },
    "no_promise": {
        "en": "I can't promise anything about that here.",
        "de": "Dazu kann ich hier nichts zusagen.",
        "fr": "Je ne peux rien promettre à ce sujet ici.",
        "es": "No puedo prometer nada sobre eso aquí.",
        "it": "Non posso promettere nulla al riguardo qui.",
        "nl": "Daarover kan ik hier niets toezeggen.",
        "pt": "Não posso prometer nada sobre isso aqui.",
    },
    "stopped": {
        "en": "I can't help with that here.",
        "de": "Dabei kann ich hier nicht helfen.",
        "fr": "Je ne peux pas vous aider sur ce point ici.",
        "es": "No puedo ayudarle con eso aquí.",
        "it": "Non posso aiutarla in questo qui.",
        "nl": "Daarmee kan ik hier niet helpen.",
        "pt": "Não posso ajudar com isso aqui.",
    },
    "link_removed": {
        "en": "(link removed)",
        "de": "(Link entfernt)",
        "fr": "(lien supprimé)",
        "es": "(enlace eliminado)",
        "it": "(link rimosso)",
        "nl": "(link verwijderd)",
        "pt": "(link removido)",
    },
}


def text(name: str, language: str, own: Mapping[str, str]) -> str:
    """The tenant's own text of that name, else ours in the language, else in English."""
    if name in own:
        return own[name]
    return TEXTS[name].get(language[:2].lower(), TEXTS[name]["en"])


def once(instead: str, said: Said) -> str:
    """The text, or nothing where the customer has just read it."""
    return "" if instead and instead in said.released_tail(_NEAR + len(instead)) else instead
