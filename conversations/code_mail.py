"""The mail that carries a one-time code. The code is made here: no queue and no row ever holds it in the clear."""

from __future__ import annotations

import datetime as dt
import secrets

from django.core.mail import EmailMessage
from django.utils.translation import gettext as _

from conversations import verification
from conversations.verification import CODE_LIFE, DIGITS, Letter
from core.errors import Unavailable


class CodeNotSent(Unavailable):
    code = "verification_code_not_sent"
    default_message = "The mail server did not take the mail."


def send(tenant_id: int, code_id: int, *, now: dt.datetime) -> bool:
    """Makes a code and sends it, once; False where there was nothing to send.

    Raises:
        CodeNotSent: it may be tried again; the next mail has another code.
    """
    digits = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    letter = verification.take_letter(tenant_id, code_id, digits, now=now)
    if letter is None:
        return False
    try:
        mail_of(letter, digits).send()
    except OSError as error:
        verification.give_back(tenant_id, letter)
        raise CodeNotSent from error
    verification.note_sent(tenant_id, letter, now=now)
    return True


def mail_of(letter: Letter, digits: str) -> EmailMessage:
    """The mail, in the installation's language. The subject, which a locked screen shows, is without the code."""
    facts = {
        "tenant": " ".join(letter.tenant_name.split()),
        "code": digits,
        "minutes": int(CODE_LIFE.total_seconds() // 60),
    }
    body = _(
        "Your code for %(tenant)s is:\n\n    %(code)s\n\n"
        "Enter it in the chat in which you asked for it. It works once, within %(minutes)d minutes; if you were sent "
        "several codes, only the newest works.\n\n"
        "Nobody from %(tenant)s will ever ask you for this code by phone or e-mail. If you are not in a chat with "
        "%(tenant)s at this moment, do not pass it on: you can ignore this mail, and nothing happens.\n"
    )
    return EmailMessage(
        subject=_("Your code for %(tenant)s") % facts,
        body=body % facts,
        to=[letter.address],
        headers={"Auto-Submitted": "auto-generated"},
    )
