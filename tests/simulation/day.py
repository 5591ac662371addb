"""The day itself: a queue of moments, each of which calls the product as people and customers would.

Invariant: what the simulation believes of who has what comes from what the services answered; what it checks is read
from the database, before each sweep, when things are at their worst.
"""

from __future__ import annotations

import datetime as dt
import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from random import Random
from typing import Any

from conversations import intake, journal
from conversations import promises as offers
from conversations import services as conversations
from conversations.promises import Choice
from core import sql
from core.errors import SwitchboardError
from core.scope import tenant_scope
from escalation.queueing import presence, services
from escalation.queueing.sweeps import SWEEP_SECONDS, sweep
from tests.factories import SETUP
from tests.simulation.cast import CAPACITY, HOUR, MORNING, Agent, Client, Plan, customers, furnish, hire

AFTERWARDS = 600.0
"""So long after the last shift the queue is still swept, if anybody has come to no end yet."""
_TAKEN = (
    "SELECT conversation_id, taken_by_id, paused_at IS NULL FROM escalation_handoff "
    "WHERE tenant_id = %s AND status = 'taken'"
)
_OFFERED = "SELECT public_id::text, offered_to_id FROM escalation_handoff WHERE tenant_id = %s AND status = 'offered'"
_WAITING = "SELECT count(*) FROM escalation_handoff WHERE tenant_id = %s AND status = 'waiting'"


@dataclass(slots=True)
class Found:
    """What the day came to."""

    clients: list[Client]
    agents: list[Agent]
    faults: list[str] = field(default_factory=list)
    longest_absent: float = 0.0
    most_waiting: int = 0
    returns: int = 0
    tenant_id: int = 0


class Day:
    """One simulated day."""

    def __init__(self, plan: Plan) -> None:
        self.plan, self.dice = plan, Random(plan.seed)
        self.tenant, teams = furnish()
        self.agents = hire(plan, self.tenant, teams, self.dice)
        self.clients = customers(plan, self.dice)
        self.members = {agent.member_id: agent for agent in self.agents}
        self.matters: dict[int, Client] = {}
        self.holder: dict[int, Agent] = {}
        self.answering: set[str] = set()
        self.found = Found(self.clients, self.agents, tenant_id=self.tenant.pk)
        self.moments: list[tuple[float, int, Callable[[float], None]]] = []
        self.numbers = count()

    def run(self) -> Found:
        """Plays the day through."""
        for client in self.clients:
            self.at(client.at, partial(self.arrive, client))
        end = self.plan.hours * HOUR + AFTERWARDS
        self.at(0.0, partial(self.tick, end))
        while self.moments:
            at, _, deed = heapq.heappop(self.moments)
            deed(at)
        return self.found

    def at(self, at: float, deed: Callable[[float], None]) -> None:
        heapq.heappush(self.moments, (at, next(self.numbers), deed))

    # Every five seconds: signs of life, a look at what is wrong, a sweep, and who may take something takes it.

    def tick(self, end: float, at: float) -> None:
        self.move(at)
        self.check(at)
        sweep(tenant_id=self.tenant.pk, now=when(at))
        self.reckon(at)
        self.take(at)
        is_over = at > end - AFTERWARDS and all(client.outcome for client in self.clients)
        if at + SWEEP_SECONDS <= end and not is_over:
            self.at(at + SWEEP_SECONDS, partial(self.tick, end))

    def move(self, at: float) -> None:
        """People come, go, have lunch; desks that are there say so."""
        lines = []
        for agent in self.agents:
            if agent.begins <= at < agent.ends and not agent.is_lost(at):
                lines.append(f"d{agent.member_id}")
            said = "online" if agent.works(at) else ("away" if agent.begins <= at < agent.ends else "offline")
            if said != agent.said and not agent.is_lost(at):
                self.say(agent, said, at)
            self.note_absence(agent, at)
        presence.seen(tenant_id=self.tenant.pk, lines=lines, now=when(at))

    def say(self, agent: Agent, said: str, at: float) -> None:
        own: dict[str, Any] = {"tenant_id": self.tenant.pk, "now": when(at)}
        if agent.said == "offline":
            presence.arrive(**own, member_id=agent.member_id, line=f"d{agent.member_id}")
        presence.set_presence(**own, member_id=agent.member_id, presence=said, actor=agent.actor)
        if said == "offline":
            presence.gone(**own, line=f"d{agent.member_id}")
        agent.said = said
        if said == "online":
            self.resume(agent, at)

    def note_absence(self, agent: Agent, at: float) -> None:
        if agent.is_there(at):
            if agent.absent_since is not None:
                self.resume(agent, at)
            agent.absent_since = None
        elif agent.absent_since is None:
            began = [begin for begin, end in agent.lost if begin <= at < end]
            agent.absent_since = max(began) if began else at

    def resume(self, agent: Agent, at: float) -> None:
        """Back at her desk she answers what is still hers."""
        for conversation_id in sorted(agent.mine):
            self.answer_soon(agent, self.matters[conversation_id], at)

    def check(self, at: float) -> None:
        """How long customers have waited for people who are not there, before this sweep mends it."""
        for conversation_id, member_id, waits in self.rows(_TAKEN):
            agent, client = self.members[member_id], self.matters[conversation_id]
            if waits and agent.absent_since is not None:
                since = max(agent.absent_since, client.spoke_at, client.taken_at or 0.0)
                self.found.longest_absent = max(self.found.longest_absent, at - since)

    def reckon(self, at: float) -> None:
        """Notes what the sweep took from whom."""
        taken = {conversation_id: member_id for conversation_id, member_id, _ in self.rows(_TAKEN)}
        for conversation_id, agent in list(self.holder.items()):
            if taken.get(conversation_id) != agent.member_id:
                self.let_go(conversation_id, at)
                self.matters[conversation_id].returns += 1
                self.found.returns += 1
                self.at(at + 30, partial(self.look, self.matters[conversation_id]))
        self.found.most_waiting = max(self.found.most_waiting, int(self.rows(_WAITING)[0][0]))

    def let_go(self, conversation_id: int, at: float) -> None:
        agent = self.holder.pop(conversation_id)
        agent.mine.discard(conversation_id)
        agent.busy_seconds += at - (self.matters[conversation_id].taken_at or at)

    # Taking: the next one where people pull, what is offered where it is pushed.

    def take(self, at: float) -> None:
        for handoff, member_id in self.rows(_OFFERED):
            if handoff not in self.answering and self.members[member_id].is_there(at):
                self.answering.add(handoff)
                delay = self.dice.uniform(2, 8)
                self.at(at + delay, partial(self.decide, handoff, self.members[member_id]))
        if not int(self.rows(_WAITING)[0][0]):
            return
        free = [a for a in self.agents if a.is_there(at) and len(a.mine) < CAPACITY and at >= a.retry_at]
        self.dice.shuffle(free)
        for agent in free:
            agent.retry_at = at + 10
            self.at(at + self.dice.uniform(0.5, 4), partial(self.pull, agent))

    def decide(self, handoff: str, agent: Agent, at: float) -> None:
        self.answering.discard(handoff)
        chance = self.dice.random()
        if chance < 0.05 or not agent.is_there(at):
            return
        try:
            if chance < 0.1:
                services.decline(agent, handoff, now=when(at))
            else:
                self.taken(agent, services.accept(agent, handoff, now=when(at)), at)
        except SwitchboardError as error:
            if error.code not in {"offer_gone", "no_such_handoff"}:
                raise

    def pull(self, agent: Agent, at: float) -> None:
        if not agent.is_there(at):
            return
        try:
            taken = services.claim_next(agent, now=when(at))
        except services.NoRoom:
            return
        if taken is not None:
            agent.retry_at = at
            self.taken(agent, taken, at)

    def taken(self, agent: Agent, taken: services.Taken, at: float) -> None:
        client = self.matters[taken.conversation_id]
        if taken.conversation_id in self.holder:
            self.found.faults.append(f"customer {client.number} was given to two at {at:.0f} s")
        self.holder[taken.conversation_id] = agent
        agent.mine.add(taken.conversation_id)
        agent.taken += 1
        client.taken_at = at
        self.answer_soon(agent, client, at)

    # The conversation.

    def arrive(self, client: Client, at: float) -> None:
        with tenant_scope(self.tenant.pk):
            own: dict[str, Any] = {"tenant_id": self.tenant.pk}
            opened = conversations.open_for(**own, claim=conversations.Claim(), actor=SETUP)
            client.conversation_id = opened.pk
            client.actor = conversations.customer_actor(opened.customer)
            self.matters[opened.pk] = client
            head = journal.lock(opened.pk)
            head.language = client.language
            about = {"team": client.team, "skills": list(client.skills)}
            conversations.hand_over(
                head, actor=client.actor, reason="asked", note="", now=when(at), about=about
            )
        client.spoke_at = at
        self.at(at + 30, partial(self.look, client))

    def look(self, client: Client, at: float) -> None:
        """Where nobody can come she takes what is offered; where she waits she goes on waiting."""
        if client.outcome:
            return
        with tenant_scope(self.tenant.pk):
            owner = journal.peek(client.conversation_id).owner
        if owner == "ai":
            client.outcome = "ticket" if self.dice.random() < 0.5 else "assistant"
            choice = Choice(client.outcome, f"c{client.number}@example.com")
            own: dict[str, Any] = {"tenant_id": self.tenant.pk, "conversation_id": client.conversation_id}
            offers.choose(**own, choice=choice, actor=client.actor, now=when(at))
        elif owner == "queue":
            self.at(at + 30, partial(self.look, client))

    def answer_soon(self, agent: Agent, client: Client, at: float) -> None:
        think = at + self.dice.expovariate(1 / 90)
        self.at(think, partial(self.answer, agent, client))

    def answer(self, agent: Agent, client: Client, at: float) -> None:
        if self.holder.get(client.conversation_id) is not agent or not agent.is_there(at):
            return  # she is not there, or it is somebody else's by now; who comes back resumes
        own: dict[str, Any] = {"tenant_id": self.tenant.pk, "conversation_id": client.conversation_id}
        hers: dict[str, Any] = {"agent": agent.user, "actor": agent.actor, "now": when(at)}
        conversations.reply(**own, **hers, text="Let me look at it.")
        client.rounds -= 1
        if client.rounds <= 0:
            conversations.close(**own, **hers)
            client.outcome = "resolved"
            self.let_go(client.conversation_id, at)
            agent.retry_at = at
        else:
            self.at(at + self.dice.expovariate(1 / 60), partial(self.say_more, client))

    def say_more(self, client: Client, at: float) -> None:
        if client.outcome:
            return
        intake.receive_message(
            tenant_id=self.tenant.pk, conversation_id=client.conversation_id, actor=client.actor,
            text="And then?", client_id=f"m{client.number}-{client.rounds}-{at:.0f}", now=when(at),
        )  # fmt: skip
        client.spoke_at = at
        agent = self.holder.get(client.conversation_id)
        if agent is not None:
            self.answer_soon(agent, client, at)
        else:
            self.look(client, at)

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        with tenant_scope(self.tenant.pk):
            return sql.rows(statement, [self.tenant.pk])


def when(at: float) -> dt.datetime:
    """A moment of the day."""
    return MORNING + dt.timedelta(seconds=at)
