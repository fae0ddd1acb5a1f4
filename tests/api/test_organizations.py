import pytest

from integrations.models import Membership, Organization, Role
from tests.factories import make_customer

from .conftest import Api


@pytest.fixture
def second(accountant):
    second = Organization.objects.create(slug="second", name="Second")
    Membership.objects.create(organization=second, user=accountant, role=Role.VIEWER)
    return second


def test_a_member_of_several_must_name_one(api, second):
    answer = api.get("customers/")
    assert answer.status_code == 400
    assert answer.data["code"] == "organization_required"


def test_the_header_chooses_whose_data_it_is(api, organization, second):
    make_customer(organization, name="Here")
    make_customer(second, name="There")
    assert [row["name"] for row in api.get("customers/", x_organization="second").data["results"]] == [
        "There"
    ]
    assert [row["name"] for row in api.get("customers/", x_organization="acme").data["results"]] == ["Here"]


def test_the_role_is_that_in_the_named_organization(api, second):
    assert api.post("customers/", {"name": "New"}, x_organization="acme").status_code == 201
    assert api.post("customers/", {"name": "New"}, x_organization="second").status_code == 403


@pytest.mark.parametrize("slug", ["other", "unknown", ""])
def test_a_foreign_or_unknown_one_is_404(api, stranger, slug):
    assert api.get("customers/", x_organization=slug).status_code == 404


def test_staff_without_a_membership_see_nothing(organization, staff):
    answer = Api(staff).get("customers/")
    assert answer.status_code == 403
    assert answer.data["code"] == "no_organization"
    assert Api(staff).get("customers/", x_organization="acme").status_code == 404


def test_a_person_with_one_organization_need_not_name_it(accountant):
    assert Api(accountant).get("customers/").status_code == 200
