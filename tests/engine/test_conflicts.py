import pytest

from integrations import resolving
from integrations.models import Conflict, SyncState
from tests.factories import invoice_line, make_customer, make_invoice, pull, push
from tests.quickbooks import drain


@pytest.fixture
def customer(qbo, organization):
    customer = make_customer(organization, phone="1", email="a@acme.example")
    push(customer)
    pull(organization, "customers")
    return customer


def edit(record, **fields) -> None:
    for name, value in fields.items():
        setattr(record, name, value)
    record.save()


def test_changes_on_both_sides_to_different_fields_flow(qbo, organization, customer):
    edit(customer, phone="2")
    qbo.change("Customer", customer.qbo_id, PrimaryEmailAddr={"Address": "b@acme.example"})
    pull(organization, "customers")
    customer.refresh_from_db()
    assert (customer.phone, customer.email, customer.sync_state) == ("2", "b@acme.example", SyncState.CHANGED)
    push(customer)
    assert qbo.read("Customer", customer.qbo_id)["PrimaryPhone"]["FreeFormNumber"] == "2"


def test_the_same_change_on_both_sides_is_no_conflict(qbo, organization, customer):
    edit(customer, phone="2")
    qbo.change("Customer", customer.qbo_id, PrimaryPhone={"FreeFormNumber": "2"})
    pull(organization, "customers")
    customer.refresh_from_db()
    assert customer.sync_state == SyncState.SYNCED
    assert not Conflict.objects.exists()


def test_different_changes_to_one_field_wait_for_a_person(qbo, organization, customer, asked):
    edit(customer, phone="2")
    qbo.change("Customer", customer.qbo_id, PrimaryPhone={"FreeFormNumber": "3"})
    pull(organization, "customers")
    conflict = Conflict.objects.get(organization=organization)
    assert conflict.fields == {"phone": {"base": "1", "finmo": "2", "quickbooks": "3"}}
    run = push(customer)
    assert (run.status, run.jobs.get().outcome) == ("failed", "conflict")
    assert qbo.read("Customer", customer.qbo_id)["PrimaryPhone"]["FreeFormNumber"] == "3"


@pytest.mark.parametrize("keep, phone", [("finmo", "2"), ("quickbooks", "3")])
def test_a_decision_makes_both_sides_the_same(qbo, organization, customer, asked, keep, phone):
    edit(customer, phone="2")
    qbo.change("Customer", customer.qbo_id, PrimaryPhone={"FreeFormNumber": "3"})
    pull(organization, "customers")
    resolving.resolve(Conflict.objects.get(), {"phone": keep}, asked=asked)
    drain(organization)
    customer.refresh_from_db()
    assert (customer.phone, customer.sync_state) == (phone, SyncState.SYNCED)
    assert qbo.read("Customer", customer.qbo_id)["PrimaryPhone"]["FreeFormNumber"] == phone


def test_lines_changed_on_both_sides_are_never_merged_by_guess(qbo, organization, customer):
    invoice = make_invoice(organization, customer)
    push(invoice)
    there = qbo.read("Invoice", invoice.qbo_id)
    line = there["Line"][0] | {"Amount": 150}
    line["SalesItemLineDetail"] |= {"Qty": 3, "UnitPrice": 50}
    qbo.change("Invoice", invoice.qbo_id, Line=[line])
    invoice.replace_lines([invoice_line(quantity=4)])
    run = push(invoice)
    invoice.refresh_from_db()
    assert invoice.sync_state == SyncState.CONFLICT
    assert run.jobs.get().outcome == "conflict"
    assert set(Conflict.objects.get().fields) == {"lines"}
    assert qbo.read("Invoice", invoice.qbo_id)["Line"][0]["Amount"] == 150


def test_an_edit_during_the_push_stays_pending(qbo, organization, customer):
    edit(customer, phone="2")
    qbo.during_next_call(lambda: edit(type(customer).objects.get(pk=customer.pk), phone="9"))
    push(customer)
    assert (customer.phone, customer.sync_state, customer.accounting_synced) == (
        "9",
        SyncState.CHANGED,
        False,
    )
    assert qbo.read("Customer", customer.qbo_id)["PrimaryPhone"]["FreeFormNumber"] == "2"
    push(customer)
    assert qbo.read("Customer", customer.qbo_id)["PrimaryPhone"]["FreeFormNumber"] == "9"


def test_a_form_opened_before_the_push_does_not_undo_what_it_stored(qbo, organization):
    customer = make_customer(organization)
    opened = type(customer).objects.get(pk=customer.pk)
    push(customer)
    edit(opened, phone="7")
    customer.refresh_from_db()
    assert customer.qbo_id and (customer.phone, customer.sync_state) == ("7", SyncState.CHANGED)


def test_a_conflict_that_quickbooks_took_back_is_closed(qbo, organization, customer):
    edit(customer, phone="2")
    qbo.change("Customer", customer.qbo_id, PrimaryPhone={"FreeFormNumber": "3"})
    pull(organization, "customers")
    assert Conflict.objects.filter(resolved_at=None).exists()
    qbo.change("Customer", customer.qbo_id, PrimaryPhone={"FreeFormNumber": "1"})
    pull(organization, "customers")
    customer.refresh_from_db()
    assert (customer.phone, customer.sync_state) == ("2", SyncState.CHANGED)
    assert not Conflict.objects.filter(resolved_at=None).exists()


def test_an_invoice_voided_there_while_it_was_edited_here_keeps_its_amounts(qbo, organization, customer):
    invoice = make_invoice(organization, customer)
    push(invoice)
    total = invoice.total
    there = qbo.read("Invoice", invoice.qbo_id)
    edit(invoice, memo="Changed here")
    qbo.make("Invoice", {"Id": there["Id"], "SyncToken": there["SyncToken"]}, operation="void")
    pull(organization, "invoices")
    invoice.refresh_from_db()
    assert (invoice.status, invoice.total, invoice.balance) == ("voided", total, 0)
    assert not Conflict.objects.exists()
