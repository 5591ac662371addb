"""Pytest fixtures of the cast: ana owns a tenant, ben is an agent on her team, zoe owns another tenant.

Loaded as a plugin before Django is set up, so models are imported inside.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.factories import Person


@pytest.fixture
def ana() -> Person:
    from tenants.roles import Role
    from tests import factories

    return factories.a_person("ana", factories.a_tenant("Ana"), Role.OWNER)


@pytest.fixture
def ben(ana: Person) -> Person:
    from tenants.roles import Role
    from tests import factories

    return factories.a_person("ben", ana.tenant, Role.AGENT)


@pytest.fixture
def zoe() -> Person:
    from tenants.roles import Role
    from tests import factories

    return factories.a_person("zoe", factories.a_tenant("Zoe"), Role.OWNER)
