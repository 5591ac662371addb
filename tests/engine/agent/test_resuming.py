"""Runs that stop between two steps and are gone on with."""

from engine.agent.scripted import ScriptedModel, call, say
from engine.agent.values import Citation, Step, ToolResult, Unchecked
from engine.gateway.protocol import Message
from tests.engine.agent.turns import Conversation, Shelf


def passages(first: int) -> ToolResult:
    return ToolResult("{}", citations=(Citation(first, "p-Shipping", "Shipping", "", "…"),))


async def test_a_call_that_needs_a_yes_makes_the_run_wait(conversation: Conversation) -> None:
    conversation.shelf.results["lookup_order"] = ToolResult("", waiting="approval-1")
    script = [say("One moment.") + call("lookup_order", id=1) + call("search_knowledge", query="x")]

    outcome = await conversation.answer(ScriptedModel(script))

    assert (outcome.kind, outcome.reason, outcome.note) == ("waiting", "approval-1", "lookup_order")
    assert [made.name for made in conversation.shelf.calls] == ["lookup_order"]
    assert [step.kind for step in outcome.steps] == ["model"]


async def test_a_run_goes_on_from_its_last_step_with_the_call_that_was_due(
    conversation: Conversation,
) -> None:
    script = [
        say("One moment.") + call("lookup_order", id=1) + call("search_knowledge", query="x"),
        say("All done [1]."),
    ]
    conversation.shelf.results["search_knowledge"] = passages
    whole = await conversation.answer(ScriptedModel(script))

    for cut in range(1, len(whole.steps)):
        again = Conversation(done=whole.steps[:cut], shelf=Shelf(dict(conversation.shelf.results)))
        model = ScriptedModel(script[1:])
        rest = await again.answer(model)

        assert (rest.text, rest.citations) == (whole.text, whole.citations)
        assert again.seen == rest.text
        assert again.shelf.numbers == [2, 3][cut - 1 :]
        assert model.requests[0].messages == (*conversation.messages, *_told(whole.steps))
        assert [step.number for step in (*again.done, *again.noted)] == [1, 2, 3, 4]


def _told(steps: tuple[Step, ...]) -> list[Message]:
    """What the model had been told before its last reply."""
    said = Message("assistant", steps[0].text, steps[0].calls)
    return [
        said,
        *(Message("tool", step.text, tool_call_id=step.call.id) for step in steps[1:3] if step.call),
    ]


async def test_every_step_is_in_the_book_before_the_next_begins(conversation: Conversation) -> None:
    script = [call("lookup_order", id=1), say("ok")]

    outcome = await conversation.answer(ScriptedModel(script))

    assert tuple(conversation.noted) == outcome.steps
    assert [step.number for step in outcome.steps] == [1, 2, 3]


class Careful(Unchecked):
    """Lets out what it is told, and keeps when an answer was over."""

    def __init__(self) -> None:
        self.over: list[str] = []
        self._heard = ""

    def feed(self, piece: str) -> str:
        self._heard += piece
        return piece

    def finish(self) -> str:
        self.over.append(self._heard)
        return ""


async def test_what_a_failed_call_had_said_is_no_answer_that_is_over() -> None:
    failed = Step("model", "any", 0.1, number=1, text="It ships", detail="model_stream_cut", is_error=True)
    conversation = Conversation(done=(failed,), outlet=Careful())

    outcome = await conversation.answer(ScriptedModel([say("It ships today.")]))

    assert isinstance(conversation.outlet, Careful)
    assert conversation.outlet.over == ["It ships today."]
    assert outcome.text == "It ships today."
