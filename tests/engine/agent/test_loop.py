import asyncio
from itertools import repeat

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.agent.loop import run
from engine.agent.scripted import Line, ScriptedModel, call, call_with, fail, say
from engine.agent.values import Citation, HandOff, Limits, Surroundings, ToolResult, Turn
from engine.gateway.errors import ModelRateLimited, ModelStreamCut
from engine.gateway.protocol import Message, ModelReply, ModelRequest, OnText, Usage
from tests.engine.agent.turns import TOOLS, Conversation


def passages(*titles: str):
    def found(first: int) -> ToolResult:
        cited = tuple(Citation(first + at, f"p-{title}", title, "", "…") for at, title in enumerate(titles))
        return ToolResult("{}", citations=cited)

    return found


async def test_an_answer_is_streamed_word_by_word_and_is_the_outcome(conversation: Conversation) -> None:
    outcome = await conversation.answer(ScriptedModel([say("It ships today.")]))

    assert outcome.kind == "answered"
    assert conversation.pieces == ["It", " ships", " today."]
    assert outcome.text == "It ships today."
    assert conversation.stages == ["thinking"]


async def test_a_search_is_made_and_its_result_goes_back_to_the_model(conversation: Conversation) -> None:
    conversation.shelf.results["search_knowledge"] = ToolResult('{"passages": []}')
    model = ScriptedModel([call("search_knowledge", query="parcel"), say("Tomorrow.")])

    outcome = await conversation.answer(model)

    assert outcome.text == "Tomorrow."
    assert conversation.stages == ["thinking", "searching", "thinking"]
    assert model.requests[1].messages[-1] == Message("tool", '{"passages": []}', tool_call_id="call_1")
    assert model.requests[1].messages[-2].tool_calls[0].name == "search_knowledge"


async def test_words_before_a_tool_call_stay_part_of_what_the_customer_saw(
    conversation: Conversation,
) -> None:
    model = ScriptedModel([say("Let me look.") + call("search_knowledge", query="x"), say("Found it.")])

    outcome = await conversation.answer(model)

    assert outcome.text == conversation.seen == "Let me look.\n\nFound it."


async def test_calls_of_one_reply_are_made_in_order(conversation: Conversation) -> None:
    line = call("search_knowledge", query="a") + call("lookup_order", id=7)

    await conversation.answer(ScriptedModel([line, say("ok")]))

    assert [made.name for made in conversation.shelf.calls] == ["search_knowledge", "lookup_order"]
    assert conversation.stages == ["thinking", "searching", "tool", "thinking"]


@pytest.mark.parametrize("arguments", ['{"query": "par', "[1]", "null", '"text"', "[" * 100_000])
async def test_malformed_arguments_are_told_to_the_model_and_reach_no_tool(
    conversation: Conversation, arguments: str
) -> None:
    model = ScriptedModel([call_with("search_knowledge", arguments), say("Sorry.")])

    outcome = await conversation.answer(model)

    assert outcome.kind == "answered"
    assert conversation.shelf.calls == []
    assert "JSON" in model.requests[1].messages[-1].text
    assert (outcome.steps[1].is_error, outcome.steps[1].detail) == (True, "malformed_arguments")


async def test_a_call_without_arguments_is_made_with_an_empty_object(conversation: Conversation) -> None:
    await conversation.answer(ScriptedModel([call_with("lookup_order", ""), say("ok")]))

    assert conversation.shelf.calls[0].arguments == "{}"


async def test_a_tool_that_is_not_on_offer_is_never_called(conversation: Conversation) -> None:
    model = ScriptedModel([call("delete_everything"), say("I can't.")])

    outcome = await conversation.answer(model)

    assert outcome.kind == "answered"
    assert conversation.shelf.calls == []
    assert outcome.steps[1].detail == "unknown_tool"


async def test_a_tools_error_goes_back_to_the_model(conversation: Conversation) -> None:
    conversation.shelf.results["lookup_order"] = ToolResult("no such order", is_error=True)
    model = ScriptedModel([call("lookup_order", id=1), say("There is no such order.")])

    outcome = await conversation.answer(model)

    assert outcome.kind == "answered"
    assert model.requests[1].messages[-1].text == "no such order"
    assert outcome.steps[1].is_error


async def test_only_passages_that_are_cited_are_listed(conversation: Conversation) -> None:
    conversation.shelf.results["search_knowledge"] = passages("Shipping", "Returns", "Prices")
    model = ScriptedModel(
        [call("search_knowledge", query="x"), say("Two days [2]. See also [9] and [1, 3].")]
    )

    outcome = await conversation.answer(model)

    assert [citation.title for citation in outcome.citations] == ["Shipping", "Returns", "Prices"]
    assert "[9]" in outcome.text

    model = ScriptedModel([call("search_knowledge", query="x"), say("Two days [2].")])
    outcome = await conversation.answer(model)
    assert [citation.n for citation in outcome.citations] == [2]


async def test_citations_are_numbered_on_through_the_run(conversation: Conversation) -> None:
    conversation.shelf.results["search_knowledge"] = passages("A", "B")
    script = [
        call("search_knowledge", query="x"),
        call("search_knowledge", query="y"),
        say("So [1] and [4]."),
    ]

    outcome = await conversation.answer(ScriptedModel(script))

    assert [citation.n for citation in outcome.citations] == [1, 4]


async def test_a_hand_off_by_a_tool_ends_the_run(conversation: Conversation) -> None:
    conversation.shelf.results["request_person"] = ToolResult("", hand_off=HandOff("asked", "wants a refund"))
    line = say("One moment.") + call("request_person", reason="asked") + call("lookup_order", id=1)

    outcome = await conversation.answer(ScriptedModel([line]))

    assert (outcome.kind, outcome.reason, outcome.note) == ("handed_over", "asked", "wants a refund")
    assert outcome.text == "One moment."
    assert [made.name for made in conversation.shelf.calls] == ["request_person"]


async def test_a_models_error_ends_the_run_with_its_code_and_what_was_said(
    conversation: Conversation,
) -> None:
    cut = ModelStreamCut(usage=Usage(10, 2, estimated=True))

    outcome = await conversation.answer(ScriptedModel([say("It ships") + fail(cut)]))

    assert (outcome.kind, outcome.reason) == ("failed", "model_stream_cut")
    assert outcome.text == conversation.seen == "It ships"
    assert outcome.usage == Usage(10, 2, estimated=True)
    assert outcome.steps[-1].is_error


async def test_an_empty_reply_is_asked_for_once_more(conversation: Conversation) -> None:
    outcome = await conversation.answer(ScriptedModel([say(""), say("Here I am.")]))

    assert (outcome.kind, outcome.text) == ("answered", "Here I am.")


async def test_two_empty_replies_are_a_failure(conversation: Conversation) -> None:
    outcome = await conversation.answer(ScriptedModel([say(""), say("")]))

    assert (outcome.kind, outcome.reason) == ("failed", "empty_reply")


async def test_an_answer_that_was_cut_short_says_so(conversation: Conversation) -> None:
    outcome = await conversation.answer(ScriptedModel([say("It ships to", finish_reason="length")]))

    assert (outcome.kind, outcome.note) == ("answered", "length")


@pytest.mark.parametrize(
    ("limit", "value", "line"),
    [
        ("steps", 3, call("lookup_order", id=1)),
        ("tool_calls", 3, call("lookup_order", id=1)),
        ("tokens", 100, say("word " * 100) + call("lookup_order", id=1)),
    ],
)
async def test_a_model_that_never_ends_is_stopped_and_the_limit_named(
    conversation: Conversation, limit: str, value: int, line: Line
) -> None:
    conversation.limit(identical_calls=1000, no_progress=1000)
    conversation.limit(**{limit: value})

    outcome = await conversation.answer(ScriptedModel(repeat(line)))

    assert (outcome.kind, outcome.reason) == ("exhausted", limit)


async def test_the_same_call_in_other_spelling_is_the_same_call(conversation: Conversation) -> None:
    conversation.limit(identical_calls=2)
    spellings = ['{"a": 1, "b": 2}', '{"b":2,"a":1}', ' {"a":1,"b":2} ']

    outcome = await conversation.answer(
        ScriptedModel([call_with("lookup_order", text) for text in spellings])
    )

    assert (outcome.kind, outcome.reason) == ("exhausted", "identical_calls")
    assert len(conversation.shelf.calls) == 2


async def test_the_limit_on_time_is_read_from_the_given_clock(conversation: Conversation) -> None:
    conversation.seconds_a_look = 30.0

    outcome = await conversation.answer(ScriptedModel(repeat(call("lookup_order", id=1))))

    assert (outcome.kind, outcome.reason) == ("exhausted", "seconds")


class Hanging:
    """A model that says a word and then nothing, ever."""

    def __init__(self) -> None:
        self.silent = asyncio.Event()

    async def complete(self, request: ModelRequest, on_text: OnText) -> ModelReply:
        await on_text("Well")
        self.silent.set()
        await asyncio.Event().wait()
        raise AssertionError


async def test_a_hanging_model_is_stopped_and_what_it_cost_is_estimated(conversation: Conversation) -> None:
    conversation.limit(seconds=0.05)

    outcome = await conversation.answer(Hanging())

    assert (outcome.kind, outcome.reason, outcome.text) == ("exhausted", "seconds", "Well")
    assert outcome.usage.estimated
    assert outcome.usage.completion_tokens == 2


async def test_cancelling_a_run_is_not_an_outcome(conversation: Conversation) -> None:
    model = Hanging()
    task = asyncio.ensure_future(conversation.answer(model))
    await model.silent.wait()

    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task


async def test_usage_adds_up_over_the_models_calls(conversation: Conversation) -> None:
    first, second = Usage(100, 10, 5), Usage(150, 20, 100)
    line = call("lookup_order", id=1)
    model = ScriptedModel([Line(calls=line.calls, usage=first), say("ok", usage=second)])

    outcome = await conversation.answer(model)

    assert outcome.usage == Usage(250, 30, 105)
    assert [step.kind for step in outcome.steps] == ["model", "tool", "model"]


async def test_an_error_of_the_caller_is_not_swallowed() -> None:
    async def refuse(_: str) -> None:
        raise TimeoutError("the socket is gone")

    async def ignore(_: str) -> None:
        return

    turn = Turn("r", "m", (Message("user", "hi"),))
    with pytest.raises(TimeoutError, match="socket"):
        await run(
            turn,
            Surroundings(
                model=ScriptedModel([say("Hello")]),
                tools=Conversation().shelf,
                on_text=refuse,
                on_stage=ignore,
                clock=lambda: 0.0,
            ),
        )


LINES = st.builds(
    lambda text, calls, error: Line(text, tuple(calls), error=error),
    st.text(max_size=30),
    st.lists(
        st.tuples(
            st.sampled_from([*(tool.name for tool in TOOLS), "nonsense"]),
            st.sampled_from(["{}", "", '{"a": 1}', '{"a": 2}', "{", "[]"]),
        ),
        max_size=3,
    ),
    st.sampled_from([None, None, None, None, ModelRateLimited()]),
)
LIMITS = st.builds(
    Limits,
    steps=st.integers(0, 6),
    tool_calls=st.integers(0, 6),
    identical_calls=st.integers(0, 3),
    tokens=st.integers(0, 2000),
)


@settings(max_examples=200, deadline=None)
@given(lines=st.lists(LINES, min_size=1, max_size=4), limits=LIMITS)
def test_any_model_comes_to_an_end_within_its_limits_and_the_text_is_what_was_seen(
    lines: list[Line], limits: Limits
) -> None:
    def forever():
        while True:
            yield from lines

    conversation = Conversation(limits=limits)
    model = ScriptedModel(forever())
    outcome = asyncio.run(conversation.answer(model))

    assert outcome.text == conversation.seen
    assert len(model.requests) <= limits.steps
    assert len([step for step in outcome.steps if step.kind == "tool"]) <= limits.tool_calls
    if outcome.kind == "exhausted":
        assert outcome.reason in {
            "steps",
            "tool_calls",
            "identical_calls",
            "alternations",
            "no_progress",
            "tokens",
        }
