"""The values of output screening: what is known of a run, what a check is shown, what it says.

Invariant: frozen; a verdict carries codes, never words of the customer or the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from engine.guardrails.values import Action, FailMode

STOPS = frozenset({Action.REPLY, Action.HAND_OVER, Action.BLOCK})


@dataclass(frozen=True, slots=True)
class ActionDone:
    """A tool call of this run that is over.

    Args:
        tool: its name; what stands in its description may be added after a blank, it helps to tell the kind.
        risk: `read`, `write` or `irreversible`.
        ok: whether it worked.
        arguments: as called; result: the text that came back.
    """

    tool: str
    risk: str = "read"
    ok: bool = True
    arguments: Mapping[str, Any] = field(default_factory=dict)
    result: str = ""


@dataclass(frozen=True, slots=True)
class TaskBooked:
    """Something that this run has arranged for later, such as `call_back`, `hand_off`, `follow_up_email`."""

    kind: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that an answer may rest on.

    Args:
        prompt: the instructions the model was given, without the conversation.
        passages: text of the passages of this run by citation number.
        actions: the calls made so far, in order; tasks: what was arranged.
        customer_text: what the customer has written, newest last.
        facts: the tenant's public facts that stand in the prompt, such as its opening hours: they may be repeated.
        records: what this turn's prompt tells of the customer's own records, beside the tool results.
        language: two letters, or empty where it is not known.
        canary: the token of `make_canary`, or empty.
    """

    prompt: str = ""
    passages: Mapping[int, str] = field(default_factory=dict)
    actions: tuple[ActionDone, ...] = ()
    tasks: tuple[TaskBooked, ...] = ()
    customer_text: str = ""
    facts: tuple[str, ...] = ()
    records: str = ""
    language: str = ""
    canary: str = ""


class Said:
    """An answer so far: `written` by the model, `released` to the customer. Grows; read by checks only."""

    __slots__ = ("_released", "_written", "released_length", "written_length")

    def __init__(self) -> None:
        self._written: list[str] = []
        self._released: list[str] = []
        self.written_length = 0
        self.released_length = 0

    def write(self, piece: str) -> None:
        self._written.append(piece)
        self.written_length += len(piece)

    def release(self, piece: str) -> None:
        self._released.append(piece)
        self.released_length += len(piece)

    @property
    def written(self) -> str:
        return _joined(self._written)

    @property
    def released(self) -> str:
        return _joined(self._released)

    def released_tail(self, chars: int) -> str:
        """The last characters that were released, at most so many."""
        found: list[str] = []
        length = 0
        for piece in reversed(self._released):
            if length >= chars:
                break
            found.append(piece)
            length += len(piece)
        return "".join(reversed(found))[-chars:] if chars > 0 else ""


def _joined(pieces: list[str]) -> str:
    # Joined once and kept as one piece: asking after every sentence copies, it does not join again.
    if len(pieces) > 1:
        pieces[:] = ["".join(pieces)]
    return pieces[0] if pieces else ""


@dataclass(frozen=True, slots=True)
class Sentence:
    """What a check is shown.

    Args:
        text: the sentence without the white space before it, as earlier checks have left it.
        said: the whole answer before this sentence.
        number: from 0; code: it stands in a fenced block; glued: it goes on where a long word was cut.
        ending: the answer is over; `text` is empty.
    """

    text: str
    said: Said
    number: int = 0
    code: bool = False
    glued: bool = False
    ending: bool = False


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a check wants done with a sentence; None instead of a ruling lets it pass.

    Args:
        action: MASK or REWRITE puts `text` in the sentence's place (empty: it is left out); REPLY, HAND_OVER and
            BLOCK end the answer before the sentence, `text` may be said instead of it.
        reasons: short codes; score: 0 to 1.
        wait: more evidence in this run may change the ruling: it counts only when the answer is over.
    """

    action: Action
    text: str = ""
    label: str = ""
    reasons: tuple[str, ...] = ()
    score: float = 1.0
    wait: bool = False


Judge = Callable[[Sentence], Ruling | None]


class OutputCheck(Protocol):
    """One check. `begin` is called once for a run, and again when more is known; what it gives judges sentences.

    `at_end`: its judge is also asked when the answer is over.
    """

    @property
    def name(self) -> str: ...
    @property
    def version(self) -> int: ...
    @property
    def fail(self) -> FailMode: ...
    @property
    def at_end(self) -> bool: ...

    def begin(self, evidence: Evidence) -> Judge: ...


@dataclass(frozen=True, slots=True)
class OutputVerdict:
    """What a check said of a sentence, for the record.

    Args:
        sentence: its number from 0.
        failed: the check itself broke; `action` then follows from its fail mode.
        acted: False where the check only watches.
    """

    check: str
    version: int
    action: Action
    sentence: int
    label: str = ""
    reasons: tuple[str, ...] = ()
    score: float = 0.0
    failed: bool = False
    acted: bool = True


@dataclass(frozen=True, slots=True)
class Stop:
    """The answer ends here. `text` is what the customer may be told instead of the rest; it was not released."""

    action: Action
    text: str
    check: str
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Released:
    """What may be shown now. Nothing follows a `stop`."""

    text: str = ""
    verdicts: tuple[OutputVerdict, ...] = ()
    stop: Stop | None = None
