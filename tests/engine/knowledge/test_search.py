"""What a tenant's search finds, and what it must never find."""

from __future__ import annotations

import pytest
from django.db import connection
from pytest_django import Settings

from core.scope import tenant_scope
from engine.knowledge import queries, services
from engine.knowledge.models import Chunk, Source, Term, Vector
from engine.knowledge.queries import CitablePassage, search
from engine.knowledge.services import Upload
from tests.engine.knowledge import bicycles
from tests.factories import SETUP, Person, a_tenant


@pytest.fixture
def source(ana: Person) -> Source:
    return services.ensure_source(tenant_id=ana.tenant.pk, name="Help pages")


@pytest.fixture(scope="module")
def faq() -> Source:
    """One for all tests that only read it: encoding is the slow part."""
    source = services.ensure_source(tenant_id=a_tenant("Bikes").pk, name="Help pages")
    _add(source, Upload("faq.csv", bicycles.as_csv(), url="https://bikes.example/faq"))
    return source


def _add(source: Source, upload: Upload) -> None:
    services.add_document(tenant_id=source.tenant_id, actor=SETUP, source=source, upload=upload)


def _texts(found: list[CitablePassage]) -> list[str]:
    return [passage.text for passage in found]


def test_a_question_in_other_words_finds_its_answer(faq: Source) -> None:
    found = {asked: search(faq.tenant_id, asked)[0].text for asked, _ in bicycles.ASKED}

    assert found == {asked: bicycles.PAIRS[place][1] for asked, place in bicycles.ASKED}


def test_a_passage_says_where_it_comes_from(faq: Source) -> None:
    passage = search(faq.tenant_id, "How do refunds work?")[0]

    assert (passage.question, passage.title) == ("How do refunds work?", "faq")
    assert passage.url == "https://bikes.example/faq"
    assert passage.score > 0.8


@pytest.mark.parametrize("nonsense", [*bicycles.OUT_OF_SCOPE, "", "   ", "the of and", "?!", "'|&(:*\\"])
def test_nothing_is_found_where_nothing_fits(faq: Source, nonsense: str) -> None:
    assert search(faq.tenant_id, nonsense) == []


def test_another_tenant_finds_nothing_of_it(faq: Source, zoe: Person) -> None:
    theirs = services.ensure_source(tenant_id=zoe.tenant.pk, name="Help pages")
    _add(theirs, Upload("faq.csv", b"question,answer\nHow do refunds work?,We never pay anything back.\n"))

    found = search(zoe.tenant.pk, "How do refunds work?", k=50, floor=-1.0)

    assert _texts(found) == ["We never pay anything back."]


def test_a_passage_of_another_tenant_cannot_be_authorised(faq: Source, zoe: Person) -> None:
    passage = search(faq.tenant_id, "How do refunds work?")[0]
    row = (faq.tenant_id, passage.document, 1, "", "", "", "", "", passage.text, 1.0)

    with pytest.raises(queries.PassageOfAnotherTenant):
        queries.authorise(zoe.tenant.pk, row)
    with pytest.raises(TypeError):
        CitablePassage(passage.document, 1, "", "", "", "", "", "made up", 1.0)


def test_words_alone_decide_where_there_is_no_embedder(faq: Source, settings: Settings) -> None:
    settings.EMBEDDING_MODEL = "none"

    assert _texts(search(faq.tenant_id, "battery range in kilometres"))[:1] == [bicycles.PAIRS[6][1]]
    assert search(faq.tenant_id, "boiling point of ethanol") == []


def test_words_alone_decide_while_the_endpoint_is_away(faq: Source, settings: Settings) -> None:
    settings.EMBEDDING_BASE_URL, settings.EMBEDDING_DIMS = "http://127.0.0.1:1/v1", 4

    assert _texts(search(faq.tenant_id, "How do refunds work?"))[:1] == [bicycles.PAIRS[3][1]]


def test_a_rare_word_finds_its_passage_among_many_common_ones(source: Source, settings: Settings) -> None:
    settings.EMBEDDING_MODEL = "none"
    rows = [
        f"Is part {number} in stock?,Part {number} is in stock in the warehouse." for number in range(700)
    ]
    rows.append("Is the flugelhorn in stock?,The flugelhorn is sold out.")
    _add(source, Upload("parts.csv", "\n".join(["question,answer", *rows])))

    assert search(source.tenant_id, "is the flugelhorn in stock")[0].text == "The flugelhorn is sold out."


def test_german_words_are_found_in_their_other_forms(ana: Person, settings: Settings) -> None:
    settings.EMBEDDING_MODEL = "none"
    german = services.ensure_source(tenant_id=ana.tenant.pk, name="Hilfe", language="german")
    _add(german, Upload("hilfe.csv", "question,answer\nWie bezahle ich Rechnungen?,Per Lastschrift.\n"))

    assert _texts(search(ana.tenant.pk, "Rechnung bezahlen")) == ["Per Lastschrift."]


def test_an_unknown_language_is_refused(ana: Person) -> None:
    with pytest.raises(services.LanguageUnknown):
        services.ensure_source(tenant_id=ana.tenant.pk, name="x", language="klingon")


def test_word_counts_follow_the_chunks(source: Source) -> None:
    _add(source, Upload("some.md", "# Refunds\n\nRefunds of goods.\n\n# Lorries\n\nBig lorries."))
    _add(source, Upload("more.md", "# Refunds\n\nRefunds of refunds."))
    _add(source, Upload("more.md", "# Parcels\n\nParcels by lorry."))

    with tenant_scope(source.tenant_id), connection.cursor() as cursor:
        cursor.execute(
            "SELECT w.lexeme, count(*) FROM knowledge_chunk c, unnest(tsvector_to_array(c.search)) AS w(lexeme) "
            "WHERE c.tenant_id = %s AND w.lexeme NOT LIKE '#%%' GROUP BY 1",
            [source.tenant_id],
        )
        counted = dict(cursor.fetchall())
        kept = dict(Term.objects.filter(tenant_id=source.tenant_id).values_list("lexeme", "chunks"))
        chunks = Chunk.objects.filter(tenant_id=source.tenant_id).count()
        vectors = Vector.objects.filter(tenant_id=source.tenant_id).count()

    assert kept == counted | {"": chunks}
    assert vectors == chunks == 3
