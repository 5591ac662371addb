"""Our side: the product's web server as it runs in production, and the tenant whose chat is loaded.

Run as a program (`python -m bench.ours`) it makes that tenant.
"""

from __future__ import annotations

from bench import report
from bench.talks import Door
from bench.world import Running, Server

SLUG = "bench"
SERVER = Server("ours", "config.asgi:application")
UNMETERED = Server(report.UNMETERED, "config.asgi:application")
UNGUARDED = Server(report.UNGUARDED, "config.asgi:application")


def door(running: Running, name: str = SERVER.name) -> Door:
    """The chat socket; how many frames an answer takes is its own affair."""
    return Door(name, running.port, running.pid, f"/ws/chat/{SLUG}/", hello=True)


def make_tenant() -> None:
    import django

    django.setup()
    from core.actors import system
    from engine.budgets.services import ensure_defaults
    from engine.releases.services import Configuration, publish
    from tenants.services import create_tenant

    actor = system("bench")
    tenant = create_tenant(slug=SLUG, name="Bench", actor=actor)
    publish(tenant_id=tenant.pk, configuration=Configuration(), actor=actor)
    ensure_defaults(tenant_id=tenant.pk, actor=actor)


if __name__ == "__main__":
    make_tenant()
