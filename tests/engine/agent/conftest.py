import pytest

from tests.engine.agent.turns import Conversation


@pytest.fixture
def conversation() -> Conversation:
    return Conversation()
