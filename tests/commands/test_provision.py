import json
from io import StringIO

import pytest
from django.contrib.auth import authenticate, get_user_model
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from knox.models import AuthToken
from rest_framework.test import APIClient

from integrations.models import Membership, Organization

pytestmark = pytest.mark.django_db

USER = ("--user", "ada@acme.example", "--password", "pw-of-ada")


def provision(*arguments: str) -> dict:
    out = StringIO()
    call_command("provision", *arguments, stdout=out)
    return json.loads(out.getvalue())


def test_it_creates_organization_person_and_token():
    answer = provision("acme", *USER, "--name", "Acme Ltd", "--country", "GB", "--currency", "GBP")
    assert answer == {"organization": "acme", "user": "ada@acme.example", "token": answer["token"]}
    organization = Organization.objects.get(slug="acme")
    assert (organization.name, organization.country, organization.currency) == ("Acme Ltd", "GB", "GBP")
    assert organization.quickbooks_enabled is False
    user = authenticate(username="ada@acme.example", password="pw-of-ada")
    assert user.email == "ada@acme.example"
    assert Membership.objects.get(organization=organization, user=user).role == "admin"
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {answer['token']}")
    assert client.get("/api/v1/customers/").status_code == 200


def test_again_it_updates_what_is_named_and_issues_a_further_token():
    first = provision("acme", *USER, "--name", "Acme Ltd", "--country", "GB", "--enable-quickbooks")
    again = provision(
        "acme",
        "--user",
        "ada@acme.example",
        "--password",
        "new-password",
        "--role",
        "viewer",
        "--currency",
        "EUR",
    )
    assert first["token"] != again["token"]
    assert AuthToken.objects.count() == 2
    organization = Organization.objects.get()
    assert (organization.name, organization.country, organization.currency) == ("Acme Ltd", "GB", "EUR")
    assert organization.quickbooks_enabled is True
    assert Membership.objects.get().role == "viewer"
    assert authenticate(username="ada@acme.example", password="new-password")


def test_a_member_keeps_the_role_unless_another_one_is_named():
    provision("acme", *USER, "--role", "viewer")
    provision("acme", *USER)
    assert Membership.objects.get().role == "viewer"


def test_a_person_may_join_several_organizations():
    provision("acme", *USER)
    provision("second", *USER, "--role", "accountant")
    assert dict(Membership.objects.values_list("organization__slug", "role")) == {
        "acme": "admin",
        "second": "accountant",
    }


def test_outside_production_quickbooks_is_not_switched_on(settings):
    settings.FINMO_ENVIRONMENT = "sandbox"
    with pytest.raises(CommandError, match="production environment only") as refusal:
        provision("acme", *USER, "--enable-quickbooks")
    assert refusal.value.returncode == 1
    assert not Organization.objects.exists()
    assert not get_user_model().objects.exists()


def test_finmos_own_people_join_no_organization():
    answer = provision(*USER, "--staff", "--group", "Account Managers")
    assert answer["organization"] is None
    user = get_user_model().objects.get()
    assert user.is_staff and not user.is_superuser
    assert user.has_perm("integrations.change_organization")
    assert not user.has_perm("integrations.delete_organization")
    assert not user.has_perm("contacts.view_customer")
    assert not Membership.objects.exists()


def test_a_group_that_was_changed_stays_as_it_is():
    provision(*USER, "--staff", "--group", "Account Managers")
    Group.objects.get(name="Account Managers").permissions.clear()
    provision(*USER, "--staff", "--group", "Account Managers")
    assert not get_user_model().objects.get().has_perm("integrations.change_organization")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("acme", "--user", "ada", "--password", "x"), "e-mail"),
        (("acme", "--user", "ada@acme.example"), "password"),
        (USER, "Name the organization"),
        (("Not a slug", *USER), "slug"),
        (("acme", *USER, "--country", "Singapore"), "ISO 3166"),
        (("acme", *USER, "--currency", "XXX"), "ISO 4217"),
        (("acme", *USER, "--staff", "--group", "Unknown"), "no group"),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_left_behind(arguments, words):
    with pytest.raises(CommandError, match=words):
        provision(*arguments)
    assert not Organization.objects.exists()
    assert not get_user_model().objects.exists()


def test_a_member_does_not_become_one_of_finmos_own():
    provision("acme", *USER)
    with pytest.raises(
        CommandError, match="is a member of Acme, and Finmo's own people join no organization"
    ):
        provision("--user", "ada@acme.example", "--staff")
    assert not get_user_model().objects.get(username="ada@acme.example").is_staff
    assert AuthToken.objects.count() == 1


def test_one_of_finmos_own_joins_no_organization():
    provision(*USER, "--staff")
    with pytest.raises(CommandError, match="is one of Finmo's own people, who join no organization"):
        provision("acme", "--user", "ada@acme.example")
    assert not Membership.objects.exists() and not Organization.objects.exists()


@pytest.mark.parametrize(("password", "told"), [("p", "too short"), ("password1", "too common")])
def test_a_weak_password_is_refused(password, told):
    with pytest.raises(CommandError, match=f"{told}.*Choose another --password"):
        provision("acme", "--user", "ada@acme.example", "--password", password)
    assert not get_user_model().objects.exists() and not Organization.objects.exists()
