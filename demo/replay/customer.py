"""The customer of one task: says what she wants by the chat socket, and comes back when the line is lost.

Invariant: she sends her message under one client id until it is acknowledged, and asks for what she missed by the last
`seq` that she saw, as the widget does.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

from core.errors import Unavailable

Frame = dict[str, Any]
POLL_SECONDS = 0.5
AGAIN_SECONDS = 0.15
HANDED_OVER = "handoff"


class NoAnswer(Unavailable):
    code = "replay_no_answer"


@dataclass(slots=True)
class Customer:
    """One customer with one conversation.

    Args:
        address: `host:port` of the web server.
        on_notice: given every notice of the log.
        going_on: asked again and again whether to go on waiting.
    """

    address: str
    slug: str
    on_notice: Callable[[Frame], None]
    going_on: Callable[[], bool]
    token: str = ""
    conversation: str = ""
    seq: int = 0
    lost: int = 0
    events: list[Frame] = field(default_factory=list)
    _is_taken: bool = False

    def ask(self, text: str, *, seconds: float) -> str:
        """Says it and waits for the answer.

        Raises:
            NoAnswer: none within the time, or the conversation was passed to a person.
        """
        client_id, until = secrets.token_hex(8), time.monotonic() + seconds
        while time.monotonic() < until and self.going_on():
            try:
                with self._connected() as socket:
                    if not self._is_taken:
                        message = {"type": "message", "client_id": client_id, "text": text}
                        socket.send(json.dumps(message))
                    return self._listen(socket, until)
            except (OSError, WebSocketException):
                self.lost += 1
                time.sleep(AGAIN_SECONDS)
        raise NoAnswer(f"no answer after {seconds:.0f} s; the log has {self._kinds()}")

    def answers(self) -> list[str]:
        """The texts of the assistant that she has seen."""
        return [frame["text"] for frame in self.events if _is_answer(frame)]

    def _connected(self) -> ClientConnection:
        address = f"ws://{self.address}/ws/chat/{self.slug}/"
        socket = connect(address, open_timeout=10, close_timeout=1, max_size=None, proxy=None)
        hello: Frame = {"type": "hello", "after": self.seq}
        if self.conversation:
            hello |= {"token": self.token, "conversation": self.conversation}
        socket.send(json.dumps(hello))
        return socket

    def _listen(self, socket: ClientConnection, until: float) -> str:
        while time.monotonic() < until and self.going_on():
            try:
                frame: Frame = json.loads(socket.recv(timeout=POLL_SECONDS))
            except TimeoutError:
                continue
            answer = self._hear(frame)
            if answer is not None:
                return answer
        raise NoAnswer(f"no answer in time; the log has {self._kinds()}")

    def _hear(self, frame: Frame) -> str | None:
        """The answer, if that is it."""
        match frame["type"]:
            case "welcome":
                self.conversation = frame["conversation"]
                self.token = frame.get("token") or self.token
            case "ack":
                self._is_taken = True
            case "error":
                raise NoAnswer(f"refused: {frame['code']} {frame['message']}")
            case "event":
                self._take(frame)
                if frame["kind"] == HANDED_OVER:
                    raise NoAnswer(f"passed to a person; the log has {self._kinds()}")
                return str(frame["text"]) if _is_answer(frame) else None
        return None

    def _take(self, frame: Frame) -> None:
        self.seq = frame["seq"]
        self.events.append(frame)
        self._is_taken = self._is_taken or frame["author"]["kind"] == "customer"
        if frame["kind"] == "notice":
            self.on_notice(frame)

    def _kinds(self) -> list[str]:
        return [f"{frame['kind']}: {frame['text'][:60]}".rstrip(": ") for frame in self.events]


def _is_answer(frame: Frame) -> bool:
    return frame["kind"] == "message" and frame["author"]["kind"] == "ai"
