from typing import Any

from conversations.consumers import ChatConsumer


async def test_a_line_that_ends_while_it_is_written_to_fails_nobody() -> None:
    async def gone(message: Any) -> None:
        raise OSError("the client went away")

    socket = ChatConsumer()
    socket.base_send = gone

    await socket.deliver({"type": "status", "stage": "idle"})

    assert socket.closing
