from collections.abc import Callable

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client

from integrations.groups import account_managers
from integrations.models import Connection, Organization
from tests.conftest import make_user, signed_in


def messages_of(response) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def form_of(response) -> dict:
    """What the browser would send back: every field of the form and of its inlines as it was shown."""
    context = response.context
    forms = [context["adminform"].form]
    for inline in context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    data = {}
    for form in forms:
        for field in form:
            value = field.value()
            if value is not None and value is not False:
                data[field.html_name] = value
                if field.field.show_hidden_initial:
                    data[field.html_initial_name] = value
    return data


@pytest.fixture
def superuser(staff) -> Client:
    return signed_in(staff)


@pytest.fixture
def staff_with(db) -> Callable[..., Client]:
    """A person of Finmo's own with these permissions alone, named as "contacts.view_customer"."""

    def make(*permissions: str) -> Client:
        user = make_user(f"staff{get_user_model().objects.count()}@finmo.example", is_staff=True)
        for name in permissions:
            application, codename = name.split(".")
            user.user_permissions.add(
                Permission.objects.get(content_type__app_label=application, codename=codename)
            )
        return signed_in(user)

    return make


@pytest.fixture
def connected(organization):
    """An organization with a connection that no test uses to call QuickBooks."""
    Connection.objects.filter(organization=organization).update(
        status=Connection.Status.CONNECTED,
        realm_id="4620816365",
        company_name="Acme Books",
        access_token="secret-access",
        refresh_token="secret-refresh",
    )
    return organization


@pytest.fixture
def manager(db) -> Client:
    """One of Finmo's account managers."""
    user = make_user("manager@finmo.example", is_staff=True)
    user.groups.add(account_managers())
    return signed_in(user)


@pytest.fixture
def elsewhere(connected) -> Organization:
    """A second organization that is connected too."""
    other = Organization.objects.create(slug="else", name="Elsewhere", quickbooks_enabled=True)
    type(other.connection).objects.filter(organization=other).update(status="connected", realm_id="77")
    return other
