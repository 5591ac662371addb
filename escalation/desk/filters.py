"""What a list of the desk is asked for, as values, and as the conditions of one statement.

Invariant: only fixed texts become SQL; whatever a person typed goes beside it as a value.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.dateparse import parse_date, parse_datetime

from core.errors import Invalid
from escalation.desk import searching
from escalation.models import HandoffStatus, Urgency

if TYPE_CHECKING:
    from escalation.desk.posts import Post

VIEWS = ("mine", "unassigned", "my_teams", "ai_live", "waiting_approval", "breaching", "all", "closed")
OWNERS = frozenset({"ai", "queue", "agent", "closed", "me"})
LIVE = dt.timedelta(hours=1)
"""A conversation of the assistant's counts as live for so long after its last event."""
SOON = dt.timedelta(minutes=5)
"""A promise that falls due within this time counts as about to be broken."""
MOST_QUERY = 200
MOST_WORD = 80
URGENCIES = {level.name.lower(): level.value for level in Urgency}


class BadFilter(Invalid):
    code = "bad_filter"
    default_message = "This search has a field that is not known here, or a value that does not fit."


@dataclass(frozen=True, slots=True)
class Filters:
    """A search at the desk. Empty fields do not narrow it."""

    view: str = "all"
    team: str = ""
    tag: str = ""
    owner: str = ""
    language: str = ""
    urgency: str = ""
    customer: str = ""
    status: str = ""
    q: str = ""
    since: str = ""
    until: str = ""

    def plain(self) -> dict[str, str]:
        """As it is kept and sent: the fields that narrow it, and the view."""
        return {name: value for name, value in asdict(self).items() if value}


NAMES = frozenset(field.name for field in fields(Filters))


def filters_of(given: Mapping[str, Any] | Filters | None) -> Filters:
    """A search as a client sends it.

    Raises:
        BadFilter: an unknown field, or a value that does not fit.
    """
    if isinstance(given, Filters):
        return given
    plain = {str(name): "" if value is None else str(value) for name, value in (given or {}).items()}
    if unknown := set(plain) - NAMES:
        raise BadFilter(f"No search knows the field '{sorted(unknown)[0][:40]}'.")
    found = Filters(**{name: " ".join(value.replace("\x00", "").split()) for name, value in plain.items()})
    _check(found)
    return found


def _check(asked: Filters) -> None:
    wrong = (
        (asked.view not in VIEWS, f"There is no view '{asked.view[:40]}'."),
        (asked.owner not in OWNERS | {""}, "An owner is ai, queue, agent, closed or me."),
        (asked.status not in {*HandoffStatus.values, ""}, "There is no such status of a hand-off."),
        (asked.urgency not in URGENCIES | {"": 0}, "An urgency is low, normal, high or urgent."),
        (len(asked.q) > MOST_QUERY, f"Search for at most {MOST_QUERY} characters."),
        (any(len(v) > MOST_WORD for n, v in asked.plain().items() if n != "q"), "A field is too long."),
    )
    for is_wrong, message in wrong:
        if is_wrong:
            raise BadFilter(message)
    for name in ("since", "until"):
        moment_of(getattr(asked, name))
    if asked.customer:
        _uuid(asked.customer)


def moment_of(value: str) -> dt.datetime | None:
    """A day or a moment, in UTC where it names no zone.

    Raises:
        BadFilter
    """
    if not value:
        return None
    try:
        moment = parse_datetime(value)
        if moment is None and (day := parse_date(value)) is not None:
            moment = dt.datetime.combine(day, dt.time())
    except ValueError:
        moment = None
    if moment is None:
        raise BadFilter("'since' and 'until' are days such as 2026-11-21 or moments with their zone.")
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def _uuid(value: str) -> UUID:
    try:
        return UUID(value)
    except ValueError as error:
        raise BadFilter("'customer' is the id of a customer.") from error


@dataclass(slots=True)
class Condition:
    """The part of a statement after WHERE, with its values."""

    texts: list[str]
    values: list[Any]

    def add(self, text: str, *values: Any) -> None:
        self.texts.append(text)
        self.values += values

    @property
    def text(self) -> str:
        return " AND ".join(self.texts)


_JOINED = (
    "EXISTS (SELECT FROM escalation_participant p WHERE p.tenant_id = c.tenant_id "
    "AND p.conversation_id = c.id AND p.member_id = %s AND p.left_at IS NULL)"
)
_PENDING = (
    "EXISTS (SELECT FROM conversations_approval a WHERE a.tenant_id = c.tenant_id "
    "AND a.conversation_id = c.id AND a.status = 'pending')"
)
_TAGGED = (
    "EXISTS (SELECT FROM escalation_tagging t JOIN escalation_tag g ON g.tenant_id = t.tenant_id AND g.id = t.tag_id "
    "WHERE t.tenant_id = c.tenant_id AND t.conversation_id = c.id AND g.name = %s)"
)
_TEAM = "h.team_id = (SELECT t.id FROM escalation_team t WHERE t.tenant_id = c.tenant_id AND t.name = %s)"
_CUSTOMER = (
    "c.customer_id = (SELECT k.id FROM conversations_customer k WHERE k.tenant_id = c.tenant_id "
    "AND k.public_id = %s)"
)
OPEN_HANDOFF = "h.status IN ('waiting', 'offered', 'taken')"
_BREACHING = (
    f"{OPEN_HANDOFF} AND h.paused_at IS NULL AND (h.warned <> '{{}}' OR h.breached <> '{{}}' "
    "OR (h.first_reply_at IS NULL AND h.reply_due_at <= %s) OR h.resolve_due_at <= %s)"
)


def condition(post: Post, asked: Filters, *, now: dt.datetime) -> Condition:
    """The conversations of a search that a member may see, as `c` with their last hand-off as `h`."""
    found = Condition(["c.tenant_id = %s"], [post.tenant_id])
    _VIEWS[asked.view](found, post, now)
    if post.teams is not None:
        mine = (list(post.teams), post.user.pk, post.member_id)
        found.add(
            f"(h.team_id IS NULL OR h.team_id = ANY(%s::bigint[]) OR c.agent_id = %s OR {_JOINED})", *mine
        )
    _narrow(found, post, asked)
    return found


def _narrow(found: Condition, post: Post, asked: Filters) -> None:
    plain: dict[str, Callable[[str], None]] = {
        "team": lambda value: found.add(_TEAM, value),
        "tag": lambda value: found.add(_TAGGED, value),
        "language": lambda value: found.add("c.language = %s", value),
        "q": lambda value: found.add(searching.CONDITION, *searching.wanted(post.tenant_id, value)),
        "status": lambda value: found.add("h.status = %s", value),
        "urgency": lambda value: found.add("h.urgency = %s", URGENCIES[value]),
        "customer": lambda value: found.add(_CUSTOMER, _uuid(value)),
        "since": lambda value: found.add("c.updated_at >= %s", moment_of(value)),
        "until": lambda value: found.add("c.updated_at < %s", moment_of(value)),
        "owner": lambda value: _owned(found, post, value),
    }
    for name, add in plain.items():
        if value := getattr(asked, name):
            add(value)


def _owned(found: Condition, post: Post, owner: str) -> None:
    if owner == "me":
        found.add("c.owner = 'agent' AND c.agent_id = %s", post.user.pk)
    else:
        found.add("c.owner = %s", owner)


def _mine(found: Condition, post: Post, now: dt.datetime) -> None:
    own = f"(c.owner = 'agent' AND (c.agent_id = %s OR {_JOINED}) OR c.owner = 'queue' AND {_JOINED})"
    found.add(own, post.user.pk, post.member_id, post.member_id)


def _unassigned(found: Condition, post: Post, now: dt.datetime) -> None:
    found.add("c.owner = 'queue'")


def _my_teams(found: Condition, post: Post, now: dt.datetime) -> None:
    found.add("c.owner IN ('queue', 'agent') AND h.team_id = ANY(%s::bigint[])", list(post.seats))


def _ai_live(found: Condition, post: Post, now: dt.datetime) -> None:
    found.add("c.owner = 'ai' AND c.last_seq > 0 AND c.updated_at > %s", now - LIVE)


def _waiting_approval(found: Condition, post: Post, now: dt.datetime) -> None:
    found.add(_PENDING)


def _breaching(found: Condition, post: Post, now: dt.datetime) -> None:
    found.add(f"c.owner IN ('queue', 'agent') AND {_BREACHING}", now + SOON, now + SOON)


def _all(found: Condition, post: Post, now: dt.datetime) -> None:
    found.add("c.last_seq > 0")


def _closed(found: Condition, post: Post, now: dt.datetime) -> None:
    found.add("c.owner = 'closed'")


_VIEWS: dict[str, Callable[[Condition, Post, dt.datetime], None]] = {
    "mine": _mine,
    "unassigned": _unassigned,
    "my_teams": _my_teams,
    "ai_live": _ai_live,
    "waiting_approval": _waiting_approval,
    "breaching": _breaching,
    "all": _all,
    "closed": _closed,
}
