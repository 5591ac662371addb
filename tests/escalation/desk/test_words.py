"""The page's sentences: none is missing, none is left over, and the modules hang together without a circle."""

from __future__ import annotations

import re

import pytest

from escalation.desk.words import WORDS
from escalation.views import STATIC

MODULES = {path.name: path.read_text() for path in (STATIC / "desk").glob("*.js")}
CODE = "\n".join(MODULES.values())
MOST_LINES = 400


def test_each_sentence_that_is_said_is_there() -> None:
    said = set(re.findall(r'\bsay\("(\w+)"', CODE))

    assert said
    assert said - set(WORDS) == set()


def test_each_family_of_sentences_is_there() -> None:
    families = set(re.findall(r"\bsay\(`(\w+_)\$\{", CODE))

    assert "view_" in families
    assert {family for family in families if not any(word.startswith(family) for word in WORDS)} == set()


def test_no_sentence_is_left_over() -> None:
    families = tuple(re.findall(r"(\w+_)\$\{", CODE))
    named = set(re.findall(r'"(\w+)"', CODE))

    assert [word for word in WORDS if word not in named and not word.startswith(families)] == []


def imports(name: str) -> set[str]:
    return set(re.findall(r'from "\./([\w.]+)"', MODULES[name])) | set(
        re.findall(r'^import "\./([\w.]+)"', MODULES[name], re.M)
    )


@pytest.mark.parametrize("name", sorted(MODULES))
def test_a_module_is_short_and_in_no_circle(name: str) -> None:
    """A circle would have no name by its content, as collected files have."""
    reached, left = set(), imports(name)
    while left:
        one = left.pop()
        reached.add(one)
        left |= imports(one) - reached

    assert name not in reached
    assert reached <= set(MODULES)
    assert len(MODULES[name].splitlines()) <= MOST_LINES


@pytest.mark.parametrize("name", sorted(MODULES))
def test_no_module_makes_markup_or_code_of_text(name: str) -> None:
    forbidden = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|srcdoc"

    assert re.search(forbidden, MODULES[name]) is None
