"""Ready texts, macros, tags and dispositions: kept by who runs the team, checked before they are kept."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Model

from audit.services import record
from core.actors import Actor
from core.errors import Invalid, NotFound
from core.scope import tenant_scope
from escalation.desk import canned, macro_steps
from escalation.desk.errors import (
    DispositionNotFound,
    NameTaken,
    NoSuchCanned,
    NoSuchMacro,
    NoSuchTag,
    NoSuchTeam,
)
from escalation.models import CannedReply, Disposition, Macro, Tag, Team

MOST_TEXT = 8000
MOST_PK = 2**63 - 1
_SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_COLOUR = re.compile(r"#[0-9a-f]{6}")
_LANGUAGE = re.compile(r"(?:[a-z]{2,3}(?:-[A-Za-z]{2,4})?)?")


class BadCanned(Invalid):
    code = "bad_canned_reply"
    default_message = "A canned reply has a shortcut, a title and a text."


class BadTag(Invalid):
    code = "bad_tag"
    default_message = "A tag is 1 to 40 small letters, digits, dashes; its colour is like #1a7f5c."


class BadDisposition(Invalid):
    code = "bad_disposition"
    default_message = "A disposition has a name of 1 to 80 characters."


@dataclass(frozen=True, slots=True)
class CannedDraft:
    """A ready text as it is wished for. `team` is a team's name; empty: everybody's."""

    shortcut: str
    title: str
    text: str
    language: str = ""
    team: str = ""


def save_canned(*, tenant_id: int, draft: CannedDraft, actor: Actor, pk: int | None = None) -> CannedReply:
    """Keeps a ready text, new or in the place of the one numbered `pk`.

    Raises:
        BadCanned, NoSuchTeam, NoSuchCanned
        NameTaken: another has this shortcut in this language.
        escalation.desk.canned.UnknownVariable
    """
    _check_canned(draft)
    with tenant_scope(tenant_id):
        kept = {
            "shortcut": draft.shortcut.strip().lower(),
            "title": draft.title.strip(),
            "text": draft.text.strip(),
            "language": draft.language.strip(),
            "team_id": _team(tenant_id, draft.team),
        }
        row: CannedReply = _save(CannedReply, tenant_id, pk, kept, NoSuchCanned)
        facts = {"shortcut": row.shortcut, "language": row.language}
        record(actor=actor, action="canned.saved", target=f"canned:{row.pk}", data=facts)
    return row


def remove_canned(*, tenant_id: int, pk: int, actor: Actor) -> None:
    """Raises:
    NoSuchCanned
    """
    with tenant_scope(tenant_id):
        gone = _remove(CannedReply, tenant_id, pk, NoSuchCanned)
        record(actor=actor, action="canned.removed", target=f"canned:{pk}", data={"shortcut": gone.shortcut})


def save_macro(*, tenant_id: int, name: str, steps: Any, actor: Actor, pk: int | None = None) -> Macro:
    """Keeps a macro, new or in the place of the one numbered `pk`.

    Args:
        steps: `{do, …}` in order, see `escalation.desk.macro_steps`.

    Raises:
        escalation.desk.macro_steps.BadMacro, NoSuchMacro, NameTaken
        escalation.desk.canned.UnknownVariable
    """
    named = _named(name, macro_steps.BadMacro("A macro has a name of 1 to 80 characters."))
    with tenant_scope(tenant_id):
        kept = {"name": named, "steps": macro_steps.checked(steps)}
        row: Macro = _save(Macro, tenant_id, pk, kept, NoSuchMacro)
        facts = {"name": named, "steps": [step["do"] for step in row.steps]}
        record(actor=actor, action="macro.saved", target=f"macro:{row.pk}", data=facts)
    return row


def remove_macro(*, tenant_id: int, pk: int, actor: Actor) -> None:
    """Raises:
    NoSuchMacro
    """
    with tenant_scope(tenant_id):
        gone = _remove(Macro, tenant_id, pk, NoSuchMacro)
        record(actor=actor, action="macro.removed", target=f"macro:{pk}", data={"name": gone.name})


def save_tag(
    *, tenant_id: int, name: str, colour: str = "#5b6472", actor: Actor, pk: int | None = None
) -> Tag:
    """Keeps a tag, new or in the place of the one numbered `pk`.

    Raises:
        BadTag, NoSuchTag, NameTaken
    """
    named, coloured = name.strip().lower(), colour.strip().lower()
    if not _SLUG.fullmatch(named) or not _COLOUR.fullmatch(coloured):
        raise BadTag
    with tenant_scope(tenant_id):
        row: Tag = _save(Tag, tenant_id, pk, {"name": named, "colour": coloured}, NoSuchTag)
        record(actor=actor, action="tag.saved", target=f"tag:{row.pk}", data={"name": named})
    return row


def remove_tag(*, tenant_id: int, pk: int, actor: Actor) -> None:
    """Takes a tag away, from conversations too.

    Raises:
        NoSuchTag
    """
    with tenant_scope(tenant_id):
        gone = _remove(Tag, tenant_id, pk, NoSuchTag)
        record(actor=actor, action="tag.removed", target=f"tag:{pk}", data={"name": gone.name})


@dataclass(frozen=True, slots=True)
class DispositionDraft:
    """What a conversation may come to, as it is wished for."""

    name: str
    position: int = 0
    is_active: bool = True


def save_disposition(
    *, tenant_id: int, draft: DispositionDraft, actor: Actor, pk: int | None = None
) -> Disposition:
    """Keeps a disposition, new or in the place of the one numbered `pk`; what was resolved keeps its word.

    Raises:
        BadDisposition, DispositionNotFound, NameTaken
    """
    named = _named(draft.name, BadDisposition())
    if not 0 <= draft.position < 2**15:
        raise BadDisposition("A position is a number from 0.")
    with tenant_scope(tenant_id):
        kept = {"name": named, "position": draft.position, "is_active": draft.is_active}
        row: Disposition = _save(Disposition, tenant_id, pk, kept, DispositionNotFound)
        facts = {"name": named, "active": draft.is_active}
        record(actor=actor, action="disposition.saved", target=f"disposition:{row.pk}", data=facts)
    return row


def remove_disposition(*, tenant_id: int, pk: int, actor: Actor) -> None:
    """Raises:
    DispositionNotFound
    """
    with tenant_scope(tenant_id):
        gone = _remove(Disposition, tenant_id, pk, DispositionNotFound)
        record(
            actor=actor, action="disposition.removed", target=f"disposition:{pk}", data={"name": gone.name}
        )


def _check_canned(draft: CannedDraft) -> None:
    if not _SLUG.fullmatch(draft.shortcut.strip().lower()):
        raise BadCanned("A shortcut is 1 to 40 small letters, digits and dashes.")
    if not 0 < len(draft.title.strip()) <= 120:
        raise BadCanned("A title has 1 to 120 characters.")
    if not 0 < len(draft.text.strip()) <= MOST_TEXT or "\x00" in draft.text:
        raise BadCanned(f"A text has 1 to {MOST_TEXT} characters.")
    if not _LANGUAGE.fullmatch(draft.language.strip()) or len(draft.language.strip()) > 8:
        raise BadCanned("A language is a code such as en or de; empty: any.")
    canned.check(draft.text)


def _team(tenant_id: int, name: str) -> int | None:
    if not name:
        return None
    found = Team.objects.filter(tenant_id=tenant_id, name=name).values_list("pk", flat=True).first()
    if found is None:
        raise NoSuchTeam
    return found


def _named(name: str, error: Invalid) -> str:
    named = " ".join(name.replace("\x00", "").split())
    if not 0 < len(named) <= 80:
        raise error
    return named


def _save(
    model: type[Model], tenant_id: int, pk: int | None, kept: dict[str, Any], missing: type[Exception]
) -> Any:
    rows = model._default_manager.filter(tenant_id=tenant_id)
    if pk is not None and pk >= MOST_PK:
        raise missing
    try:
        with transaction.atomic():
            if pk is None:
                return model._default_manager.create(tenant_id=tenant_id, **kept)
            if not rows.filter(pk=pk).update(**kept):
                raise missing
    except IntegrityError as error:
        raise NameTaken from error
    return rows.get(pk=pk)


def _remove(model: type[Model], tenant_id: int, pk: int, missing: type[NotFound | Invalid]) -> Any:
    row = model._default_manager.filter(tenant_id=tenant_id, pk=min(pk, MOST_PK)).first()
    if row is None:
        raise missing
    row.delete()
    return row
