"""Records that truly failed, one way for each button of the fault table: what happened at the company first, then a
push that ended so."""

from __future__ import annotations

from integrations import linking
from integrations.models import Configuration, SyncedRecord, SyncState, Trigger
from integrations.services import Asked
from receivables.models import Invoice
from tests.factories import make_beneficiary, make_bill, make_customer, make_invoice, push
from tests.quickbooks import QuickBooks


def _failed(record: SyncedRecord, *codes: str) -> SyncedRecord:
    push(record)
    assert (record.sync_state, record.sync_error_code) in [(SyncState.FAILED, code) for code in codes]
    return record


def contact_not_synced(qbo: QuickBooks, organization) -> SyncedRecord:
    return _failed(make_invoice(organization), "contact_not_synced")


def no_default_account(qbo: QuickBooks, organization) -> SyncedRecord:
    Configuration.objects.filter(organization=organization).update(default_receivable_account=None)
    return _failed(_invoice(organization), "no_default_account")


def no_default_account_of_bills(qbo: QuickBooks, organization) -> SyncedRecord:
    Configuration.objects.filter(organization=organization).update(default_payable_account=None)
    supplier = make_beneficiary(organization)
    push(supplier)
    return _failed(make_bill(organization, supplier), "no_default_account")


def tax_code_missing(qbo: QuickBooks, organization) -> SyncedRecord:
    Configuration.objects.filter(organization=organization).update(default_receivable_tax_code=None)
    return _failed(_invoice(organization), "tax_code_missing")


def name_invalid(qbo: QuickBooks, organization) -> SyncedRecord:
    """A name from before there was the rule: no form takes it."""
    return _failed(make_customer(organization, name="Blue: Ocean"), "name_invalid")


def same_name_different_email(qbo: QuickBooks, organization) -> SyncedRecord:
    qbo.make("Customer", {"DisplayName": "Globex", "PrimaryEmailAddr": {"Address": "ap@globex.example"}})
    globex = make_customer(organization, name="Globex", email="pay@globex.example")
    return _failed(globex, "same_name_different_email")


def possible_duplicate(qbo: QuickBooks, organization) -> SyncedRecord:
    """A bill without a number whose tie to QuickBooks was forgotten."""
    supplier = make_beneficiary(organization)
    push(supplier)
    bill = make_bill(organization, supplier, number="")
    push(bill)
    linking.unlink(organization, "bills", [bill.pk], asked=Asked(Trigger.API))
    bill.refresh_from_db()
    return _failed(bill, "possible_duplicate")


def number_too_long(qbo: QuickBooks, organization) -> SyncedRecord:
    invoice = _invoice(organization)
    Invoice.objects.filter(pk=invoice.pk).update(number="INV-2026-10-01-SINGAPORE")
    return _failed(Invoice.objects.get(pk=invoice.pk), "number_too_long")


def no_rights(qbo: QuickBooks, organization) -> SyncedRecord:
    customer = make_customer(organization, name="Umbrella")
    qbo.fault_item("Umbrella", "5020", message="Permission Denied Error")
    return _failed(customer, "5020")


def company_reset(qbo: QuickBooks, organization) -> SyncedRecord:
    customer = make_customer(organization, name="Umbrella")
    push(customer)
    customer.phone = "+65 6222 1111"
    customer.save()
    qbo.fault_item("Umbrella", "10200", message="Company was reset")
    return _failed(customer, "10200")


def books_closed(qbo: QuickBooks, organization) -> SyncedRecord:
    invoice = _invoice(organization)
    qbo.switch(book_close_date="2026-10-31")
    return _failed(invoice, "6210")


def received_already(qbo: QuickBooks, organization) -> SyncedRecord:
    customer = make_customer(organization, name="Umbrella")
    qbo.fault_item("Umbrella", "600", message="Duplicate Request ID")
    return _failed(customer, "600")


def conflict(qbo: QuickBooks, organization) -> SyncedRecord:
    """Pushed as it is: the push learns of the other side's edit, and stops."""
    customer = make_customer(organization, name="Umbrella", phone="1")
    push(customer)
    customer.phone = "2"
    customer.save()
    qbo.change("Customer", customer.qbo_id, PrimaryPhone={"FreeFormNumber": "3"})
    push(customer)
    assert customer.sync_state == SyncState.CONFLICT
    return customer


def _invoice(organization) -> Invoice:
    customer = make_customer(organization)
    push(customer)
    return make_invoice(organization, customer)
