"""What is asked of the assistant: meanings that stand close together, and forms that only a forged turn has.

Invariant: a rule looks at meanings, not at sentences, so that one rule serves every language of the vocabulary; each
text takes time linear in its length. What a rule is worth is learnt, except for the few in `SURE`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from engine.guardrails.injection.meanings import BIT, NAMES, Hit

NEAR, CLOSE, WIDE = 5, 9, 18
_REACHES = (NEAR, CLOSE, WIDE)


@dataclass(frozen=True, slots=True)
class Rule:
    """Fires where within `reach` words all of `needs` are meant, and of each of `either` at least one."""

    name: str
    reach: int
    needs: int
    either: tuple[int, ...] = ()

    def fits(self, seen: int) -> bool:
        return seen & self.needs == self.needs and all(seen & choice for choice in self.either)


def _rule(name: str, reach: int, needs: str, *either: str) -> Rule:
    return Rule(name, reach, _bits(needs), tuple(_bits(choice) for choice in either))


def _bits(names: str) -> int:
    total = 0
    for name in names.split():
        total |= BIT[name]
    return total


RULES = (
    _rule("reset", CLOSE, "reset instructions", "prior all your system learnt"),
    _rule("reset_near", NEAR, "reset", "instructions", "prior all your system"),
    _rule("reset_rules", CLOSE, "reset rules", "prior all your system learnt"),
    _rule("reset_your_rules", NEAR, "reset rules your"),
    _rule("reset_learnt", CLOSE, "reset learnt", "all prior your"),
    _rule("reset_all", NEAR, "reset all prior"),
    _rule("reset_prior_do", CLOSE, "reset prior", "say reveal new_task you_are"),
    _rule("reset_text", CLOSE, "reset all text", "prior your system"),
    _rule("reset_limits", CLOSE, "reset limits", "your all system ai"),
    _rule("new_task", WIDE, "new_task", "reset you_are obey say reveal"),
    _rule("reveal_prompt", CLOSE, "reveal instructions", "your system prior", "system prior verbatim your"),
    _rule("reveal_near", NEAR, "reveal instructions", "your system"),
    _rule("reveal_rules", CLOSE, "reveal rules your", "system verbatim prior all"),
    _rule("reveal_system", NEAR, "reveal system", "instructions text", "your prior all verbatim"),
    _rule("reveal_above", CLOSE, "reveal prior", "text instructions", "all verbatim system your"),
    _rule("reveal_words", CLOSE, "reveal verbatim", "text instructions rules", "prior system your"),
    _rule(
        "reveal_learnt",
        CLOSE,
        "reveal learnt",
        "your instructions system prior",
        "instructions rules text all",
    ),
    _rule("reveal_secret", CLOSE, "reveal secret", "your system"),
    _rule("say_instructions", CLOSE, "say instructions", "your system prior"),
    _rule("your_system_prompt", NEAR, "system instructions your"),
    _rule("persona_free", WIDE, "persona unlimited"),
    _rule("become_free", WIDE, "you_are unlimited"),
    _rule("persona_ai", CLOSE, "persona ai", "your all unlimited you_are"),
    _rule("persona_stays", WIDE, "persona stay"),
    _rule("you_are_now", CLOSE, "you_are", "ai persona mode unlimited privilege"),
    _rule("ai_free", CLOSE, "ai unlimited"),
    _rule("ai_limits", CLOSE, "ai limits", "negation reset"),
    _rule("mode", NEAR, "mode privilege"),
    _rule("mode_on", CLOSE, "mode enable", "privilege unlimited ai system you_are"),
    _rule("privilege", NEAR, "privilege enable"),
    _rule("privilege_reveal", CLOSE, "privilege reveal", "system instructions secret self prior"),
    _rule("system_prompt_alone", NEAR, "system instructions"),
    _rule("no_refusal", CLOSE, "negation refuse", "say reveal ai your obey persona"),
    _rule("no_limits", CLOSE, "negation limits", "your ai persona say obey you_are instructions rules"),
    _rule("unlimited_answer", CLOSE, "unlimited say"),
    _rule("obey", CLOSE, "obey", "instructions rules all", "your reset unlimited negation you_are"),
    _rule("fiction_harm", WIDE, "fiction", "harm unlimited", "negation limits persona reveal"),
    _rule("fiction_free", WIDE, "fiction limits", "negation unlimited"),
    _rule("decode", CLOSE, "decode", "obey say instructions reveal"),
    _rule("authority", WIDE, "authority", "instructions system reveal privilege reset limits"),
    _rule("no_rules", CLOSE, "negation rules", "your ai persona you_are"),
    _rule("others", CLOSE, "others reveal"),
    _rule("answer_insert", CLOSE, "answer insert"),
    _rule("answer_markup", CLOSE, "answer markup", "insert reveal say do_this"),
    _rule("answer_text", CLOSE, "answer text", "insert reveal say do_this"),
    _rule("insert_markup", NEAR, "insert markup"),
    _rule("pretext_do", WIDE, "pretext do_this"),
    _rule("pretext_reveal", WIDE, "pretext reveal", "instructions system your all text self prior"),
    _rule("pretext_answer", WIDE, "pretext", "answer insert"),
    _rule("pretext_reset", WIDE, "pretext", "reset new_task", "instructions rules all prior"),
    _rule("do_reveal", CLOSE, "do_this reveal", "instructions system text self prior rules"),
    _rule("do_insert", CLOSE, "do_this insert"),
    _rule("reveal_self", NEAR, "reveal self"),
    _rule("reveal_text", CLOSE, "reveal text prior"),
    _rule("reveal_verbatim", CLOSE, "reveal verbatim", "prior system learnt"),
)

FORMS: dict[str, re.Pattern[str]] = {
    "chat_template": re.compile(
        r"<\|[a-zA-Z_]{2,20}\|>|\[/?INST\]|<</?SYS>>|</?s>[ \t]*\[|<(?:start|end)_of_turn>"
        r"|\[/?SYSTEM[_A-Z]{0,14}\]|</?system[_a-z]{0,14}>"
    ),
    "json_role": re.compile(r"[\"']role[\"'][ \t]{0,4}:[ \t]{0,4}[\"'](?:system|assistant|developer)"),
    "role_line": re.compile(
        r"(?:^|\n)[#*\->\[(<|=\"' ]{0,8}"
        r"(?:system|assistant|developer|ai|chatgpt|gpt|bot|system prompt|new system prompt|instructions?)"
        r"[ \t]{0,2}(?:message|note|override|prompt|mode|update|instruction|alert|log)?"
        r"[ \t]{0,2}[\])*>|=\"']{0,4}[ \t]{0,2}:",
        re.IGNORECASE,
    ),
    "fence": re.compile(
        r"(?<![#=\-*~<\[])[#=\-*~<\[]{3,200}[ \t]{0,3}"
        r"(?:end|begin|start|stop|new|system|ignore|important|override|instruction|user|context|prompt)"
        r"[a-z \t]{0,30}(?:input|prompt|instruction|instructions|text|context|document|message|query|data|system"
        r"|session|conversation|user|task|rules)\b",
        re.IGNORECASE,
    ),
    "markdown_image": re.compile(r"!\[[^\]\n]{0,120}\]\([ \t]{0,3}(?:https?:)?//[^)\s]{1,300}[?=&{\[<]"),
    "script": re.compile(
        r"<script\b|javascript:|on(?:error|load|click|focus|mouseover|toggle)[ \t]{0,3}=|<iframe\b|document\.cookie"
        r"|<img[^>\n]{0,80}src=|<svg\b|console\.log|\balert\(|<a[^>\n]{0,80}href=",
        re.IGNORECASE,
    ),
    "placeholder": re.compile(
        r"[\[{<(](?:insert |your |user |the )?(?:prompt|query|question|input|request)[ a-z]{0,12}[\]}>)]",
        re.IGNORECASE,
    ),
    "quoted_say": re.compile(
        r"\b(?:say|print|output|respond|reply|answer|write|echo|prefix|begin|start|starting|beginning|display|return)\b"
        r"[^.\n\"'\u201c`]{0,40}[\"'\u201c\u2018`]",
        re.IGNORECASE,
    ),
    "two_answers": re.compile(
        r"(?:\[|\()?"
        r"(?:\U0001f512|\U0001f513|classic|jailbreak|jailbroken|dan|dev(?:eloper)? ?mode|gpt|normal|uncensored)"
        r"(?:\]|\))?[ \t]{0,3}(?:output|response|answer)?\)?\]?[ \t]{0,3}:",
        re.IGNORECASE,
    ),
    "variables": re.compile(
        r"\b[a-z_]{1,12}[ \t]{0,2}=[ \t]{0,2}[\"'][^\"'\n]{1,80}[\"'][\s;,.]{0,4}(?:and[ \t])?"
        r"[a-z_]{1,12}[ \t]{0,2}=[ \t]{0,2}[\"']",
        re.IGNORECASE,
    ),
    "stop": re.compile(
        r"\b(?:STOP|WAIT|ATTENTION|IMPORTANT|EMERGENCY|URGENT|NEW INSTRUCTIONS?|OVERRIDE|SYSTEM)\b[A-Z !*:]{0,40}[!*:]"
    ),
    "many_times": re.compile(
        r"(?:\b[1-9]\d{1,6}|hundred|thousand|million)[ \t]{0,2}"
        r"(?:times|x\b|mal\b|fois|veces|volte|vezes|keer|razy|раз|kez\b|kere|次|回|번)",
        re.IGNORECASE,
    ),
    "banner": re.compile(
        r"(?:^|\n)[ \t]{0,3}[*#=~!\-<\[]{1,40}[ \t]{0,2}[^\Wa-z\d_](?:[^\Wa-z\d_]|[ \t:!'\u2019-]){5,60}[*#=~!:>\]]"
    ),
    "do_colon": re.compile(
        r"\b(?:following|execute|executing|do this|task|mission|order|command|instructions?|steps?|by|output)"
        r"[ \t]{0,2}:",
        re.IGNORECASE,
    ),
    "html_tag": re.compile(r"<[a-zA-Z]{1,10}[ \t/][^<>\n]{0,200}>"),
    "first_letters": re.compile(
        r"\b(?:acronym|stands for|first letter of|every (?:second|third|other) (?:word|letter))\b",
        re.IGNORECASE,
    ),
}

# Without one of these a text cannot have the form: found much faster than the form.
_SIGNS: dict[str, tuple[str, ...]] = {
    "chat_template": ("<", "["),
    "json_role": ("role",),
    "role_line": (":",),
    "fence": ("###", "===", "---", "***", "~~~", "<<<", "[[["),
    "markdown_image": ("![",),
    "script": ("<", "cript:", "document.", "=", "console.", "alert("),
    "placeholder": ("[", "{", "<", "("),
    "quoted_say": ('"', "'", "\u201c", "\u2018", "`"),
    "two_answers": (":",),
    "variables": ("=",),
    "stop": ("!", "*", ":"),
    "many_times": ("0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "undred", "housand", "illion"),
    "banner": ("*", "#", "=", "~", "!", "--", "<", "["),
    "do_colon": (":",),
    "html_tag": ("<",),
    "first_letters": ("cronym", "stands", "letter", "every", "LETTER"),
}

# Forms that many an honest page has.
COMMON = frozenset({"do_colon", "many_times", "html_tag", "stop"})

NAMES_OF_RULES = (*(rule.name for rule in RULES), *FORMS)


def fired(hits: list[Hit], text: str) -> set[str]:
    """The names of the rules and forms that a text shows.

    Args:
        hits: its meanings, in order (`meanings.meanings`).
    """
    found: set[str] = set()
    for reach in _REACHES:
        windows = _windows(hits, reach)
        for rule in RULES:
            if rule.reach == reach and any(rule.fits(seen) for seen in windows):
                found.add(rule.name)
    return found | forms(text)


def forms(text: str) -> set[str]:
    """The names of the forms that a text shows."""
    return {
        name
        for name, form in FORMS.items()
        if any(sign in text for sign in _SIGNS[name]) and form.search(text)
    }


def _windows(hits: list[Hit], reach: int) -> set[int]:
    """The different sets of meanings that stand within so many words of each other."""
    seen: set[int] = set()
    for index, hit in enumerate(hits):
        bits = hit.bits
        for other in hits[index + 1 : index + 1 + reach]:
            if other.at - hit.at > reach:
                break
            bits |= other.bits
        if bits & (bits - 1):
            seen.add(bits)
    return seen


def skeleton(hits: list[Hit]) -> list[str]:
    """The meanings in their order, for n-grams over meanings: one name a word, a gap where words lie between."""
    names: list[str] = []
    last = 0
    for hit in hits:
        if names and hit.at - last > NEAR:
            names.append("-")
        bit = hit.bits & -hit.bits
        names.append(NAMES[bit.bit_length() - 1])
        last = hit.at
    return names
