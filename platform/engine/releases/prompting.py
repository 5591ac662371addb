"""The instructions of a release as a model reads them: its prompt and guidelines with the variables filled in.

Invariant: pure. Values go in once, in one pass: what a value says is never taken for a variable. A value that others
than the tenant's team wrote (the customer's name) is one short line without marks that could open something.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf.locale import LANG_INFO

BUILTIN = ("assistant", "tenant", "customer_name", "language", "today", "guidelines")
"""Variables that every prompt may use; `guidelines` is where the guidelines stand, which is else the end."""
NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_VARIABLE = re.compile(r"\{\{(\w+)\}\}|\{([A-Za-z_]\w*)\}")
_GUIDELINES = "Guidelines. Follow one only where its condition holds at this point of the conversation:"
_NAME_LENGTH = 60
_MARKS = frozenset("-'’.·")


@dataclass(frozen=True, slots=True)
class Facts:
    """What a prompt may say of the turn. `language` is a code, empty where it is not known yet."""

    assistant: str
    tenant: str
    today: dt.date
    customer_name: str = ""
    language: str = ""


def system_text(release: Any, facts: Facts) -> str:
    """The instructions of a release or draft.

    Args:
        release: has `prompt`, `guidelines` (objects with `when` and `do`) and `variables`.
    """
    values = {**release.variables, **_told(facts)}
    guidelines = _listed(release.guidelines, values)
    placed = "guidelines" in used(release.prompt)
    text = render(release.prompt, values | {"guidelines": guidelines})
    return text if placed or not guidelines else f"{text}\n\n{guidelines}"


def template_of(release: Any) -> str:
    """The release's own words, variables left open: what must not be given away."""
    parts = [release.prompt, *(f"{one['when']}: {one['do']}" for one in release.guidelines)]
    return "\n".join(parts)


def uses_name(release: Any) -> bool:
    """Whether the instructions name the customer."""
    return "customer_name" in used(template_of(release))


def used(template: str) -> set[str]:
    """The variables that a text uses. `{{name}}` is no variable: it stands for `{name}` as it is."""
    return {found[2] for found in _VARIABLE.finditer(template) if found[2]}


def render(template: str, values: Mapping[str, str]) -> str:
    """The text with its variables filled in; what is no variable stays as it stands."""

    def filled(found: re.Match[str]) -> str:
        if found[1]:
            return f"{{{found[1]}}}"
        return values.get(found[2], found[0])

    return _VARIABLE.sub(filled, template)


def name_line(name: str) -> str:
    """A customer's name as a prompt may hold it: letters, digits, spaces and a few marks, 60 at most."""
    kept = (
        one if unicodedata.category(one)[0] in "LMN" or one in _MARKS else " "
        for one in unicodedata.normalize("NFC", name[: 4 * _NAME_LENGTH])
    )
    return " ".join("".join(kept).split())[:_NAME_LENGTH].strip()


def language_name(code: str) -> str:
    """The English name of a language; its code where it has none here."""
    return str(LANG_INFO.get(code, {}).get("name", code))


def _told(facts: Facts) -> dict[str, str]:
    return {
        "assistant": facts.assistant,
        "tenant": facts.tenant,
        "customer_name": name_line(facts.customer_name) or "the customer",
        "language": language_name(facts.language) or "the customer's language",
        "today": f"{facts.today:%A}, {facts.today.day} {facts.today:%B %Y}",
    }


def _listed(guidelines: Sequence[Mapping[str, str]], values: Mapping[str, str]) -> str:
    """One line each, so that none can pass for something else."""
    lines = [
        f"{number}. When {' '.join(one['when'].split())}: {' '.join(one['do'].split())}"
        for number, one in enumerate(guidelines, start=1)
    ]
    return render("\n".join([_GUIDELINES, *lines]), values) if lines else ""
