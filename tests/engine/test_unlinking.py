"""Letting go by hand of what a record is linked to, and reading it again."""

from datetime import date

import pytest

from integrations import linking, services
from integrations.models import Connection, Trigger
from integrations.services import Asked, Refused
from tests.factories import (
    make_beneficiary,
    make_bill,
    make_customer,
    make_invoice,
    pull,
    push,
)
from tests.quickbooks import drain

from .by_hand import ASKED, done, unlink


def test_unlinking_forgets_the_tie_here_and_changes_nothing_there(qbo, organization, admin_user):
    customer = make_customer(organization, name="Acme")
    push(customer)
    before = qbo.read("Customer", customer.qbo_id)
    qbo.reset_calls()
    run = linking.unlink(organization, "customers", [customer.pk], asked=Asked(Trigger.ADMIN, admin_user))
    customer.refresh_from_db()
    assert (customer.qbo_id, customer.sync_state, customer.accounting_synced) == (None, "not_synced", False)
    assert sum(qbo.calls.values()) == 0
    assert qbo.read("Customer", before["Id"]) == before
    job = run.jobs.get()
    assert (run.status, run.direction, run.requested_by) == ("succeeded", "unlink", admin_user)
    assert (job.outcome, job.quickbooks_id) == ("unlinked", before["Id"])


def test_pushing_it_again_finds_the_same_one_by_its_name(qbo, organization):
    customer = make_customer(organization, name="Acme")
    push(customer)
    before = customer.qbo_id
    unlink(customer, entity="customers")
    push(customer)
    assert customer.qbo_id == before
    assert len(qbo.all("Customer")) == 1


def test_an_unlinked_invoice_forgets_lines_and_payments_too(qbo, organization):
    invoice = make_invoice(organization)
    push(invoice.customer)
    push(invoice)
    qbo.pay(invoice.qbo_id, str(invoice.total))
    pull(organization, "invoices")
    invoice.refresh_from_db()
    assert invoice.balance == 0
    unlink(invoice, entity="invoices")
    assert (invoice.paid, invoice.balance) == (0, invoice.total)
    assert invoice.lines.get().qbo_line_id == ""


def test_what_is_on_its_way_or_has_ended_keeps_its_link(qbo, organization):
    bills = [make_bill(organization) for _ in range(3)]
    for bill in bills:
        push(bill.beneficiary)
    push(*bills[:2])
    services.void(organization, "bills", asked=ASKED, ids=[bills[0].pk])
    drain(organization)
    bills[1].issue_date = date(2026, 10, 2)
    bills[1].save()
    services.push(organization, "bills", asked=ASKED, ids=[bills[1].pk])
    run = unlink(*bills, entity="bills")
    codes = dict(run.jobs.values_list("record_id", "code"))
    assert [codes[bill.pk] for bill in bills] == ["deleted_record", "in_flight", ""]
    assert [bill.linked for bill in bills] == [True, True, False]


def test_unlinking_needs_no_connection(qbo, organization):
    beneficiary = make_beneficiary(organization)
    push(beneficiary)
    Connection.objects.filter(organization=organization).update(status="not_connected")
    assert unlink(beneficiary, entity="beneficiaries").status == "succeeded"


# --- reading again -----------------------------------------------------------------------------


def test_records_are_read_again_in_one_call(qbo, organization):
    customers = [make_customer(organization) for _ in range(3)]
    push(*customers)
    qbo.change("Customer", customers[0].qbo_id, DisplayName="New name")
    qbo.reset_calls()
    ids = [customer.pk for customer in customers]
    run = done(linking.read_again(organization, "customers", ids, asked=ASKED), *customers)
    assert (run.status, run.succeeded, run.skipped) == ("succeeded", 1, 2)
    assert customers[0].name == "New name"
    assert qbo.calls == {"query": 1}


def test_what_was_deleted_there_is_told_when_it_is_read_again(qbo, organization):
    bill = make_bill(organization)
    push(bill.beneficiary)
    push(bill)
    body = {"Id": bill.qbo_id, "SyncToken": bill.qbo_sync_token}
    qbo.api("POST", "bill?operation=delete", body)
    done(linking.read_again(organization, "bills", [bill.pk], asked=ASKED), bill)
    assert bill.ended == "deleted"


def test_what_is_not_there_cannot_be_read_again(qbo, organization):
    customer = make_customer(organization)
    with pytest.raises(Refused, match="does not have this record yet"):
        linking.read_again(organization, "customers", [customer.pk], asked=ASKED)
