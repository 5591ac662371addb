"""The mail with a conversation: what customer, assistant and people said to each other, as text and as a plain page.

Invariant: only messages and notices are in it, never a note, a tool call or what a hand-off tells the team.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

import structlog
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import formats, translation

from conversations import journal
from conversations.journal import LogEvent
from core.errors import Unavailable
from core.scope import tenant_scope
from engine.guardrails.languages.phrases import languages, phrase
from escalation.after.services import transcripts
from escalation.after.services.transcripts import Letter

log = structlog.get_logger(__name__)
SHOWN = frozenset({"message", "notice"})
PAGE = 200
MOST_EVENTS = 2000


class TranscriptNotSent(Unavailable):
    code = "transcript_not_sent"
    default_message = "The mail server did not take the mail."


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that was said, as it is printed."""

    who: str
    at: str
    text: str
    is_customer: bool
    files: tuple[str, ...] = ()


def send(tenant_id: int, transcript_id: int, *, now: dt.datetime) -> bool:
    """Sends a copy, once; False where there is nothing to send.

    Raises:
        TranscriptNotSent: it may be tried again.
    """
    letter = transcripts.take(tenant_id, transcript_id, now=now)
    if letter is None:
        return False
    try:
        mail_of(letter, _log(tenant_id, letter)).send()
    except OSError as error:
        transcripts.give_back(tenant_id, transcript_id)
        raise TranscriptNotSent from error
    transcripts.note_sent(tenant_id, letter, now=now)
    return True


def try_to_send(tenant_id: int, transcript_id: int, *, now: dt.datetime) -> int:
    """As `send`, for a sweep that comes again; how many were sent."""
    try:
        return int(send(tenant_id, transcript_id, now=now))
    except TranscriptNotSent:
        log.warning("transcript_not_sent", transcript=transcript_id)
        return 0


def mail_of(letter: Letter, events: Iterable[LogEvent]) -> EmailMultiAlternatives:
    """The mail, in the language of the conversation."""
    tenant = " ".join(letter.tenant_name.split())
    language = letter.language if letter.language in languages() else "en"
    with translation.override(language):
        shown = [_said(event, language) for event in events if event.type in SHOWN and _says(event)]
        title = phrase("transcript_title", language, tenant=tenant)
        told = {
            "language": language,
            "title": title,
            "why": phrase("transcript_why", language, tenant=tenant),
            "cut": phrase("transcript_times", language),
            "said": shown,
        }
        body = render_to_string("mail/transcript.txt", told)
        page = render_to_string("mail/transcript.html", told)
    headers = {"Auto-Submitted": "auto-generated"}
    mail = EmailMultiAlternatives(subject=title, body=body, to=[letter.address], headers=headers)
    mail.attach_alternative(page, "text/html")
    return mail


def _log(tenant_id: int, letter: Letter) -> list[LogEvent]:
    found: list[LogEvent] = []
    with tenant_scope(tenant_id):
        while len(found) < MOST_EVENTS:
            after = found[-1].seq if found else 0
            rows = journal.read(letter.conversation_id, after=after, upto=letter.upto_seq, limit=PAGE)
            found += rows
            if len(rows) < PAGE:
                break
    return found


def _says(event: LogEvent) -> bool:
    return bool(event.text or event.data.get("attachments"))


def _said(event: LogEvent, language: str) -> Said:
    is_customer = event.author_kind == "customer"
    who = event.author_name or phrase(
        {"customer": "transcript_you", "ai": "transcript_assistant"}.get(
            event.author_kind, "transcript_team"
        ),
        language,
    )
    files = tuple(str(one.get("name", "")) for one in event.data.get("attachments") or ())
    text = "" if files and event.text == f"[{files[0]}]" else event.text
    at = formats.date_format(event.created_at, "DATETIME_FORMAT")
    return Said(who, at, text, is_customer, files)
