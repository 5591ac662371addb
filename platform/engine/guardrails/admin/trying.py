"""A box in which a text is held against the saved policy: what each check says, and what would follow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from engine.gateway.minilm import bundled
from engine.guardrails import indirect, personal, screening
from engine.guardrails.admin.forms import ACTIONS
from engine.guardrails.kinds import KINDS, title_of
from engine.guardrails.linear import Floats
from engine.guardrails.masking import Masks, mask
from engine.guardrails.personal import Known
from engine.guardrails.policy import GuardPolicy
from engine.guardrails.screening import Subject, Verdict
from engine.guardrails.values import Action, Judgement

MOST_TEXT = 8000
WROTE, READS = "wrote", "reads"


class TryForm(forms.Form):
    """A text, and where it comes from."""

    text = forms.CharField(
        label=_("Text"), max_length=MOST_TEXT, widget=UnfoldAdminTextareaWidget(attrs={"rows": 3})
    )
    whose = forms.ChoiceField(
        label=_("Where it comes from"),
        choices=[
            (WROTE, _("A customer writes it")),
            (READS, _("The assistant reads it on a page or in a result")),
        ],
        widget=UnfoldAdminSelectWidget(),
    )


@dataclass(frozen=True, slots=True)
class Line:
    """A check's verdict in words."""

    title: str
    verdict: Verdict
    follows: Any

    @property
    def score(self) -> str:
        return f"{self.verdict.score:.3f}"


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of a text: a line a check, what follows in all, and the text as a model would see it."""

    lines: list[Line]
    follows: Any
    seen: str


def tried(text: str, whose: str, policy: GuardPolicy) -> Tried:
    """Holds a text against a policy; nothing of it is kept."""
    if whose == READS:
        found = indirect.screen(text, kind="passage")
        judged = Judgement(found.score, found.flagged, reasons=tuple({one.why for one in found.removed}))
        verdict = screening.verdict_of(KINDS["indirect"], judged, policy)
        seen = found.text if verdict.action is Action.REWRITE else text
        return Tried([_line(verdict)], ACTIONS[verdict.action], seen)
    screened = screening.screen(Subject([text], None, _embed), policy)
    lines = [_line(verdict) for verdict in screened.verdicts]
    return Tried(lines, ACTIONS[screened.action], _as_seen(text, policy))


def _as_seen(text: str, policy: GuardPolicy) -> str:
    if not policy.masks:
        return text
    spans = [span for span in personal.found(text, Known()) if span.type in policy.masked]
    return mask(text, spans, Masks())[0]


def _line(verdict: Verdict) -> Line:
    if verdict.failed:
        follows: Any = _("The check failed itself: %(error)s") % {"error": verdict.failed}
    elif verdict.monitored:
        follows = _("Nothing: it only watches")
    elif verdict.flagged:
        follows = ACTIONS[verdict.action]
    else:
        follows = _("Nothing")
    return Line(title_of(verdict.check), verdict, follows)


def _embed(text: str) -> Floats:
    vector: Floats = bundled().embed([text])[0]
    return vector
