"""Tells a story: every beat by the service that does the same when it really happens, at the moment it names.

Invariant: a story is one transaction: told whole, or not at all. No model is asked: what the assistant says is written
in the story, and everything else (guardrails, mood, language, the rules of handing over, queue, promises of time,
packets, ratings) comes from the services themselves.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass, field, replace
from functools import singledispatch
from typing import Any

from conversations import answering, approvals, deciding, guarding, intake, journal, promises, runs
from conversations import queries as talks
from conversations import services as conversations
from conversations.aftercare import Stars
from conversations.book import RunBook
from conversations.calling import REFUSALS
from conversations.guarding import LEVEL, Prepared
from conversations.ladder import STORED
from conversations.models import Conversation
from conversations.turns import Job
from core.actors import Actor
from core.offload import awaited
from core.scope import tenant_scope
from demo.backoffice.errors import ShopError
from demo.backoffice.shop import Shop, as_text
from demo.history import beats, services
from demo.history.queries import MARK, Shelf
from demo.history.topics import TOPICS
from engine.agent.stored import NAME, SEARCH, Phrases
from engine.agent.values import Citation, Outcome, Step
from engine.gateway.protocol import ToolCall
from escalation.after import services as after
from escalation.desk import services as desk
from escalation.desk.posts import Post
from escalation.desk.services.hands import Instruction
from escalation.desk.services.words import Saying
from escalation.models import Urgency
from escalation.packets import services as packets
from escalation.queueing import services as queueing
from escalation.queueing.services import Target
from escalation.queueing.watching import watch_promises
from escalation.services import TicketDraft
from tenants.identity import SignedIdentity

OF_PEOPLE = (beats.Take, beats.Reply, beats.Transfer, beats.Resolve, beats.Leave)
"""Before these a promise of time may have been broken."""
PATIENCE = 60.0
"""Seconds to judge a sentence, on a machine that has much else to do."""


class StoryDoesNotHold(Exception):
    """A story expects the assistant to answer, or not to, and the rules of the house say otherwise."""


@dataclass(frozen=True, slots=True)
class House:
    """What all stories share."""

    tenant_id: int
    posts: dict[str, Post]
    shelf: Shelf
    office: Shop


@dataclass(slots=True)
class Telling:
    """A story being told: where it has come to."""

    house: House
    story: beats.Story
    now: dt.datetime
    talk: Conversation
    customer: Actor
    said: int = 0
    who: str = ""
    waiting: tuple[Job, str] | None = None
    answered: list[int] = field(default_factory=list)

    @property
    def place(self) -> dict[str, Any]:
        """Which conversation it is."""
        return {"tenant_id": self.house.tenant_id, "conversation_id": self.talk.pk}

    @property
    def post(self) -> Post:
        """The desk of whoever has the conversation."""
        return self.house.posts[self.who]

    @property
    def at_desk(self) -> dict[str, Any]:
        return {"post": self.post, "talk": self.talk, "now": self.now}


def tell(house: House, story: beats.Story, begins: dt.datetime) -> Conversation:
    """Tells a story that begins at a moment; its conversation.

    Raises:
        StoryDoesNotHold
    """
    with tenant_scope(house.tenant_id):
        telling = _begun(house, story, begins)
        for beat in story.beats:
            telling.now += dt.timedelta(seconds=beat.after)
            if isinstance(beat, OF_PEOPLE):
                watch_promises(tenant_id=house.tenant_id, now=telling.now)
            happen(beat, telling)
        services.tagged_at(telling.talk.pk, telling.now)
    return telling.talk


def _begun(house: House, story: beats.Story, begins: dt.datetime) -> Telling:
    who = story.customer
    known = SignedIdentity(who.external_id, who.name, who.email) if who.external_id else None
    customer = conversations.find_or_make_customer(tenant_id=house.tenant_id, identity=known)
    actor = conversations.customer_actor(customer)
    talk = conversations.open_conversation(tenant_id=house.tenant_id, customer=customer, actor=actor)
    services.begin_at(talk, begins)
    return Telling(house, story, begins, talk, actor)


@singledispatch
def happen(beat: beats.Beat, telling: Telling) -> None:
    """Does one beat."""
    raise NotImplementedError(type(beat))


@happen.register
def _say(beat: beats.Say, telling: Telling) -> None:
    telling.said += 1
    accepted = intake.receive_message(
        **telling.place,
        actor=telling.customer,
        text=beat.text,
        client_id=f"{MARK}{telling.story.key}-{telling.said}",
        now=telling.now,
    )
    if accepted.job is None:
        if beat.then is not None:
            raise StoryDoesNotHold(f"{telling.story.key}: nobody asks the assistant: {beat.text}")
        return
    telling.now += dt.timedelta(seconds=beat.took)
    prepared = deciding.before(_prepared(accepted.job))
    if prepared.outcome is not None:
        _end(telling, prepared.job, prepared.outcome, LEVEL)
    elif beat.then is None:
        raise StoryDoesNotHold(f"{telling.story.key}: nobody answers: {beat.text}")
    else:
        _answer(telling, prepared.job, beat)


def _prepared(job: Job) -> Prepared:
    found = awaited(guarding.prepare, job, seconds=PATIENCE)
    return Prepared(job) if found is None else found


def _answer(telling: Telling, job: Job, beat: beats.Say) -> None:
    match beat.then:
        case beats.Cited(topic, close):
            cited = telling.house.shelf.cited[topic]
            text = " ".join(part for part in (TOPICS[topic].answer, close) if part)
            steps = (_search(1, beat, cited), _wrote(2, text))
            _end(telling, job, Outcome("answered", text, (cited,), steps=steps))
        case beats.Worded(text, calls):
            made = _calls(telling, calls)
            _end(telling, job, Outcome("answered", text, steps=(*made, _wrote(len(made) + 1, text))))
        case beats.Nothing():
            text = Phrases.of(job.language).nothing
            steps = (_search(1, beat, None), _wrote(2, text))
            _end(telling, job, Outcome("answered", text, note="nothing", steps=steps))
        case beats.Stops(reason, calls):
            _end(telling, job, Outcome("exhausted", reason=reason, steps=_calls(telling, calls)))
        case beats.Away():
            found = Outcome("handed_over", reason="model_unavailable", note="model_timeout")
            _end(telling, job, found, "person")
        case beats.Asks():
            _ask(telling, job, beat.then)


def _ask(telling: Telling, job: Job, then: beats.Asks) -> None:
    offer = next((one for one in job.offers if one.name == then.call.tool), None)
    if offer is None:
        raise StoryDoesNotHold(f"{telling.story.key}: {then.call.tool} is not on offer")
    call = ToolCall("call_2", then.call.tool, json.dumps(dict(then.call.arguments)))
    asked = replace(_wrote(1, then.text), calls=(call,), detail="tool_calls")
    wanted = approvals.ask(job, 2, call, offer, now=telling.now)
    telling.waiting = (job, wanted)
    _end(telling, job, Outcome("waiting", then.text, reason=wanted, note=call.name, steps=(asked,)))


def _end(telling: Telling, job: Job, outcome: Outcome, level: str = STORED) -> None:
    """Ends the run as `answering.answer` does."""
    rest = replace(RunBook(job).take_rest(), steps=outcome.steps)
    deciding.after(job, outcome)
    ended = answering.commit_at(job, outcome, level=level, draft=job.draft, rest=rest, now=telling.now)
    said = [event.seq for event in ended.events if event.type == "message"]
    telling.answered += said


def _search(number: int, beat: beats.Say, cited: Citation | None) -> Step:
    call = ToolCall(f"call_{number}", SEARCH, json.dumps({"query": beat.text}, ensure_ascii=False))
    found = [] if cited is None else [{"n": 1, "title": cited.title, "text": cited.quote, "url": cited.url}]
    text = json.dumps({"passages": found}, ensure_ascii=False)
    seconds = 0.05 + beat.took / 100
    citations = () if cited is None else (cited,)
    return Step("tool", SEARCH, seconds, number=number, text=text, call=call, citations=citations)


def _wrote(number: int, text: str) -> Step:
    return Step("model", NAME, 0.02, detail="stop", number=number, text=text)


def _calls(telling: Telling, calls: tuple[beats.Call, ...], first: int = 1) -> tuple[Step, ...]:
    return tuple(_made(telling, call, number) for number, call in enumerate(calls, start=first))


def _made(telling: Telling, call: beats.Call, number: int) -> Step:
    """The step of a call, with what the office's own function says."""
    code = ""
    try:
        text = as_text(telling.house.office.execute(call.tool, call.arguments))
    except ShopError as error:
        text, code = error.detail, "tool_refused"
    made = ToolCall(f"call_{number}", call.tool, json.dumps(dict(call.arguments)))
    seconds = 0.18 + len(text) % 40 / 100
    return Step(
        "tool", call.tool, seconds, detail=code, is_error=bool(code), number=number, text=text, call=made
    )


@happen.register
def _decide(beat: beats.Decide, telling: Telling) -> None:
    if telling.waiting is None:
        raise StoryDoesNotHold(f"{telling.story.key}: nothing waits for a decision")
    (asked, wanted), telling.waiting = telling.waiting, None
    decision = approvals.Decision("approve" if beat.approve else "refuse", beat.reason)
    who = telling.house.posts[beat.who].actor
    approvals.decide(
        tenant_id=telling.house.tenant_id, public_id=wanted, decision=decision, actor=who, now=telling.now
    )
    telling.now += dt.timedelta(seconds=2)
    job = runs.take_up(now=telling.now)
    if job is None or job.run_id != asked.run_id:
        raise StoryDoesNotHold(f"{telling.story.key}: another run goes on")
    row = talks.get_approval(telling.house.tenant_id, wanted)
    call = beats.Call(row.tool, row.arguments)
    step = _made(telling, call, 2) if beat.approve else _refused(call, beat.reason)
    _end(telling, job, Outcome("answered", beat.then, steps=(step, _wrote(3, beat.then))))


def _refused(call: beats.Call, reason: str) -> Step:
    made = ToolCall("call_2", call.tool, json.dumps(dict(call.arguments)))
    text = f"{REFUSALS['refused']} {reason}"
    return Step("tool", call.tool, 0.01, detail="refused", is_error=True, number=2, text=text, call=made)


@happen.register
def _thumb(beat: beats.Thumb, telling: Telling) -> None:
    rating = conversations.Rating(telling.answered[-1], beat.value, beat.reason)
    conversations.give_feedback(**telling.place, actor=telling.customer, rating=rating, now=telling.now)


@happen.register
def _person(beat: beats.Person, telling: Telling) -> None:
    conversations.request_person(**telling.place, actor=telling.customer, now=telling.now)


@happen.register
def _choose(beat: beats.Choose, telling: Telling) -> None:
    choice = promises.Choice(beat.choice, beat.email)
    promises.choose(**telling.place, choice=choice, actor=telling.customer, now=telling.now)
    services.ticket_at(telling.talk.pk, telling.now)


@happen.register
def _take(beat: beats.Take, telling: Telling) -> None:
    telling.who = beat.who
    packets.make(telling.house.tenant_id, telling.talk.pk, with_model=False)
    queueing.claim(telling.post, telling.talk.pk, now=telling.now)


@happen.register
def _reply(beat: beats.Reply, telling: Telling) -> None:
    desk.reply(**telling.at_desk, saying=Saying(beat.text))


@happen.register
def _note(beat: beats.Note, telling: Telling) -> None:
    post = telling.house.posts[beat.who or telling.who]
    desk.note(post=post, talk=telling.talk, saying=Saying(beat.text), now=telling.now)


@happen.register
def _transfer(beat: beats.Transfer, telling: Telling) -> None:
    team = desk.team_named(telling.house.tenant_id, beat.team)
    desk.transfer(**telling.at_desk, target=Target(team_id=team), note=beat.note)


@happen.register
def _give_back(beat: beats.GiveBack, telling: Telling) -> None:
    desk.give_back(**telling.at_desk, instruction=Instruction(beat.note))


@happen.register
def _resolve(beat: beats.Resolve, telling: Telling) -> None:
    desk.resolve(**telling.at_desk, disposition=beat.disposition, note=beat.note)


@happen.register
def _tagged(beat: beats.Tagged, telling: Telling) -> None:
    post = telling.post if telling.who else telling.house.posts["mia"]
    desk.tag(post=post, talk=telling.talk, name=beat.name)


@happen.register
def _to_ticket(beat: beats.ToTicket, telling: Telling) -> None:
    draft = TicketDraft(beat.subject, beat.body, beat.priority)
    desk.open_ticket_for(post=telling.post, talk=telling.talk, draft=draft, key=telling.story.key)
    services.ticket_at(telling.talk.pk, telling.now)
    if beat.done_after:
        done = telling.now + dt.timedelta(seconds=beat.done_after)
        services.close_tickets(telling.talk.pk, telling.post.actor, done)


@happen.register
def _silence(beat: beats.Silence, telling: Telling) -> None:
    after.end_silent(**telling.place, before=telling.now, confirmed_before=telling.now, now=telling.now)


@happen.register
def _leave(beat: beats.Leave, telling: Telling) -> None:
    after.leave_queue(**telling.place, before=telling.now, now=telling.now)


@happen.register
def _rate(beat: beats.Rate, telling: Telling) -> None:
    episode = journal.peek(telling.talk.pk).episode
    stars = Stars(episode, beat.score, beat.comment)
    after.rate(**telling.place, stars=stars, actor=telling.customer, now=telling.now)


@happen.register
def _draft(beat: beats.Draft, telling: Telling) -> None:
    desk.keep_draft(**telling.at_desk, text=beat.text, is_note=False)


@happen.register
def _urgent(beat: beats.Urgent, telling: Telling) -> None:
    lead = telling.house.posts[beat.who]
    queueing.set_urgency(lead, telling.talk.pk, Urgency.URGENT, now=telling.now)
