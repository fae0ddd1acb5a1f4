"""Document numbers: QuickBooks' own, ours, too long ones, and those that are taken (6140)."""

from datetime import date

import pytest

from tests.factories import (
    bill_line,
    invoice_line,
    make_bill,
    make_customer,
    make_invoice,
    push,
)

from .by_hand import invoice_there


def test_a_document_entered_twice_here_says_that_the_other_one_is_linked(qbo, organization, customer):
    first, again = (make_invoice(organization, customer, number="1047") for _ in range(2))
    push(first)
    run = push(again)
    assert (run.status, again.sync_error["code"], again.qbo_id) == ("failed", "number_taken", None)
    assert (
        again.sync_error["message"] == "QuickBooks has this already, and another record here is linked to it."
    )


def test_a_number_of_21_characters_arrives(qbo, organization, customer):
    invoice = make_invoice(organization, customer, number="A" * 21)
    assert push(invoice).status == "succeeded"
    assert qbo.read("Invoice", invoice.qbo_id)["DocNumber"] == "A" * 21


def test_a_longer_number_is_refused_before_it_leaves(qbo, organization, customer):
    fine = make_invoice(organization, customer)
    invoice = make_invoice(organization, customer, number="A" * 22)
    run = push(invoice, fine)
    assert (run.status, run.succeeded, run.failed) == ("partly_failed", 1, 1)
    assert invoice.sync_error["code"] == "number_too_long"


@pytest.mark.parametrize("custom", [False, True])
def test_our_number_is_kept_whether_quickbooks_numbers_or_not(qbo, organization, customer, custom):
    qbo.switch(custom_txn_numbers=custom)
    invoice = make_invoice(organization, customer, number="FIN-9")
    push(invoice)
    assert (invoice.number, qbo.read("Invoice", invoice.qbo_id)["DocNumber"]) == ("FIN-9", "FIN-9")


def test_an_invoice_without_a_number_takes_quickbooks_own(qbo, organization, customer):
    invoice = make_invoice(organization, customer, number="")
    push(invoice)
    assert invoice.number == qbo.read("Invoice", invoice.qbo_id)["DocNumber"] == "1001"
    assert invoice.accounting_synced
    invoice.memo = "Thanks"
    invoice.save()
    run = push(invoice)
    assert run.jobs.get().after == {"memo": "Thanks"}


def test_a_company_with_its_own_numbers_gives_none(qbo, organization, customer):
    qbo.switch(custom_txn_numbers=True)
    invoice = make_invoice(organization, customer, number="")
    assert push(invoice).status == "succeeded"
    assert invoice.number == "" and "DocNumber" not in qbo.read("Invoice", invoice.qbo_id)


def test_a_bill_without_a_number_stays_without(qbo, organization, beneficiary):
    bill = make_bill(organization, beneficiary, number="")
    assert push(bill).status == "succeeded"
    assert bill.number == "" and "DocNumber" not in qbo.read("Bill", bill.qbo_id)


def test_the_same_invoice_that_is_there_already_is_linked(qbo, organization, customer):
    held = invoice_there(qbo, customer, "1047", "100.00")
    invoice = make_invoice(organization, customer, number="1047", tax_treatment="none")
    run = push(invoice)
    assert (run.status, run.jobs.get().outcome, invoice.qbo_id) == ("succeeded", "linked", held["Id"])
    assert len(qbo.all("Invoice")) == 1


@pytest.mark.parametrize(
    "different",
    [
        {"amount": "99.00"},
        {"TxnDate": "2026-09-30"},
        {"customer": "another"},
    ],
)
def test_a_number_of_something_else_is_taken(qbo, organization, customer, different):
    other = make_customer(organization)
    push(other)
    holder = other if different.pop("customer", None) else customer
    held = invoice_there(qbo, holder, "1047", different.pop("amount", "100.00"), **different)
    invoice = make_invoice(organization, customer, number="1047", tax_treatment="none")
    fine = make_invoice(organization, customer)
    run = push(invoice, fine)
    job = run.jobs.get(outcome="failed")
    assert (run.status, run.succeeded, run.failed) == ("partly_failed", 1, 1)
    assert invoice.sync_error["code"] == job.code == "number_taken"
    assert f"TxnId={held['Id']}" in job.detail and job.intuit_tid == invoice.sync_error_tid != ""
    assert not invoice.linked


def test_a_document_that_is_bound_already_is_not_bound_twice(qbo, organization, customer):
    first = make_invoice(organization, customer, number="7")
    second = make_invoice(organization, customer, number="7")
    push(first)
    assert push(second).status == "failed"
    assert second.sync_error["code"] == "number_taken"


def test_two_of_one_number_in_one_batch_are_told_apart(qbo, organization, customer):
    invoices = [make_invoice(organization, customer, number="7") for _ in range(2)]
    run = push(*invoices)
    assert (run.status, run.succeeded, run.failed) == ("partly_failed", 1, 1)
    assert [each.linked for each in invoices] == [True, False]


def test_a_company_that_allows_equal_numbers_gets_both(qbo, organization, customer):
    qbo.switch(duplicate_doc_numbers_allowed=True)
    invoices = [make_invoice(organization, customer, number="7") for _ in range(2)]
    assert push(*invoices).status == "succeeded"
    assert [each["DocNumber"] for each in qbo.all("Invoice")] == ["7", "7"]


def test_a_bill_number_is_compared_with_bills_only(qbo, organization, customer, beneficiary):
    invoice_there(qbo, customer, "7")
    bill = make_bill(organization, beneficiary, number="7", lines=[bill_line()])
    assert push(bill).status == "succeeded"


def test_a_change_to_a_taken_number_stays_here_and_says_so(qbo, organization, customer):
    invoice_there(qbo, customer, "1047")
    invoice = make_invoice(organization, customer, number="7")
    push(invoice)
    invoice.number = "1047"
    invoice.save()
    assert push(invoice).status == "failed"
    assert invoice.sync_error["code"] == "number_taken"
    assert qbo.read("Invoice", invoice.qbo_id)["DocNumber"] == "7"


def test_linking_keeps_what_quickbooks_has_and_we_left_empty(qbo, organization, customer):
    held = invoice_there(
        qbo, customer, "1047", "100.00", DueDate="2026-12-24", CustomerMemo={"value": "Hello"}
    )
    invoice = make_invoice(
        organization, customer, number="1047", tax_treatment="none", due_date=None, lines=[invoice_line()]
    )
    push(invoice)
    assert invoice.qbo_id == held["Id"]
    assert (invoice.due_date, invoice.memo) == (date(2026, 12, 24), "Hello")
