"""Voiding an invoice and deleting a bill in QuickBooks; here both are voided once it agreed."""

from collections import Counter

import pytest

from integrations import linking, rerunning, services
from integrations.models import PushBatch, SyncJob, Trigger
from integrations.services import Asked
from tests.factories import make_beneficiary, make_bill, make_customer, make_invoice, push
from tests.quickbooks import drain

PERIOD_CLOSED = "6210"


@pytest.fixture
def invoices(qbo, organization):
    customer = make_customer(organization)
    push(customer)
    invoices = [make_invoice(organization, customer) for _ in range(3)]
    push(*invoices)
    qbo.reset_calls()
    return invoices


@pytest.fixture
def bill(qbo, organization):
    beneficiary = make_beneficiary(organization)
    push(beneficiary)
    bill = make_bill(organization, beneficiary)
    push(bill)
    qbo.reset_calls()
    return bill


def void(*records):
    organization = records[0].organization
    entity = "invoices" if records[0]._meta.model_name == "invoice" else "bills"
    run = services.void(organization, entity, asked=Asked(Trigger.API), ids=[record.pk for record in records])
    return go_on(run, *records)


def go_on(run, *records):
    drain(run.organization)
    for each in (run, *records):
        each.refresh_from_db()
    return run


def assert_voided(qbo, invoice):
    there = qbo.read("Invoice", invoice.qbo_id)
    assert (invoice.status, invoice.balance, invoice.accounting_synced) == ("voided", 0, True)
    assert (there["TotalAmt"], there["Balance"], there["PrivateNote"]) == (0, 0, "Voided")
    assert invoice.qbo_sync_token == there["SyncToken"]


def test_an_invoice_is_voided_and_keeps_its_lines_here(qbo, invoices):
    invoice, *_ = invoices
    total = invoice.total
    run = void(invoice)
    assert (run.status, run.direction, run.jobs.get().outcome) == ("succeeded", "void", "updated")
    assert_voided(qbo, invoice)
    assert (invoice.total, invoice.lines.count()) == (total, 1)
    assert qbo.calls == Counter(write=1)


def test_a_bill_is_deleted_there(qbo, bill):
    run = void(bill)
    assert (run.status, bill.status, bill.balance) == ("succeeded", "voided", 0)
    assert qbo.all("Bill") == []
    assert qbo.calls == Counter(write=1)


def test_what_quickbooks_never_saw_is_voided_without_a_call(qbo, organization):
    invoice = make_invoice(organization)
    run = void(invoice)
    assert (run.status, invoice.status) == ("succeeded", "voided")
    assert sum(qbo.calls.values()) == 0


def test_voiding_twice_costs_nothing(qbo, invoices):
    void(invoices[0])
    qbo.reset_calls()
    run = void(invoices[0])
    assert (run.status, run.skipped, sum(qbo.calls.values())) == ("succeeded", 1, 0)


def test_a_paid_invoice_stays_and_the_others_are_voided(qbo, invoices):
    paid, *others = invoices
    qbo.pay(paid.qbo_id, "10.00")
    run = void(*invoices)
    assert (run.status, run.succeeded, run.failed) == ("partly_failed", 2, 1)
    assert (paid.sync_error["code"], paid.ended) == ("paid_document", "")
    job = run.jobs.get(outcome="failed")
    assert "payment" in job.detail and job.intuit_tid
    for other in others:
        assert_voided(qbo, other)


def test_a_paid_bill_is_not_deleted(qbo, bill):
    there = qbo.read("Bill", bill.qbo_id)
    bank = next(each for each in qbo.all("Account") if each["AccountType"] == "Bank")
    line = {"Amount": 10, "LinkedTxn": [{"TxnId": bill.qbo_id, "TxnType": "Bill"}]}
    qbo.make(
        "BillPayment",
        {
            "VendorRef": there["VendorRef"],
            "PayType": "Check",
            "CheckPayment": {"BankAccountRef": {"value": bank["Id"]}},
            "TotalAmt": 10,
            "Line": [line],
        },
    )
    run = void(bill)
    assert (run.status, bill.sync_error["code"], bill.ended) == ("failed", "paid_document", "")


def test_closed_books_keep_the_invoice(qbo, invoices):
    qbo.switch(book_close_date="2026-10-01")
    run = void(invoices[0])
    assert (run.status, invoices[0].sync_error["code"], invoices[0].ended) == ("failed", PERIOD_CLOSED, "")


def test_an_invoice_that_moved_on_is_read_and_voided(qbo, invoices):
    invoice, *_ = invoices
    customer = {"value": invoice.customer.qbo_id}
    qbo.change("Invoice", invoice.qbo_id, DueDate="2026-12-24", CustomerRef=customer)
    run = void(invoice)
    assert (run.status, run.jobs.get().attempts) == ("succeeded", 2)
    assert_voided(qbo, invoice)


def test_an_invoice_deleted_there_is_what_was_wanted(qbo, invoices):
    invoice, *_ = invoices
    token = qbo.read("Invoice", invoice.qbo_id)["SyncToken"]
    qbo.make("Invoice", {"Id": invoice.qbo_id, "SyncToken": token}, "delete")
    run = void(invoice)
    assert (run.status, invoice.status) == ("succeeded", "voided")


@pytest.mark.parametrize("kind", ["answer_lost", "cut_off", "server_error_after", "throttled_after"])
def test_a_lost_answer_to_a_void_is_found_by_looking(qbo, invoices, clock, kind):
    invoice, *_ = invoices
    qbo.mishap(kind, matching="operation=void")
    run = void(invoice)
    assert run.status == "succeeded"
    assert_voided(qbo, invoice)
    assert qbo.read("Invoice", invoice.qbo_id)["SyncToken"] == "1"


@pytest.mark.parametrize("kind", ["answer_lost", "broken_json"])
def test_a_lost_answer_to_a_delete_is_found_by_looking(qbo, bill, clock, kind):
    qbo.mishap(kind, matching="operation=delete")
    run = void(bill)
    assert (run.status, bill.status, qbo.all("Bill")) == ("succeeded", "voided", [])


def test_an_answer_to_a_void_that_cannot_be_read_is_a_void_all_the_same(qbo, invoices):
    invoice, *_ = invoices
    qbo.alter_next("operation=void", lambda answer: answer["Invoice"].update(Id=None))
    run = void(invoice)
    assert (run.status, invoice.status, invoice.linked) == ("succeeded", "voided", True)
    assert invoice.qbo_id == qbo.read("Invoice", invoice.qbo_id)["Id"]


def test_an_outage_before_the_void_is_tried_again(qbo, invoices, clock):
    qbo.mishap("server_error", matching="operation=void")
    run = void(invoices[0])
    assert run.status == "succeeded"
    assert_voided(qbo, invoices[0])
    assert (qbo.calls["write"], qbo.calls["query"]) == (2, 1)


def test_a_void_that_nobody_answers_waits_and_goes_on(qbo, invoices, clock):
    invoice, *_ = invoices
    qbo.mishap("unavailable", count=50)
    run = void(invoice)
    assert (run.status, run.error["code"], invoice.ended) == ("waiting", "unreachable", "")
    assert PushBatch.objects.filter(settled_at=None).count() == 1
    qbo.control(f"{qbo.realm}/mishaps/", method="DELETE")
    go_on(run, invoice)
    assert run.status == "succeeded"
    assert_voided(qbo, invoice)


def test_a_dead_grant_keeps_the_void_queued(qbo, invoices, organization, admin_user):
    qbo.mishap("grant_revoked")
    run = void(*invoices)
    assert (run.status, run.error["code"], run.failed) == ("waiting", "needs_reconnect", 0)
    assert set(run.jobs.values_list("status", flat=True)) == {SyncJob.Status.QUEUED}
    qbo.connect(organization, admin_user)
    go_on(run, *invoices)
    assert (run.status, run.succeeded) == ("succeeded", 3)


def test_a_failed_void_can_be_retried(qbo, invoices, asked):
    invoice, *_ = invoices
    payment = qbo.pay(invoice.qbo_id, "10.00")
    run = void(invoice)
    qbo.make("Payment", {"Id": payment["Id"], "SyncToken": payment["SyncToken"]}, "delete")
    again = go_on(rerunning.retry(run, asked=asked), invoice)
    assert (again.status, again.direction) == ("succeeded", "void")
    assert_voided(qbo, invoice)


def test_a_failed_void_of_what_was_unlinked_since_is_not_retried(qbo, invoices, asked):
    """There is nothing left in QuickBooks to void: it would be voided here alone."""
    invoice, *_ = invoices
    qbo.pay(invoice.qbo_id, "10.00")
    run = void(invoice)
    linking.unlink(invoice.organization, "invoices", [invoice.pk], asked=asked)
    go_on(run, invoice)
    assert not invoice.linked and not rerunning.retryable(run)
    with pytest.raises(services.Refused):
        rerunning.retry(run, asked=asked)


def test_voided_documents_are_not_pushed_any_more(qbo, invoices):
    void(invoices[0])
    qbo.reset_calls()
    run = push(invoices[0])
    assert (run.skipped, sum(qbo.calls.values())) == (1, 0)
