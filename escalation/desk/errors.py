"""What may be wrong with a deed, beside what the services below say."""

from __future__ import annotations

from core.errors import Conflict, Forbidden, Invalid, NotFound


class BadDeed(Invalid):
    code = "bad_deed"
    default_message = "This deed lacks a field, or has one of the wrong kind."


class UnknownDeed(Invalid):
    code = "unknown_deed"
    default_message = "The desk knows no such deed."


class ReadOnly(Forbidden):
    code = "read_only"
    default_message = "Your role looks on: it changes nothing at the desk."


class LeadsOnly(Forbidden):
    code = "leads_only"
    default_message = "This is for who leads a team, and for managers."


class NotClosed(Conflict):
    code = "conversation_not_closed"
    default_message = "This conversation is not closed: there is nothing to reopen."


class NoSuchDisposition(Invalid):
    code = "no_such_disposition"
    default_message = "Choose one of your organisation's dispositions."


class DispositionNotFound(NotFound):
    code = "disposition_not_found"
    default_message = "There is no such disposition."


class NoSuchTag(NotFound):
    code = "no_such_tag"
    default_message = "There is no such tag. A manager makes tags in the console."


class NoSuchTeam(NotFound):
    code = "no_such_team"
    default_message = "There is no such team, or it is switched off."


class NoSuchMacro(NotFound):
    code = "no_such_macro"
    default_message = "There is no such macro."


class NoSuchView(NotFound):
    code = "no_such_view"
    default_message = "There is no such saved search, or it is not yours."


class NoSuchCanned(NotFound):
    code = "no_such_canned_reply"
    default_message = "There is no such canned reply."


class NameTaken(Conflict):
    code = "name_taken"
    default_message = "There is one by this name already. Choose another."
