"""Answers without a model: the best passages of the tenant's knowledge, quoted word for word.

Invariant: what stands between quotation marks stands in a passage as it is here and carries its `[n]`; what
this level does not know it does not say.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from itertools import takewhile

from engine.agent.intents import small_talk
from engine.agent.passages import StoredPassage, choose, excerpt, read_passages
from engine.agent.words import speak
from engine.gateway import estimate
from engine.gateway.protocol import Message, ModelReply, ModelRequest, OnText, ToolCall, ToolSpec
from engine.guardrails.languages.phrases import phrase
from engine.guardrails.wishes import wants_person

SEARCH = "search_knowledge"
PERSON = "request_person"
NAME = "stored-answers"
QUOTED_CHARACTERS = 700
# Such a title says nothing that the question below it does not say better.
_GENERIC = {"questions and answers", "frequently asked questions", "faq", "faqs", "q&a"}


@dataclass(frozen=True, slots=True)
class Phrases:
    """What this level says itself; everything else is quoted."""

    intro: str
    offer: str
    nothing: str
    no_search: str
    no_person: str
    greeting: str
    thanks: str
    goodbye: str

    @staticmethod
    def of(language: str) -> Phrases:
        """The phrases in a language; in English where there are none."""
        own = {name: phrase(f"stored_{name}", language) for name in _OWN}
        return Phrases(**own, **{name: phrase(name, language) for name in _TALK})


_OWN = ("intro", "offer", "nothing", "no_search", "no_person")
_TALK = ("greeting", "thanks", "goodbye")


@dataclass(frozen=True, slots=True)
class StoredAnswers:
    """Implements `Model` without one: search first, then quote what was found."""

    phrases: Phrases = field(default_factory=lambda: Phrases.of(""))

    async def complete(self, request: ModelRequest, on_text: OnText) -> ModelReply:
        """Takes the next step; never fails."""
        match self._decide(request):
            case ToolCall() as call:
                usage = estimate.usage(request, "", (call,))
                return ModelReply("", (call,), usage, "tool_calls", NAME)
            case str(text):
                await speak(text, on_text)
                finish = "nothing" if text in {self.phrases.nothing, self.phrases.no_search} else "stop"
                return ModelReply(text, (), estimate.usage(request, text), finish, NAME)

    def _decide(self, request: ModelRequest) -> ToolCall | str:
        last = request.messages[-1] if request.messages else None
        if last and last.role == "tool":
            return self._after(_name_of(last, request.messages), last, _question(request.messages))
        return self._first(request, _question(request.messages))

    def _first(self, request: ModelRequest, question: str) -> ToolCall | str:
        tools = {tool.name: tool for tool in request.tools}
        number = len(request.messages)
        if wants_person(question).flagged:
            return _person(tools[PERSON], number) if PERSON in tools else self.phrases.no_person
        if talk := small_talk(question):
            return str(getattr(self.phrases, talk))
        if SEARCH not in tools:
            return self.phrases.no_search
        return ToolCall(f"stored_{number}", SEARCH, json.dumps({"query": question}, ensure_ascii=False))

    def _after(self, tool: str, result: Message, question: str) -> str:
        if tool != SEARCH:
            return self.phrases.no_person
        passages = read_passages(result.text)
        if passages is None:
            return self.phrases.no_search
        chosen = choose(passages, question)
        if not chosen:
            return self.phrases.nothing
        room = QUOTED_CHARACTERS // len(chosen)
        quotes = [_quote(passage, question, room) for passage in chosen]
        return "\n\n".join([self.phrases.intro, *quotes, self.phrases.offer])


def _quote(passage: StoredPassage, question: str, room: int) -> str:
    label = _label(passage)
    ends_itself = label.endswith(("?", "!", ":", "…"))
    quote = f"“{excerpt(passage.text, question, room)}” [{passage.n}]"
    return f"{label}{'' if ends_itself else ':'}\n{quote}" if label else quote


def _label(passage: StoredPassage) -> str:
    title = "" if passage.heading and passage.title.casefold() in _GENERIC else passage.title
    return " › ".join(part for part in (title, passage.heading) if part)


def _question(messages: tuple[Message, ...]) -> str:
    """The customer's messages since the last answer, joined: a burst is one question."""
    spoken = [message for message in messages if message.role == "user" or _is_answer(message)]
    burst = [message.text for message in takewhile(lambda message: message.role == "user", reversed(spoken))]
    return "\n".join(reversed(burst)).strip()


def _is_answer(message: Message) -> bool:
    return message.role == "assistant" and not message.tool_calls


def _name_of(result: Message, messages: tuple[Message, ...]) -> str:
    calls = (call for message in reversed(messages) for call in message.tool_calls)
    return next((call.name for call in calls if call.id == result.tool_call_id), "")


def _person(spec: ToolSpec, number: int) -> ToolCall:
    reason = spec.parameters.get("properties", {}).get("reason")
    arguments = {"reason": "asked"} if reason is not None else {}
    return ToolCall(f"stored_{number}", PERSON, json.dumps(arguments))
