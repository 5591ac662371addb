"""Words that orders to an assistant are made of, as pieces of patterns. Every repetition is bounded."""

from __future__ import annotations

GAP = r"[\s\W_]{1,6}"
FEW = rf"(?:{GAP}[\w'’-]{{1,20}}){{0,4}}?{GAP}"
AI = (
    r"(?:a\.?i\.?|artificial intelligences?|(?:large )?language models?|llms?|chat ?bots?|chat "
    r"?gpt|gpt(?:-?\d\w{0,2})?|claude|gemini"
    r"|copilot|mistral|(?:virtual |digital |ai |automated )?(?:assistants?|agents?)|bots?|"
    r"summari[sz]ers?|crawlers?)"
)
ONE = (
    r"(?:a\.?i\.?|artificial intelligence|(?:large )?language models?|llms?|chat ?bots?|chat "
    r"?gpt|gpt-?\d\w{0,2}|claude|gemini|ai (?:assistant|agent|model|system)s?|virtual "
    r"assistants?)"
)
OUT = (
    r"(?:response|reply|answer|output|summary|completion|message|reply text|final answer|"
    r"recommendation|translation)s?"
)
