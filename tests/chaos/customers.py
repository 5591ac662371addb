"""Customers who never give up: what they sent, what they were told, and how long they waited.

A customer works like the widget: it sends a message under a client id, and sends it again under the same one, over
a new line where the old one broke, until the message is acknowledged; then it waits for the answer.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import httpx2 as httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

Frame = dict[str, Any]
BROKEN = (ConnectionClosed, InvalidHandshake, OSError, TimeoutError)
STALLED = 50.0
"""Seconds without the frame that is waited for; then the line counts as dead though nobody closed it."""
PAUSE = 0.3
LEAST_WAIT = 0.2


@dataclass
class Message:
    """One message of a customer. Times are those of `time.monotonic`; 0 when it has not happened."""

    mark: str
    client_id: str
    text: str
    tried_at: float = 0.0
    acked_at: float = 0.0
    answered_at: float = 0.0
    conversation: str = ""
    seq: int = 0
    level: str = ""

    @property
    def is_open(self) -> bool:
        return not self.answered_at


@dataclass
class Record:
    """What all customers lived through."""

    messages: list[Message] = field(default_factory=list)
    errors: list[tuple[float, Frame]] = field(default_factory=list)
    closes: list[tuple[float, int]] = field(default_factory=list)
    stalls: list[tuple[float, str]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    holes: int = 0
    shown: dict[str, dict[str, dict[int, Frame]]] = field(default_factory=lambda: defaultdict(dict))
    """By customer, conversation and seq: the events that were shown."""

    def answered_since(self, since: float, *, level: str = "") -> list[Message]:
        """Messages acknowledged and answered after a moment, the first answer first."""
        found = [
            one
            for one in self.messages
            if one.acked_at >= since and one.answered_at and (not level or one.level == level)
        ]
        return sorted(found, key=lambda one: one.answered_at)

    def errors_since(self, since: float) -> list[Frame]:
        return [frame for at, frame in self.errors if at >= since]


class Line:
    """A socket with a cursor: it opens itself again where it was, and shows each event of the log once."""

    def __init__(self, record: Record, name: str, address: str) -> None:
        self.record, self.name, self.address = record, name, address
        self.socket: ClientConnection | None = None
        self.openings = 0
        self.forget()

    def forget(self) -> None:
        """Becomes a new customer."""
        self.token = self.conversation = self.run = self.draft = ""
        self.seq = 0

    async def open(self) -> None:
        """Opens the line unless it is open."""
        if self.socket is not None:
            return
        self.socket = await connect(self.address, max_size=None, open_timeout=10, ping_interval=None)
        self.openings += 1
        hello: Frame = {"type": "hello", "after": self.seq}
        if self.token:
            hello |= {"token": self.token, "conversation": self.conversation}
        if self.draft:
            hello |= {"run": self.run, "offset": len(self.draft)}
        await self.socket.send(json.dumps(hello))
        while True:
            frame = await self.next()
            if frame["type"] == "error":
                await self.drop()
                await asyncio.sleep(frame.get("retry_after") or PAUSE)
                raise ConnectionError(frame["code"])
            if frame["type"] == "welcome":
                self.token, self.conversation = frame.get("token", self.token), frame["conversation"]
                return

    async def drop(self) -> None:
        if self.socket is not None:
            socket, self.socket = self.socket, None
            await socket.close()

    async def send(self, frame: Frame) -> None:
        if self.socket is None:
            raise ConnectionError
        await self.socket.send(json.dumps(frame))

    async def next(self, seconds: float = STALLED) -> Frame:
        """The next frame.

        Raises:
            TimeoutError, ConnectionError, websockets.exceptions.ConnectionClosed
        """
        if self.socket is None:
            raise ConnectionError
        raw = await asyncio.wait_for(self.socket.recv(), seconds)
        if "Traceback" in str(raw):
            self.record.wrong.append(f"{self.name}: a stack trace was shown: {raw!r}")
        frame: Frame = json.loads(raw)
        self._take(frame)
        return frame

    def broke(self, error: BaseException) -> None:
        now = time.monotonic()
        self.socket = None
        if isinstance(error, ConnectionClosed) and error.rcvd is not None:
            self.record.closes.append((now, error.rcvd.code))
        elif isinstance(error, TimeoutError):
            self.record.stalls.append((now, self.name))

    def _take(self, frame: Frame) -> None:
        match frame["type"]:
            case "error":
                self.record.errors.append((time.monotonic(), frame))
            case "event":
                if frame["seq"] != self.seq + 1:
                    self._complain(f"event {frame['seq']} after {self.seq}")
                self.seq = frame["seq"]
                self.record.shown[self.name].setdefault(self.conversation, {})[frame["seq"]] = frame
                self._compare(frame)
            case "delta":
                self._write(frame)

    def _write(self, frame: Frame) -> None:
        if frame["run"] != self.run or frame["offset"] == 0:
            self.run, self.draft = frame["run"], ""
        if frame["offset"] > len(self.draft):
            # A bundle was lost with Redis: a client waits for a piece that fits, or for the log.
            self.record.holes += 1
            return
        self.draft += frame["text"][len(self.draft) - frame["offset"] :]

    def _compare(self, frame: Frame) -> None:
        """What was streamed, joined, is what the log got; where a piece is missing only the log counts."""
        if frame["author"]["kind"] != "ai" or frame["kind"] != "message":
            return
        if frame["data"].get("run") == self.run and not frame["text"].startswith(self.draft):
            self._complain(f"streamed {self.draft!r}, logged {frame['text']!r}")
        self.run = self.draft = ""

    def _complain(self, what: str) -> None:
        self.record.wrong.append(f"{self.name} in {self.conversation}: {what}")


def ends_waiting(frame: Frame, seq: int) -> bool:
    """Whether an event answers the message at `seq`: by the assistant's word, or by saying what comes instead."""
    if frame["type"] != "event" or frame["seq"] <= seq:
        return False
    said = frame["kind"] == "message" and frame["author"]["kind"] == "ai"
    return said or frame["kind"] in ("notice", "handoff")


def text_of(mark: str, number: int) -> str:
    """Every third message asks for something to be done."""
    if number % 3 == 2:
        return (
            f"""[[simulate: tool name=book arguments='{{"mark": "{mark}"}}' delay_ms=10]] Book it ({mark})"""
        )
    return f"[[simulate: plain delay_ms=20]] How long do I have to send boots back? ({mark})"


class ChatCustomer:
    """Talks over the socket until it is asked to stop, and finishes what it began."""

    def __init__(self, record: Record, name: str, address: str) -> None:
        self.line = Line(record, name, address)
        self.record, self.name = record, name

    async def talk(self, stopping: asyncio.Event) -> None:
        number = 0
        while not stopping.is_set():
            number += 1
            mark = f"{self.name}-{number}"
            message = Message(mark, f"id-{mark}", text_of(mark, number), tried_at=time.monotonic())
            self.record.messages.append(message)
            while message.is_open:
                try:
                    await self._carry(message)
                except BROKEN as error:
                    self.line.broke(error)
                    await asyncio.sleep(PAUSE)
            if message.level == "person":
                # A person has this conversation now: the customer begins another.
                await self.line.drop()
                self.line.forget()
        await self.line.drop()

    async def _carry(self, message: Message) -> None:
        await self.line.open()
        message.conversation = message.conversation or self.line.conversation
        if not message.acked_at:
            await self.line.send({"type": "message", "client_id": message.client_id, "text": message.text})
        # The answer may have been shown while the acknowledgement was lost on the way, or at the opening.
        while not self._look(message):
            frame = await self.line.next()
            if frame.get("client_id") == message.client_id and frame["type"] == "error":
                await asyncio.sleep(max(frame.get("retry_after") or 0, LEAST_WAIT))
                return
            if frame["type"] == "ack" and frame["client_id"] == message.client_id:
                message.acked_at, message.seq = time.monotonic(), frame["seq"]

    def _look(self, message: Message) -> bool:
        if not message.acked_at:
            return False
        shown = self.record.shown[self.name].get(message.conversation, {})
        found = [frame for frame in shown.values() if ends_waiting(frame, message.seq)]
        if not found:
            return False
        message.answered_at = time.monotonic()
        message.level = found[0]["data"].get("level", found[0]["kind"])
        if any(frame["data"].get("owner", "ai") != "ai" for frame in shown.values()):
            message.level = "person"
        return True


class Onlooker:
    """A second tab of a customer: it says nothing, and is shown everything by the others' processes."""

    def __init__(self, of: ChatCustomer) -> None:
        self.line = Line(of.record, f"{of.name}-second-tab", of.line.address)
        self.line.token, self.line.conversation = of.line.token, of.line.conversation
        self.hung_up = 0

    async def watch(self) -> None:
        while True:
            try:
                await self.line.open()
                while True:
                    await self._next()
            except BROKEN as error:
                self.hung_up += self.line.socket is not None
                self.line.broke(error)
                await asyncio.sleep(PAUSE)

    async def _next(self) -> None:
        try:
            await self.line.next(1.0)
        except TimeoutError:
            await self.line.send({"type": "ping"})


class MachineCustomer:
    """Talks over REST: the same request under the same Idempotency-Key until it is answered."""

    def __init__(self, record: Record, name: str, url: str, key: str) -> None:
        self.record, self.name = record, name
        self.client = httpx.AsyncClient(
            base_url=f"{url}/api/v1/", headers={"Authorization": f"Bearer {key}"}, timeout=STALLED
        )

    async def talk(self, stopping: asyncio.Event) -> None:
        number, conversation = 0, ""
        async with self.client:
            while not stopping.is_set():
                number += 1
                mark = f"{self.name}-{number}"
                conversation = (
                    conversation or (await self._post("conversations", {}, f"open-{mark}")).json()["id"]
                )
                message = Message(
                    mark, "", text_of(mark, number), time.monotonic(), conversation=conversation
                )
                self.record.messages.append(message)
                if await self._carry(message) != "ai":
                    conversation = ""

    async def _carry(self, message: Message) -> str:
        address = f"conversations/{message.conversation}/messages"
        turn = (await self._post(address, {"text": message.text}, f"say-{message.mark}")).json()
        message.acked_at, message.seq = time.monotonic(), turn["seq"]
        events = turn["events"]
        while not any(ends_waiting({"type": "event"} | event, message.seq) for event in events):
            events = await self._log(message)
            await asyncio.sleep(PAUSE)
        message.answered_at = time.monotonic()
        levels = [event["data"].get("level", event["kind"]) for event in events if event["seq"] > message.seq]
        message.level = levels[-1]
        handed = any(event["data"].get("owner", "ai") != "ai" for event in events)
        message.level = "person" if handed else message.level
        return "queue" if handed else "ai"

    async def _log(self, message: Message) -> list[Frame]:
        address = f"conversations/{message.conversation}/events?after={message.seq}"
        try:
            answer = await self.client.get(address)
        except (httpx.HTTPError, OSError):
            return []
        return list(answer.json()["events"]) if answer.status_code == 200 else []

    async def _post(self, address: str, body: Frame, key: str) -> httpx.Response:
        while True:
            try:
                answer = await self.client.post(address, json=body, headers={"Idempotency-Key": key})
            except (httpx.HTTPError, OSError):
                await asyncio.sleep(PAUSE)
                continue
            if answer.status_code < 300:
                return answer
            self._judge(answer)
            await asyncio.sleep(float(answer.headers.get("retry-after", PAUSE)))

    def _judge(self, answer: httpx.Response) -> None:
        self.record.errors.append((time.monotonic(), answer.json() | {"type": "problem"}))
        if answer.headers["content-type"] != "application/problem+json" or "Traceback" in answer.text:
            self.record.wrong.append(f"{self.name}: {answer.status_code} {answer.text[:200]}")
        if answer.status_code not in (409, 503):
            self.record.wrong.append(f"{self.name}: {answer.status_code} {answer.text[:200]}")
