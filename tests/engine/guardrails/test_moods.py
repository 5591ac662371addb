from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from engine.guardrails.moods import Trend, judge, mood, trend
from training import mood_reviews
from training.calm import calm
from training.rows import DATA, read

needs_data = pytest.mark.skipif(not DATA.exists(), reason="the development data is not beside the checkout")

CALM = (
    "my card was stolen",
    "cancel my order",
    "I want a refund",
    "payment declined, why?",
    "I want to make a complaint",
    "someone used my card fraudulently",
    "the parcel is lost",
    "my flight was cancelled, can I rebook?",
)
FURIOUS = (
    "This is the third time I write, still no answer. You are useless!!!",
    "Waste of money, do not buy it, it broke after two days",
    "I hate this company, worst service ever",
    "WHERE IS MY MONEY??? YOU LIARS!!!",
    "Ihr seid das Letzte, so eine Frechheit, nie wieder!",
    "C'est inadmissible, vous êtes des voleurs",
    "Es una vergüenza, el peor servicio de mi vida",
    "È una vergogna, siete dei ladri",
    "É uma vergonha, o pior atendimento da minha vida",
    "Это позор, худший сервис, вы воры",
    "To skandal, najgorsza obsługa, oszuści",
    "Bu bir rezalet, berbat hizmet",
    "Dit is een schande, waardeloze service, nooit meer",
)


@pytest.mark.parametrize("text", CALM)
def test_what_a_question_is_about_is_not_a_mood(text):
    assert not judge(text).flagged
    assert mood(text) > -0.4


@pytest.mark.parametrize("text", FURIOUS)
def test_fury_is_heard_in_many_languages(text):
    assert judge(text).flagged
    assert mood(text) < -0.4


def test_praise_lifts_the_mood():
    assert mood("Thank you so much, this is wonderful!") > 0.4
    assert mood("not bad at all, works like a charm") > 0
    assert mood("") == pytest.approx(0, abs=0.2)


def test_a_long_bad_review_is_no_better_than_its_verdict():
    story = "I ordered the lamp in May. It has two switches and a long cable. We put it in the hall. " * 4

    assert judge(story + "It broke after a week. Total waste of money, I am furious, never again!").flagged
    assert not judge(story).flagged


def test_a_conversation_that_turns_sour_has_a_falling_trend():
    souring = trend([0.3, 0.0, -0.4, -0.8])

    assert souring.slope < 0
    assert souring.now < -0.4
    assert souring.low == -0.8


def test_a_conversation_that_was_saved_rises_again_and_remembers_its_low():
    saved = trend([-0.8, -0.6, 0.2, 0.6])

    assert saved.slope > 0
    assert saved.now > 0
    assert saved.low == -0.8


def test_a_conversation_without_messages_has_no_mood():
    assert trend([]) == Trend(0.0, 0.0, 0.0)


def test_our_written_reviews_are_told_apart():
    texts = [*mood_reviews.VERY_NEGATIVE, *mood_reviews.NOT]
    labels = [1] * len(mood_reviews.VERY_NEGATIVE) + [0] * len(mood_reviews.NOT)

    assert roc_auc_score(labels, [judge(text).score for text in texts]) >= 0.9


def test_calm_questions_of_every_language_pass():
    flagged = [text for text in calm() if judge(text).flagged]

    assert len(flagged) <= len(calm()) * 0.005


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(), max_size=400))
def test_any_text_has_a_mood(text):
    assert -1 <= mood(text) <= 1
    assert 0 <= judge(text).score <= 1


@given(st.lists(st.floats(-1, 1), max_size=30))
def test_a_trend_stays_within_bounds(moods):
    assert -1 <= trend(moods).now <= 1


@pytest.mark.parametrize("piece", ["waste of ", "not ", "a", "!", "\ud800", "but ", "最悪", "GO ", "."])
def test_long_repeated_text_takes_no_long_time(piece):
    started = time.perf_counter()
    judge((piece * 100_000)[:100_000])
    judge((piece * 1_000_000)[:1_000_000])

    assert time.perf_counter() - started < 4


@needs_data
@pytest.mark.shared_data
def test_support_text_hardly_ever_alarms():
    rows = [row for row in read("injection") if row.source.startswith(("banking77", "multidogo"))]

    assert np.mean([judge(row.text).flagged for row in rows]) <= 0.006


@needs_data
@pytest.mark.shared_data
def test_very_negative_tweets_score_higher():
    rows = read("sentiment")[::3]
    labels = [row.label == "very_negative" for row in rows]

    assert roc_auc_score(labels, [judge(row.text).score for row in rows]) >= 0.93
