import ast
import re
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, connections, transaction

from audit.actions import ACTIONS
from audit.models import AuditEvent
from audit.services import digest_of, record
from core.scope import NoTenantInScope, tenant_scope
from tests.factories import Person

ROOT = Path(__file__).resolve().parent.parent.parent


def test_an_action_that_is_not_in_the_catalogue_is_refused(ana: Person) -> None:
    with tenant_scope(ana.tenant.pk), pytest.raises(KeyError):
        record(actor=ana.actor, action="made.up", target="x:1")


def test_a_fact_without_a_tenant_is_refused(ana: Person) -> None:
    with pytest.raises(NoTenantInScope):
        record(actor=ana.actor, action="member.added", target="x:1")


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE audit_auditevent SET actor = 'nobody'",
        "DELETE FROM audit_auditevent",
        "TRUNCATE audit_auditevent",
        "ALTER TABLE audit_auditevent DISABLE TRIGGER ALL",
        "DROP TABLE audit_auditevent",
    ],
)
def test_the_application_cannot_change_or_remove_a_line(ana: Person, attack: str) -> None:
    with pytest.raises(DatabaseError), tenant_scope(ana.tenant.pk), connection.cursor() as cursor:
        cursor.execute(attack)

    with tenant_scope(ana.tenant.pk):
        assert AuditEvent.objects.count() >= 4


@pytest.mark.parametrize(
    "attack", ["UPDATE audit_auditevent SET actor = 'nobody'", "DELETE FROM audit_auditevent"]
)
def test_the_owner_of_the_table_cannot_either(ana: Person, attack: str) -> None:
    with pytest.raises(DatabaseError, match="insert-only"):
        _as_owner(ana.tenant.pk, attack)


def _as_owner(tenant_id: int, statement: str) -> None:
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute("SELECT set_config('app.tenant_id', %s, true)", [str(tenant_id)])
        cursor.execute(statement)


def test_the_owner_of_the_table_cannot_truncate_it(ana: Person) -> None:
    with pytest.raises(DatabaseError, match="insert-only"), connections["owner"].cursor() as cursor:
        cursor.execute("TRUNCATE audit_auditevent")


def test_a_digest_tells_a_changed_line_from_an_honest_one(ana: Person) -> None:
    with tenant_scope(ana.tenant.pk):
        line = AuditEvent.objects.order_by("id").first()
    assert line is not None
    assert digest_of(line) == bytes(line.digest)

    line.actor = "member:somebody-else"

    assert digest_of(line) != bytes(line.digest)


def _literals(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)}


def test_the_catalogue_equals_what_the_code_records() -> None:
    rooms = ["tenants", "conversations", "escalation", "platform", "demo"]
    files = [p for room in rooms for p in (ROOT / room).rglob("*.py") if "migrations" not in p.parts]
    said = set().union(*(_literals(path) for path in files))

    recorded = {text for text in said if re.fullmatch(r"[a-z_]+\.[a-z_]+", text) and text in ACTIONS}
    assert recorded == set(ACTIONS)
