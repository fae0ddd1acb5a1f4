"""A document without a number that QuickBooks may have already: nothing would tell the two apart."""

import pytest

from tests.factories import (
    bill_line,
    invoice_line,
    make_beneficiary,
    make_bill,
    make_customer,
    make_invoice,
    pull,
    push,
)

from .by_hand import found, invoice_there, link, one_of_another, unlink


def unnumbered(organization, customer, **fields):
    return make_invoice(organization, customer, number="", tax_treatment="none", **fields)


def test_an_invoice_that_looks_like_one_made_in_quickbooks_is_not_booked(qbo, organization, customer):
    held = invoice_there(qbo, customer, amount="100.00")
    invoice = unnumbered(organization, customer)

    run = push(invoice)

    assert (run.status, invoice.sync_state, invoice.qbo_id) == ("failed", "failed", None)
    assert invoice.sync_error == {
        "code": "possible_duplicate",
        "message": "QuickBooks has a document of the same contact, date and amount, and yours has no number that tells "
        "them apart.",
        "remedy": "Link to it if it is the same document, or give yours a number and sync it again.",
    }
    assert [each["Id"] for each in qbo.all("Invoice")] == [held["Id"]]


def test_a_bill_that_was_unlinked_is_not_booked_again_and_is_linked_by_hand(qbo, organization):
    beneficiary = make_beneficiary(organization)
    push(beneficiary)
    bill = make_bill(organization, beneficiary, number="", lines=[bill_line()])
    push(bill)
    held = bill.qbo_id
    unlink(bill, entity="bills")

    push(bill)
    [candidate] = found(organization, "bills", str(bill.total))
    run = link(organization, "bills", {bill: candidate.id})

    assert (candidate.id, candidate.free, run.status) == (held, True, "succeeded")
    assert (bill.qbo_id, bill.sync_state, len(qbo.all("Bill"))) == (held, "synced", 1)


def test_with_a_number_it_is_booked(qbo, organization, customer):
    held = invoice_there(qbo, customer, amount="100.00")
    invoice = unnumbered(organization, customer)
    push(invoice)
    invoice.number = "A-2"
    invoice.save()

    assert push(invoice).status == "succeeded"
    assert {each["Id"] for each in qbo.all("Invoice")} == {held["Id"], invoice.qbo_id}


def test_one_that_was_pulled_may_be_it_too(qbo, organization, customer):
    invoice = unnumbered(organization, customer)
    held = invoice_there(qbo, customer, amount="100.00")
    pull(organization, "invoices")

    run = push(invoice)

    assert (run.status, invoice.sync_error["code"]) == ("failed", "possible_duplicate")
    assert "was pulled from QuickBooks" in invoice.sync_error["message"]
    assert invoice.sync_error["remedy"].startswith("Delete this one if both are the same document")
    assert [each["Id"] for each in qbo.all("Invoice")] == [held["Id"]]


@pytest.mark.parametrize("different", ["amount", "date", "customer", "void"])
def test_another_document_is_no_duplicate(qbo, organization, customer, different):
    held = one_of_another(qbo, customer, different)
    if different == "void":
        qbo.make("Invoice", {"Id": held["Id"], "SyncToken": held["SyncToken"]}, operation="void")
    invoice = unnumbered(organization, customer, **_free_if(different == "void"))

    assert push(invoice).status == "succeeded"
    assert {each["Id"] for each in qbo.all("Invoice")} == {held["Id"], invoice.qbo_id}


def _free_if(free: bool) -> dict:
    return {"lines": [invoice_line(unit_price=0)]} if free else {}


def test_two_of_our_own_are_two(qbo, organization, customer):
    first, second = (unnumbered(organization, customer) for _ in range(2))
    push(first, second)
    third = unnumbered(organization, customer)

    assert push(third).status == "succeeded"
    assert len(qbo.all("Invoice")) == 3


def test_one_call_looks_for_all_contacts_of_a_claim(qbo, organization, customer):
    other = make_customer(organization)
    push(other)
    held = invoice_there(qbo, other, amount="100.00")
    push(make_invoice(organization, customer, number="the item's first"))
    invoices = [unnumbered(organization, each) for each in (customer, customer, other)]
    qbo.reset_calls()

    run = push(*invoices)

    assert (run.succeeded, run.failed) == (2, 1)
    assert dict(qbo.calls) == {"batch": 2}
    assert (invoices[2].sync_state, held["Id"] in {each.qbo_id for each in invoices}) == ("failed", False)


def test_where_quickbooks_refuses_to_look_the_invoice_goes_out(qbo, organization, customer):
    invoice_there(qbo, customer, amount="100.00")
    invoice = unnumbered(organization, customer)
    qbo.refuse_queries("CustomerRef", "4000")

    assert push(invoice).status == "succeeded"
    assert invoice.linked


def test_a_lost_answer_is_no_duplicate_of_itself(qbo, organization, customer):
    push(make_invoice(organization, customer, number="the item's first"))
    invoice = unnumbered(organization, customer)
    qbo.mishap("answer_lost", matching="/batch")

    assert push(invoice).status == "succeeded"
    assert len(qbo.all("Invoice", "where TotalAmt = '100'")) == 1
