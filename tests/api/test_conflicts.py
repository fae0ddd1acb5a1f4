import pytest

from integrations.models import Conflict
from tests.factories import make_customer, pull, push
from tests.quickbooks import drain


@pytest.fixture
def customer(qbo, organization):
    """One whose company name and phone were changed on both sides."""
    customer = make_customer(organization, name="Acme", company_name="Base", phone="1")
    push(customer)
    qbo.change("Customer", customer.qbo_id, CompanyName="Theirs", PrimaryPhone={"FreeFormNumber": "3"})
    customer.company_name, customer.phone = "Ours", "2"
    customer.save()
    pull(organization, "customers")
    return customer


@pytest.fixture
def conflict(customer):
    return Conflict.objects.get()


def test_a_conflict_shows_the_three_versions_of_each_field(api, customer, conflict):
    [shown] = api.get("conflicts/").json()["results"]
    assert shown == {
        "id": conflict.pk,
        "entity": "customers",
        "record": customer.pk,
        "label": "Acme",
        "fields": {
            "company_name": {"base": "Base", "finmo": "Ours", "quickbooks": "Theirs"},
            "phone": {"base": "1", "finmo": "2", "quickbooks": "3"},
        },
        "choices": {},
        "finmo_changed_at": shown["finmo_changed_at"],
        "finmo_changed_by": None,
        "finmo_changed_through": "",
        "quickbooks_changed_at": shown["quickbooks_changed_at"],
        "opened_at": shown["opened_at"],
        "resolved_at": None,
        "resolved_by": None,
    }
    assert api.get(f"customers/{customer.pk}/").data["sync_state"] == "conflict"


def test_one_side_is_kept_for_all_fields(qbo, api, organization, customer, conflict):
    answer = api.post(f"conflicts/{conflict.pk}/resolve/", {"keep": "finmo"})
    assert answer.status_code == 200
    assert answer.data["choices"] == {"company_name": "finmo", "phone": "finmo"}
    assert answer.data["resolved_by"] == "accountant@acme.example"
    drain(organization)
    there = qbo.read("Customer", customer.qbo_id)
    assert (there["CompanyName"], there["PrimaryPhone"]["FreeFormNumber"]) == ("Ours", "2")
    assert api.get("conflicts/").data["count"] == 0
    assert api.get("conflicts/?state=resolved").data["count"] == 1
    assert api.get(f"conflicts/{conflict.pk}/").data["resolved_at"]


def test_each_field_is_decided_by_itself(qbo, api, organization, customer, conflict):
    choices = {"company_name": "quickbooks", "phone": "finmo"}
    assert api.post(f"conflicts/{conflict.pk}/resolve/", {"fields": choices}).status_code == 200
    drain(organization)
    shown = api.get(f"customers/{customer.pk}/").data
    assert (shown["company_name"], shown["phone"], shown["sync_state"]) == ("Theirs", "2", "synced")


@pytest.mark.parametrize(
    "decision",
    [
        {},
        {"keep": "both"},
        {"keep": "finmo", "fields": {"phone": "finmo"}},
        {"fields": {}},
        {"fields": {"phone": "ours"}},
        {"fields": {"phone": "finmo"}},
        {"fields": {"phone": "finmo", "company_name": "finmo", "email": "finmo"}},
    ],
)
def test_a_decision_that_is_none_is_400(api, conflict, decision):
    assert api.post(f"conflicts/{conflict.pk}/resolve/", decision).status_code == 400
    conflict.refresh_from_db()
    assert conflict.resolved_at is None


def test_what_was_decided_is_not_decided_again(api, conflict):
    api.post(f"conflicts/{conflict.pk}/resolve/", {"keep": "quickbooks"})
    answer = api.post(f"conflicts/{conflict.pk}/resolve/", {"keep": "finmo"})
    assert (answer.status_code, answer.data["code"]) == (409, "already_resolved")


def test_conflicts_are_for_accountants_of_the_organization(as_viewer, as_stranger, conflict):
    assert as_viewer.get("conflicts/").data["count"] == 1
    assert as_viewer.post(f"conflicts/{conflict.pk}/resolve/", {"keep": "finmo"}).status_code == 403
    assert as_stranger.get("conflicts/").data["count"] == 0
    assert as_stranger.post(f"conflicts/{conflict.pk}/resolve/", {"keep": "finmo"}).status_code == 404
