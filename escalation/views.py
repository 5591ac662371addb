"""The desk's page. What it shows comes over its socket (escalation/desk/consumer.py)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from conversations.files.kinds import MOST_BYTES
from escalation.desk.words import WORDS
from tenants.queries import memberships_of
from tenants.requests import demand
from tenants.roles import Right, may

STATIC = Path(__file__).parent / "static"
SHEETS = ("desk/desk.css", "desk/list.css", "desk/talk.css", "desk/card.css")
FIRST = "theme.js"
"""Not a module: it runs before anything is painted."""
MODULES = tuple(sorted(f"desk/{path.name}" for path in (STATIC / "desk").glob("*.js") if path.name != FIRST))
MOST_ID = 64


@never_cache
@ensure_csrf_cookie
@require_safe
def desk(request: Any) -> HttpResponse:
    """The page on which members work with conversations; `?conversation=` opens one, `?view=` a view."""
    demand(request.membership, Right.READ_CONVERSATIONS)
    can_act = may(request.membership.role, Right.WRITE_CONVERSATIONS)
    shown = {
        "tenant": request.tenant,
        "words": WORDS,
        "sheets": SHEETS,
        "modules": MODULES,
        "most_bytes": MOST_BYTES,
        "view": "mine" if can_act else "all",
        "conversation": request.GET.get("conversation", "")[:MOST_ID],
        "several": len(memberships_of(request.user.pk)) > 1,
    }
    return render(request, "desk/page.html", shown)
