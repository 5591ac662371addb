"""The console as signed-in members see it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from tests.factories import Person


@pytest.fixture
def signed_in() -> Callable[[Person], Client]:
    """A browser in which this person has signed in."""

    def sign_in(person: Person) -> Client:
        client = Client()
        client.force_login(person.user)
        return client

    return sign_in
