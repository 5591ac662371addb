"""Answers a person's wish for help at the desk, through the same gateway, budgets and guardrails as answers.

Invariant: what is suggested passes the output checks of the tenant's policy before a person reads it, and says what
they found; nothing of it reaches a customer unless a person sends it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from audit.services import record
from conversations import journal, outlet, turns
from conversations.side_calls import SideCall, SideReply, ask
from core.errors import Forbidden, Invalid
from core.offload import in_database
from core.scope import tenant_scope
from engine.guardrails import policies
from engine.guardrails.output.building import checks_for, gate_for
from engine.guardrails.output.values import Evidence
from engine.guardrails.values import Action
from engine.knowledge import queries as knowledge
from escalation.assist.asking import KINDS, TONES, Passage, Wish, prompt_for
from escalation.desk import queries as desk
from escalation.packets import queries as packets
from escalation.packets.assembling import Spoken

if TYPE_CHECKING:
    from escalation.desk.deeds import Deed
    from escalation.desk.posts import Post

FEATURE = "assist"
TOKENS = 600
MOST_TEXT = 8000
PASSAGES = 4


class BadWish(Invalid):
    code = "bad_assist"
    default_message = (
        f"The assistant helps with these: {', '.join(KINDS)}. To rewrite and to translate it needs a text."
    )


class NotForYou(Forbidden):
    code = "read_only"
    default_message = "Your role looks on: it does not ask the assistant."


async def assist(post: Post, deed: Deed) -> dict[str, Any]:
    """A draft for a person.

    Returns: `text`, the `sources` it may cite, `warnings` (names of the checks that it would not have passed as an
    answer of the assistant), `usage` in tokens.

    Raises:
        BadWish, NotForYou
        conversations.side_calls.NoModel, NoMoneyLeft, ModelSilent
        conversations.journal.NoSuchConversation, escalation.desk.queries.NotYourTeam
    """
    wish = wish_of(deed.fields)
    talk, spoken = await in_database(_look)(post, deed.conversation)
    passages = (
        await in_database(_passages, lane="long")(post.tenant_id, spoken) if wish.kind == "suggest" else []
    )
    told = prompt_for(wish, talk.tenant_name, spoken, passages)
    reply = await ask(SideCall(post.tenant_id, talk.pk, FEATURE, told, TOKENS, cheap=wish.kind != "suggest"))
    warnings = await in_database(_checked)(post, talk, wish, reply, passages, spoken)
    usage = reply.usage
    return {
        "kind": wish.kind,
        "text": reply.text,
        "sources": [{"n": n, "title": one.title, "url": one.url} for n, one in enumerate(passages, start=1)],
        "warnings": warnings,
        "usage": {"prompt": usage.prompt_tokens, "completion": usage.completion_tokens},
    }


def wish_of(fields: Mapping[str, Any]) -> Wish:
    """A wish from a frame's or a request's fields.

    Raises:
        BadWish
    """
    kind, text = fields.get("kind"), fields.get("text") or ""
    tone, language = fields.get("tone") or TONES[0], fields.get("language") or ""
    named = isinstance(text, str) and isinstance(language, str) and len(language) <= 8
    if kind not in KINDS or not named or len(text) > MOST_TEXT or tone not in TONES:
        raise BadWish
    if kind in ("rewrite", "translate") and not text.strip():
        raise BadWish
    return Wish(str(kind), text, str(tone), language)


class _Talk:
    """The conversation a wish is about, with what its checks go by."""

    def __init__(self, post: Post, conversation: str) -> None:
        found = desk.get_talk(post, conversation)
        self.pk, self.public_id, self.language = found.pk, str(found.public_id), found.language
        release, self.tenant_name = turns.release_of(journal.peek(found.pk).release_id)
        self.policy = policies.policy_for(post.tenant_id, release.pk, release.guardrails)


def _look(post: Post, conversation: str) -> tuple[_Talk, list[Spoken]]:
    if not post.can_act:
        raise NotForYou
    with tenant_scope(post.tenant_id):
        talk = _Talk(post, conversation)
        return talk, packets.spoken(post.tenant_id, talk.pk)


def _passages(tenant_id: int, spoken: list[Spoken]) -> list[Passage]:
    """What the knowledge says to the customer's last words."""
    asked = next((one.text for one in reversed(spoken) if one.by == "customer"), "")
    found = knowledge.search(tenant_id, asked, k=PASSAGES) if asked.strip() else []
    return [Passage(one.title, one.url, one.text) for one in found]


def _checked(
    post: Post, talk: _Talk, wish: Wish, reply: SideReply, passages: list[Passage], spoken: list[Spoken]
) -> list[str]:
    """The output checks that would have stopped or changed this draft, by name; the wish goes to the ledger."""
    evidence = Evidence(
        passages={number: one.text for number, one in enumerate(passages, start=1)},
        customer_text="\n".join(one.text for one in spoken if one.by == "customer"),
        records="\n".join([wish.text, *(one.text for one in spoken if one.by != "customer")]),
        language=talk.language if wish.kind == "suggest" else "",
    )
    rules = outlet.rules_of(talk.policy)
    gate = gate_for(rules, evidence, checks_for(rules))
    verdicts = [*gate.feed(reply.text).verdicts, *gate.finish().verdicts]
    with tenant_scope(post.tenant_id):
        record(
            actor=post.actor,
            action="assist.asked",
            target=f"conversation:{talk.public_id}",
            data={"kind": wish.kind, "model": reply.route},
        )
    return sorted({one.check for one in verdicts if one.action is not Action.ALLOW})
