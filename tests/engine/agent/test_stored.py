import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.agent.intents import small_talk
from engine.agent.passages import excerpt
from engine.agent.stored import QUOTED_CHARACTERS, Phrases, StoredAnswers
from engine.agent.values import Citation, HandOff, ToolResult
from engine.gateway.protocol import Message
from engine.guardrails.wishes import wants_person
from tests.engine.agent.turns import TOOLS, Conversation

PHRASES = Phrases.of("")
SHIPPING = (
    "We pack orders every morning. Parcels within the country arrive in two to three days. "
    "Parcels to other countries take five to nine days. "
    "You get a message with a tracking number as soon as the parcel has left us. "
    "If the parcel has not arrived after ten days, write to us and we will look for it.\n\n"
    "Gift wrapping costs two coins for each parcel and can be chosen in the basket. It is made of old paper."
)
RETURNS = "You can send anything back within thirty days. Parcels that come back must be unopened."


def passage(
    n: int, text: str, *, score: float = 1.0, title: str = "Shipping", heading: str = "Times"
) -> dict:
    return {"n": n, "title": title, "heading": heading, "text": text, "score": score, "url": ""}


def found(*passages: dict) -> ToolResult:
    cited = tuple(Citation(p["n"], f"p{p['n']}", p["title"], p["heading"], p["text"]) for p in passages)
    return ToolResult(json.dumps({"passages": passages}), citations=cited)


def ask(conversation: Conversation, *texts: str) -> None:
    conversation.messages = (Message("system", "Be kind."), *(Message("user", text) for text in texts))


async def test_a_question_is_answered_with_a_quotation_and_its_mark(conversation: Conversation) -> None:
    ask(conversation, "How long does a parcel to another country take?")
    conversation.shelf.results["search_knowledge"] = found(passage(1, SHIPPING))

    outcome = await conversation.answer(StoredAnswers())

    assert outcome.kind == "answered"
    assert PHRASES.intro in outcome.text
    assert PHRASES.offer in outcome.text
    quote = outcome.text.split("“")[1].split("”")[0]
    assert "five to nine days" in quote
    assert quote in SHIPPING
    assert [citation.n for citation in outcome.citations] == [1]
    assert len(conversation.pieces) > 20


async def test_the_search_gets_the_whole_burst_of_messages(conversation: Conversation) -> None:
    conversation.messages = (
        Message("user", "Do you sell lamps?"),
        Message("assistant", "Yes."),
        Message("user", "My parcel is late"),
        Message("user", "order 12"),
    )
    conversation.shelf.results["search_knowledge"] = found()

    await conversation.answer(StoredAnswers())

    assert json.loads(conversation.shelf.calls[0].arguments) == {"query": "My parcel is late\norder 12"}


async def test_when_nothing_fits_it_says_so_and_offers_a_person(conversation: Conversation) -> None:
    conversation.shelf.results["search_knowledge"] = found()

    outcome = await conversation.answer(StoredAnswers())

    assert outcome.text == PHRASES.nothing
    assert outcome.citations == ()


@pytest.mark.parametrize(
    "text", ["the search is down", "{}", '{"passages": 3}', '{"passages": [{"n": "x"}]}', "[]"]
)
async def test_a_search_that_failed_is_not_called_an_empty_one(conversation: Conversation, text: str) -> None:
    conversation.shelf.results["search_knowledge"] = ToolResult(text, is_error=True)

    outcome = await conversation.answer(StoredAnswers())

    assert outcome.text == PHRASES.no_search


async def test_a_second_passage_is_quoted_only_when_it_speaks_of_the_same(conversation: Conversation) -> None:
    ask(conversation, "unopened parcels")
    both = found(passage(1, RETURNS), passage(2, "Unopened parcels are refunded at once.", score=0.9))
    conversation.shelf.results["search_knowledge"] = both
    outcome = await conversation.answer(StoredAnswers())
    assert [citation.n for citation in outcome.citations] == [1, 2]

    one = found(passage(1, RETURNS), passage(2, "Lamps are sold in pairs.", score=0.9))
    conversation.shelf.results["search_knowledge"] = one
    outcome = await conversation.answer(StoredAnswers())
    assert [citation.n for citation in outcome.citations] == [1]


async def test_what_only_resembles_the_question_is_not_quoted(conversation: Conversation) -> None:
    ask(conversation, "Do you sell pizza?")
    vague = passage(1, "Show us a lower price of another shop.", score=0.26, title="Price match", heading="")
    conversation.shelf.results["search_knowledge"] = found(vague)
    outcome = await conversation.answer(StoredAnswers())
    assert outcome.text == PHRASES.nothing

    ask(conversation, "Lower price in another shop?")
    outcome = await conversation.answer(StoredAnswers())
    assert vague["text"] in outcome.text


@pytest.mark.parametrize(
    ("title", "heading", "label"),
    [
        ("Returns", "In a store", "Returns › In a store:"),
        ("Returns", "", "Returns:"),
        ("Questions and answers", "Is it free?", "Is it free?"),
        ("Questions and answers", "", "Questions and answers:"),
        ("", "", ""),
    ],
)
async def test_a_quotation_says_where_it_stands(
    conversation: Conversation, title: str, heading: str, label: str
) -> None:
    conversation.shelf.results["search_knowledge"] = found(passage(1, RETURNS, title=title, heading=heading))

    outcome = await conversation.answer(StoredAnswers())

    quoted = outcome.text.split("\n\n")[1]
    assert quoted == "\n".join(part for part in (label, f"“{RETURNS}” [1]") if part)


@pytest.mark.parametrize(
    "text",
    [
        "person",
        "“Person”",
        "A human, please!",
        "Can I talk to a person about my order?",
        "I want to speak with a real human now",
        "please connect me to an agent",
        "this is useless, i need a human",
        "let me talk to customer service",
        "My parcel is lost\nperson",
    ],
)
async def test_who_asks_for_a_person_gets_one(conversation: Conversation, text: str) -> None:
    ask(conversation, text)
    conversation.shelf.results["request_person"] = ToolResult("", hand_off=HandOff("asked"))

    outcome = await conversation.answer(StoredAnswers())

    assert outcome.kind == "handed_over"
    assert [made.name for made in conversation.shelf.calls] == ["request_person"]


@pytest.mark.parametrize(
    "text",
    [
        "How much is it per person?",
        "When is customer service open?",
        "Can I add a person to my account?",
        "Is there a person discount?",
        "Do you have an agent in Lindau?",
        "What does the support plan cost?",
        "Can my wife write a review?",
    ],
)
def test_a_question_that_names_a_person_is_a_question(text: str) -> None:
    assert not wants_person(text).flagged


async def test_without_the_tool_the_wish_for_a_person_is_not_lost_in_silence(
    conversation: Conversation,
) -> None:
    ask(conversation, "I want a human")
    conversation.tools = TOOLS[:1]

    outcome = await conversation.answer(StoredAnswers())

    assert outcome.text == PHRASES.no_person


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("hi", "greeting"),
        ("Hello there!", "greeting"),
        ("Good morning 👋", "greeting"),
        ("ok thanks", "thanks"),
        ("Thank you so much!!", "thanks"),
        ("bye", "goodbye"),
        ("hi, where is my parcel?", None),
        ("thanks but where is it", None),
        ("?", None),
        ("", None),
    ],
)
async def test_small_talk_is_answered_without_a_search(
    conversation: Conversation, text: str, kind: str | None
) -> None:
    ask(conversation, text)
    conversation.shelf.results["search_knowledge"] = found()

    outcome = await conversation.answer(StoredAnswers())

    assert small_talk(text) == kind
    assert outcome.text == (getattr(PHRASES, kind) if kind else PHRASES.nothing)
    assert bool(conversation.shelf.calls) == (kind is None)


async def test_without_a_search_tool_it_says_that_it_cannot_search(conversation: Conversation) -> None:
    conversation.tools = ()

    outcome = await conversation.answer(StoredAnswers())

    assert outcome.text == PHRASES.no_search


def test_an_excerpt_begins_where_the_question_is_met() -> None:
    chosen = excerpt(SHIPPING, "What does gift wrapping cost?", 300)

    assert chosen.startswith("Gift wrapping costs two coins")


def test_wrapped_lines_and_lists_are_read_as_they_are_meant() -> None:
    filler = "Our shop opened long ago and has moved twice since then. " * 5
    wrapped = f"{filler}\nLamps are sent in a box of wood,\nwhich we take back.\n\n- Vases: in straw\n- Rugs: rolled"

    assert excerpt(wrapped, "wood box", 60) == "Lamps are sent in a box of wood,\nwhich we take back."
    assert excerpt(wrapped, "rugs rolled?", 60).startswith("- Rugs: rolled")


def test_a_short_passage_is_quoted_whole() -> None:
    assert excerpt(RETURNS, "anything", 700) == RETURNS


PROSE = st.text(alphabet="abc deé.!?\n…", min_size=1, max_size=1500).filter(str.strip)


@settings(max_examples=300, deadline=None)
@given(text=PROSE, question=st.text(alphabet="abc de", max_size=60), room=st.integers(80, QUOTED_CHARACTERS))
def test_an_excerpt_stands_in_its_passage_and_keeps_to_its_room(text: str, question: str, room: int) -> None:
    chosen = excerpt(text, question, room)

    assert 0 < len(chosen) <= room
    assert chosen in text or (chosen.endswith("…") and chosen[:-1] in text)


@settings(max_examples=100, deadline=None)
@given(text=st.text(max_size=400))
def test_no_text_breaks_the_reading_of_wishes(text: str) -> None:
    assert 0 <= wants_person(text).score <= 1
    assert small_talk(text) in {"greeting", "thanks", "goodbye", None}
