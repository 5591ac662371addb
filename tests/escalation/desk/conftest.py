"""What tests of the desk begin with."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from conversations import services
from conversations.visits import Visit
from tests import factories
from tests.escalation.desk.sockets import Opener, SignIn, desk_of
from tests.factories import Person
from tests.servers import LiveServer


@pytest.fixture
def signed_in() -> Callable[[Person], Client]:
    """A browser in which this person has signed in."""

    def sign_in(person: Person) -> Client:
        client = Client()
        client.force_login(person.user)
        return client

    return sign_in


@pytest.fixture
def desk(live_server: LiveServer, signed_in: SignIn) -> Opener:
    """desk(person, slug="", origin="") opens the desk's socket as this person."""
    return desk_of(live_server, signed_in)


@pytest.fixture
def waiting(ana: Person) -> Visit:
    """A customer of ana's tenant who waits for a person."""
    visit = factories.a_visit(ana.tenant)
    factories.a_message(visit, "My tent is torn.")
    services.request_person(
        tenant_id=visit.tenant_id,
        conversation_id=visit.conversation_id,
        actor=visit.customer,
        now=timezone.now(),
    )
    return visit
