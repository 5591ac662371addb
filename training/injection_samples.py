"""What the injection detector is trained on, and how; `training/injection.py` does it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import numpy as np

from engine.guardrails.injection.features import look
from engine.guardrails.injection.windows import pieces
from engine.guardrails.linear import Floats, Linear
from engine.guardrails.ngrams import Shape
from engine.guardrails.normalise import normalise
from training.attack_words import attacks, honest, in_languages, sections, typos
from training.fit import fit
from training.rows import DATA, read

SHAPE = Shape(words=(1, 2, 3), chars=(3, 4), bits=18)
LONGEST = 2_500
INVENTED = 12_000
# Its kind of sentence has no second source: besides the whole, each half of it is left out by itself.
HALVED = "notinject-1"


@dataclass(frozen=True, slots=True)
class Sample:
    """A text as the detector sees it, whether it is an attack, where it is from, how much it counts."""

    text: str
    attack: bool
    source: str
    weight: float = 1.0


def gathered() -> list[Sample]:
    """All samples: the development data, then what was invented."""
    return [*_recorded(), *_borrowed(), *_invented(Random(4))]


def _recorded() -> list[Sample]:
    found = []
    for at, row in enumerate(read("injection")):
        text = normalise(row.text).text
        source = f"{row.source}/{'ab'[at % 2]}" if row.source == HALVED else row.source
        found.append(Sample(text, row.label == "attack", source))
        if row.label != "attack":
            found += [Sample(piece, False, source, 0.5) for piece in pieces(text)]
    return found


def _borrowed() -> list[Sample]:
    """Harmless texts of the other development sets: tweets, mails, code, documentation, questions."""
    random = Random(7)
    found = []
    for kind, count in (("sentiment", 700), ("content_safety", 500), ("handoff_request", 500)):
        rows = [row for row in read(kind) if row.source not in ("banking77", "bitext-sample", "xstest-safe")]
        found += [(row.text, row.source) for row in random.sample(rows, min(count, len(rows)))]
    found += [(row.text, row.source) for row in read("indirect_injection") if row.label == "benign"]
    for name in ("docs", "queries"):
        lines = (DATA / "faq_retrieval" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
        found += [(fields.get("text") or fields["query"], f"faq-{name}") for fields in map(json.loads, lines)]
    samples = []
    for text, source in found:
        plain = normalise(text).text[:6_000]
        samples += [Sample(piece, False, source, 0.5) for piece in [plain, *pieces(plain)[:6]]]
    return samples


def _invented(random: Random) -> list[Sample]:
    found = [
        Sample(normalise(text).text, True, f"own-{kind}", 0.5) for kind, text in attacks(INVENTED, random)
    ]
    for language, lines in sections("injection_languages").items():
        for line in lines:
            found += [
                Sample(line, True, f"own-{language}"),
                Sample(typos(line.lower(), random), True, f"own-{language}", 0.5),
            ]
    found += [
        Sample(normalise(text).text, True, f"own-{kind}", 0.7) for kind, text in in_languages(2_400, random)
    ]
    found += [Sample(normalise(text).text, False, f"own-{kind}", 0.7) for kind, text in honest(9_300, random)]
    for kind, lines in _honest_lines().items():
        for line in lines:
            texts = [filled(line, random), typos(filled(line, random), random), filled(line, random).lower()]
            found += [Sample(normalise(text).text, False, f"own-honest-{kind}") for text in texts]
            if random.random() < 0.25:
                found.append(Sample(filled(line, random).upper(), False, f"own-honest-{kind}"))
    everything = [line for lines in _honest_lines().values() for line in lines]
    for _ in range(600):
        text = " ".join(
            filled(line, random) for line in random.sample(everything, random.choice((2, 3, 4, 6, 9, 14)))
        )
        found.append(Sample(normalise(text).text, False, "own-honest-mixed"))
    return found


def _honest_lines() -> dict[str, list[str]]:
    found = sections("injection_honest")
    for heading, lines in sections("injection_tongues").items():
        if heading.endswith(" honest"):
            found.setdefault(heading.split()[0], []).extend(lines)
    return found


def filled(line: str, random: Random) -> str:
    """An honest line with invented numbers in its slots."""
    code = "".join(random.choice("ABCDEFGHJKLMNPQRSTUVWXYZ23456789") for _ in range(8))
    return line.format(
        id=random.randint(1000, 99_999_999),
        code=code,
        mail=f"{random.choice(('jo', 'kim', 'ada.b', 'lena77'))}@{random.choice(('mail', 'post', 'firm'))}.example",
        amount=f"{random.randint(2, 900)},{random.randint(0, 99):02} €",
        item=random.choice(
            ("lamp", "jacket", "router", "washing machine", "phone case", "bike", "sofa", "headphones")
        ),
    )


def plain(sample: Sample) -> bool:
    """Whether an attack is written in English for its greater part; of spikee's rows half are not."""
    words = [word.strip(".,:;!?'\"*()<>") for word in sample.text.lower().split()]
    common = sum(word in _COMMON for word in words)
    return common >= 0.28 * len(words)


_COMMON_WORDS = """
the a an to of and in is are you your my this that it with for not do be will now i have please as from on or if all any
by at what following must no should can was instructions output repeat print only ignore previous system
"""
_COMMON = frozenset(_COMMON_WORDS.split())


def trained(samples: Sequence[Sample], dense: Floats) -> Linear:
    """The classifier from samples and their numbers."""
    return fit(
        [sample.text[:LONGEST] for sample in samples],
        [sample.attack for sample in samples],
        shape=SHAPE,
        dense=dense,
        strength=6.0,
        weights=[sample.weight for sample in samples],
    )


def numbers(samples: Sequence[Sample]) -> Floats:
    """What stands beside the n-grams, a row a sample."""
    return np.stack([look(sample.text[:LONGEST]).dense for sample in samples])
