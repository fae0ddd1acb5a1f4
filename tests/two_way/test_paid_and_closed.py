"""What was paid, or lies in closed books, is never rewritten by a push: it says why, and what to do."""

from collections import Counter
from datetime import date

import pytest

from integrations import services
from integrations.models import Conflict, Connection, SyncState
from integrations.services import Asked, Trigger
from tests.factories import make_beneficiary, make_bill, make_customer, pull, push
from tests.quickbooks import drain

from .conftest import edit


def more(invoice):
    """A person makes the first line larger."""
    line, *rest = invoice.lines.all()
    line.quantity += 1
    invoice.replace_lines([line, *rest])


def other_customer(invoice):
    other = make_customer(invoice.organization)
    push(other)
    edit(invoice, customer=other)


def other_date(invoice):
    edit(invoice, issue_date=date(2026, 12, 1))


@pytest.mark.parametrize("part", [1, 10], ids=["in full", "in part"])
@pytest.mark.parametrize("change", [more, other_customer])
def test_a_paid_invoice_is_refused_before_any_call(qbo, organization, invoice, part, change):
    qbo.pay(invoice.qbo_id, str(invoice.total / part))
    pull(organization, "invoices")
    invoice.refresh_from_db()
    change(invoice)
    before = qbo.read("Invoice", invoice.qbo_id)
    qbo.reset_calls()
    run = push(invoice)
    assert (run.status, invoice.sync_error["code"]) == ("failed", "paid_document")
    assert invoice.sync_error["remedy"].startswith("Remove the payment from it in QuickBooks")
    assert sum(qbo.calls.values()) == 0
    assert qbo.read("Invoice", invoice.qbo_id) == before


def test_a_payment_that_we_did_not_know_of_stops_the_push(qbo, organization, invoice):
    """QuickBooks' stale token tells: it is read, and nothing is sent again."""
    more(invoice)
    qbo.pay(invoice.qbo_id, "10.00")
    before = qbo.read("Invoice", invoice.qbo_id)
    qbo.reset_calls()
    run = push(invoice)
    assert (run.status, invoice.sync_error["code"], invoice.paid) == ("failed", "paid_document", 10)
    assert qbo.calls == Counter(batch=1, query=1)
    assert qbo.read("Invoice", invoice.qbo_id) == before


def test_once_the_payment_is_taken_back_the_edit_goes_out(qbo, organization, invoice):
    payment = qbo.pay(invoice.qbo_id, "10.00")
    more(invoice)
    push(invoice)
    qbo.make("Payment", {"Id": payment["Id"], "SyncToken": payment["SyncToken"]}, "delete")
    pull(organization, "invoices")
    run = push(invoice)
    assert (run.status, invoice.balance) == ("succeeded", invoice.total)
    assert qbo.read("Invoice", invoice.qbo_id)["TotalAmt"] == invoice.total


def test_what_does_not_touch_money_goes_out_after_a_payment(qbo, organization, invoice):
    qbo.pay(invoice.qbo_id, "10.00")
    pull(organization, "invoices")
    invoice.refresh_from_db()
    edit(invoice, memo="Thank you", due_date=date(2026, 12, 24))
    qbo.reset_calls()
    run = push(invoice)
    there = qbo.read("Invoice", invoice.qbo_id)
    assert (run.status, there["DueDate"], there["Balance"]) == ("succeeded", "2026-12-24", invoice.total - 10)
    assert qbo.calls == Counter(batch=1)


def test_a_paid_bill_keeps_its_lines_when_its_memo_changes(qbo, organization):
    bill = make_bill(organization, make_beneficiary(organization))
    push(bill.beneficiary)
    push(bill)
    there = qbo.read("Bill", bill.qbo_id)
    bank = next(each for each in qbo.all("Account") if each["AccountType"] == "Bank")
    line = {"Amount": 10, "LinkedTxn": [{"TxnId": bill.qbo_id, "TxnType": "Bill"}]}
    check = {"BankAccountRef": {"value": bank["Id"]}}
    body = {"VendorRef": there["VendorRef"], "PayType": "Check", "CheckPayment": check, "TotalAmt": 10}
    qbo.make("BillPayment", body | {"Line": [line]})
    edit(bill, memo="Thank you")
    assert push(bill).status == "succeeded"
    after = qbo.read("Bill", bill.qbo_id)
    assert (after["PrivateNote"], after["Line"], after["Balance"]) == (
        "Thank you",
        there["Line"],
        bill.balance,
    )
    more(bill)
    assert (push(bill).status, bill.sync_error["code"]) == ("failed", "paid_document")


@pytest.mark.parametrize("change", [more, lambda invoice: edit(invoice, memo="Late"), other_date])
def test_closed_books_are_known_before_any_call(qbo, organization, invoice, change):
    """Also where the document is to leave the closed period."""
    Connection.objects.filter(organization=organization).update(books_closed_until=date(2026, 10, 31))
    change(invoice)
    run = push(invoice)
    assert (run.status, invoice.sync_error["code"]) == ("failed", "period_closed")
    assert "Reopen the period" in invoice.sync_error["remedy"]
    assert sum(qbo.calls.values()) == 0


def test_books_that_were_closed_meanwhile_stay_as_they_are(qbo, organization, invoice):
    qbo.switch(book_close_date="2026-10-31")
    before = qbo.read("Invoice", invoice.qbo_id)
    more(invoice)
    run = push(invoice)
    assert (run.status, invoice.sync_error["code"]) == ("failed", "6210")
    assert "Reopen the period" in invoice.sync_error["remedy"]
    assert qbo.read("Invoice", invoice.qbo_id) == before


def test_the_closing_date_is_read_anew_within_the_hour(qbo, organization, invoice):
    qbo.switch(book_close_date="2026-10-31")
    Connection.objects.filter(organization=organization).update(company_read_at=None)
    edit(invoice, memo="Late")
    run = push(invoice)
    assert (run.status, invoice.sync_error["code"]) == ("failed", "period_closed")
    assert qbo.calls == Counter(read=2)


def disputed(qbo, organization, invoice):
    edit(invoice, memo="Ours")
    reference = {"value": invoice.customer.qbo_id}
    qbo.change("Invoice", invoice.qbo_id, CustomerMemo={"value": "Theirs"}, CustomerRef=reference)
    pull(organization, "invoices")


def void(invoice):
    run = services.void(invoice.organization, "invoices", asked=Asked(Trigger.API), ids=[invoice.pk])
    drain(invoice.organization)
    for each in (run, invoice):
        each.refresh_from_db()
    return run


def test_a_void_that_met_a_newer_version_leaves_nothing_of_it_unread(qbo, organization, invoice):
    """QuickBooks' version, which the stale token told of, is here although the void was refused in the end."""
    reference = {"value": invoice.customer.qbo_id}
    qbo.change("Invoice", invoice.qbo_id, CustomerMemo={"value": "Theirs"}, CustomerRef=reference)
    qbo.pay(invoice.qbo_id, "10.00")
    qbo.reset_calls()
    run = void(invoice)
    assert (run.status, run.jobs.get().code) == ("failed", "paid_document")
    assert (invoice.memo, invoice.paid, invoice.balance) == ("Theirs", 10, invoice.total - 10)
    # Refused as stale, read, refused by a rule, looked at for a payment.
    assert qbo.calls == Counter(write=2, query=2)
    pull(organization, "invoices")
    invoice.refresh_from_db()
    assert (invoice.memo, invoice.paid, invoice.ended) == ("Theirs", 10, "")


def test_a_void_of_what_was_voided_there_meanwhile_has_nothing_left_to_do(qbo, organization, invoice):
    qbo.make("Invoice", {"Id": invoice.qbo_id, "SyncToken": invoice.qbo_sync_token}, "void")
    token = qbo.read("Invoice", invoice.qbo_id)["SyncToken"]
    run = void(invoice)
    assert (run.status, run.jobs.get().outcome, invoice.ended) == ("succeeded", "updated", "voided")
    assert qbo.read("Invoice", invoice.qbo_id)["SyncToken"] == token


def test_voiding_ends_a_conflict(qbo, organization, invoice):
    disputed(qbo, organization, invoice)
    assert void(invoice).status == "succeeded"
    assert (invoice.status, invoice.sync_state) == ("voided", SyncState.SYNCED)
    assert not Conflict.objects.filter(resolved_at=None).exists()


def test_a_refused_void_leaves_the_conflict(qbo, organization, invoice):
    qbo.pay(invoice.qbo_id, "10.00")
    disputed(qbo, organization, invoice)
    run = void(invoice)
    assert (run.status, run.jobs.get().code) == ("failed", "paid_document")
    assert (invoice.ended, invoice.sync_state) == ("", SyncState.CONFLICT)
    assert qbo.read("Invoice", invoice.qbo_id)["CustomerMemo"] == {"value": "Theirs"}
