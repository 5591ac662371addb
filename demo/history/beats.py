"""What a story of the past is made of: one beat after the other, each so many seconds after the last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MINUTE, HOUR = 60, 3600


@dataclass(frozen=True, slots=True)
class Call:
    """A call of the back office; what comes of it is what the office's own function says."""

    tool: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Cited:
    """The assistant answers by a topic of `topics.TOPICS`; `close` is asked at the end."""

    topic: str
    close: str = ""


@dataclass(frozen=True, slots=True)
class Worded:
    """The assistant answers without a source, after calls if there are any."""

    text: str
    calls: tuple[Call, ...] = ()


@dataclass(frozen=True, slots=True)
class Nothing:
    """The help pages do not hold an answer."""


@dataclass(frozen=True, slots=True)
class Stops:
    """The run comes to a limit."""

    reason: str
    calls: tuple[Call, ...] = ()


@dataclass(frozen=True, slots=True)
class Away:
    """No model is within reach, and the help pages hold nothing either."""


@dataclass(frozen=True, slots=True)
class Asks:
    """The assistant wants to make a call that needs a yes."""

    text: str
    call: Call


Then = Cited | Worded | Nothing | Stops | Away | Asks


@dataclass(frozen=True, slots=True)
class Say:
    """The customer writes. `then` is what the assistant makes of it; None: the rules or a guardrail decide."""

    after: float
    text: str
    then: Then | None = None
    took: float = 3.0


@dataclass(frozen=True, slots=True)
class Thumb:
    """The customer rates the assistant's last answer."""

    after: float
    value: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """The customer presses the button for a person."""

    after: float


@dataclass(frozen=True, slots=True)
class Choose:
    """The customer takes what is offered where nobody can come."""

    after: float
    choice: str
    email: str = ""


@dataclass(frozen=True, slots=True)
class Take:
    after: float
    who: str


@dataclass(frozen=True, slots=True)
class Reply:
    after: float
    text: str


@dataclass(frozen=True, slots=True)
class Note:
    after: float
    text: str
    who: str = ""


@dataclass(frozen=True, slots=True)
class Transfer:
    after: float
    team: str
    note: str


@dataclass(frozen=True, slots=True)
class GiveBack:
    after: float
    note: str


@dataclass(frozen=True, slots=True)
class Resolve:
    after: float
    disposition: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Tagged:
    name: str
    after: float = 0


@dataclass(frozen=True, slots=True)
class ToTicket:
    after: float
    subject: str
    body: str
    priority: str = "normal"
    done_after: float = 0


@dataclass(frozen=True, slots=True)
class Decide:
    """A person says yes or no to the call that waits; then the assistant goes on."""

    after: float
    who: str
    approve: bool
    reason: str
    then: str


@dataclass(frozen=True, slots=True)
class Silence:
    """Nobody says anything any more, and the conversation ends."""

    after: float = 24 * HOUR + MINUTE


@dataclass(frozen=True, slots=True)
class Leave:
    """The customer waits no longer."""

    after: float


@dataclass(frozen=True, slots=True)
class Rate:
    after: float
    score: int
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Urgent:
    """Somebody who leads says that it cannot wait."""

    after: float
    who: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A person has begun to write."""

    after: float
    text: str


Beat = (
    Say | Thumb | Person | Choose | Take | Reply | Note | Transfer | GiveBack | Resolve | Tagged | ToTicket | Decide
    | Silence | Leave | Rate | Draft | Urgent
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Customer:
    """Who asks; without an id she is a visitor whom nobody knows."""

    external_id: str = ""
    name: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Story:
    """A conversation; `key` names it for ever.

    Args:
        day: how many days ago it begins, at `hour` (UTC); is_weekday: or the working day before that.
        minutes_ago: it begins so long before now, in the place of a day, and is still open.
    """

    key: str
    customer: Customer
    beats: tuple[Beat, ...]
    day: int = 0
    hour: float = 0
    is_weekday: bool = False
    minutes_ago: float = 0

    @property
    def is_open(self) -> bool:
        return self.minutes_ago > 0

    @property
    def seconds(self) -> float:
        """How long it takes."""
        return sum(beat.after + (beat.took if isinstance(beat, Say) else 0) for beat in self.beats)

    @property
    def needs_office(self) -> bool:
        """Whether it asks for a call that only the back office offers."""
        return any(isinstance(beat, Say) and isinstance(beat.then, Asks) for beat in self.beats)
