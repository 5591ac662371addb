"""Random histories of a tenant, written straight into its tables, and the figures as a reader would count them."""

from __future__ import annotations

import datetime as dt
import math
import random
import uuid
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from conversations.models import Conversation, Customer, Episode, Event, Run, Step
from core.scope import tenant_scope
from engine.budgets.models import Usage
from engine.releases.models import Release
from engine.releases.services import Configuration, publish
from escalation.figures.histograms import bucket_of
from escalation.models import Figure, Handoff, Rating, Team
from tests.factories import Person

Key = tuple[Any, ...]
WEEK = dt.timedelta(days=7)
PRICES = {"input_price": 1, "cached_price": 1, "output_price": 1}


@dataclass
class Counts:
    """Figures by hour, name, label, release, team and channel: how many, how many bad, their total, a histogram."""

    count: Counter[Key] = field(default_factory=Counter)
    bad: Counter[Key] = field(default_factory=Counter)
    total: Counter[Key] = field(default_factory=Counter)
    bars: Counter[Key] = field(default_factory=Counter)

    def add(self, at: dt.datetime, name: str, label: str, where: Key, **facts: Any) -> None:
        key = (at.replace(minute=0, second=0, microsecond=0), name, label, *where)
        self.count[key] += 1
        self.bad[key] += bool(facts.get("bad"))
        self.total[key] += facts.get("total", 0)
        if facts.get("ticks") is not None:
            self.bars[(*key, bucket_of(math.floor(facts["ticks"] + 0.5)))] += 1

    def told(self) -> dict[str, dict[Key, int]]:
        parts = {"count": self.count, "bad": self.bad, "total": self.total, "bars": self.bars}
        return {name: {key: number for key, number in part.items() if number} for name, part in parts.items()}


class World:
    """A tenant that lives at random."""

    def __init__(self, person: Person, seed: int, now: dt.datetime) -> None:
        self.person, self.dice, self.now = person, random.Random(seed), now
        self.own = {"tenant_id": person.tenant.pk}
        publish(tenant_id=person.tenant.pk, configuration=Configuration(), actor=person.actor)
        with tenant_scope(person.tenant.pk):
            self.releases = list(Release.objects.filter(**self.own))
            self.teams = [Team.objects.create(**self.own, name=name) for name in ("Shop", "Billing")]
            self.customers = [Customer.objects.create(**self.own, public_id=uuid.uuid4()) for _ in range(3)]

    def live(self, talks: int) -> None:
        """Some conversations more, and some that go on."""
        with tenant_scope(self.person.tenant.pk):
            for _ in range(talks):
                self._talk(self._moment())
            for talk in list(Conversation.objects.filter(**self.own).order_by("?")[:3]):
                self._go_on(talk)

    def _moment(self) -> dt.datetime:
        return self.now - dt.timedelta(seconds=self.dice.randint(60, 12 * 86_400))

    def _later(self, at: dt.datetime, most: int = 7200) -> dt.datetime:
        micros = self.dice.randint(0, 999)
        return min(at + dt.timedelta(seconds=self.dice.randint(1, most), milliseconds=micros), self.now)

    def _talk(self, at: dt.datetime) -> None:
        talk = Conversation.objects.create(
            **self.own,
            customer=self.dice.choice(self.customers),
            release=self.dice.choice(self.releases),
            language=self.dice.choice(["", "en", "de"]),
            channel=self.dice.choice(["chat", "mail"]),
            last_seq=self.dice.choice([0, 9, 9, 9]),
            created_at=at,
            updated_at=at,
        )
        number = 0
        for number in range(1, self.dice.randint(2, 3)):
            at = self._episode(talk, number, at)
        Conversation.objects.filter(pk=talk.pk).update(episode=max(number, 1))

    def _go_on(self, talk: Conversation) -> None:
        """As an append does it: whatever is written, the conversation is newer than it was."""
        talk.refresh_from_db()
        newest = Episode.objects.filter(**self.own, conversation=talk).order_by("number").last()
        assert newest is not None
        at = self._later(newest.resolved_at or newest.opened_at, 86_400)
        if newest.resolved_at is None:
            self._end(talk, newest, at)
        else:
            self._episode(talk, newest.number + 1, at)
        Conversation.objects.filter(pk=talk.pk).update(updated_at=self.now)

    def _episode(self, talk: Conversation, number: int, at: dt.datetime) -> dt.datetime:
        row = Episode.objects.create(**self.own, conversation=talk, number=number, opened_at=at)
        at = self._say(talk, self._later(at, 600), "customer")
        if self.dice.random() < 0.8:
            at = self._say(talk, self._later(at, 60), "ai")
            self._run(talk, at)
        if self.dice.random() < 0.5:
            at = self._hand_over(talk, number, at)
        if self.dice.random() < 0.7:
            at = self._end(talk, row, self._later(at))
        return self._later(at, 12 * 86_400 if self.dice.random() < 0.3 else 86_400)

    def _say(self, talk: Conversation, at: dt.datetime, who: str, kind: str = "message") -> dt.datetime:
        seq = Event.objects.filter(**self.own, conversation=talk).count() + 1
        Event.objects.create(
            **self.own, conversation=talk, seq=seq, type=kind, author_kind=who, text=who, created_at=at
        )
        return at

    def _hand_over(self, talk: Conversation, number: int, at: dt.datetime) -> dt.datetime:
        Handoff.objects.filter(**self.own, conversation=talk).update(status="returned")
        reply = self._later(at, 900)
        has_reply = self.dice.random() < 0.7
        Handoff.objects.create(
            **self.own,
            conversation=talk,
            episode=number,
            team=self.dice.choice([*self.teams, None]),
            status=self.dice.choice(["resolved", "returned", "left"]),
            reason=self.dice.choice(["asked", "unsure", "taken_over"]),
            taken_by_id=self.person.member.pk if has_reply else None,
            served_seconds=self.dice.randint(0, 500),
            breached=["reply"] if self.dice.random() < 0.3 else [],
            queued_at=at,
            first_reply_at=reply if has_reply else None,
        )
        return self._say(talk, reply, "agent") if has_reply else at

    def _end(self, talk: Conversation, row: Episode, at: dt.datetime) -> dt.datetime:
        row.resolved_at = at
        row.resolution = self.dice.choice(["", "confirmed", "assumed", "contained", "abandoned"])
        row.save()
        self._say(talk, at, "agent", "owner")
        if self.dice.random() < 0.6:
            Rating.objects.create(
                **self.own,
                conversation=talk,
                episode=row.number,
                score=self.dice.randint(1, 5),
                release=talk.release,
                member_id=self.dice.choice([None, self.person.member.pk]),
                created_at=at,
            )
        return at

    def _run(self, talk: Conversation, at: dt.datetime) -> None:
        verdicts = [
            {"check": "injection", "action": self.dice.choice(["allow", "block"]), "flagged": True},
            {"check": "pii", "action": "allow", "failed": "timeout"},
        ]
        run = Run.objects.create(
            **self.own, conversation=talk, status="done", owner_version=1, upto_seq=1, lease_until=at,
            level=self.dice.choice(["model", "stored_answers"]), started_at=at, finished_at=at,
            checks=verdicts[: self.dice.randint(0, 2)],
        )  # fmt: skip
        for number, kind in enumerate(self.dice.choices(["tool", "model"], k=3), start=1):
            took = dt.timedelta(milliseconds=self.dice.randint(1, 5000))
            Step.objects.create(
                **self.own, run=run, number=number, kind=kind, name=self.dice.choice(["look_up", "refund"]),
                status=self.dice.choice(["done", "done", "started"]), is_error=self.dice.random() < 0.3,
                data={"checks": verdicts[:1]} if self.dice.random() < 0.3 else {},
                prompt_tokens=self.dice.randint(1, 99), started_at=at, finished_at=at + took,
            )  # fmt: skip
        self._use(run, talk, at)

    def _use(self, run: Run, talk: Conversation, at: dt.datetime) -> None:
        cost = self.dice.randint(1, 10**9)
        about = talk.pk if self.dice.random() < 0.8 else None
        Usage.objects.create(
            **self.own, **PRICES, run=str(run.public_id), step=1, attempt=1, conversation=about,
            release=talk.release.number, feature="chat", traffic=self.dice.choice(["live", "live", "preview"]),
            provider="p", model="m", reservation=run.pk, prompt_tokens=10, completion_tokens=5, cached_tokens=2,
            cost_nanos=cost, charged_nanos=cost, overrun_nanos=0, estimated=False,
            lost=self.dice.random() < 0.1, at=at,
        )  # fmt: skip


def rolled(person: Person) -> dict[str, dict[Key, int]]:
    """What the figures say."""
    found = Counts()
    with tenant_scope(person.tenant.pk):
        for row in Figure.objects.filter(tenant_id=person.tenant.pk):
            key = (row.hour, row.name, row.label, row.release, row.team, row.channel)
            found.count[key], found.bad[key], found.total[key] = row.count, row.bad, row.total
            for bucket, number in zip(row.buckets, row.counts, strict=True):
                found.bars[(*key, bucket)] = number
    return found.told()


def counted(person: Person) -> dict[str, dict[Key, int]]:
    """What a reader of the rows counts, one row after the other."""
    with tenant_scope(person.tenant.pk):
        return _Reader(person).read().told()


class _Reader:
    """Counts a tenant's rows without the figures' own statements."""

    def __init__(self, person: Person) -> None:
        self.found, own = Counts(), {"tenant_id": person.tenant.pk}
        self.talks = {row.pk: row for row in Conversation.objects.filter(**own).select_related("release")}
        self.handoffs = list(Handoff.objects.filter(**own).order_by("id"))
        self.episodes = list(Episode.objects.filter(**own))
        self.events = list(Event.objects.filter(**own, type="message").order_by("seq"))
        self.ratings = list(Rating.objects.filter(**own).select_related("release"))
        self.runs = {row.pk: row for row in Run.objects.filter(**own)}
        self.steps = list(Step.objects.filter(**own))
        self.usage = list(Usage.objects.filter(**own))

    def read(self) -> Counts:
        for row in self.episodes:
            self._opened(row)
            self._ended(row)
        for handoff in self.handoffs:
            self._handed(handoff)
        for rating in self.ratings:
            self._rated(rating)
        self._ran()
        for usage in self.usage:
            self._used(usage)
        return self.found

    def _team(self, talk: int | None) -> int:
        return next((row.team_id or 0 for row in reversed(self.handoffs) if row.conversation_id == talk), 0)

    def _where(self, talk: Conversation) -> Key:
        return talk.release.number, self._team(talk.pk), talk.channel

    def _next(self, row: Episode) -> Episode | None:
        following = (row.conversation_id, row.number + 1)
        return next((one for one in self.episodes if (one.conversation_id, one.number) == following), None)

    def _opened(self, row: Episode) -> None:
        talk, following = self.talks[row.conversation_id], self._next(row)
        if row.number > 1:
            self.found.add(row.opened_at, "again", talk.language, self._where(talk))
        elif talk.last_seq:
            self.found.add(row.opened_at, "begun", talk.language, self._where(talk))
        end = following.opened_at if following else dt.datetime.max.replace(tzinfo=dt.UTC)
        said = [
            one for one in self.events
            if one.conversation_id == talk.pk and row.opened_at <= one.created_at < end
        ]  # fmt: skip
        asked = next((one for one in said if one.author_kind == "customer"), None)
        if asked is None:
            return
        answer = next((one for one in said if one.seq > asked.seq and one.author_kind != "customer"), None)
        label = answer.author_kind if answer else "nobody"
        ticks = _millis(asked.created_at, answer.created_at) if answer else None
        self.found.add(row.opened_at, "answered", label, self._where(talk), bad=answer is None, ticks=ticks)

    def _ended(self, row: Episode) -> None:
        talk, following = self.talks[row.conversation_id], self._next(row)
        if row.resolved_at is None or not talk.last_seq:
            return
        label = row.resolution or "unsolved"
        if following and following.opened_at <= row.resolved_at + WEEK:
            label = "reopened"
        back = any(
            one.customer_id == talk.customer_id and one.pk != talk.pk and one.last_seq
            and row.resolved_at < one.created_at <= row.resolved_at + WEEK
            for one in self.talks.values()
        )  # fmt: skip
        bad = back and label not in ("reopened", "abandoned", "unsolved")
        ticks = _millis(row.opened_at, row.resolved_at)
        self.found.add(row.resolved_at, "ended", label, self._where(talk), bad=bad, ticks=ticks)

    def _handed(self, row: Handoff) -> None:
        talk = self.talks[row.conversation_id]
        where = (talk.release.number, row.team_id or 0, row.channel)
        earlier = any(
            one.conversation_id == row.conversation_id and one.episode == row.episode and one.pk < row.pk
            and one.reason != "taken_over"
            for one in self.handoffs
        )  # fmt: skip
        first = int(row.reason != "taken_over" and not earlier)
        ticks = _millis(row.queued_at, row.first_reply_at) if row.first_reply_at else None
        facts = {"bad": bool(row.breached), "ticks": ticks}
        self.found.add(row.queued_at, "escalated", row.reason, where, total=first, **facts)
        self.found.add(row.queued_at, "outcome", row.status, where)
        if row.taken_by_id:
            served = {"total": row.served_seconds, **facts}
            self.found.add(row.queued_at, "served", str(row.taken_by_id), where, **served)

    def _rated(self, row: Rating) -> None:
        talk = self.talks[row.conversation_id]
        where = (row.release.number, self._team(talk.pk), talk.channel)
        facts = {"total": row.score, "bad": row.score <= 2}
        self.found.add(row.created_at, "rated", str(row.score), where, **facts)
        if row.member_id:
            self.found.add(row.created_at, "rated_member", str(row.member_id), where, **facts)

    def _ran(self) -> None:
        for step in self.steps:
            run = self.runs[step.run_id]
            where = self._where(self.talks[run.conversation_id])
            self._verdicts(run, where, step.data.get("checks", []))
            if step.status != "done":
                continue
            if step.kind == "tool":
                ticks = _millis(step.started_at, step.finished_at)
                self.found.add(run.started_at, "tool", step.name, where, bad=step.is_error, ticks=ticks)
            else:
                tokens = step.prompt_tokens + step.completion_tokens
                self.found.add(run.started_at, "model", run.level, where, bad=step.is_error, total=tokens)
        for run in self.runs.values():
            self._verdicts(run, self._where(self.talks[run.conversation_id]), run.checks)

    def _verdicts(self, run: Run, where: Key, checks: list[dict[str, Any]]) -> None:
        for one in checks:
            if one["action"] != "allow" or "failed" in one:
                acted = int(one["action"] != "allow")
                self.found.add(run.started_at, "guard", one["check"], where, bad="failed" in one, total=acted)

    def _used(self, row: Usage) -> None:
        talk = self.talks.get(row.conversation or 0)
        where = (row.release, self._team(row.conversation), talk.channel if talk else "")
        label = row.feature if row.traffic == "live" else row.traffic
        self.found.add(row.at, "spent", label, where, total=row.cost_nanos, bad=row.lost)
        if row.traffic == "live" and not row.lost:
            for name, number in (("prompt", 10), ("cached", 2), ("completion", 5)):
                self.found.add(row.at, "tokens", name, where, total=number)


def _millis(begin: dt.datetime, end: dt.datetime | None) -> float:
    assert end is not None
    return max((end - begin).total_seconds() * 1000, 0)
