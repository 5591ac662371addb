"""The widget's module, as customers' browsers fetch it from pages of other origins, and what guardrails did."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.http import parse_etags
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from conversations import verdicts
from tenants.requests import demand
from tenants.roles import Right

WIDGET = Path(__file__).parent / "static" / "widget" / "support-chat.js"
PARTS = ("more", "de", "es", "fr", "it", "nl", "pl", "pt")
"""What the widget's module loads beside itself when it needs it."""
FIVE_MINUTES = "public, max-age=300"
FOR_EVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Module:
    """The widget's code; `digest` names it."""

    code: bytes
    zipped: bytes
    digest: str


def widget_module(part: str = "") -> Module:
    """The module, or a part of it, as it is on disk now, so that it needs no collecting and no restart."""
    file = WIDGET.with_name(f"support-chat-{part}.js") if part else WIDGET
    return _read(file, file.stat().st_mtime_ns)


@lru_cache(maxsize=2 * len(PARTS))
def _read(file: Path, changed: int) -> Module:
    code = file.read_bytes()
    return Module(code, gzip.compress(code, 9, mtime=0), hashlib.sha256(code).hexdigest()[:16])


@require_safe
async def widget(request: HttpRequest, digest: str = "", part: str = "") -> HttpResponse:
    """The module or a part of it at its stable address (fresh for five minutes) or at that of its content."""
    module = widget_module(part)
    if digest and digest != module.digest:
        raise Http404("This version of the widget is gone. Load /widget/support-chat.js.")
    zipped = _accepts_gzip(request)
    etag = f'"{module.digest}{"-gzip" if zipped else ""}"'
    headers = {
        "ETag": etag,
        "Cache-Control": FOR_EVER if digest else FIVE_MINUTES,
        "Access-Control-Allow-Origin": "*",
        "Cross-Origin-Resource-Policy": "cross-origin",
        "Vary": "Accept-Encoding",
    }
    if _has(request, etag):
        return HttpResponse(status=304, headers=headers)
    if zipped:
        headers["Content-Encoding"] = "gzip"
    body = module.zipped if zipped else module.code
    return HttpResponse(body, content_type="text/javascript; charset=utf-8", headers=headers)


def _has(request: HttpRequest, etag: str) -> bool:
    known = parse_etags(request.headers.get("If-None-Match", ""))
    return "*" in known or etag in {tag.removeprefix("W/") for tag in known}


def _accepts_gzip(request: HttpRequest) -> bool:
    for part in request.headers.get("Accept-Encoding", "").lower().split(","):
        coding, _, weight = part.replace(" ", "").partition(";q=")
        if coding == "gzip":
            return weight.strip("0.") != "" or not weight
    return False


def guard_figures(request: Any) -> HttpResponse:
    """What the guardrails did in the last days, by check."""
    demand(request.membership, Right.READ_CONFIGURATION)
    shown = {
        "title": _("What the guardrails did"),
        "rows": verdicts.counted(request.tenant.pk, now=timezone.now()),
        "days": verdicts.DAYS,
        "most": f"{verdicts.MOST_RUNS:,}",
    }
    context = admin.site.each_context(request) | shown
    return TemplateResponse(request, "console/guardrails/figures.html", context)
