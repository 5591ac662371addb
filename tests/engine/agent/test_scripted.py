import pytest

from engine.agent.scripted import ScriptedModel, ScriptOver, call, fail, say
from engine.gateway.errors import ModelServerError
from engine.gateway.protocol import Message, ModelRequest

REQUEST = ModelRequest("m", (Message("user", "hi"),))


async def heard(model: ScriptedModel) -> list[str]:
    pieces: list[str] = []

    async def on_text(piece: str) -> None:
        pieces.append(piece)

    await model.complete(REQUEST, on_text)
    return pieces


async def test_a_scripted_model_streams_words_with_their_spaces() -> None:
    assert await heard(ScriptedModel([say("  one two\n\nthree ")])) == ["  one", " two", "\n\nthree", " "]


async def test_a_scripted_model_remembers_what_it_was_asked() -> None:
    model = ScriptedModel([say("a"), say("b")])

    await heard(model)
    await heard(model)

    assert model.requests == [REQUEST, REQUEST]


async def test_a_scripted_error_comes_after_what_was_said() -> None:
    pieces: list[str] = []

    async def on_text(piece: str) -> None:
        pieces.append(piece)

    with pytest.raises(ModelServerError):
        await ScriptedModel([say("half of") + fail(ModelServerError())]).complete(REQUEST, on_text)
    assert pieces == ["half", " of"]


async def test_calls_get_ids_of_their_own() -> None:
    model = ScriptedModel([call("a", x=1) + call("b"), call("c")])

    async def ignore(_: str) -> None:
        return

    first = await model.complete(REQUEST, ignore)
    second = await model.complete(REQUEST, ignore)

    assert [made.id for made in (*first.tool_calls, *second.tool_calls)] == ["call_1", "call_2", "call_3"]
    assert first.tool_calls[0].arguments == '{"x": 1}'
    assert first.finish_reason == "tool_calls"


async def test_a_script_that_is_over_says_so() -> None:
    with pytest.raises(ScriptOver):
        await heard(ScriptedModel([]))
