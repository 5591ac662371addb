"""Personal data is found however people write it; the shop's own numbers are left alone."""

from __future__ import annotations

import time
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.guardrails.personal import Known, find
from training.personal import STRUCTURED, covered, flagged
from training.personal_locales import strangers
from training.personal_sentences import clean
from training.rows import DATA, read

SLOWEST = 3.0
"""Seconds for 50,000 characters: a bound that only what runs away passes."""


def _found(text: str, **more: Any) -> list[tuple[str, str]]:
    return [(text[span.start : span.end], span.type) for span in find(text, **more)]


@pytest.mark.parametrize(
    ("text", "value", "kind"),
    [
        ("write to ana.moreno+shop@mail.shop.example.", "ana.moreno+shop@mail.shop.example", "EMAIL"),
        ("it's ana (at) shop (dot) de", "ana (at) shop (dot) de", "EMAIL"),
        ("+44 (0) 20 7946 0958 ext 12", "+44 (0) 20 7946 0958 ext 12", "PHONE"),
        ("Tel.030/1234567", "030/1234567", "PHONE"),
        ("5 5 5 1 2 3 4 5 6 7", "5 5 5 1 2 3 4 5 6 7", "PHONE"),
        ("sure, it's 5552328891", "5552328891", "PHONE"),
        ("٠٥٠ ١٢٣ ٤٥٦٧", "٠٥٠ ١٢٣ ٤٥٦٧", "PHONE"),
        ("my number is five five five one two three double four seven one", None, "PHONE"),
        ("the number on my account is 5551234567", "5551234567", "PHONE"),
        ("4111-1111-1111-1111 expires soon", "4111-1111-1111-1111", "CREDIT_CARD"),
        ("card: 3782 822463 10005", "3782 822463 10005", "CREDIT_CARD"),
        ("DE89 3704 0044 0532 0130 00 is mine", "DE89 3704 0044 0532 0130 00", "IBAN"),
        ("my iban is gb82west12345698765432", "gb82west12345698765432", "IBAN"),
        ("SSN 536-90-4399", "536-90-4399", "US_SSN"),
        ("social security number 912 90 3456", "912 90 3456", "US_SSN"),
        ("NHS number 943 476 5919", "943 476 5919", "NATIONAL_ID"),
        ("NI number AB 12 34 56 C", "AB 12 34 56 C", "NATIONAL_ID"),
        ("Steuer-ID 36 574 261 809", "36 574 261 809", "NATIONAL_ID"),
        ("1 85 05 78 006 084 91", "1 85 05 78 006 084 91", "NATIONAL_ID"),
        ("54362315K", "54362315K", "NATIONAL_ID"),
        ("RCCMNL83S18D969H", "RCCMNL83S18D969H", "NATIONAL_ID"),
        ("bsn 111222333", "111222333", "NATIONAL_ID"),
        ("PESEL: 44051401359", "44051401359", "NATIONAL_ID"),
        ("CPF 390.533.447-05", "390.533.447-05", "NATIONAL_ID"),
        ("16.727.230/0001-97", "16.727.230/0001-97", "NATIONAL_ID"),
        ("2341 2341 2346", "2341 2341 2346", "NATIONAL_ID"),
        ("ACUPA7085R", "ACUPA7085R", "NATIONAL_ID"),
        ("from 86.121.97.248", "86.121.97.248", "IP_ADDRESS"),
        ("2001:db8::8a2e:370:7334", "2001:db8::8a2e:370:7334", "IP_ADDRESS"),
        ("I live at 12 Garden Road, Bristol BS1 4DJ", "12 Garden Road, Bristol BS1 4DJ", "ADDRESS"),
        ("Gartenstraße 12a, 10115 Berlin", "Gartenstraße 12a, 10115 Berlin", "ADDRESS"),
        ("24 bis, rue de la Gare, 75010 Paris", "24 bis, rue de la Gare, 75010 Paris", "ADDRESS"),
        ("Calle Mayor 5, 28013 Madrid", "Calle Mayor 5, 28013 Madrid", "ADDRESS"),
        ("Via Roma 12, 00184 Roma", "Via Roma 12, 00184 Roma", "ADDRESS"),
        ("Kerkstraat 5, 1017 GC Amsterdam", "Kerkstraat 5, 1017 GC Amsterdam", "ADDRESS"),
        ("date of birth: 05/03/1987", "05/03/1987", "DATE_OF_BIRTH"),
        ("ich bin geboren am 3. Mai 1987", "3. Mai 1987", "DATE_OF_BIRTH"),
        ("My name is Ana A. Moreno.", "Ana A. Moreno", "PERSON"),
        ("mi chiamo Ana Moreno", "Ana Moreno", "PERSON"),
        ("It is broken.\n\nBest regards,\nAna Moreno", "Ana Moreno", "PERSON"),
        ("passport number C01X00T47", "C01X00T47", "PASSPORT"),
        ("my driver's license number is F162823540116", "F162823540116", "US_DRIVER_LICENSE"),
        ("ZIP: 90210", "90210", "ZIP"),
    ],
)
def test_personal_data_is_found_as_people_write_it(text: str, value: str | None, kind: str) -> None:
    found = _found(text)

    assert [each[1] for each in found] == [kind]
    assert value is None or found[0][0] == value


@pytest.mark.parametrize(
    "text",
    [
        "confirmation number is actually 444455555",
        "order 4500123456 was 1,234.50 EUR on 2024-05-03 10:15:22",
        "upgraded from 2.4.1.6 to 10.0.19041.388",
        "icon@2x.png and git@host",
        "4111 1111 1111 1112",
        "std::vector<int> at 12:34:56 on aa:bb:cc:dd:ee:ff",
        "I'm Having trouble, my name is wrong on the invoice",
        "the date of my order is 05/03/2024",
        "I looked at Amazon.com and it is cheaper",
        "my account number is 2419 and company name is deck park",
        "I'm REALLY cross, my iPad 2 is broken",
        "I paid via PayPal 50 EUR to place Order 12 at via 3",
        "I want 3 Month Pass and 2 Nintendo Lights",
    ],
)
def test_numbers_of_the_shop_and_of_nobody_are_left_alone(text: str) -> None:
    assert _found(text) == []


def test_honest_support_talk_is_hardly_ever_flagged() -> None:
    sentences = list(clean())

    flags = [sentence for sentence in sentences if find(sentence)]

    assert len(sentences) >= 300
    assert len(flags) <= 0.02 * len(sentences), flags


def test_a_name_is_found_in_letters_that_are_alike_where_case_does_not_count() -> None:
    known = Known(names=("Kim Sisk",))

    for written in ("KIM SISK", "kim, sisk", "\u212aim Si\u017fk", "k\u0131m sisk"):
        assert "PERSON" in {span.type for span in find(f"It is {written}.", known=known)}, written

    assert not find("Tim Risk wrote.", known=known)


def test_what_the_shop_knows_of_the_customer_is_found_in_any_writing() -> None:
    known = Known(
        names=("Ana Moreno",),
        emails=("ana@shop.example",),
        phones=("+49 30 1234567",),
        addresses=("Am Markt 3",),
    )

    found = _found("ana moreno here, ANA. Call 030/1234567. It is AM MARKT 3", known=known)

    assert found == [
        ("ana moreno", "PERSON"),
        ("ANA", "PERSON"),
        ("030/1234567", "PHONE"),
        ("AM MARKT 3", "ADDRESS"),
    ]


def test_a_country_makes_its_grouped_phones_sure() -> None:
    text = "you find me under 612 345 678 every day"

    assert _found(text) == []
    assert _found(text, regions=("ES",)) == [("612 345 678", "PHONE")]


@pytest.mark.parametrize(
    ("asked", "kinds"),
    [
        ("What is your phone number?", ["PHONE"]),
        ("Could you tell me the order number, please?", []),
        ("Your social security number?", ["US_SSN"]),
    ],
)
def test_a_question_decides_what_a_bare_number_is(asked: str, kinds: list[str]) -> None:
    found = _found("it's 536904399", asked=asked)

    assert [kind for _, kind in found] == kinds


@pytest.mark.parametrize(
    "piece",
    ["1", "1 ", "A ", "@", "a@", "(1", "+1", "1:", "1.", "one ", "\n", "my name is A ", "Str 1 ", "1-", "AB12 ",
     "4111 ", "\ud800", "12 Aa ", " at gmail dot ", "I'm A", "name: A "],
)  # fmt: skip
def test_nothing_makes_a_pattern_run_away(piece: str) -> None:
    text = piece * (50_000 // len(piece))

    started = time.process_time()
    find(text)

    assert time.process_time() - started < SLOWEST


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_accepted_and_its_spans_are_in_order(text: str) -> None:
    spans = find(text, known=Known(names=(text[:20],), phones=(text[:20],)))

    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    assert all(one.end <= other.start for one, other in pairwise(spans))


def test_made_up_people_of_many_countries_are_masked() -> None:
    rows = list(strangers(each=8, locales="es_ES it_IT pl_PL"))

    masked, total = covered(rows, STRUCTURED)

    assert masked >= 0.95 * total


@pytest.mark.shared_data
@pytest.mark.skipif(not DATA.exists(), reason="the development data is not there")
def test_the_development_data_is_masked_and_clean_texts_are_not() -> None:
    rows = read("pii")

    masked, total = covered(rows, STRUCTURED)
    false, clean_texts = flagged([row for row in rows if row.label == "none"])

    assert masked >= 0.98 * total
    assert false <= 0.02 * clean_texts
