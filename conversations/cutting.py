"""What becomes of an answer that is cut off: what the customer has read of it stays, marked; the rest is never shown.

Invariant: the kept piece is the released text as all readers last had it, and it stands in the log before the change
of hands that cut it; who reads the draft at that moment puts the piece in its place, by its run. Where nobody
knows the text (Redis is away, or the answer was a blink old) it is withdrawn: readers drop the draft, and the log never
had it.
"""

from __future__ import annotations

from conversations import drafts, turns
from conversations.journal import CUT, Entry, Head
from conversations.models import EventType
from core.actors import Actor
from core.offload import awaited

SECONDS = 1.5
MARK = "…"


def cut_entry(head: Head, run: str) -> Entry | None:
    """The beginning of an answer that is being thrown away, as a message; None where nobody has read any.

    Args:
        head: locked in this transaction.
        run: the public id of the run that was dropped.
    """
    draft = awaited(drafts.load, head.tenant_id, head.id, seconds=SECONDS)
    text = draft.text.strip() if draft is not None else ""
    if draft is None or not text or draft.run.partition(".")[0] != run:
        return None
    release, _ = turns.release_of(head.release_id)
    author = Actor("ai", "assistant", release.assistant_name)
    data = {"run": draft.run, "cut": True, "citations": []}
    return Entry(EventType.MESSAGE, author, f"{text} {MARK}", data, client_id=f"{CUT}{draft.run}"[:64])
