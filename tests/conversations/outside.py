"""The world outside a run: a till that tools call, and a tenant whose assistant may call it."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from conversations import answering
from conversations.live import LiveAnswer
from conversations.models import Run
from conversations.turns import Job
from conversations.visits import Visit
from core.scope import tenant_scope
from engine.tools.models import Tool
from engine.tools.services.connections import ConnectionDraft, add_connection
from engine.tools.services.hosts import allow_host
from engine.tools.services.tools import Definition, add_http_tool
from engine.tools.values import Policy, Risk
from tests.factories import Person

ANYTHING = {"type": "object", "properties": {}, "additionalProperties": True}


@dataclass
class Till:
    """A web API that keeps what it was asked to do. `answers` by path; the default is a plain yes.

    An answer is a text, a status, or "hang" and "cut" for a server that does it and never says so.
    """

    answers: dict[str, Any] = field(default_factory=dict)
    done: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    address: str = ""

    def carry_out(self, path: str, key: str, arguments: dict[str, Any]) -> Any:
        """Does a thing once a key, and gives the answer."""
        if key not in [known for _, known, _ in self.done]:
            self.done.append((path, key, arguments))
        answer = self.answers.get(path, {"ok": True})
        return answer(self, key) if callable(answer) else answer

    def did(self, path: str) -> list[tuple[str, dict[str, Any]]]:
        return [(key, arguments) for at, key, arguments in self.done if at == path]


@contextmanager
def open_till() -> Iterator[Till]:
    """A till on loopback."""
    till = Till()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            answer = till.carry_out(self.path, self.headers["Idempotency-Key"], json.loads(body or b"{}"))
            if answer == "cut":
                self.close_connection = True
                self.connection.close()
                return
            if answer == "hang":
                closing.wait(20)
                self.close_connection = True
                return
            status = answer if isinstance(answer, int) else 200
            told = json.dumps({"ok": status == 200} if isinstance(answer, int) else answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    closing = threading.Event()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    till.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield till
    finally:
        closing.set()
        server.shutdown()
        server.server_close()


def a_tool(person: Person, till: Till, name: str, policy: Policy | None = None) -> Tool:
    """A tool of a person's tenant that posts to the till's path of the same name."""
    tenant_id = person.tenant.pk
    host = till.address.removeprefix("http://")
    allow_host(tenant_id=tenant_id, host=host, actor=person.actor)
    draft = ConnectionDraft(name=f"Till of {name}", kind="http", base_url=till.address)
    connection = add_connection(tenant_id=tenant_id, draft=draft, actor=person.actor)
    definition = Definition(
        name=name,
        description=f"Does {name}.",
        parameters=ANYTHING,
        method="POST",
        url_template=f"/{name}",
        policy=policy or Policy(risk=Risk.WRITE),
    )
    return add_http_tool(
        tenant_id=tenant_id, connection=connection, definition=definition, actor=person.actor
    )


def answer(job: Job) -> Run:
    """Answers a job in this process; the run as it stands then."""

    async def _answer() -> None:
        await answering.answer(job, LiveAnswer(job))

    asyncio.run(_answer())
    return run_of(job)


def run_of(job: Job) -> Run:
    with tenant_scope(job.tenant_id):
        return Run.objects.get(tenant_id=job.tenant_id, pk=job.run_id)


def kinds_of(visit: Visit) -> list[tuple[str, str]]:
    """Kind and text of every event of a conversation."""
    from conversations.queries import read_log

    log = read_log(visit.tenant_id, visit.conversation_id, after=0).events
    return [(event.type, event.text) for event in log]
