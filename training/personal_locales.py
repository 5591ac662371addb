"""Made-up people of many countries, in sentences written for this project: what the development data does not have.

Invariant: the same seed gives the same sentences.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

from faker import Faker

from training.rows import Row

LOCALES = (
    "es_ES it_IT nl_NL pl_PL pt_BR en_IN sv_SE da_DK cs_CZ fi_FI no_NO pt_PT en_CA en_AU ja_JP ro_RO hu_HU tr_TR el_GR "
    "ru_RU hr_HR de_AT de_CH fr_CH nl_BE es_MX ko_KR zh_CN sk_SK uk_UA"
)
_SENTENCES = {
    "PHONE": (
        "{}",
        "My new number is {} thanks",
        "please call {} after 5pm",
        "Phone: {}",
        "you reach me under {}",
    ),
    "NATIONAL_ID": ("My social security number is {}", "national id: {}", "here is my ID card number {}"),
    "IBAN": ("{}", "the IBAN is {}", "please refund to {} this week"),
    "CREDIT_CARD": ("{}", "I paid with card {} yesterday", "my cc is {}, is it charged?"),
    "EMAIL": ("{}", "write me at {}.", "the login {} does not work"),
    "ADDRESS": ("my address is {}", "send the parcel to {} please", "Deliver to {}", "{}"),
    "PERSON": ("My name is {}.", "Name: {}", "This is {}, I ordered last week"),
}


def strangers(each: int = 12, seed: int = 3, locales: str = LOCALES) -> Iterator[Row]:
    """Rows with one marked value, as `training.rows.read("pii")` gives them; the locale is the source."""
    rng = random.Random(seed)
    Faker.seed(seed)
    for locale in locales.split():
        fake = Faker(locale)
        for kind, sentences in _SENTENCES.items():
            for number in range(each):
                yield _row(
                    f"{locale}-{kind}-{number}", rng.choice(sentences), _makers(fake)[kind](), (kind, locale)
                )


def _makers(fake: Any) -> dict[str, Callable[[], str]]:
    return {
        "PHONE": fake.phone_number,
        "NATIONAL_ID": fake.ssn,
        "IBAN": fake.iban,
        "CREDIT_CARD": fake.credit_card_number,
        "EMAIL": fake.email,
        "ADDRESS": lambda: fake.address().replace("\n", ", "),
        "PERSON": fake.name,
    }


def _row(key: str, sentence: str, value: str, about: tuple[str, str]) -> Row:
    kind, locale = about
    start = sentence.index("{}")
    span = {"start": start, "end": start + len(value), "type": kind}
    return Row(id=key, text=sentence.format(value), label="pii", source=locale, more={"spans": [span]})
