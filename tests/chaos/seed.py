"""Furnishes the chaos house: a tenant with a page of knowledge, a tool and a key, told as one line of JSON.

python -m tests.chaos.seed <address of the tool's server>
"""

from __future__ import annotations

import json
import os
import sys

import django

PAGE = "# Returns\n\nYou can send boots back within sixty days of delivery. Boots must not be worn outside."
MARKED = {
    "type": "object",
    "properties": {"mark": {"type": "string"}},
    "required": ["mark"],
    "additionalProperties": False,
}


def furnish(address: str) -> dict[str, str]:
    """Makes the tenant; `address` is where the tool `book` posts to."""
    from engine.knowledge import services as knowledge
    from engine.tools.services import (
        ConnectionDraft,
        Definition,
        add_connection,
        add_http_tool,
        allow_host,
    )
    from engine.tools.values import Policy, Risk
    from tenants.roles import Role, Scope
    from tenants.services import issue_api_key
    from tests.factories import a_person, a_tenant

    tenant = a_tenant("Chaos")
    ana = a_person("ana", tenant, Role.OWNER)
    tenant_id, actor = tenant.pk, ana.actor
    source = knowledge.ensure_source(tenant_id=tenant_id, name="Help")
    knowledge.add_document(
        tenant_id=tenant_id, actor=actor, source=source, upload=knowledge.Upload("returns.md", PAGE)
    )
    allow_host(tenant_id=tenant_id, host=address.removeprefix("http://"), actor=actor)
    draft = ConnectionDraft(name="Counter", kind="http", base_url=address)
    counter = add_connection(tenant_id=tenant_id, draft=draft, actor=actor)
    book = Definition(
        "book",
        "Books something.",
        MARKED,
        method="POST",
        url_template="/book",
        policy=Policy(risk=Risk.WRITE),
    )
    add_http_tool(tenant_id=tenant_id, connection=counter, definition=book, actor=actor)
    key = issue_api_key(tenant=tenant, name="Chaos", scopes=tuple(Scope.values), actor=actor)[1]
    return {"slug": tenant.slug, "key": key}


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    sys.stdout.write(json.dumps(furnish(sys.argv[1])) + "\n")
