"""The demo shop: a foreign page that embeds the chat, served on an origin of its own.

What an integrator needs is all here: the widget's module allowed by the page's content policy, its socket too, and,
for customers who are signed in, a short token signed by the shop's own server. `?tenant=cloud` shows the hosting
company; `?as=<customer>` signs that customer in. `/help/<tenant>/<page>` are the pages that the answers cite.
"""

from __future__ import annotations

import datetime as dt
import mimetypes
import os
import re
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

django.setup()

import jwt  # noqa: E402 — what follows needs Django's settings
from django.conf import settings  # noqa: E402
from django.template.loader import render_to_string  # noqa: E402

from core.offload import in_database  # noqa: E402
from demo import pages  # noqa: E402
from tenants import queries  # noqa: E402
from tenants.models import Tenant  # noqa: E402
from tenants.queries import NoSuchTenant  # noqa: E402

READING_ONLY = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'"
STATIC = Path(__file__).parent / "static" / "demo"
TENANTS = ("retail", "cloud")
TOKEN_LIFETIME = dt.timedelta(hours=1)
_FILE = re.compile(r"/static/demo/([A-Za-z0-9_-]+\.[a-z0-9]{2,5})")
_HELP = re.compile(r"/help/([a-z]+)/([a-z0-9-]*)")
_CUSTOMER = re.compile(r"[a-z]+(?:[._-][a-z]+)*")


@dataclass(frozen=True, slots=True)
class Reply:
    status: HTTPStatus
    content_type: str
    body: bytes
    policy: str = ""


async def application(scope: Any, receive: Any, send: Any) -> None:
    """ASGI: two front pages, the help pages and their files."""
    if scope["type"] != "http":
        return
    reply = await _reply(scope)
    headers = {
        "content-type": reply.content_type,
        "content-length": str(len(reply.body)),
        "content-security-policy": reply.policy or content_policy(settings.PUBLIC_URL),
        "x-content-type-options": "nosniff",
        "referrer-policy": "same-origin",
        "cache-control": "no-cache",
    }
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": reply.status.value, "headers": raw})
    body = b"" if scope["method"] == "HEAD" else reply.body
    await send({"type": "http.response.body", "body": body})


def content_policy(platform: str) -> str:
    """The shop's content policy: its own files, the widget's module, and the widget's socket.

    Args:
        platform: the platform's origin.
    """
    socket = platform.replace("http", "ws", 1)
    return (
        f"default-src 'self'; script-src 'self' {platform}; connect-src 'self' {platform} {socket}; "
        "img-src 'self' data:; style-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    )


async def _reply(scope: Any) -> Reply:
    if scope["method"] not in {"GET", "HEAD"}:
        return _plain(HTTPStatus.METHOD_NOT_ALLOWED)
    if scope["path"] == "/":
        return await _page(parse_qs(scope["query_string"].decode("latin-1")))
    if help_page := _HELP.fullmatch(scope["path"]):
        return await _help(*help_page.groups())
    file = _FILE.fullmatch(scope["path"])
    if file and (path := STATIC / file[1]).is_file():
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        return Reply(
            HTTPStatus.OK, f"{kind}; charset=utf-8" if kind.startswith("text/") else kind, path.read_bytes()
        )
    return _plain(HTTPStatus.NOT_FOUND)


async def _page(query: dict[str, list[str]]) -> Reply:
    slug, customer = (query.get(name, [""])[-1] for name in ("tenant", "as"))
    try:
        context = await in_database(page_context)(slug or TENANTS[0], customer)
    except NoSuchTenant:
        return _plain(HTTPStatus.NOT_FOUND)
    return _html(f"demo/{context['tenant']}.html", context)


async def _help(slug: str, name: str) -> Reply:
    """A help page, or their list: nothing of it needs a script."""
    try:
        tenant = await in_database(_tenant)(slug)
    except NoSuchTenant:
        return _plain(HTTPStatus.NOT_FOUND)
    shell = _shell(tenant)
    if not name:
        return _html("demo/contents.html", shell | {"contents": pages.contents(slug)}, READING_ONLY)
    page = pages.page(slug, name)
    if page is None:
        return _plain(HTTPStatus.NOT_FOUND)
    return _html("demo/help.html", shell | {"page": page}, READING_ONLY)


def _html(template: str, context: dict[str, Any], policy: str = "") -> Reply:
    body = render_to_string(template, context).encode()
    return Reply(HTTPStatus.OK, "text/html; charset=utf-8", body, policy)


def _shell(tenant: Tenant) -> dict[str, Any]:
    """What stands around every page of a company."""
    home, contents = f"/?tenant={tenant.slug}", f"/help/{tenant.slug}/"
    return {"tenant": tenant.slug, "tenant_name": tenant.name, "home": home, "help": contents}


def _tenant(slug: str) -> Tenant:
    if slug not in TENANTS:
        raise NoSuchTenant
    return queries.tenant_by_slug(slug)


def page_context(slug: str, customer: str) -> dict[str, Any]:
    """What the page needs to embed the chat.

    Raises:
        NoSuchTenant: not one of the demo's.
    """
    tenant = _tenant(slug)
    known = customer if _CUSTOMER.fullmatch(customer[:60]) else ""
    return {
        **_shell(tenant),
        "widget_host": settings.PUBLIC_URL,
        "widget_src": f"{settings.PUBLIC_URL}/widget/support-chat.js",
        "customer": _name(known),
        "customer_id": known,
        "identity_token": identity_token(tenant, known, now=dt.datetime.now(dt.UTC)) if known else "",
    }


def identity_token(tenant: Tenant, customer: str, *, now: dt.datetime) -> str:
    """What a shop's server signs for a customer who is signed in there, with the key that the platform gave it.

    Args:
        customer: the shop's own id of her, here made of her name: `nora.finch`.
    """
    kid, secret = next(iter(queries.live_identity_secrets(tenant.pk).items()))
    claims = {
        "sub": customer,
        "name": _name(customer),
        "email": f"{customer}@example.com",
        "exp": now + TOKEN_LIFETIME,
    }
    return jwt.encode(claims, secret, algorithm="HS256", headers={"kid": kid})


def _name(customer: str) -> str:
    return re.sub(r"[._-]", " ", customer).title()


def _plain(status: HTTPStatus) -> Reply:
    return Reply(status, "text/plain; charset=utf-8", f"{status.phrase}\n".encode())
