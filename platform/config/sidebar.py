"""How the console looks: names, colours and the way around it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _


def _having(right: str) -> Callable[[HttpRequest], bool]:
    return lambda request: right in getattr(request, "rights", ())


def _link(title: Any, icon: str, name: str, right: str) -> dict[str, Any]:
    return {"title": title, "icon": icon, "link": reverse_lazy(f"admin:{name}"), "permission": _having(right)}


_CONVERSATIONS, _CONFIGURATION, _MEMBERS, _AUDIT = (
    "conversations:read",
    "configuration:read",
    "members:read",
    "audit:read",
)
_NAVIGATION: list[dict[str, Any]] = [
    {
        "title": _("Conversations"),
        "items": [
            _link(_("Dashboard"), "dashboard", "index", _CONVERSATIONS),
            _link(_("Desk"), "forum", "live", _CONVERSATIONS),
            _link(_("All conversations"), "chat", "conversations_conversation_changelist", _CONVERSATIONS),
            _link(_("Approvals"), "approval", "conversations_approval_changelist", _CONVERSATIONS),
            _link(_("Tickets"), "confirmation_number", "escalation_ticket_changelist", _CONVERSATIONS),
            _link(_("Customers"), "person", "conversations_customer_changelist", _CONVERSATIONS),
            _link(_("Runs"), "play_circle", "conversations_run_changelist", _CONVERSATIONS),
        ],
    },
    {
        "title": _("Assistant"),
        "items": [
            _link(_("Releases"), "deployed_code", "releases_release_changelist", _CONFIGURATION),
            _link(_("Playground"), "labs", "playground", _CONFIGURATION),
            _link(_("Knowledge sources"), "folder", "knowledge_source_changelist", _CONFIGURATION),
            _link(_("Documents"), "description", "knowledge_document_changelist", _CONFIGURATION),
            _link(_("Test search"), "search", "knowledge_search", _CONFIGURATION),
            _link(_("Gaps in the knowledge"), "troubleshoot", "knowledge_gaps", _CONFIGURATION),
            _link(_("Suggestions"), "lightbulb", "escalation_suggestion_changelist", _CONFIGURATION),
            _link(_("Tools"), "build", "tools_tool_changelist", _CONFIGURATION),
            _link(_("Connections"), "cable", "tools_connection_changelist", _CONFIGURATION),
            _link(_("Allowed hosts"), "dns", "tools_allowedhost_changelist", _CONFIGURATION),
            _link(_("Providers and models"), "memory", "tenants_provideraccount_changelist", _CONFIGURATION),
            _link(_("After the chat"), "task_alt", "escalation_aftercare_changelist", _CONFIGURATION),
            _link(_("When to hand over"), "alt_route", "matrix_handoverrules_changelist", _CONFIGURATION),
            _link(_("Guardrails"), "shield", "guardrails_policy_changelist", _CONFIGURATION),
            _link(_("Guardrail figures"), "monitoring", "guard_figures", _CONFIGURATION),
            _link(_("Measure guardrails"), "science", "guard_measure", _CONFIGURATION),
            _link(_("Guard services"), "security", "guardrails_guardservice_changelist", _CONFIGURATION),
            _link(_("Secrets"), "lock", "tenants_secret_changelist", _CONFIGURATION),
        ],
    },
    {
        "title": _("Team work"),
        "items": [
            _link(_("Teams and hours"), "groups", "escalation_team_changelist", _CONFIGURATION),
            _link(_("Skills and capacity"), "badge", "escalation_agent_changelist", _CONFIGURATION),
            _link(_("Canned replies"), "quickreply", "escalation_cannedreply_changelist", _CONFIGURATION),
            _link(_("Macros"), "bolt", "escalation_macro_changelist", _CONFIGURATION),
            _link(_("Tags"), "label", "escalation_tag_changelist", _CONFIGURATION),
            _link(_("Dispositions"), "checklist", "escalation_disposition_changelist", _CONFIGURATION),
        ],
    },
    {
        "title": _("Money"),
        "items": [
            _link(_("Budgets"), "savings", "budgets_budget_changelist", _CONFIGURATION),
            _link(_("Usage"), "receipt", "budgets_usage_changelist", _CONFIGURATION),
            _link(_("Alerts"), "notifications", "budgets_alert_changelist", _CONFIGURATION),
            _link(_("Prices"), "sell", "budgets_tenantprice_changelist", _CONFIGURATION),
        ],
    },
    {
        "title": _("Organisation"),
        "items": [
            _link(_("Members"), "group", "tenants_member_changelist", _MEMBERS),
            _link(_("Domains"), "language", "tenants_domain_changelist", _MEMBERS),
            _link(_("API keys"), "key", "tenants_apikey_changelist", _MEMBERS),
            _link(_("Audit"), "receipt_long", "audit_auditevent_changelist", _AUDIT),
        ],
    },
]


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """The way around, with a count at what waits for somebody."""
    from conversations.queries import pending_approvals

    tenant = getattr(request, "tenant", None)
    waiting = pending_approvals(tenant.pk) if tenant and _having(_CONVERSATIONS)(request) else 0
    if not waiting:
        return _NAVIGATION
    first, *others = _NAVIGATION
    badge = {"badge": waiting, "badge_variant": "warning"}
    items = [item | badge if item["icon"] == "approval" else item for item in first["items"]]
    return [{**first, "items": items}, *others]


UNFOLD = {
    "SITE_TITLE": "Switchboard",
    "SITE_URL": None,
    "SITE_SYMBOL": "support_agent",
    "SITE_FAVICONS": [{"rel": "icon", "href": "data:,"}],
    "SHOW_HISTORY": False,
    "SHOW_VIEW_ON_SITE": False,
    "BORDER_RADIUS": "8px",
    "COLORS": {
        "primary": {
            "50": "#eef3ff", "100": "#dfe8ff", "200": "#c5d4ff", "300": "#a1b6fb", "400": "#7a91f0", "500": "#7089ef",
            "600": "#2b50c8", "700": "#25429f", "800": "#21397f", "900": "#1f3266", "950": "#141f40",
        },
    },
    "ACCOUNT": {
        "navigation": [
            {"title": _("Change organisation"), "link": reverse_lazy("choose_tenant")},
            {"title": _("Change password"), "link": reverse_lazy("account_change_password")},
        ],
    },
    "SIDEBAR": {"navigation": navigation},
}  # fmt: skip
