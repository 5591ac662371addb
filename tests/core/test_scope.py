import pytest
from django.db import connection, transaction

from conversations.models import Customer
from core.scope import NoTenantInScope, TenantSwitchRefused, current_tenant_id, tenant_scope
from tenants.models import Member
from tenants.queries import memberships_of
from tests.factories import Person, a_visit


def setting() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('app.tenant_id', true)")
        return cursor.fetchone()[0] or ""


def test_a_query_outside_a_scope_is_an_error_and_not_an_empty_answer(ana: Person) -> None:
    with pytest.raises(NoTenantInScope):
        list(Member.objects.all())

    with pytest.raises(NoTenantInScope):
        Customer.objects.create(tenant_id=ana.tenant.pk)


def test_a_lazy_query_that_outlives_its_scope_is_an_error(ana: Person) -> None:
    with tenant_scope(ana.tenant.pk):
        rows = Member.objects.filter(tenant_id=ana.tenant.pk)

    with pytest.raises(NoTenantInScope):
        list(rows)


def test_a_scope_cannot_switch_tenants_while_nested(ana: Person, zoe: Person) -> None:
    with tenant_scope(ana.tenant.pk):
        with pytest.raises(TenantSwitchRefused), tenant_scope(zoe.tenant.pk):
            pass

        assert current_tenant_id() == ana.tenant.pk
        assert Member.objects.count() == 1


def test_a_scope_joins_an_outer_one_of_the_same_tenant(ana: Person) -> None:
    with tenant_scope(ana.tenant.pk):
        with tenant_scope(ana.tenant.pk):
            assert Member.objects.count() == 1

        assert setting() == str(ana.tenant.pk)


def test_a_scope_leaves_nothing_behind_in_a_transaction_that_goes_on(ana: Person) -> None:
    with transaction.atomic():
        with tenant_scope(ana.tenant.pk):
            assert setting() == str(ana.tenant.pk)

        assert setting() == ""
        assert current_tenant_id() is None


def test_a_scope_that_fails_undoes_its_writes(ana: Person) -> None:
    with pytest.raises(RuntimeError):
        _write_and_fail(ana)

    with tenant_scope(ana.tenant.pk):
        assert Member.objects.get(pk=ana.member.pk).role == "owner"


def _write_and_fail(ana: Person) -> None:
    with tenant_scope(ana.tenant.pk):
        Member.objects.filter(pk=ana.member.pk).update(role="auditor")
        raise RuntimeError


def test_row_level_security_hides_other_tenants_even_from_a_query_without_a_filter(
    ana: Person, zoe: Person
) -> None:
    a_visit(ana.tenant)

    with tenant_scope(zoe.tenant.pk):
        assert Customer.objects.count() == 0


def test_a_person_sees_her_own_memberships_and_nobody_elses_before_a_tenant_is_chosen(
    ana: Person, zoe: Person
) -> None:
    assert [row.tenant_id for row in memberships_of(ana.user.pk)] == [ana.tenant.pk]
    assert [row.tenant_id for row in memberships_of(zoe.user.pk)] == [zoe.tenant.pk]
