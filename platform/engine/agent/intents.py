"""Small talk, understood without a model. The wish for a person is in `engine.guardrails.wishes`.

Invariant: cautious. A whole message has to be small talk to be taken as such.
"""

from __future__ import annotations

import re

_TALK_FORMS = {
    "greeting": re.compile(
        r"(?:hi|hello|hey|hiya|howdy|good (?:morning|afternoon|evening|day)|greetings|hallo|hola|bonjour)"
        r"(?: there| all| everyone| team| again)?(?: how are you(?: doing)?(?: today)?)?"
    ),
    "thanks": re.compile(
        r"(?:ok(?:ay)? |great |perfect |cool |super |that helped |no )*"
        r"(?:thanks|thank you|thx|ty|cheers|many thanks|merci|danke|gracias)"
        r"(?: so much| very much| a lot| again| for (?:your|the) help| that helped| bye)*"
    ),
    "goodbye": re.compile(
        r"(?:ok(?:ay)? )?(?:bye|goodbye|bye bye|see you|see ya"
        r"|have a (?:nice|good|great) (?:day|one|evening))"
    ),
}
_LONGEST = 300


def small_talk(text: str) -> str | None:
    """`greeting`, `thanks` or `goodbye` when the whole text is no more than that."""
    plain = _plain(text)
    if len(plain) > _LONGEST:
        return None
    return next((kind for kind, form in _TALK_FORMS.items() if form.fullmatch(plain)), None)


def _plain(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", text.casefold()))
