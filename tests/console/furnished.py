"""A tenant whose console has something on every page that is looked at in a browser."""

from __future__ import annotations

import json
from typing import Any

from django.urls import reverse
from django.utils import timezone

from conversations.models import Run, RunStatus, Step
from core.scope import tenant_scope
from engine.budgets import services as budgets
from engine.budgets.models import Alert
from engine.budgets.values import NANOS, Scope
from engine.knowledge import services as knowledge
from engine.knowledge.services import Upload
from engine.tools.values import Policy, Risk
from escalation.desk.services import texts
from escalation.models import Agent, Team
from escalation.queueing.teams import services as teams
from tenants.models import ProviderAccount
from tenants.roles import Role
from tenants.services import connect_provider
from tests.factories import Person, a_person, a_visit
from tests.purse import spend
from tests.toolbox import a_connection, a_tool

PAGES = (
    "teams", "team", "agent", "members", "member", "invite", "canned", "macro", "tag", "disposition", "providers",
    "provider", "search", "gaps", "document", "tool", "try a tool", "budgets", "policy",
)  # fmt: skip
PAGE_OF_HELP = """# Returns

You may return goods within sixty days. The parcel is free within the country.

# Warranty

The warranty lasts two years from the day of delivery.
"""
ORDER = {
    "type": "object",
    "properties": {
        "order_id": {"type": "string", "description": "The order's number."},
        "amount": {"type": "number", "description": "In dollars."},
        "reason": {"type": "string", "enum": ["late", "broken", "other"]},
    },
    "required": ["order_id"],
}


def furnish_console(person: Person) -> dict[str, str]:
    """Fills the tenant and gives the addresses of the pages, by their names in PAGES."""
    return {
        **_teams(person), **_members(person), **_texts(person), **_providers(person), **_knowledge(person),
        **_tools(person), **_money(person),
    }  # fmt: skip


def _page(name: str, *args: object) -> str:
    return reverse(f"admin:{name}", args=args)


def _teams(person: Person) -> dict[str, str]:
    own: dict[str, Any] = {"tenant_id": person.tenant.pk, "actor": person.actor}
    week = {day: [["09:00", "12:30"], ["13:30", "18:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
    team = teams.save_team(
        team=Team(
            name="Billing", description="Invoices, refunds and prices.", zone="Europe/Berlin", hours=week,
            holidays=[{"date": "2026-12-25", "name": "Christmas Day"}], first_reply_seconds=300,
        ),
        **own,
    )  # fmt: skip
    teams.save_team(team=Team(name="Closed for good", hours={"mon": []}), **own)
    teams.seat(team_id=team.pk, member_id=person.member.pk, is_lead=True, **own)
    abilities = teams.Abilities(["billing", "returns"], ["de", "en"], {"chat": 3})
    teams.save_agent(member_id=person.member.pk, abilities=abilities, **own)
    with tenant_scope(person.tenant.pk):
        agent = Agent.objects.get(tenant=person.tenant, member=person.member)
    return {
        "teams": _page("escalation_team_changelist"),
        "team": _page("escalation_team_change", team.pk),
        "agent": _page("escalation_agent_change", agent.pk),
    }


def _members(person: Person) -> dict[str, str]:
    sam = a_person("sam", person.tenant, Role.AGENT)
    return {
        "members": _page("tenants_member_changelist"),
        "member": _page("tenants_member_change", sam.member.pk),
        "invite": _page("tenants_member_add"),
    }


def _texts(person: Person) -> dict[str, str]:
    own: dict[str, Any] = {"tenant_id": person.tenant.pk, "actor": person.actor}
    text = "Hello {{ customer.first_name }},\n\nyour refund is on its way.\n\n{{ agent.first_name }}"
    reply = texts.save_canned(draft=texts.CannedDraft("refund", "Refund is on its way", text), **own)
    tag = texts.save_tag(name="refund", colour="#1a7f5c", **own)
    done = texts.save_disposition(draft=texts.DispositionDraft("Refunded"), **own)
    steps = [
        {"do": "claim"},
        {"do": "reply", "canned": "refund"},
        {"do": "tag", "tag": "refund"},
        {"do": "resolve", "disposition": "Refunded"},
    ]
    macro = texts.save_macro(name="Refund and resolve", steps=steps, **own)
    return {
        "canned": _page("escalation_cannedreply_change", reply.pk),
        "macro": _page("escalation_macro_change", macro.pk),
        "tag": _page("escalation_tag_change", tag.pk),
        "disposition": _page("escalation_disposition_change", done.pk),
    }


def _providers(person: Person) -> dict[str, str]:
    connect_provider(
        tenant_id=person.tenant.pk, name="main", base_url="https://models.example/v1", api_key="sk-secret",
        model="gpt-4o-mini", actor=person.actor,
    )  # fmt: skip
    with tenant_scope(person.tenant.pk):
        account = ProviderAccount.objects.get(tenant=person.tenant)
    return {
        "providers": _page("tenants_provideraccount_changelist"),
        "provider": _page("tenants_provideraccount_change", account.pk),
    }


def _knowledge(person: Person) -> dict[str, str]:
    source = knowledge.ensure_source(tenant_id=person.tenant.pk, name="Help pages")
    upload = Upload("returns.md", PAGE_OF_HELP, "Returns and warranty", "https://shop.example/returns")
    document = knowledge.add_document(
        tenant_id=person.tenant.pk, actor=person.actor, source=source, upload=upload
    )
    for query in ("Do you ship to Norway?", "do you ship to norway please", "Is there a shop in Rome?"):
        a_search_without_result(person, query)
    return {
        "search": f"{_page('knowledge_search')}?q=Can+I+return+goods%3F",
        "gaps": _page("knowledge_gaps"),
        "document": _page("knowledge_document_change", document.pk),
    }


def a_search_without_result(person: Person, query: str, arguments: str = "") -> int:
    """A run whose search for a question found nothing; the row of its conversation."""
    visit, now = a_visit(person.tenant), timezone.now()
    own = {"tenant_id": person.tenant.pk}
    with tenant_scope(person.tenant.pk):
        run = Run.objects.create(
            **own, conversation_id=visit.conversation_id, status=RunStatus.DONE, owner_version=1, upto_seq=1,
            lease_until=now,
        )  # fmt: skip
        call = {"id": "1", "name": "search_knowledge", "arguments": arguments or json.dumps({"query": query})}
        Step.objects.create(
            **own, run=run, number=1, kind="tool", name="search_knowledge", status="done", data={"call": call},
            started_at=now,
        )  # fmt: skip
    return visit.conversation_id


def _tools(person: Person) -> dict[str, str]:
    tool = a_tool(
        person, a_connection(person), "refund_order", description="Pays an order back.", parameters=ORDER,
        method="POST", policy=Policy(risk=Risk.WRITE),
    )  # fmt: skip
    return {"tool": _page("tools_tool_change", tool.pk), "try a tool": _page("tool_try", tool.pk)}


def _money(person: Person) -> dict[str, str]:
    own: dict[str, Any] = {"tenant_id": person.tenant.pk, "actor": person.actor}
    budgets.set_budget(scope=Scope.TENANT_DAY, limit_nanos=10 * NANOS, **own)
    budgets.set_budget(scope=Scope.RUN, limit_nanos=NANOS // 2, **own)
    spend(person, "shop")
    with tenant_scope(person.tenant.pk):
        Alert.objects.create(
            tenant=person.tenant, key="looked-at", kind="threshold", threshold=75, scope="tenant_day",
            at=timezone.now(),
        )  # fmt: skip
    return {"budgets": _page("budgets_budget_changelist"), "policy": _page("guardrails_policy_changelist")}
