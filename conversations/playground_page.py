"""The page of the playground: somebody plays the customer of a draft or a release.

Invariant: the talk so far comes back with each question, signed for this member of this tenant; nothing is kept here.
"""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, replace
from typing import Any

from django import forms
from django.contrib import admin
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from conversations import playground, verdicts
from conversations.playground import MOST_EXCHANGES, Exchange, Persona, Play, Played
from core.errors import SwitchboardError
from core.offload import in_database
from core.scope import tenant_scope
from engine.budgets.queries import preview_left
from engine.budgets.values import dollars
from engine.releases import queries as releases
from engine.releases.models import NEXT, Release
from engine.releases.reading import storable
from engine.releases.values import columns_of, configuration_of
from engine.tools.values import IDENTITIES
from tenants.requests import actor_of, demand
from tenants.roles import Right

MOST_TEXT = 4000
KEPT_SECONDS = 24 * 3600
MOST_LISTED = 50
IDENTITY_LABELS = {
    "anonymous": _("Nobody known"),
    "claimed": _("Has given a name and address"),
    "signed": _("Signed in"),
    "stepped_up": _("Verified by a code"),
}
ENDS = {
    "answered": _("Answered"),
    "handed_over": _("Handed over to a person"),
    "exhausted": _("Came to a limit"),
    "failed": _("Failed"),
    "withheld": _("Nothing could be said"),
    "waiting": _("Waits for a yes"),
}
WHYS = {
    "rehearsal": _("not called: it changes something, and “Really call” is off"),
    "approval": _("not called: it would wait for a person's yes"),
    "conversation": _("not called: it works on a conversation, and here is none"),
}


@dataclass(frozen=True, slots=True)
class Talk:
    """What came before, as it travels with the form."""

    exchanges: tuple[Exchange, ...] = ()
    memory: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """What may be tried: `key` in the address, `target` in the ledger."""

    key: str
    title: Any
    target: str
    release: Release


class AskForm(forms.Form):
    """A question, and who asks it."""

    of = forms.ChoiceField(label=_("Try"), widget=UnfoldAdminSelectWidget())
    name = forms.CharField(
        label=_("The customer's name"), required=False, max_length=60, widget=UnfoldAdminTextInputWidget()
    )
    identity = forms.ChoiceField(
        label=_("How far she is known"),
        choices=[(name, IDENTITY_LABELS[name]) for name in IDENTITIES],
        initial=IDENTITIES[0],
        widget=UnfoldAdminSelectWidget(),
    )
    calls = forms.BooleanField(
        label=_("Really call tools that change something"),
        required=False,
        widget=UnfoldBooleanSwitchWidget(),
        help_text=_(
            "Off: such a call is only shown. Tools that read are always called, in your real systems."
        ),
    )
    text = forms.CharField(
        label=_("Write as a customer would"),
        max_length=MOST_TEXT,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3, "autofocus": True}),
    )

    def __init__(self, data: Any, *, subjects: list[Subject], may_call: bool, of: str) -> None:
        super().__init__(data, initial={"of": of})
        field: Any = self.fields["of"]
        field.choices = [(one.key, one.title) for one in subjects]
        if not may_call:
            del self.fields["calls"]

    def clean_text(self) -> str:
        return storable(self.cleaned_data["text"])


async def playground_page(request: HttpRequest) -> TemplateResponse:
    """Asks and shows; every other question goes on with the talk before it.

    Raises:
        core.errors.Forbidden: the member may not try releases out.
    """
    demand(request.membership, Right.READ_CONFIGURATION)  # type: ignore[attr-defined]
    form, subjects, talk = await in_database(_opened)(request)
    played, problem = None, None
    if request.method == "POST" and "again" not in request.POST and form.is_valid():
        if Right.WRITE_CONFIGURATION not in request.rights:  # type: ignore[attr-defined]
            raise PermissionDenied
        subject = next(one for one in subjects if one.key == form.cleaned_data["of"])
        try:
            played = await playground.ask(_play(request, form, subject, talk))
            talk = Talk((*talk.exchanges, played.exchange)[-MOST_EXCHANGES:], played.memory)
        except SwitchboardError as error:
            problem = error
    return await in_database(_page)(request, form, talk, played, problem)


def _opened(request: Any) -> tuple[AskForm, list[Subject], Talk]:
    with tenant_scope(request.tenant.pk):
        subjects = _subjects(request.tenant.pk)
    if not subjects:
        raise releases.NoRelease
    wanted = request.POST.get("of") or request.GET.get("of", "")
    if wanted and wanted not in {one.key for one in subjects}:
        raise Http404
    is_new = request.method != "POST" or "again" in request.POST
    form = AskForm(
        None if is_new else request.POST,
        subjects=subjects,
        may_call=Right.WRITE_CONFIGURATION in request.rights,
        of=wanted or subjects[0].key,
    )
    return form, subjects, Talk() if is_new else _read(request, request.POST.get("talk", ""))


def _subjects(tenant_id: int) -> list[Subject]:
    """The draft “next” first, then other drafts, then releases, the newest first."""
    found = releases.list_releases(tenant_id, limit=MOST_LISTED)
    following = found[0].number + 1 if found else 1
    drafts = sorted(releases.list_drafts(tenant_id), key=lambda row: (row.name != NEXT, row.name))
    subjects = [
        Subject(
            f"draft-{row.pk}",
            _("Draft “%(name)s”") % {"name": row.name},
            f"draft:{row.pk}",
            Release(tenant_id=tenant_id, number=following, **columns_of(configuration_of(row))),
        )
        for row in drafts
    ]
    for row in found:
        live = _("Release %(number)s (live)") if row is found[0] else _("Release %(number)s")
        subjects.append(Subject(str(row.number), live % {"number": row.number}, f"release:{row.number}", row))
    return subjects


def _play(request: Any, form: AskForm, subject: Subject, talk: Talk) -> Play:
    given = form.cleaned_data
    return Play(
        tenant_id=request.tenant.pk,
        tenant_name=request.tenant.name,
        subject=subject.target,
        release=subject.release,
        text=given["text"],
        actor=actor_of(request.user),
        talk=talk.exchanges,
        persona=Persona(given["name"], given["identity"]),
        memory=talk.memory or {},
        calls=given.get("calls", False),
    )


def _page(
    request: Any, form: AskForm, talk: Talk, played: Played | None, problem: SwitchboardError | None
) -> TemplateResponse:
    if played is not None:  # the answer is there: the box is empty for what comes next
        data = request.POST.copy()
        data["text"] = ""
        form.data = data
    with tenant_scope(request.tenant.pk):
        left = preview_left(request.tenant.pk, now=timezone.now())
        shown: dict[str, Any] = {
            "title": _("Playground"),
            "form": form,
            "talk": talk.exchanges if played is None else talk.exchanges[:-1],
            "signed": _signed(request, talk),
            "problem": problem,
            "left": None if left is None else dollars(max(left, 0)),
            "may_ask": Right.WRITE_CONFIGURATION in request.rights,
            **({} if played is None else _told(played)),
        }
        context = admin.site.each_context(request) | shown
    return TemplateResponse(request, "console/releases/playground.html", context)


def _told(played: Played) -> dict[str, Any]:
    usage = played.outcome.usage
    return {
        "played": played,
        "end": ENDS[played.outcome.kind],
        "usage": usage,
        "cost": f"{played.cents / 100:.6f}",
        "question_checks": verdicts.told(played.checks),
        "would": [(one, WHYS[one.why]) for one in played.would],
        "is_out_of_money": played.outcome.reason.startswith("money_"),
    }


def _signed(request: Any, talk: Talk) -> str:
    told = {"at": int(time.time()), "memory": talk.memory, "talk": [asdict(one) for one in talk.exchanges]}
    return signing.dumps(told, salt=_salt(request), compress=True)


def _read(request: Any, signed: str) -> Talk:
    """What was signed for this member; nothing where it was not, or is a day old."""
    try:
        told = signing.loads(signed, salt=_salt(request), max_age=KEPT_SECONDS)
    except signing.BadSignature:
        return Talk()
    exchanges = tuple(
        replace(Exchange(**one), done=tuple(tuple(done) for done in one["done"])) for one in told["talk"]
    )
    return Talk(exchanges, told["memory"])


def _salt(request: Any) -> str:
    return f"playground:{request.tenant.pk}:{request.membership.pk}"
