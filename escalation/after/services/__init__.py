"""What is written after a chat: each verb owns its transaction and leaves an audit line."""

from escalation.after.services.endings import end_silent, leave_queue
from escalation.after.services.ratings import NoSuchEpisode, NotOverYet, RatedAlready, rate
from escalation.after.services.transcripts import ask_transcript
from escalation.after.services.wishes import save_wishes

__all__ = [
    "NoSuchEpisode",
    "NotOverYet",
    "RatedAlready",
    "ask_transcript",
    "end_silent",
    "leave_queue",
    "rate",
    "save_wishes",
]
