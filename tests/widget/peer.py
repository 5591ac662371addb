"""The other end of the chat socket, for the cases a healthy server never shows.

Invariant: the peer says nothing on its own but the welcome, the log after the client's cursor, acks and
pongs; everything else (a gap, a double, a cut) is said by the test. It serves the module too.
"""

import http.server
import json
import threading
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.sync.server import ServerConnection, serve

MODULE = Path(__file__).parents[2] / "conversations" / "static" / "widget" / "support-chat.js"
Frame = dict[str, Any]

PAGE = """<!doctype html><html lang="en"><title>A shop</title>
<meta name="viewport" content="width=device-width">
<main><h1>A shop</h1><p>Boots and tents.</p><button>Basket</button></main>
<script type="module" src="{module}"></script><support-chat {attributes}></support-chat></html>"""


class Peer:
    """One chat server on a free port of 127.0.0.1. `hellos` and `frames` are what clients said, in order."""

    def __init__(self) -> None:
        self.hellos: list[Frame] = []
        self.frames: list[Frame] = []
        self.log: list[Frame] = []
        self.welcome: Frame = {"conversation": "c-1", "customer": "u-1", "owner": "ai", "release": 1}
        self.welcome |= {
            "disclosure": "You are talking to an AI assistant.",
            "greeting": "Hello! How can I help?",
        }
        self.welcome |= {"token": "visitor-1"}
        self.refuse_with = 0
        self.acking = self.ponging = True
        self.before_log: Callable[[Frame], None] = lambda hello: None
        self._changed = threading.Condition()
        self._socket: ServerConnection | None = None
        self._server = serve(self._talk, "127.0.0.1", 0, process_request=_serve_module)
        self.address = f"http://127.0.0.1:{self._server.socket.getsockname()[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()

    def say(self, **frame: Any) -> None:
        assert self._socket is not None
        self._socket.send(json.dumps(frame))

    def add(self, text: str, author: str = "ai", kind: str = "message", **more: Any) -> Frame:
        """Append to the log without telling anybody; `tell` sends it."""
        event: Frame = {"type": "event", "seq": len(self.log) + 1, "kind": kind, "text": text}
        event |= {
            "author": {"kind": author, "name": "Mara" if author == "agent" else ""},
            "at": "2026-03-02T10:15:00Z",
            "data": {},
            **more,
        }
        self.log.append(event)
        return event

    def tell(self, text: str, author: str = "ai", kind: str = "message", **more: Any) -> Frame:
        event = self.add(text, author, kind, **more)
        self.say(**event)
        return event

    def close(self, code: int) -> None:
        assert self._socket is not None
        self._socket.close(code)

    def heard(self, kind: str) -> list[Frame]:
        return [frame for frame in self.frames if frame["type"] == kind]

    def until(self, true: Callable[[], Any]) -> None:
        """Wait for a fact about what was heard; 10 s at most."""
        with self._changed:
            assert self._changed.wait_for(true, 10), (self.hellos, self.frames)

    def _talk(self, socket: ServerConnection) -> None:
        try:
            hello = json.loads(socket.recv(10))
            if not self.refuse_with:
                self._socket = socket
                self.say(type="welcome", version=1, after=len(self.log), **self.welcome)
                self.before_log(hello)
                for event in self.log[hello["after"] :]:
                    self.say(**event)
            with self._changed:
                self.hellos.append(hello)
                self._changed.notify_all()
            if self.refuse_with:
                return socket.close(self.refuse_with)
            for raw in socket:
                self._hear(json.loads(raw))
        except (ConnectionClosed, TimeoutError):
            return None

    def _hear(self, frame: Frame) -> None:
        if frame["type"] == "ping" and self.ponging:
            self.say(type="pong")
        if frame["type"] == "message" and self.acking:
            self.take(frame)
        with self._changed:
            self.frames.append(frame)
            self._changed.notify_all()

    def take(self, message: Frame) -> None:
        """Accept a message as the real server does: once per client id, the event first, then the ack."""
        known = [event for event in self.log if event.get("client_id") == message["client_id"]]
        event = known[0] if known else self.tell(message["text"], "customer", client_id=message["client_id"])
        self.say(type="ack", client_id=message["client_id"], seq=event["seq"])


def _serve_module(connection: ServerConnection, request: Request) -> Response | None:
    name = request.path.removeprefix("/")
    if name not in {file.name for file in MODULE.parent.glob("support-chat*.js")}:
        return None
    headers = Headers(
        {"Content-Type": "text/javascript", "Access-Control-Allow-Origin": "*", "Connection": "close"}
    )
    body = MODULE.with_name(name).read_bytes()
    headers["Content-Length"] = str(len(body))
    return Response(HTTPStatus.OK, "OK", headers, body)


class Site:
    """A site on another origin, with a policy that allows the chat's script and socket, and nothing else."""

    def __init__(self, chat: str, module: str = "/support-chat.js") -> None:
        self.chat = chat
        self.module = module
        site = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = site.page(dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True))).encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Security-Policy", site.policy())
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: object) -> None:
                """Quiet."""

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://localhost:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def page(self, attributes: dict[str, str]) -> str:
        written = " ".join(f'{name}="{value}"' for name, value in attributes.items())
        return PAGE.format(module=self.chat + self.module, attributes=written)

    def policy(self) -> str:
        socket = self.chat.replace("http", "ws")
        return (
            f"default-src 'none'; script-src {self.chat}; connect-src {socket} {self.chat}; "
            "require-trusted-types-for 'script'; trusted-types 'none'"
        )
