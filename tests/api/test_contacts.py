import pytest

from contacts.models import Beneficiary, Customer
from integrations.models import SyncState
from tests.factories import make_beneficiary, make_customer, make_invoice, push

ADDRESS = {
    "line1": "1 Orchard Road",
    "line2": "",
    "city": "Singapore",
    "state": "",
    "postal_code": "238801",
    "country": "Singapore",
}


def test_a_customer_is_kept_with_everything_that_was_sent(api, organization):
    sent = {
        "name": "Acme & Söhne",
        "company_name": "Acme GmbH",
        "email": "ap@acme.example",
        "phone": "+65 6123 4567",
        "currency": "USD",
        "tax_number": "201912345K",
        "address": ADDRESS,
        "is_active": True,
    }
    answer = api.post("customers/", sent)
    assert answer.status_code == 201
    customer = Customer.objects.get(organization=organization)
    assert answer.json() == sent | {
        "id": customer.pk,
        "quickbooks_id": None,
        "accounting_synced": False,
        "accounting_synced_at": None,
        "sync_state": "not_synced",
        "sync_error": None,
        "quickbooks_url": None,
        "created_at": answer.json()["created_at"],
        "updated_at": answer.json()["updated_at"],
    }
    assert answer["Location"] == f"http://testserver/api/v1/customers/{customer.pk}/"


def test_a_beneficiary_without_a_currency_gets_the_organizations(api, organization):
    answer = api.post("beneficiaries/", {"name": "Supplier"})
    assert answer.status_code == 201
    assert Beneficiary.objects.get(pk=answer.data["id"]).currency == "SGD"


def test_a_part_of_the_address_is_changed_alone(api, organization):
    customer = make_customer(organization, address_city="Singapore", address_postal_code="1")
    answer = api.patch(f"customers/{customer.pk}/", {"address": {"postal_code": "238801"}})
    assert answer.data["address"]["city"] == "Singapore"
    assert answer.data["address"]["postal_code"] == "238801"


@pytest.mark.parametrize("name", ["A: B", "A\tB", "A\nB", "A\n", "\tA", "", "   ", "x" * 501, None])
def test_a_name_that_quickbooks_accepts_from_nobody_is_refused_at_its_field(api, name):
    answer = api.post("customers/", {"name": name})
    assert answer.status_code == 400
    assert answer.data["code"] == "invalid"
    assert list(answer.data["fields"]) == ["name"]


def test_the_refusal_of_a_name_says_what_to_do(api):
    answer = api.post("customers/", {"name": "A: B"})
    assert answer.data["fields"]["name"] == [
        "QuickBooks accepts no colon, tab or line break in a name. Take it out."
    ]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("currency", "SGX"),
        ("currency", "sgd"),
        ("currency", ""),
        ("email", "nobody"),
        ("email", f"{'x' * 95}@a.example"),
        ("phone", "1" * 31),
        ("company_name", "x" * 101),
    ],
)
def test_other_values_that_nobody_accepts_are_refused(api, field, value):
    answer = api.post("customers/", {"name": "Acme", field: value})
    assert answer.status_code == 400
    assert list(answer.data["fields"]) == [field]


def test_an_address_is_checked_within_itself(api):
    answer = api.post("customers/", {"name": "Acme", "address": {"city": "x" * 256}})
    assert answer.status_code == 400
    assert list(answer.data["fields"]["address"]) == ["city"]


def test_an_edit_of_a_synced_contact_waits_to_be_pushed(qbo, api, organization):
    customer = make_customer(organization)
    push(customer)
    answer = api.patch(f"customers/{customer.pk}/", {"phone": "123"})
    assert answer.status_code == 200
    assert answer.data["sync_state"] == SyncState.CHANGED
    assert answer.data["accounting_synced"] is False
    assert answer.data["quickbooks_id"] == customer.qbo_id


def test_sync_fields_cannot_be_written(api, organization):
    customer = make_customer(organization)
    answer = api.patch(
        f"customers/{customer.pk}/",
        {"accounting_synced": True, "sync_state": "synced", "quickbooks_id": "1", "organization": 99},
    )
    assert answer.status_code == 200
    customer.refresh_from_db()
    assert (customer.qbo_id, customer.accounting_synced) == (None, False)
    assert customer.organization == organization


def test_a_synced_contact_links_to_its_page_in_quickbooks(qbo, api, organization, settings):
    customer = make_customer(organization)
    push(customer)
    path = f"/app/customerdetail?nameId={customer.qbo_id}"
    urls = {}
    for environment in ("simulator", "sandbox", "production"):
        settings.QBO_ENVIRONMENT = environment
        urls[environment] = api.get(f"customers/{customer.pk}/").data["quickbooks_url"]
    assert urls == {
        "simulator": settings.QBO_API_BASE_URL + path,
        "sandbox": "https://sandbox.qbo.intuit.com" + path,
        "production": "https://qbo.intuit.com" + path,
    }


def test_what_was_never_synced_is_deleted(api, organization):
    customer = make_customer(organization)
    assert api.delete(f"customers/{customer.pk}/").status_code == 204
    assert not Customer.objects.exists()


def test_a_synced_contact_cannot_be_deleted(qbo, api, organization):
    beneficiary = make_beneficiary(organization)
    push(beneficiary)
    answer = api.delete(f"beneficiaries/{beneficiary.pk}/")
    assert answer.status_code == 409
    assert answer.data["code"] == "synced_record"


def test_a_contact_that_was_only_queued_cannot_be_deleted_either(qbo, api, organization):
    customer = make_customer(organization)
    api.post("customers/sync/", {"ids": [customer.pk]})
    assert api.delete(f"customers/{customer.pk}/").data["code"] == "synced_record"


def test_a_contact_with_documents_cannot_be_deleted(api, organization):
    invoice = make_invoice(organization)
    answer = api.delete(f"customers/{invoice.customer_id}/")
    assert answer.status_code == 409
    assert answer.data["code"] == "in_use"
