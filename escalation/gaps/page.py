"""The console's page of gaps in the knowledge."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from escalation.gaps import queries
from escalation.gaps.grouping import grouped
from tenants.roles import Right

DAYS = (7, 30, 90)
MOST_GROUPS, MOST_LINKS = 50, 5
WHYS = {
    "nothing_found": _("A search found nothing"),
    "unsure": _("The answer was unsure"),
    "not_answered": _("There was no answer"),
}


def gaps_page(request: Any) -> HttpResponse:
    """The groups of questions, and the conversations they were asked in."""
    if not {Right.READ_CONFIGURATION, Right.READ_CONVERSATIONS} <= request.rights:
        raise PermissionDenied
    asked_for = request.GET.get("days", "")
    days = int(asked_for) if asked_for in {str(one) for one in DAYS} else queries.DAYS
    words = " ".join(request.GET.get("q", "")[:100].replace("\x00", "").split())
    asked = queries.unanswered(request.tenant.pk, now=timezone.now(), days=days)
    groups = grouped(one for one in asked if words.casefold() in one.text.casefold())
    context = {
        **admin.site.each_context(request),
        "title": _("Gaps in the knowledge"),
        "groups": [_shown(group) for group in groups[:MOST_GROUPS]],
        "more": max(len(groups) - MOST_GROUPS, 0),
        "days": days,
        "choices": DAYS,
        "words": words,
    }
    return TemplateResponse(request, "console/knowledge/gaps.html", context)


def _shown(group: Any) -> dict[str, Any]:
    talks = group.conversations
    return {
        "text": group.text,
        "times": len(group.asked),
        "whys": [WHYS[why] for why in group.whys],
        "last": group.last,
        "talks": talks[:MOST_LINKS],
        "more": max(len(talks) - MOST_LINKS, 0),
    }
