"""The pages about knowledge in the console: passages of a document, a search to try, and gaps."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.test import Client
from django.utils import timezone

from core.scope import tenant_scope
from engine.knowledge import services as knowledge
from engine.knowledge.models import Document
from engine.knowledge.services import Upload
from escalation.gaps.grouping import Asked, grouped
from escalation.models import Handoff
from tests.console.furnished import a_search_without_result
from tests.factories import Person, a_visit

SignIn = Callable[[Person], Client]
SEARCH, GAPS = "/console/knowledge-search/", "/console/knowledge-gaps/"


def a_document(person: Person) -> Document:
    source = knowledge.ensure_source(tenant_id=person.tenant.pk, name="Help")
    upload = Upload(
        "returns.md", "# Returns\n\nYou may return goods within <b>sixty</b> days.\n\n# Delivery\n\nTwo days."
    )
    return knowledge.add_document(
        tenant_id=person.tenant.pk, actor=person.actor, source=source, upload=upload
    )


def test_a_document_shows_its_passages(ana: Person, zoe: Person, signed_in: SignIn) -> None:
    page = f"/console/knowledge/document/{a_document(ana).pk}/change/"

    shown = signed_in(ana).get(page).content.decode()

    assert "Passages, as they are searched and cited" in shown
    assert "You may return goods within" in shown
    assert signed_in(zoe).get(page).status_code == 404


def test_a_question_is_tried_and_shows_score_source_and_citation(
    ana: Person, ben: Person, zoe: Person, signed_in: SignIn
) -> None:
    a_document(ana)
    sent = {"q": "May I return goods?", "k": "1"}

    found = signed_in(ben).get(SEARCH, sent)
    nothing = signed_in(ana).get(SEARCH, {"q": "zebra"})
    theirs = signed_in(zoe).get(SEARCH, sent)

    assert found.context["rows"][0]["score"] > 0.25
    assert "source “Help”" in found.content.decode()
    assert found.context["rows"][0]["citation"].quote.startswith("You may return")
    assert "Nothing found" in nothing.content.decode()
    assert theirs.context["rows"] == []


def test_a_wrong_number_of_passages_is_said(ana: Person, signed_in: SignIn) -> None:
    reply = signed_in(ana).get(SEARCH, {"q": "x", "k": "900"})

    assert "20" in str(reply.context["form"].errors["k"])


def test_gaps_put_questions_alike_together_with_their_conversations(
    ana: Person, zoe: Person, signed_in: SignIn
) -> None:
    first = a_search_without_result(ana, "Do you ship to Norway?")
    a_search_without_result(ana, "do you ship to norway please")
    a_search_without_result(ana, "How long is the warranty?")
    a_search_without_result(ana, "", "[not json")
    with tenant_scope(ana.tenant.pk):
        Handoff.objects.create(
            tenant=ana.tenant, conversation_id=a_visit(ana.tenant).conversation_id, reason="unsure", status="resolved",
            packet={"goal": "She asks about shipping: do you ship to Norway?"},
        )  # fmt: skip
        Handoff.objects.create(
            tenant=ana.tenant, conversation_id=a_visit(ana.tenant).conversation_id, reason="unsure", status="resolved",
            packet={"goal": "Long ago"}, queued_at=timezone.now() - dt.timedelta(days=40),
        )  # fmt: skip

    page = signed_in(ana).get(GAPS)
    longer = signed_in(ana).get(GAPS, {"days": "90", "q": "long"})

    assert [(group["times"], len(group["talks"])) for group in page.context["groups"]] == [(3, 3), (1, 1)]
    assert f"/conversations/conversation/{first}/change/" in page.content.decode()
    assert {group["text"] for group in longer.context["groups"]} == {"Long ago", "How long is the warranty?"}
    assert signed_in(zoe).get(GAPS).context["groups"] == []


def test_likeness_is_about_telling_words() -> None:
    at = timezone.now()
    texts = ["Where is my parcel?", "where is the parcel", "Where is the manual?", "???"]
    asked = [Asked(text, "unsure", number, None, at) for number, text in enumerate(texts)]  # type: ignore[arg-type]

    assert [len(group.asked) for group in grouped(asked)] == [2, 1, 1]
