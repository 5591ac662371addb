"""The desk's tenant for a run: members with sessions, conversations that a person has, and a long list.

Run as a program (`python -m bench.desk_seed`) it makes them and writes JSON.
"""

from __future__ import annotations

import json
import sys
import uuid
from typing import Any

MEMBERS = 20
TALKS = 200
LIST = 10_000
PASSWORD = "bench-bench-bench"


def main() -> None:
    import django

    django.setup()
    from bench.ours import SLUG
    from tenants.queries import tenant_by_slug

    tenant = tenant_by_slug(SLUG)
    people = [_member(tenant, number) for number in range(MEMBERS)]
    _fill(tenant)
    json.dump(
        {
            "slug": SLUG,
            "sessions": [_session(user) for user, _ in people],
            "talks": [_talk(tenant, people[number % MEMBERS][0]) for number in range(TALKS)],
            "email": people[0][0].email,
            "password": PASSWORD,
        },
        sys.stdout,
    )


def _member(tenant: Any, number: int) -> tuple[Any, Any]:
    from core.actors import system
    from tenants.models import User
    from tenants.roles import Role
    from tenants.services import add_member

    user = User.objects.create_user(f"bench-{number}@example.com", PASSWORD, name=f"Member {number}")
    return user, add_member(tenant_id=tenant.pk, user=user, role=Role.MANAGER, actor=system("bench"))


def _session(user: Any) -> str:
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.cached_db import SessionStore

    store = SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.save()
    return str(store.session_key)


def _talk(tenant: Any, user: Any) -> dict[str, str]:
    """A conversation that a member has, so that no assistant answers; with the token of its customer."""
    from django.utils import timezone

    from conversations import services, visits
    from conversations.frames import Hello
    from tenants.requests import actor_of

    visit = visits.welcome(tenant_id=tenant.pk, hello=Hello(), now=timezone.now())
    services.claim(
        tenant_id=tenant.pk,
        conversation_id=visit.conversation_id,
        agent=user,
        actor=actor_of(user),
        now=timezone.now(),
    )
    return {"conversation": visit.conversation, "token": visit.token}


def _fill(tenant: Any) -> None:
    """A year's conversations, each with a line, in a few statements."""
    from core import sql
    from core.scope import tenant_scope
    from engine.releases.queries import current

    with tenant_scope(tenant.pk):
        release = current(tenant.pk).pk
        sql.run(
            "INSERT INTO conversations_customer (tenant_id, public_id, identity, name, email, segments, created_at) "
            "SELECT %s, gen_random_uuid(), 'claimed', 'Customer ' || n, '', '{}', now() FROM generate_series(1, %s) n",
            [tenant.pk, LIST],
        )
        sql.run(
            "INSERT INTO conversations_conversation (tenant_id, public_id, customer_id, release_id, owner, "
            "owner_version, episode, last_seq, customer_seq, answered_seq, read_seq, created_at, updated_at) "
            "SELECT k.tenant_id, gen_random_uuid(), k.id, %s, CASE WHEN k.id %% 50 = 0 THEN 'queue' ELSE 'closed' END, "
            "1, 1, 1, 1, 1, 0, now(), now() - k.id * interval '7 minutes' FROM conversations_customer k "
            "WHERE k.tenant_id = %s AND k.name LIKE 'Customer %%'",
            [release, tenant.pk],
        )
        sql.run(
            "INSERT INTO conversations_event (tenant_id, conversation_id, seq, type, author_kind, author_id, "
            "author_name, text, data, created_at) SELECT c.tenant_id, c.id, 1, 'message', 'customer', %s, '', "
            "'My order has not come yet, number ' || c.id, '{}', c.updated_at FROM conversations_conversation c "
            "WHERE c.tenant_id = %s AND c.last_seq = 1",
            [str(uuid.uuid4()), tenant.pk],
        )
    from django.db import connections

    for table in ("conversations_conversation", "conversations_event", "conversations_customer"):
        with connections["owner"].cursor() as cursor:
            cursor.execute(f"ANALYZE {table}")


if __name__ == "__main__":
    main()
