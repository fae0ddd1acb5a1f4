"""Names: what QuickBooks refuses, what it holds already (6240), and when that is the same contact."""

import pytest

from integrations.models import SyncState
from tests.factories import make_beneficiary, make_customer, make_invoice, pull, push


@pytest.mark.parametrize(
    "name",
    ["O'Brien & Söhne, Ltd.", 'The "Best" 50% + more', "株式会社 東京", "A\\B / C", "x" * 500, "Café № 7 🎉"],
)
def test_unusual_names_arrive_unchanged_and_are_found_again(qbo, organization, name):
    customer = make_customer(organization, name=name)
    assert push(customer).status == "succeeded"
    assert qbo.read("Customer", customer.qbo_id)["DisplayName"] == name
    again = make_customer(organization, name=name)
    push(again)
    assert again.sync_error["code"] == "name_taken"
    assert "another record here is linked to it" in again.sync_error["message"]


@pytest.mark.parametrize("name", ["Acme: Asia", "Acme\tAsia", "Acme\nAsia", "x" * 501, "  "])
def test_a_name_that_quickbooks_accepts_from_nobody_is_refused_before_it_leaves(qbo, organization, name):
    customer, fine = make_customer(organization, name=name), make_customer(organization)
    run = push(customer, fine)
    assert (run.status, run.succeeded, run.failed) == ("partly_failed", 1, 1)
    assert customer.sync_error["code"] == "name_invalid"
    assert (qbo.calls["query"], qbo.calls["batch"]) == (1, 1)
    assert [each["DisplayName"] for each in qbo.all("Customer")] == [fine.name]


@pytest.mark.parametrize("there", ["Acme Trading", "ACME trading", "Acme  Trading"])
def test_a_customer_that_is_there_already_is_linked(qbo, organization, there):
    held = qbo.make("Customer", {"DisplayName": there, "PrimaryPhone": {"FreeFormNumber": "9"}})
    customer = make_customer(organization, name="Acme Trading", email="a@acme.example")
    run = push(customer)
    assert (run.status, run.jobs.get().outcome) == ("succeeded", "linked")
    assert customer.qbo_id == held["Id"]
    assert customer.phone == "9"
    after = qbo.read("Customer", held["Id"])
    assert after["PrimaryEmailAddr"] == {"Address": "a@acme.example"}
    assert after["PrimaryPhone"] == {"FreeFormNumber": "9"}
    assert len(qbo.all("Customer")) == 1


def test_equal_emails_link_whatever_their_case(qbo, organization):
    held = qbo.make("Customer", {"DisplayName": "Acme", "PrimaryEmailAddr": {"Address": "AP@acme.example"}})
    customer = make_customer(organization, name="Acme", email="ap@acme.example")
    push(customer)
    assert customer.qbo_id == held["Id"]


def test_a_different_email_is_refused(qbo, organization):
    qbo.make("Customer", {"DisplayName": "Acme", "PrimaryEmailAddr": {"Address": "other@acme.example"}})
    customer, fine = (
        make_customer(organization, name="Acme", email="ap@acme.example"),
        make_customer(organization),
    )
    run = push(customer, fine)
    assert (run.status, run.succeeded, run.failed) == ("partly_failed", 1, 1)
    assert customer.sync_error["code"] == "same_name_different_email"
    assert "rename" in customer.sync_error["remedy"] and "Link" in customer.sync_error["remedy"]
    assert not customer.linked


def test_a_name_that_a_vendor_has_is_taken(qbo, organization):
    qbo.make("Vendor", {"DisplayName": "Acme"})
    customer, fine = make_customer(organization, name="Acme"), make_customer(organization)
    run = push(customer, fine)
    assert (run.status, run.succeeded, run.failed) == ("partly_failed", 1, 1)
    assert customer.sync_error["code"] == "name_taken"
    assert "Id=" in run.jobs.get(outcome="failed").detail
    assert run.jobs.get(outcome="failed").intuit_tid


def test_a_name_that_an_employee_has_is_taken(qbo, organization):
    qbo.make("Employee", {"GivenName": "Jane", "FamilyName": "Doe"})
    beneficiary = make_beneficiary(organization, name="Jane Doe")
    push(beneficiary)
    assert beneficiary.sync_error["code"] == "name_taken"


def test_customer_and_beneficiary_of_one_name_cannot_both_be_there(qbo, organization):
    customer, beneficiary = (make(organization, name="Acme") for make in (make_customer, make_beneficiary))
    assert push(customer).status == "succeeded"
    assert push(beneficiary).status == "failed"
    assert beneficiary.sync_error["code"] == "name_taken"


def test_a_name_that_appears_between_look_and_create_is_linked_by_the_fault(qbo, organization):
    """The look by name finds nothing; QuickBooks then names the holder in its 6240."""
    customer = make_customer(organization, name="Acme")
    qbo.during_next_call(lambda: qbo.during_next_call(lambda: qbo.make("Customer", {"DisplayName": "Acme"})))
    run = push(customer)
    assert (run.status, run.jobs.get().outcome) == ("succeeded", "linked")
    assert len(qbo.all("Customer")) == 1


def test_a_holder_whose_name_is_written_differently_is_found_by_its_id(qbo, organization):
    held = qbo.make("Customer", {"DisplayName": "Acme   Trading"})
    customer = make_customer(organization, name="Acme Trading")
    qbo.fault_item("Acme Trading", "6240", detail=f"The name supplied already exists. : Id={held['Id']}")
    run = push(customer)
    assert (run.status, run.jobs.get().outcome, customer.qbo_id) == ("succeeded", "linked", held["Id"])


def test_a_name_taken_without_a_hint_who_has_it(qbo, organization):
    """As recorded in 2020: "The name supplied already exists. : null"."""
    customer = make_customer(organization, name="Acme")
    qbo.fault_item("Acme", "6240", detail="The name supplied already exists. : null")
    push(customer)
    assert customer.sync_error["code"] == "name_taken"


def test_a_customer_that_is_bound_already_is_not_bound_twice(qbo, organization):
    first, second = make_customer(organization, name="Acme"), make_customer(organization, name="acme")
    push(first)
    run = push(second)
    assert (run.status, second.sync_error["code"]) == ("failed", "name_taken")
    assert second.qbo_id is None


@pytest.fixture
def child(qbo) -> dict:
    parent = qbo.make("Customer", {"DisplayName": "Holding"})
    return qbo.make("Customer", {"DisplayName": "Acme", "Job": True, "ParentRef": {"value": parent["Id"]}})


def test_a_subcustomer_of_that_name_leaves_it_free(qbo, organization, child):
    """It is "Holding:Acme", and nothing else is "Acme"."""
    customer = make_customer(organization, name="Acme")
    push(customer)
    assert customer.sync_state == SyncState.SYNCED, customer.sync_error
    assert customer.qbo_id != child["Id"]
    assert qbo.read("Customer", customer.qbo_id)["FullyQualifiedName"] == "Acme"


def test_where_quickbooks_counts_the_subcustomer_its_word_holds(qbo, organization, child):
    customer = make_customer(organization, name="Acme")
    qbo.fault_item("Acme", "6240", detail=f"The name supplied already exists. : Id={child['Id']}")
    push(customer)
    assert (customer.sync_error["code"], customer.qbo_id) == ("name_taken", None)


def test_a_rename_to_a_taken_name_stays_here_and_says_so(qbo, organization):
    customer = make_customer(organization, name="Acme")
    push(customer)
    qbo.make("Vendor", {"DisplayName": "Globex"})
    customer.name = "Globex"
    customer.save()
    run = push(customer)
    assert (run.status, customer.sync_error["code"]) == ("failed", "name_taken")
    assert customer.linked and customer.sync_state == SyncState.FAILED
    assert qbo.read("Customer", customer.qbo_id)["DisplayName"] == "Acme"


def test_an_inactive_namesake_does_not_stand_in_the_way(qbo, organization):
    held = qbo.make("Customer", {"DisplayName": "Acme"})
    qbo.change("Customer", held["Id"], DisplayName="Acme", Active=False)
    customer = make_customer(organization, name="Acme")
    assert push(customer).status == "succeeded"
    assert customer.qbo_id != held["Id"]


def test_an_inactive_contact_that_was_never_synced_is_refused(qbo, organization):
    customer = make_customer(organization, is_active=False)
    push(customer)
    assert customer.sync_error["code"] == "inactive"
    assert sum(qbo.calls.values()) == 0


def test_making_a_contact_inactive_and_active_again_keeps_its_name(qbo, organization):
    customer = make_customer(organization, name="Acme")
    push(customer)
    for active, shown in ((False, "Acme (deleted)"), (True, "Acme")):
        customer.is_active = active
        customer.save()
        assert push(customer).status == "succeeded"
        there = qbo.read("Customer", customer.qbo_id)
        assert (there["Active"], there["DisplayName"], customer.name) == (active, shown, "Acme")


def test_a_contact_with_an_open_balance_stays_active_there(qbo, organization):
    customer = make_customer(organization)
    push(customer)
    push(make_invoice(organization, customer))
    customer.is_active = False
    customer.save()
    run = push(customer)
    assert (run.status, customer.sync_error["code"]) == ("failed", "6220")
    assert qbo.read("Customer", customer.qbo_id)["Active"] is True


def test_cleared_fields_are_cleared_there_and_what_is_not_ours_survives(qbo, organization):
    customer = make_customer(
        organization,
        name="Acme",
        email="a@acme.example",
        phone="1",
        address_line1="1 High St",
        address_city="Perth",
    )
    push(customer)
    address = qbo.read("Customer", customer.qbo_id)["BillAddr"]
    qbo.change("Customer", customer.qbo_id, BillAddr=address | {"Line3": "Level 9"}, Notes="VIP")
    pull(organization, "customers")
    customer.refresh_from_db()
    customer.email = customer.phone = customer.address_city = ""
    customer.save()
    assert push(customer).status == "succeeded"
    there = qbo.read("Customer", customer.qbo_id)
    assert there.get("PrimaryEmailAddr", {}).get("Address") is None
    assert there.get("PrimaryPhone", {}).get("FreeFormNumber") is None
    assert there["Notes"] == "VIP"
    kept = {name: value for name, value in there["BillAddr"].items() if name != "Id" and value}
    assert kept == {"Line1": "1 High St", "Line3": "Level 9"}
