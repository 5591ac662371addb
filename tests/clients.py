"""A chat client for tests: the real protocol over a real socket, synchronous."""

from __future__ import annotations

import json
import secrets
from types import TracebackType
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

Frame = dict[str, Any]
SECONDS = 60


class ChatClient:
    """One socket. `draft` is the text of the answer being written, put together as a widget does it."""

    def __init__(self, ws_url: str, slug: str, *, origin: str = "", hello: Frame | None = None) -> None:
        sent_from = Origin(origin) if origin else None
        address = f"{ws_url}/ws/chat/{slug}/"
        self.socket: ClientConnection = connect(
            address, origin=sent_from, max_size=None, legacy=True, close_timeout=1
        )
        self.run, self.draft, self.seq = "", "", 0
        self.events: list[Frame] = []
        self.welcome: Frame = {}
        if hello is not None:
            self.send({"type": "hello"} | hello)
            self.welcome = self.until("welcome")

    def __enter__(self) -> ChatClient:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self.socket.close()

    def send(self, frame: Frame) -> None:
        self.socket.send(json.dumps(frame))

    def say(self, text: str, client_id: str = "") -> str:
        client_id = client_id or secrets.token_hex(6)
        self.send({"type": "message", "client_id": client_id, "text": text})
        return client_id

    def next(self, seconds: float = SECONDS) -> Frame:
        frame: Frame = json.loads(self.socket.recv(timeout=seconds))
        if frame["type"] == "delta":
            self._write(frame)
        if frame["type"] == "event":
            assert frame["seq"] == self.seq + 1 or not self.events, f"a gap before {frame}"
            self.seq = frame["seq"]
            self.events.append(frame)
        return frame

    def until(self, type_: str, **wanted: Any) -> Frame:
        """The next frame of this type whose fields are as wanted."""
        while True:
            frame = self.next()
            if frame["type"] == type_ and all(frame.get(name) == value for name, value in wanted.items()):
                return frame

    def until_quiet(self, seconds: float) -> None:
        """Reads until nothing comes for so long; then raises TimeoutError."""
        while True:
            self.next(seconds)

    def answer(self) -> Frame:
        """The next message of the assistant."""
        while True:
            frame = self.until("event", kind="message")
            if frame["author"]["kind"] == "ai":
                return frame

    def close_code(self) -> int:
        """Reads until the server hangs up."""
        with pytest.raises(ConnectionClosed) as closed:
            self._read_on()
        assert closed.value.rcvd is not None
        return closed.value.rcvd.code

    def _read_on(self) -> None:
        while True:
            self.next()

    def cut(self) -> None:
        """Loses the line without a goodbye."""
        self.socket.socket.close()

    def _write(self, frame: Frame) -> None:
        if frame["run"] != self.run or frame["offset"] == 0:
            self.run, self.draft = frame["run"], ""
        assert frame["offset"] <= len(self.draft), f"a hole before {frame}"
        self.draft += frame["text"][len(self.draft) - frame["offset"] :]
