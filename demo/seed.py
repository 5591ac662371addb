"""Fills an installation with the two demo organisations.

Invariant: what is there already stays as it is, so that a second run changes nothing; documents and releases are
compared by their content.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

from core.actors import system
from demo import desk, pages
from demo.history import past
from demo.tools import connect_office
from engine.budgets import services as budgets
from engine.knowledge import services as knowledge
from engine.knowledge.indexing import Prepared
from engine.knowledge.models import SourceKind
from engine.releases.models import Release
from engine.releases.queries import NoRelease, current
from engine.releases.services import Configuration, publish
from tenants import queries, services
from tenants.models import Tenant
from tenants.queries import NoSuchTenant
from tenants.roles import Role

ACTOR = system("demo")
SOURCE = "Help pages"
THREADS = min(4, os.cpu_count() or 1)
AT_ONCE = 12
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Somebody:
    """An invented person and her place in an organisation."""

    email: str
    name: str
    role: Role


@dataclass(frozen=True, slots=True)
class Organisation:
    """An invented tenant; its help pages lie in the folder of its slug below `content`."""

    slug: str
    name: str
    configuration: Configuration
    team: tuple[Somebody, ...]


ORGANISATIONS = (
    Organisation(
        "retail",
        "Fernhill Outdoor",
        Configuration(
            assistant_name="Fern",
            greeting="Hello, I'm Fern! Ask me about orders, delivery, returns, or which boots fit your walk.",
            disclosure="Fern is an AI assistant and can make mistakes. You can ask for a person at any time.",
        ),
        (
            Somebody("ana.hart@fernhill.example", "Ana Hart", Role.OWNER),
            Somebody("mia.lund@fernhill.example", "Mia Lund", Role.MANAGER),
            Somebody("ben.osei@fernhill.example", "Ben Osei", Role.AGENT),
            Somebody("noa.berg@fernhill.example", "Noa Berg", Role.AGENT),
            Somebody("rui.vale@fernhill.example", "Rui Vale", Role.AGENT),
            Somebody("ida.moss@fernhill.example", "Ida Moss", Role.AUDITOR),
        ),
    ),
    Organisation(
        "cloud",
        "Nimbus Harbor",
        Configuration(
            assistant_name="Harbor",
            greeting="Hello, I'm Harbor. What can I help you run today: servers, domains, backups, billing?",
            disclosure="Harbor is an AI assistant and can make mistakes. You can ask for an engineer at any time.",
        ),
        (Somebody("zoe.quist@nimbus.example", "Zoe Quist", Role.OWNER),),
    ),
)


@dataclass(frozen=True, slots=True)
class Login:
    email: str
    password: str
    name: str
    role: str
    organisation: str


def seed(tell: Tell) -> None:
    """Makes or completes both organisations.

    Args:
        tell: takes a line about what was done.
    """
    passwords = kept_passwords()
    for organisation in ORGANISATIONS:
        tenant = _tenant(organisation)
        _release(tenant, organisation.configuration)
        budgets.ensure_defaults(tenant_id=tenant.pk, actor=ACTOR)
        for origin in {settings.SHOP_URL, settings.PUBLIC_URL, *_by_name(settings.SHOP_URL)}:
            services.allow_domain(tenant_id=tenant.pk, origin=origin, actor=ACTOR)
        _team(tenant, organisation, passwords)
        if organisation.slug == "retail":
            connect_office(tenant_id=tenant.pk, actor=ACTOR)
            desk.furnish(tenant)
        count = _knowledge(tenant, organisation, tell)
        if organisation.slug == "retail" and (told := past.fill(tenant.pk, say=tell)):
            tell(f"{organisation.name}: {told} conversations of the last four weeks told")
        tell(f"{organisation.name}: {len(organisation.team)} members, {count} documents")


def logins() -> list[Login]:
    """The demo's people with their passwords, made once for this installation."""
    passwords = kept_passwords()
    return [
        Login(one.email, passwords[one.email], one.name, str(one.role.label), organisation.name)
        for organisation in ORGANISATIONS
        for one in organisation.team
    ]


def kept_passwords() -> dict[str, str]:
    """E-mail address -> password. Random, and in a file only its owner can read."""
    path = Path(os.environ.get("SWITCHBOARD_VAR") or settings.BASE_DIR / "var") / "demo-logins.json"
    kept: dict[str, str] = json.loads(path.read_text()) if path.exists() and path.stat().st_size else {}
    people = [one.email for organisation in ORGANISATIONS for one in organisation.team]
    missing = {email: secrets.token_urlsafe(9) for email in people if email not in kept}
    if missing:
        kept |= missing
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.chmod(0o600)
        path.write_text(json.dumps(kept, indent=2))
    return kept


def _tenant(organisation: Organisation) -> Tenant:
    try:
        return queries.tenant_by_slug(organisation.slug)
    except NoSuchTenant:
        return services.create_tenant(slug=organisation.slug, name=organisation.name, actor=ACTOR)


def _release(tenant: Tenant, wanted: Configuration) -> None:
    try:
        if _frozen(current(tenant.pk)) == wanted:
            return
    except NoRelease:
        pass
    publish(tenant_id=tenant.pk, configuration=wanted, actor=ACTOR)


def _frozen(release: Release) -> Configuration:
    return Configuration(
        assistant_name=release.assistant_name,
        prompt=release.prompt,
        model=release.model,
        cheap_model=release.cheap_model,
        fallback_models=tuple(release.fallback_models),
        tools=None if release.tools is None else tuple(release.tools),
        max_tokens=release.max_tokens,
        greeting=release.greeting,
        disclosure=release.disclosure,
    )


def _by_name(url: str) -> list[str]:
    """The same address as people type it on this machine."""
    parts = urlsplit(url)
    return [url.replace("127.0.0.1", "localhost")] if parts.hostname == "127.0.0.1" else []


def _team(tenant: Tenant, organisation: Organisation, passwords: dict[str, str]) -> None:
    there = {member.user.email: member for member in queries.members(tenant.pk)}
    for one in organisation.team:
        member = there.get(one.email) or services.invite_member(
            tenant_id=tenant.pk, email=one.email, name=one.name, role=one.role, actor=ACTOR
        )
        if not member.user.check_password(passwords[one.email]):
            member.user.set_password(passwords[one.email])
            member.user.save(update_fields=["password"])


def _knowledge(tenant: Tenant, organisation: Organisation, tell: Tell) -> int:
    source = knowledge.ensure_source(
        tenant_id=tenant.pk,
        name=SOURCE,
        kind=SourceKind.SEED,
        url=pages.address(organisation.slug, ""),
        actor=ACTOR,
    )
    uploads = pages.uploads(organisation.slug)
    missing = knowledge.missing(source=source, uploads=uploads, actor=ACTOR)
    prepared: list[tuple[knowledge.Upload, Prepared]] = []
    # While one multiplies, another one runs: encoding takes half the time on two processors.
    with ThreadPoolExecutor(THREADS) as pool:
        for done in pool.map(_read, _groups(missing)):
            prepared += done
            tell(f"{organisation.name}: {len(prepared)} of {len(missing)} documents read")
    if prepared:
        knowledge.add_prepared(source=source, actor=ACTOR, prepared=prepared)
    return len(uploads)


def _groups(uploads: list[knowledge.Upload]) -> list[list[knowledge.Upload]]:
    return [uploads[start : start + AT_ONCE] for start in range(0, len(uploads), AT_ONCE)]


def _read(uploads: list[knowledge.Upload]) -> list[tuple[knowledge.Upload, Prepared]]:
    return list(zip(uploads, knowledge.prepare([pages.extracted(one) for one in uploads]), strict=True))
