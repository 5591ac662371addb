"""A run of the product's, ready to make tool calls; needs Django to be set up."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from django.utils import timezone

from conversations import intake, visits
from conversations.book import RunBook
from conversations.calling import RunTools
from conversations.frames import Hello
from conversations.turns import Job
from core.actors import system
from engine.agent.values import Step
from engine.gateway.protocol import ToolCall
from engine.releases.services import Configuration, publish
from engine.tools.services.connections import ConnectionDraft, add_connection
from engine.tools.services.hosts import allow_host
from engine.tools.services.tools import Definition, add_http_tool
from engine.tools.values import Policy, Risk
from tenants.services import create_tenant

ACTOR = system("bench")
PARAMETERS = {
    "type": "object",
    "properties": {"order": {"type": "string", "maxLength": 40}},
    "required": ["order"],
    "additionalProperties": False,
}


@dataclass
class Calls:
    """The calls of one run: each has a step of its own, which goes into the book when it is over."""

    job: Job
    number: int = 1
    book: RunBook = field(init=False)

    def __post_init__(self) -> None:
        self.book = RunBook(self.job)

    async def call(self, kind: str) -> None:
        """Makes one call, and notes it as the loop does."""
        self.number += 1
        made = ToolCall(f"call_{self.number}", kind, '{"order": "W1"}')
        result = await RunTools(self.job, self.book).call(made, number=self.number, first_citation=1)
        assert not result.is_error, result.text
        await self.book.note(Step("tool", kind, 0.0, number=self.number, text=result.text, call=made))


def a_run_with_tools(address: str) -> Calls:
    """A tenant with one tool that reads and one that writes, a customer, her message, and its run."""
    tenant = create_tenant(slug=f"tools-{secrets.token_hex(5)}", name="Tools", actor=ACTOR)
    publish(tenant_id=tenant.pk, configuration=Configuration(), actor=ACTOR)
    allow_host(tenant_id=tenant.pk, host=address.removeprefix("http://"), actor=ACTOR)
    draft = ConnectionDraft(name="Server", base_url=address)
    connection = add_connection(tenant_id=tenant.pk, draft=draft, actor=ACTOR)
    for name, risk in (("read", Risk.READ), ("write", Risk.WRITE)):
        definition = Definition(
            name=name,
            description=f"Does a {name}.",
            parameters=PARAMETERS,
            method="POST",
            url_template=f"/{name}",
            policy=Policy(risk=risk),
        )
        add_http_tool(tenant_id=tenant.pk, connection=connection, definition=definition, actor=ACTOR)
    visit = visits.welcome(tenant_id=tenant.pk, hello=Hello(), now=timezone.now())
    accepted = intake.receive_message(
        tenant_id=tenant.pk,
        conversation_id=visit.conversation_id,
        actor=visit.customer,
        text="Where is my order W1?",
        client_id=secrets.token_hex(8),
        now=timezone.now(),
    )
    assert accepted.job is not None
    return Calls(accepted.job)
