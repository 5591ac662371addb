"""Runs that turn in circles, stand still or cost too much."""

from engine.agent.scripted import Line, ScriptedModel, call, fail
from engine.agent.values import ToolResult
from engine.gateway.metering import MoneySpent
from tests.engine.agent.turns import Conversation


async def test_a_round_of_calls_gone_through_again_and_again_is_a_loop(conversation: Conversation) -> None:
    conversation.limit(identical_calls=100, no_progress=100, steps=100, tool_calls=100, alternations=3)
    there, back = call("lookup_order", id=1), call("search_knowledge", query="order 1")

    outcome = await conversation.answer(ScriptedModel([there, back] * 10))

    assert (outcome.kind, outcome.reason) == ("exhausted", "alternations")
    assert len(conversation.shelf.calls) == 7


async def test_calls_that_tell_nothing_new_are_no_progress(conversation: Conversation) -> None:
    conversation.limit(steps=100, tool_calls=100, no_progress=3)
    conversation.shelf.results["lookup_order"] = ToolResult("no such order", is_error=True)

    outcome = await conversation.answer(ScriptedModel([call("lookup_order", id=n) for n in range(20)]))

    assert (outcome.kind, outcome.reason) == ("exhausted", "no_progress")
    assert len(conversation.shelf.calls) == 4


async def test_what_the_calls_cost_is_counted_against_the_limit(conversation: Conversation) -> None:
    conversation.limit(cents=10.0)
    dear = Line(calls=call("lookup_order", id=1).calls, cents=6.0)

    outcome = await conversation.answer(ScriptedModel([dear, dear, dear]))

    assert (outcome.kind, outcome.reason) == ("exhausted", "cents")
    assert len(conversation.shelf.calls) == 1


async def test_without_money_the_model_is_not_asked_and_the_budget_is_named(
    conversation: Conversation,
) -> None:
    outcome = await conversation.answer(ScriptedModel([fail(MoneySpent("tenant_day"))]))

    assert (outcome.kind, outcome.reason) == ("exhausted", "money_tenant_day")
