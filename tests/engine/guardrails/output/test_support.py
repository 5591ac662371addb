"""How well words tell a supported citation from an unsupported one, on documents that nobody here wrote."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path

import pytest

from engine.guardrails.output.citations import support
from engine.guardrails.output.sentences import WINDOW, End, View, next_end

DOCUMENTS = Path(__file__).resolve().parents[5] / "shared" / "data" / "dev" / "faq_retrieval" / "docs.jsonl"

pytestmark = [
    pytest.mark.shared_data,
    pytest.mark.skipif(not DOCUMENTS.exists(), reason="the development data is not beside the checkout"),
]


def sentences(text: str) -> list[str]:
    found, at = [], 0
    while at < len(text):
        end = next_end(View(text[at : at + WINDOW], over=True))
        assert isinstance(end, End)
        found.append(text[at : at + end.at].strip())
        at += end.at
    return found


@pytest.fixture(scope="module")
def drawn() -> list[tuple[str, str, str]]:
    """Sentences of six words and more, each with its document and another one."""
    texts = [json.loads(line)["text"] for line in DOCUMENTS.read_text().splitlines()]
    rows = [
        (one, text)
        for text in texts
        for one in sentences(text)
        if 40 <= len(one) <= 300 and len(one.split()) > 5
    ]
    chance = random.Random(3)
    return [
        (one, text, chance.choice([t for t in texts if t is not text]))
        for one, text in chance.sample(rows, 500)
    ]


def holds(sentence: str, passage: str) -> bool:
    found = support(sentence, [passage])
    return found.share >= 0.5 and not found.missing


def share(found: list[bool]) -> float:
    return sum(found) / len(found)


def test_a_passage_supports_its_own_sentences(drawn: list[tuple[str, str, str]]) -> None:
    assert share([holds(one, text) for one, text, _ in drawn]) >= 0.99


def test_a_passage_does_not_support_sentences_of_another(drawn: list[tuple[str, str, str]]) -> None:
    assert share([not holds(one, other) for one, _, other in drawn]) >= 0.88


def test_a_changed_number_is_not_supported(drawn: list[tuple[str, str, str]]) -> None:
    changed = [(re.sub(r"\b\d+\b", lambda n: str(int(n[0]) * 7 + 13), one), text) for one, text, _ in drawn]
    rows = [(new, text) for (new, text), (old, _, _) in zip(changed, drawn, strict=True) if new != old]

    assert share([not holds(one, text) for one, text in rows]) >= 0.9


def test_a_sentence_turned_into_its_denial_is_not_supported(drawn: list[tuple[str, str, str]]) -> None:
    plain = [
        (one, text)
        for one, text, _ in drawn
        if not re.search(r"\b(?:not|no|never|without|cannot)\b|n't", one)
    ]
    turned = [(re.sub(r" (is|are|can|will) ", r" \1 not ", one, count=1), text) for one, text in plain]
    rows = [(new, text) for (new, text), (old, _) in zip(turned, plain, strict=True) if new != old]

    assert share([not holds(one, text) for one, text in rows]) >= 0.9
