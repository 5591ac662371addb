"""Whether a configuration may answer customers: everything it names is there, priced and fits.

Invariant: reads only, of the tenant that is named. What is wrong comes back all at once, each with the field it
concerns, a code, and what to do about it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from core.errors import Conflict, SwitchboardError
from core.scope import tenant_scope
from engine.agent.values import Limits
from engine.budgets.prices import ModelNotPriced, price_of, provider_of
from engine.gateway import estimate
from engine.gateway.context_windows import context_window
from engine.gateway.protocol import Message, ModelRequest
from engine.guardrails.policy import merged as merged_guardrails
from engine.knowledge.queries import list_sources
from engine.matrix.rules import merged as merged_matrix
from engine.releases import prompting
from engine.releases.prompting import Facts
from engine.releases.values import LIMIT_LABELS, RANGES, Configuration, Problem, by_field, columns_of
from engine.tools import catalogue, registry
from engine.tools.queries import all_tools
from engine.tools.values import Offer
from tenants.models import Tenant
from tenants.queries import provider_accounts

MOST_GUIDELINES = 50
MOST_VARIABLES = 50
CONVERSATION_TOKENS = 8_000
"""Room for what was said so far: 24,000 characters of history, as the answering keeps it."""


class NotPublishable(Conflict):
    """`problems` says what stands in the way, field by field."""

    code = "release_not_publishable"
    default_message = "This cannot be published yet."

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        told = " ".join(f"{one.field}: {one.message}" for one in problems[:5])
        super().__init__(f"{self.default_message} {told}")
        self.problems = problems
        self.errors = by_field(problems)


@dataclass(frozen=True, slots=True)
class Account:
    """A provider as far as a check needs it."""

    provider: str
    model: str


@dataclass(frozen=True, slots=True)
class Size:
    """Tokens of a model call, as the gateway counts them.

    Attributes:
        prompt: of the instructions; tools: of what is on offer; conversation: room for what was said.
        reply: longest reply; window: of the smallest model that may answer, `model`.
    """

    prompt: int
    tools: int
    conversation: int
    reply: int
    window: int
    model: str

    @property
    def total(self) -> int:
        return self.prompt + self.tools + self.conversation + self.reply


def check(tenant: Tenant, configuration: Configuration, *, now: dt.datetime) -> tuple[Problem, ...]:
    """What keeps a configuration from being published; nothing where it may be."""
    catalogue.forget(tenant.pk)  # what was switched on a moment ago counts
    with tenant_scope(tenant.pk):
        return (
            *_words(configuration),
            *_numbers(configuration),
            *_policies(configuration),
            *_tools(tenant.pk, configuration),
            *_sources(tenant.pk, configuration),
            *_models(tenant.pk, configuration, now),
            *_sizes(size_of(tenant, configuration, now=now), configuration),
        )


def size_of(tenant: Tenant, configuration: Configuration, *, now: dt.datetime) -> Size:
    """How much of its model's window a configuration fills; within the tenant's scope."""
    text = text_of(tenant, configuration, today=now.date())
    specs = tuple(offer.spec for offer in offers_of(tenant.pk, configuration))
    asked = ModelRequest("", (Message("system", text),), specs)
    whole = estimate.prompt_tokens(asked)
    prompt = estimate.message_tokens(asked.messages[0])
    names = _named_models(configuration) or [one.model for one in accounts(tenant.pk)[:1]]
    model = min(names, key=context_window, default="")
    window = context_window(model) if model else 0
    return Size(prompt, whole - prompt, CONVERSATION_TOKENS, configuration.max_tokens, window, model)


def text_of(tenant: Tenant, configuration: Configuration, *, today: dt.date) -> str:
    """The instructions as a model would read them now, of a customer of whom nothing is known."""
    return prompting.system_text(
        _Row(columns_of(configuration)), Facts(configuration.assistant_name, tenant.name, today)
    )


def offers_of(tenant_id: int, configuration: Configuration) -> tuple[Offer, ...]:
    """The tools that a configuration offers, to whomever; within the tenant's scope."""
    names = configuration.tools
    return tuple(one for one in catalogue.everything(tenant_id) if names is None or one.name in names)


def accounts(tenant_id: int) -> list[Account]:
    """The tenant's providers, its default first; else the installation's; none without any."""
    own = [Account(provider_of(row.base_url), row.model) for row, _key in provider_accounts(tenant_id)]
    if own or not (settings.OPENAI_API_KEY or settings.OPENAI_BASE_URL):
        return own
    base_url = settings.OPENAI_BASE_URL or "https://api.openai.com/v1"
    return [Account(provider_of(base_url), settings.OPENAI_MODEL)]


class _Row:
    """A configuration's columns as attributes."""

    def __init__(self, columns: dict[str, Any]) -> None:
        self.prompt, self.guidelines, self.variables = (
            columns[name] for name in ("prompt", "guidelines", "variables")
        )


def _words(configuration: Configuration) -> Iterator[Problem]:
    if not configuration.prompt.strip():
        yield Problem("prompt", "prompt_empty", _("Write what the assistant is to do."))
    if not configuration.disclosure.strip():
        said = _("Say that customers talk to an AI: the law asks for it in many places.")
        yield Problem("disclosure", "disclosure_empty", said)
    yield from _guidelines(configuration)
    yield from _variables(configuration)


def _guidelines(configuration: Configuration) -> Iterator[Problem]:
    if len(configuration.guidelines) > MOST_GUIDELINES:
        said = _(
            "There may be %(most)s guidelines; these are %(count)s. Put some together or into the prompt."
        )
        told = said % {"most": MOST_GUIDELINES, "count": len(configuration.guidelines)}
        yield Problem("guidelines", "too_many_guidelines", told)
    for number, one in enumerate(configuration.guidelines, start=1):
        if not (one.when.strip() and one.do.strip()):
            said = _("Guideline %(number)s needs both a condition and what to do. Fill it in or remove it.")
            yield Problem("guidelines", "guideline_empty", said % {"number": number})


def _variables(configuration: Configuration) -> Iterator[Problem]:
    own = configuration.variables
    if len(own) > MOST_VARIABLES:
        said = _("There may be %(most)s variables of your own.") % {"most": MOST_VARIABLES}
        yield Problem("variables", "too_many_variables", said)
    for name in own:
        if not prompting.NAME.fullmatch(name):
            said = _("“%(name)s” is no name for a variable: use small letters, digits and _, a letter first.")
            yield Problem("variables", "bad_variable_name", said % {"name": name})
        elif name in prompting.BUILTIN:
            said = _("“%(name)s” is filled in by Switchboard. Choose another name.")
            yield Problem("variables", "variable_taken", said % {"name": name})
    known = {*own, *prompting.BUILTIN}
    places = [("prompt", configuration.prompt)]
    places += [("guidelines", f"{one.when} {one.do}") for one in configuration.guidelines]
    for field, text in places:
        for name in sorted(prompting.used(text) - known):
            said = _("There is no variable {%(name)s}. Add it to your own variables, or write {{%(name)s}}.")
            yield Problem(field, "unknown_variable", said % {"name": name})


def _numbers(configuration: Configuration) -> Iterator[Problem]:
    values = {f"limits.{one.name}": getattr(configuration.limits, one.name) for one in fields(Limits)}
    values |= {"max_tokens": configuration.max_tokens, "temperature": configuration.temperature}
    for field, value in values.items():
        name = field.rpartition(".")[2]
        if value is None or name not in RANGES:
            continue
        least, most = RANGES[name]
        if not least <= value <= most:
            said = _("%(label)s must be from %(least)s to %(most)s.")
            told = {"label": LIMIT_LABELS.get(name, name), "least": f"{least:g}", "most": f"{most:,.10g}"}
            yield Problem(field, "limit_out_of_range", said % told)


def _policies(configuration: Configuration) -> Iterator[Problem]:
    for field, code, merged in (
        ("guardrails", "bad_guardrails", merged_guardrails),
        ("escalation", "bad_escalation", merged_matrix),
    ):
        try:
            merged(getattr(configuration, field))
        except SwitchboardError as error:
            yield Problem(field, code, error.message)


def _tools(tenant_id: int, configuration: Configuration) -> Iterator[Problem]:
    rows = {row.name for row in all_tools(tenant_id)} | {tool.spec.name for tool in registry.tools()}
    on = {offer.name for offer in offers_of(tenant_id, configuration)}
    for name in configuration.tools or ():
        if name not in rows:
            said = _("There is no tool called “%(name)s” any more. Take it off the list, or make it again.")
            yield Problem("tools", "unknown_tool", said % {"name": name})
        elif name not in on:
            said = _(
                "The tool “%(name)s” is off or waits for somebody to look at it. Switch it on, or take it off."
            )
            yield Problem("tools", "tool_off", said % {"name": name})


def _sources(tenant_id: int, configuration: Configuration) -> Iterator[Problem]:
    if configuration.sources is None:
        return
    known = {source.name for source in list_sources(tenant_id)}
    for name in configuration.sources:
        if name not in known:
            said = _("There is no knowledge source called “%(name)s” any more. Take it off the list.")
            yield Problem("sources", "unknown_source", said % {"name": name})


def _named_models(configuration: Configuration) -> list[str]:
    names = (configuration.model, configuration.cheap_model, *configuration.fallback_models)
    return [name for name in names if name]


def _models(tenant_id: int, configuration: Configuration, now: dt.datetime) -> Iterator[Problem]:
    first = next(iter(accounts(tenant_id)), None)
    wanted = [("model", configuration.model), ("cheap_model", configuration.cheap_model)]
    wanted += [("fallback_models", name) for name in configuration.fallback_models]
    for field, name in wanted:
        if not name and (field != "model" or first is None):
            continue  # without any provider there are the stored answers
        if first is None:
            said = _("No provider is connected that could be asked for “%(name)s”. Connect one first.")
            yield Problem(field, "model_without_provider", said % {"name": name})
        elif settings.MODEL_METERING and not _is_priced(tenant_id, first.provider, name or first.model, now):
            said = _("“%(name)s” has no price at %(provider)s, so it is never asked. Enter one below Prices.")
            told = {"name": name or first.model, "provider": first.provider}
            yield Problem(field, "model_without_price", said % told)


def _is_priced(tenant_id: int, provider: str, model: str, now: dt.datetime) -> bool:
    try:
        price_of(tenant_id, provider, model, now)
    except ModelNotPriced:
        return False
    return True


def _sizes(size: Size, configuration: Configuration) -> Iterator[Problem]:
    if size.window and size.total > size.window:
        said = _(
            "Prompt and guidelines (%(prompt)s tokens), tools (%(tools)s), room for the conversation (%(room)s) and "
            "the reply (%(reply)s) are more than %(model)s takes: %(window)s. Shorten the prompt, offer fewer tools, "
            "or choose another model."
        )
        told: dict[str, Any] = {"prompt": size.prompt, "tools": size.tools, "room": size.conversation}
        told |= {"reply": size.reply, "model": size.model, "window": size.window}
        yield Problem("prompt", "prompt_too_long", said % told)
    spent = size.prompt + size.tools + size.reply
    if spent > configuration.limits.tokens >= RANGES["tokens"][0]:
        said = _("One call takes up to %(spent)s tokens, so no answer fits into this limit. Raise it.")
        yield Problem("limits.tokens", "limit_below_prompt", said % {"spent": spent})
