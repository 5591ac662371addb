"""The few wishes that are understood without a model.

Invariant: cautious. A whole message has to be small talk to be taken as such, and only a plain wish for a
person is taken as one: a question about "customer service hours" is a question.
"""

from __future__ import annotations

import re

_STAFF = (
    r"(?:(?:support|service|live|real|human) )*"
    r"(?:person|human|human being|agent|operator|representative|advisor|adviser|employee|staff|staff member)"
    r"|mensch(?:en)?|mitarbeiter(?:in)?|persona|humain|conseiller"
)
_ANYBODY = rf"(?:{_STAFF}|someone|somebody|(?:customer )?(?:service|support|care))"
_TALKING = (
    r"(?:talk|speak|chat|connect|connect me|put me through|pass me(?: on)?|transfer(?: me)?|hand me over"
)
_TALKING += r"|forward me|escalate|sprechen|hablar|parler)"
_TO = r"(?: (?:to|with|through|mit|con|avec|à|a|an|the|one of|your|einem|einer|una|un|actual|other|another))+"
_HAVING = r"(?:i want|i need|i would like|i d like|i prefer|(?:can|could) i (?:get|have)|is there|get me)"
_OTHER_SENSE = r"(?! (?:account|plan|size|name|discount|fee|role|seat))"

_WISHES = (
    # "person", "a human please", "live agent!"
    re.compile(rf"(?:please )?(?:an? |the )?(?:{_STAFF})(?: please| now| pls)*"),
    # "can I talk to a person about this", "connect me with an agent"
    re.compile(rf"(?:.* )?{_TALKING}{_TO} {_ANYBODY}\b{_OTHER_SENSE}.*"),
    # "I want a human", "I need a real person", "is there a human here"
    re.compile(rf"(?:.* )?{_HAVING} (?:an?|another) (?:{_STAFF})\b{_OTHER_SENSE}.*"),
)

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


def wants_person(text: str) -> bool:
    """True when a line of the text plainly asks to talk to a person."""
    lines = [_plain(line) for line in text.splitlines()]
    return any(wish.fullmatch(line) for line in lines if len(line) <= _LONGEST for wish in _WISHES)


def small_talk(text: str) -> str | None:
    """`greeting`, `thanks` or `goodbye` when the whole text is no more than that."""
    plain = _plain(text)
    if len(plain) > _LONGEST:
        return None
    return next((kind for kind, form in _TALK_FORMS.items() if form.fullmatch(plain)), None)


def _plain(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", text.casefold()))
