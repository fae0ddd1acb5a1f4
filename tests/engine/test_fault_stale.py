"""5010 and 610: QuickBooks has a newer version, or none any more."""

from datetime import date

import pytest

from integrations.models import Conflict, SyncState
from tests.factories import invoice_line, make_beneficiary, make_bill, make_customer, make_invoice, pull, push


@pytest.fixture
def customer(qbo, organization):
    customer = make_customer(organization, phone="1", email="a@acme.example")
    push(customer)
    qbo.reset_calls()
    return customer


@pytest.fixture
def invoice(qbo, organization, customer):
    invoice = make_invoice(organization, customer)
    push(invoice)
    qbo.reset_calls()
    return invoice


def edit(record, **fields):
    for name, value in fields.items():
        setattr(record, name, value)
    record.save()


def test_a_stale_token_is_read_merged_and_sent_once_more(qbo, customer):
    qbo.change("Customer", customer.qbo_id, PrimaryEmailAddr={"Address": "b@acme.example"})
    edit(customer, phone="2")
    run = push(customer)
    there = qbo.read("Customer", customer.qbo_id)
    assert (run.status, run.jobs.get().outcome) == ("succeeded", "updated")
    assert (there["PrimaryPhone"], there["PrimaryEmailAddr"]) == (
        {"FreeFormNumber": "2"},
        {"Address": "b@acme.example"},
    )
    assert (customer.phone, customer.email) == ("2", "b@acme.example")
    assert (qbo.calls["batch"], qbo.calls["query"]) == (2, 1)


def test_what_a_query_does_not_show_yet_does_not_count_as_deleted(qbo, customer, invoice):
    """No statement of QuickBooks' says that a query shows at once what was made."""
    for record, entity in ((customer, "Customer"), (invoice, "Invoice")):
        qbo.change(entity, record.qbo_id, **THEIRS[entity])
        edit(record, **OURS[entity])
        for _ in range(2):
            qbo.alter_next("/query", lambda answer: answer["QueryResponse"].clear())
        run = push(record)
        assert (run.status, record.accounting_synced) == ("succeeded", True)
        held = qbo.read(entity, record.qbo_id)
        assert {name: held[name] for name in SENT[entity]} == SENT[entity]
    assert (customer.is_active, invoice.status) == (True, "overdue")


THEIRS = {
    "Customer": {"PrimaryEmailAddr": {"Address": "b@acme.example"}},
    "Invoice": {"CustomerMemo": {"value": "Theirs"}},
}
OURS = {"Customer": {"phone": "2"}, "Invoice": {"due_date": date(2026, 11, 1)}}
SENT = {
    "Customer": {"PrimaryPhone": {"FreeFormNumber": "2"}, **THEIRS["Customer"]},
    "Invoice": {"DueDate": "2026-11-01", **THEIRS["Invoice"]},
}


def test_both_changed_the_same_field_and_a_person_decides(qbo, customer, organization):
    other = make_customer(organization)
    qbo.change("Customer", customer.qbo_id, PrimaryPhone={"FreeFormNumber": "3"})
    edit(customer, phone="2")
    run = push(customer, other)
    assert (run.status, run.succeeded, run.failed) == ("partly_failed", 1, 1)
    assert run.jobs.get(record_id=customer.pk).outcome == "conflict"
    assert (customer.sync_state, other.sync_state) == (SyncState.CONFLICT, SyncState.SYNCED)
    conflict = Conflict.objects.get(organization=organization)
    assert conflict.fields == {"phone": {"base": "1", "finmo": "2", "quickbooks": "3"}}
    assert qbo.read("Customer", customer.qbo_id)["PrimaryPhone"] == {"FreeFormNumber": "3"}
    assert customer.phone == "2"


def test_both_changed_it_to_the_same_and_nobody_is_asked(qbo, customer):
    qbo.change("Customer", customer.qbo_id, PrimaryPhone={"FreeFormNumber": "2"})
    edit(customer, phone="2")
    run = push(customer)
    assert run.status == "succeeded"
    assert customer.sync_state == SyncState.SYNCED
    assert not Conflict.objects.exists()


def test_a_payment_moved_the_token_and_the_memo_still_arrives(qbo, invoice):
    qbo.pay(invoice.qbo_id, "10.00")
    edit(invoice, memo="Thank you")
    run = push(invoice)
    assert run.status == "succeeded"
    assert qbo.read("Invoice", invoice.qbo_id)["CustomerMemo"] == {"value": "Thank you"}
    assert invoice.paid == 10


def test_a_token_that_is_always_stale_ends_with_the_reason(qbo, customer):
    edit(customer, phone="2")
    for _ in range(4):
        qbo.fault_item(customer.name, "5010", detail="Stale Object Error : You and Sam were working on this")
    run = push(customer)
    assert (run.status, customer.sync_error["code"]) == ("failed", "5010")
    assert "Retry" in customer.sync_error["remedy"]
    assert qbo.calls["batch"] == 4
    assert push(customer).status == "succeeded"


def test_an_invoice_deleted_there_is_marked_and_the_others_go_on(qbo, invoice, organization, customer):
    other = make_invoice(organization, customer)
    token = qbo.read("Invoice", invoice.qbo_id)["SyncToken"]
    qbo.make("Invoice", {"Id": invoice.qbo_id, "SyncToken": token}, "delete")
    edit(invoice, memo="Too late")
    run = push(invoice, other)
    assert (run.status, run.succeeded, run.skipped) == ("succeeded", 1, 1)
    assert run.jobs.get(record_id=invoice.pk).message == "It was deleted in QuickBooks."
    assert (invoice.status, invoice.sync_error, invoice.balance) == ("deleted", None, 0)


def test_an_item_made_inactive_there_is_named_as_the_reason(qbo, invoice, organization, customer):
    item = invoice.lines.get()
    qbo_item = qbo.all("Item", "where Name = 'Consulting'")[0]["Id"]
    pull(organization, "items")
    invoice.replace_lines([invoice_line(custom_name="Consulting", quantity=5)])
    second = make_invoice(organization, customer, lines=[invoice_line(custom_name="Consulting")])
    qbo.change("Item", qbo_item, Name="Consulting", Active=False, Type="Service")
    fine = make_invoice(organization, customer, lines=[invoice_line(custom_name="Training")])
    run = push(second, fine)
    assert (run.status, run.succeeded, run.failed) == ("partly_failed", 1, 1)
    assert second.sync_error["code"] in ("610", "2500")
    assert "inactive" in second.sync_error["message"]
    assert item.document_id == invoice.pk and fine.linked


def test_a_beneficiary_made_inactive_there_stops_its_bill_only(qbo, organization):
    gone, fine = make_beneficiary(organization), make_beneficiary(organization)
    push(gone, fine)
    qbo.change("Vendor", gone.qbo_id, DisplayName=gone.name, Active=False)
    bills = [make_bill(organization, each) for each in (gone, fine)]
    run = push(*bills)
    assert (run.status, run.succeeded, run.failed) == ("partly_failed", 1, 1)
    assert bills[0].sync_error["code"] in ("610", "2500")
    assert bills[1].linked


def test_a_contact_known_to_be_inactive_is_refused_before_any_call(qbo, organization, customer):
    qbo.change("Customer", customer.qbo_id, DisplayName=customer.name, Active=False)
    pull(organization, "customers")
    customer.refresh_from_db()
    qbo.reset_calls()
    invoice = make_invoice(organization, customer)
    run = push(invoice)
    assert (run.status, invoice.sync_error["code"]) == ("failed", "inactive")
    assert sum(qbo.calls.values()) == 0
