import pytest
from django.test import Client


@pytest.fixture
def browser(accountant) -> Client:
    """An accountant's signed-in browser."""
    return signed_in(accountant)


@pytest.fixture
def admins(admin_user) -> Client:
    return signed_in(admin_user)


@pytest.fixture
def viewers(viewer) -> Client:
    return signed_in(viewer)


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client
