"""Rules of the company that are known beforehand are refused before any call; the rest QuickBooks tells."""

from datetime import date
from decimal import Decimal

import pytest

from integrations.models import Account, Connection, Item
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


@pytest.fixture
def customer(qbo, organization):
    customer = make_customer(organization)
    push(customer)
    qbo.reset_calls()
    return customer


def assert_only_first_failed(run, records, code: str):
    assert (run.status, run.failed, run.succeeded) == ("partly_failed", 1, len(records) - 1)
    assert records[0].sync_error["code"] == code
    assert all(record.accounting_synced for record in records[1:])


def assert_no_call(qbo):
    assert sum(qbo.calls.values()) == 0


# --- refused before any call -------------------------------------------------------------------------


def test_an_unsynced_contact_is_refused_before_any_call(qbo, organization):
    invoice = make_invoice(organization, make_customer(organization))
    run = push(invoice)
    assert (run.status, invoice.sync_error["code"]) == ("failed", "contact_not_synced")
    assert_no_call(qbo)
    assert not Item.objects.filter(organization=organization, name="Consulting").exists()


def test_its_refusal_leaves_the_others_alone(qbo, organization, customer):
    invoices = [make_invoice(organization, each) for each in (make_customer(organization), customer)]
    assert_only_first_failed(push(*invoices), invoices, "contact_not_synced")


def test_without_a_default_account_a_custom_item_is_refused_before_any_call(qbo, organization, customer):
    organization.configuration.default_receivable_account = None
    organization.configuration.save()
    invoice = make_invoice(organization, customer)
    push(invoice)
    assert invoice.sync_error["code"] == "no_default_account"
    assert "QuickBooks Configuration" in invoice.sync_error["remedy"]
    assert_no_call(qbo)


def test_without_a_default_account_a_bill_line_needs_its_own(qbo, organization):
    beneficiary = make_beneficiary(organization)
    push(beneficiary)
    account = Account.objects.filter(organization=organization, account_type="Expense").last()
    organization.configuration.default_payable_account = None
    organization.configuration.save()
    bills = [
        make_bill(organization, beneficiary, lines=[bill_line(account=each)]) for each in (None, account)
    ]
    assert_only_first_failed(push(*bills), bills, "no_default_account")
    line = qbo.read("Bill", bills[1].qbo_id)["Line"][0]
    assert line["AccountBasedExpenseLineDetail"]["AccountRef"]["value"] == account.qbo_id


def test_a_date_in_closed_books_is_refused_before_any_call(qbo, organization, customer):
    Connection.objects.filter(organization=organization).update(books_closed_until=date(2026, 10, 1))
    invoice = make_invoice(organization, customer)
    push(invoice)
    assert invoice.sync_error["code"] == "period_closed"
    assert_no_call(qbo)


def test_a_paid_invoice_keeps_its_amounts(qbo, organization, customer):
    invoice, other = make_invoice(organization, customer), make_invoice(organization, customer)
    push(invoice, other)
    qbo.pay(invoice.qbo_id, "10.00")
    pull(organization, "invoices")
    other.memo = "x"
    other.save()
    invoice.refresh_from_db()
    invoice.replace_lines([invoice_line(unit_price=1)])
    assert_only_first_failed(push(invoice, other), [invoice, other], "paid_document")


def test_lines_that_we_cannot_keep_are_never_rewritten(qbo, organization, customer):
    invoice, other = make_invoice(organization, customer), make_invoice(organization, customer)
    push(invoice, other)
    line = qbo.read("Invoice", invoice.qbo_id)["Line"][0]
    discount = {
        "DetailType": "DiscountLineDetail",
        "Amount": "5.00",
        "DiscountLineDetail": {"PercentBased": False},
    }
    qbo.change("Invoice", invoice.qbo_id, CustomerRef={"value": customer.qbo_id}, Line=[line, discount])
    pull(organization, "invoices")
    invoice.refresh_from_db()
    other.memo = "x"
    other.save()
    invoice.replace_lines([invoice_line(unit_price=1)])
    assert_only_first_failed(push(invoice, other), [invoice, other], "lines_not_supported")
    held = [each["DetailType"] for each in qbo.read("Invoice", invoice.qbo_id)["Line"]]
    assert "DiscountLineDetail" in held


def test_lines_that_we_cannot_keep_survive_a_new_memo(qbo, organization):
    """A bill's update must carry its lines: QuickBooks' own go along."""
    beneficiary = make_beneficiary(organization)
    push(beneficiary)
    bill = make_bill(organization, beneficiary)
    push(bill)
    line = qbo.read("Bill", bill.qbo_id)["Line"][0]
    note = {"DetailType": "DescriptionOnly", "Description": "As agreed", "Amount": 0}
    qbo.change("Bill", bill.qbo_id, VendorRef={"value": beneficiary.qbo_id}, Line=[line, note])
    pull(organization, "bills")
    bill.refresh_from_db()
    bill.memo = "Paid by bank"
    bill.save()
    assert push(bill).status == "succeeded"
    there = qbo.read("Bill", bill.qbo_id)
    assert [each.get("Description") for each in there["Line"]] == ["Rent", "As agreed"]
    assert there["PrivateNote"] == "Paid by bank"


# --- told by QuickBooks ------------------------------------------------------------------------------


def test_books_that_were_closed_meanwhile_are_told_by_quickbooks(qbo, organization, customer):
    qbo.switch(book_close_date="2026-10-01")
    invoices = [make_invoice(organization, customer, issue_date=date(2026, 10, day)) for day in (1, 2)]
    run = push(*invoices)
    assert_only_first_failed(run, invoices, "6210")
    assert "closed" in invoices[0].sync_error["message"]
    assert "website" in run.jobs.get(outcome="failed").detail


def test_a_document_cannot_be_moved_out_of_closed_books(qbo, organization, customer):
    invoice = make_invoice(organization, customer)
    push(invoice)
    qbo.switch(book_close_date="2026-10-01")
    invoice.issue_date = date(2026, 11, 1)
    invoice.save()
    push(invoice)
    assert invoice.sync_error["code"] == "6210"


def test_a_document_below_zero_is_told_in_quickbooks_words(qbo, organization, customer):
    invoices = [
        make_invoice(organization, customer, lines=[invoice_line(unit_price=price)]) for price in (-5, 5)
    ]
    assert_only_first_failed(push(*invoices), invoices, "6000")
    assert (
        "“Business Validation Error: Transaction amount must be 0 or greater.”"
        in invoices[0].sync_error["message"]
    )


def test_negative_lines_are_taken_while_the_total_is_not(qbo, organization, customer):
    lines = [invoice_line(unit_price=100), invoice_line(quantity=1, unit_price=Decimal("-30.55"))]
    invoice = make_invoice(organization, customer, lines=lines)
    assert push(invoice).status == "succeeded"
    assert [str(line["Amount"]) for line in qbo.read("Invoice", invoice.qbo_id)["Line"]] == [
        "200.00",
        "-30.55",
        "169.45",
    ]
    assert invoice.difference is None


def test_an_account_of_a_wrong_type_is_told(qbo, organization):
    beneficiary = make_beneficiary(organization)
    push(beneficiary)
    wrong = Account.objects.get(organization=organization, account_type="Accounts Receivable")
    bills = [make_bill(organization, beneficiary, lines=[bill_line(account=each)]) for each in (wrong, None)]
    assert_only_first_failed(push(*bills), bills, "6430")


def test_an_item_that_fails_stops_its_invoice_with_the_same_reason(qbo, organization, customer):
    """The custom line's item is refused; the invoice says why, and another invoice goes through."""
    qbo.fault_item("Consulting", "6430", detail="Invalid account type used")
    invoices = [
        make_invoice(organization, customer, lines=[invoice_line(custom_name=name)])
        for name in ("Consulting", "Training")
    ]
    assert_only_first_failed(push(*invoices), invoices, "6430")
    assert "Consulting" in invoices[0].sync_error["message"]
