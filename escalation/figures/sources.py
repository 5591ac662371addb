"""What each figure counts: one row of SQL for one thing that happened, the same for the sums and for the lists behind.

Invariant: a source says when something happened (`at`), in which conversation, and under which label, release, team
and channel it counts; sums by the hour and the list of what is behind a number are both made of it, so they agree.
A source reads `span`, which names the tenant and the time from `lo` to before `hi`. A conversation's team is that of
its last hand-off, as at the desk.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

REPEAT_DAYS = 7
"""Who comes back within so many days was not helped."""
_WEEK = f"interval '{REPEAT_DAYS} days'"


@dataclass(frozen=True, slots=True)
class Source:
    """One figure's rows.

    Args:
        bad: what counts as gone wrong, a condition; total: what is added up; ticks: the milliseconds of its histogram.
    """

    at: str
    rows: str
    label: str
    row: str
    source: str
    bad: str = "false"
    total: str = "0"
    ticks: str = "NULL"
    release: str = "r.number"
    team: str = "coalesce(t.team_id, 0)"
    channel: str = "c.channel"
    conversation: str = "c.id"

    @property
    def select(self) -> str:
        """Its rows within `span`."""
        within = f"{self.rows}.tenant_id = span.tenant AND {self.at} >= span.lo AND {self.at} < span.hi"
        return (
            f"SELECT {self.at} AS at, {self.row} AS row, {self.conversation} AS conversation, "  # noqa: S608 — fixed texts
            f"{self.label} AS label, {self.release} AS release, {self.team} AS team, {self.channel} AS channel, "
            f"({self.bad}) AS bad, ({self.total})::bigint AS total, ({self.ticks})::bigint AS ticks "
            f"FROM {self.source.format(within=within)}"
        )


def _talk(row: str, release: str = "c") -> str:
    """The conversation of a row, its release's number and its team."""
    return (
        f"JOIN conversations_conversation c ON c.tenant_id = {row}.tenant_id AND c.id = {row}.conversation_id "  # noqa: S608
        f"JOIN releases_release r ON r.tenant_id = {row}.tenant_id AND r.id = {release}.release_id "
        "LEFT JOIN LATERAL (SELECT o.team_id FROM escalation_handoff o WHERE o.tenant_id = c.tenant_id "
        "AND o.conversation_id = c.id ORDER BY o.id DESC LIMIT 1) t ON true"
    )


def _millis(begin: str, end: str) -> str:
    # greatest() passes over what is unknown.
    return f"CASE WHEN {end} IS NOT NULL THEN greatest(extract(epoch FROM {end} - {begin}) * 1000, 0) END"


_NEXT = (
    "LEFT JOIN conversations_episode x ON x.tenant_id = e.tenant_id AND x.conversation_id = e.conversation_id "
    "AND x.number = e.number + 1"
)
_SAID = (
    "SELECT v.seq, v.created_at, v.author_kind FROM conversations_event v WHERE v.tenant_id = e.tenant_id "
    "AND v.conversation_id = e.conversation_id AND v.type = 'message'"
)
_ASKED = (
    f"JOIN LATERAL ({_SAID} AND v.author_kind = 'customer' AND v.created_at >= e.opened_at "
    "AND (x.opened_at IS NULL OR v.created_at < x.opened_at) ORDER BY v.seq LIMIT 1) q ON true"
)
_ANSWER = (
    f"LEFT JOIN LATERAL ({_SAID} AND v.author_kind IN ('ai', 'agent') AND v.seq > q.seq "
    "AND (x.opened_at IS NULL OR v.created_at < x.opened_at) ORDER BY v.seq LIMIT 1) a ON true"
)
_ENDED_AS = (
    f"CASE WHEN x.opened_at <= e.resolved_at + {_WEEK} THEN 'reopened' WHEN e.resolution = '' THEN 'unsolved' "
    "ELSE e.resolution END"
)
_BACK = (
    "SELECT FROM conversations_conversation b WHERE b.tenant_id = c.tenant_id AND b.customer_id = c.customer_id "
    f"AND b.id <> c.id AND b.last_seq > 0 AND b.created_at > e.resolved_at AND b.created_at <= e.resolved_at + {_WEEK}"
)
_EARLIER = (
    "SELECT FROM escalation_handoff o WHERE o.tenant_id = h.tenant_id AND o.conversation_id = h.conversation_id "
    "AND o.episode = h.episode AND o.id < h.id AND o.reason <> 'taken_over'"
)
_HANDOFF = f"escalation_handoff h {_talk('h')} WHERE {{within}}"
_STEPS = (
    "conversations_run n JOIN conversations_step s ON s.tenant_id = n.tenant_id AND s.run_id = n.id "
    f"{_talk('n')} WHERE {{within}} AND s.status = 'done' AND s.kind = "
)
_VERDICTS = (
    f"conversations_run n {_talk('n')} JOIN LATERAL (SELECT n.id * 1048576 + i.place AS row, i.one "  # noqa: S608
    "FROM jsonb_array_elements(n.checks) WITH ORDINALITY i(one, place) "
    "UNION ALL SELECT n.id * 1048576 + s.number * 128 + i.place, i.one FROM conversations_step s, "
    "jsonb_array_elements(s.data -> 'checks') WITH ORDINALITY i(one, place) WHERE s.tenant_id = n.tenant_id "
    "AND s.run_id = n.id AND s.data ? 'checks') v ON true "
    "WHERE {within} AND (v.one ->> 'action' <> 'allow' OR v.one ? 'failed')"
)
_USAGE = (
    "budgets_usage u LEFT JOIN conversations_conversation c ON c.tenant_id = u.tenant_id AND c.id = u.conversation "
    "LEFT JOIN LATERAL (SELECT o.team_id FROM escalation_handoff o WHERE o.tenant_id = c.tenant_id "
    "AND o.conversation_id = c.id ORDER BY o.id DESC LIMIT 1) t ON true"
)
_PAID = {
    "at": "u.at",
    "rows": "u",
    "row": "u.id",
    "release": "coalesce(u.release, 0)",
    "channel": "coalesce(c.channel, '')",
}
_RATED = {"at": "g.created_at", "rows": "g", "row": "g.id", "total": "g.score", "bad": "g.score <= 2"}
_HANDED = {"at": "h.queued_at", "rows": "h", "row": "h.id"}
_OPENED = {"at": "e.opened_at", "rows": "e", "row": "e.id"}

SOURCES: Mapping[str, Source] = {
    # Conversations in which something was said, by the customer's language.
    "begun": Source(
        **_OPENED,
        label="c.language",
        source=f"conversations_episode e {_talk('e')} WHERE {{within}} AND e.number = 1 AND c.last_seq > 0",
    ),
    "again": Source(
        **_OPENED,
        label="c.language",
        source=f"conversations_episode e {_talk('e')} WHERE {{within}} AND e.number > 1",
    ),
    # Episodes by how they ended. Bad: she came back with another conversation. Ticks: from opening to end.
    "ended": Source(
        at="e.resolved_at",
        rows="e",
        row="e.id",
        label=_ENDED_AS,
        bad=f"{_ENDED_AS} NOT IN ('reopened', 'abandoned', 'unsolved') AND EXISTS ({_BACK})",
        ticks=_millis("e.opened_at", "e.resolved_at"),
        source=f"conversations_episode e {_talk('e')} {_NEXT} WHERE {{within}} AND c.last_seq > 0",
    ),
    # Episodes by who answered first. Ticks: from the customer's first words to the answer.
    "answered": Source(
        **_OPENED,
        label="coalesce(a.author_kind, 'nobody')",
        bad="a.seq IS NULL",
        ticks=_millis("q.created_at", "a.created_at"),
        source=f"conversations_episode e {_talk('e')} {_NEXT} {_ASKED} {_ANSWER} WHERE {{within}}",
    ),
    # Hand-offs by reason. Total: those that were the episode's first. Bad: a promise of time was broken.
    "escalated": Source(
        **_HANDED,
        label="h.reason",
        team="coalesce(h.team_id, 0)",
        channel="h.channel",
        bad="cardinality(h.breached) > 0",
        total=f"CASE WHEN h.reason <> 'taken_over' AND NOT EXISTS ({_EARLIER}) THEN 1 ELSE 0 END",
        ticks=_millis("h.queued_at", "h.first_reply_at"),
        source=_HANDOFF,
    ),
    "outcome": Source(
        **_HANDED,
        label="h.status",
        team="coalesce(h.team_id, 0)",
        channel="h.channel",
        source=_HANDOFF,
    ),
    # Hand-offs by the member who took them. Total: the seconds she had them.
    "served": Source(
        **_HANDED,
        label="h.taken_by_id::text",
        team="coalesce(h.team_id, 0)",
        channel="h.channel",
        bad="cardinality(h.breached) > 0",
        total="h.served_seconds",
        ticks=_millis("h.queued_at", "h.first_reply_at"),
        source=f"{_HANDOFF} AND h.taken_by_id IS NOT NULL",
    ),
    "rated": Source(
        **_RATED,
        label="g.score::text",
        source=f"escalation_rating g {_talk('g', 'g')} WHERE {{within}}",
    ),
    "rated_member": Source(
        **_RATED,
        label="g.member_id::text",
        source=f"escalation_rating g {_talk('g', 'g')} WHERE {{within}} AND g.member_id IS NOT NULL",
    ),
    # Calls that were paid for, by feature. Total: nanos.
    "spent": Source(
        **_PAID,
        label="CASE WHEN u.traffic = 'live' THEN u.feature ELSE u.traffic END",
        bad="u.lost",
        total="u.cost_nanos",
        source=f"{_USAGE} WHERE {{within}}",
    ),
    # Tokens of customers' conversations. Total: tokens.
    "tokens": Source(
        **(_PAID | {"row": "u.id * 4 + k.place"}),
        label="k.label",
        total="k.tokens",
        source=(
            f"{_USAGE} CROSS JOIN LATERAL (VALUES (1, 'prompt', u.prompt_tokens), (2, 'cached', u.cached_tokens), "
            "(3, 'completion', u.completion_tokens)) k(place, label, tokens) "
            "WHERE {within} AND u.traffic = 'live' AND NOT u.lost"
        ),
    ),
    # Calls of tools, in the hour in which the run began. Ticks: how long they took.
    "tool": Source(
        at="n.started_at",
        rows="n",
        row="s.id",
        label="s.name",
        bad="s.is_error",
        ticks=_millis("s.started_at", "s.finished_at"),
        source=f"{_STEPS}'tool'",
    ),
    "model": Source(
        at="n.started_at",
        rows="n",
        row="s.id",
        label="n.level",
        bad="s.is_error",
        total="s.prompt_tokens + s.completion_tokens",
        source=f"{_STEPS}'model'",
    ),
    # What guardrails did. Bad: the check itself broke down. Total: something followed.
    "guard": Source(
        at="n.started_at",
        rows="n",
        row="v.row",
        label="v.one ->> 'check'",
        bad="v.one ? 'failed'",
        total="CASE WHEN v.one ->> 'action' <> 'allow' THEN 1 ELSE 0 END",
        source=_VERDICTS,
    ),
}
