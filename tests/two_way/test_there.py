"""What somebody did in QuickBooks, and this side afterwards: with nothing waiting here, and with an edit that waits."""

from collections import Counter
from decimal import Decimal

import pytest

from integrations import services
from integrations.models import Conflict, SyncState
from tests.factories import invoice_line, make_beneficiary, make_bill, make_customer, make_invoice, pull, push
from tests.quickbooks import drain

from .conftest import edit, pull_together

EDITED = pytest.mark.parametrize("edited", [False, True], ids=["untouched", "edited here"])


@pytest.fixture
def qbo_options():
    return {"country": "SG", "multicurrency": True}


@pytest.fixture
def two_lines(qbo, organization, customer):
    lines = [invoice_line(), invoice_line(custom_name="Training", description="Two days")]
    invoice = make_invoice(organization, customer, lines=lines)
    push(invoice)
    pull_together(organization, "customers", "invoices")
    invoice.refresh_from_db()
    qbo.reset_calls()
    return invoice


def waits(invoice, edited: bool) -> SyncState:
    """Lets an edit of the memo wait. Returns the state that the invoice should be in after a pull."""
    if edited:
        edit(invoice, memo="Ours")
    return SyncState.CHANGED if edited else SyncState.SYNCED


def change(qbo, invoice, **fields):
    reference = {"value": invoice.customer.qbo_id}
    return qbo.change("Invoice", invoice.qbo_id, **({"CustomerRef": reference} | fields))


def read(organization, record, entity="invoices"):
    run = pull(organization, entity)
    record.refresh_from_db()
    assert run.status == "succeeded", run.error
    return run


def assert_memo_goes_out(qbo, invoice, edited: bool):
    """An edit that waited arrives, and changes nothing else there."""
    if not edited:
        return
    before = qbo.read("Invoice", invoice.qbo_id)
    assert push(invoice).status == "succeeded"
    after = qbo.read("Invoice", invoice.qbo_id)
    assert after["CustomerMemo"] == {"value": "Ours"}
    for name in ("Line", "TotalAmt", "Balance", "CustomerRef", "CurrencyRef", "LinkedTxn"):
        assert after[name] == before[name]


@EDITED
@pytest.mark.parametrize(
    "part, status", [(Decimal("1"), "paid"), (Decimal("0.5"), "overdue")], ids=["in full", "in part"]
)
def test_paid(qbo, organization, invoice, edited, part, status):
    state = waits(invoice, edited)
    paid = (invoice.total * part).quantize(Decimal("0.01"))
    qbo.pay(invoice.qbo_id, str(paid))
    read(organization, invoice)
    assert (invoice.status, invoice.paid, invoice.balance) == (status, paid, invoice.total - paid)
    assert invoice.sync_state == state
    assert qbo.calls == Counter(cdc=1)
    assert_memo_goes_out(qbo, invoice, edited)


@EDITED
def test_partly_paid_before_it_is_due(qbo, organization, customer, edited):
    invoice = make_invoice(organization, customer, due_date="2099-12-31")
    push(invoice)
    state = waits(invoice, edited)
    qbo.pay(invoice.qbo_id, "10.00")
    read(organization, invoice)
    assert (invoice.status, invoice.balance) == ("partially_paid", invoice.total - 10)
    assert invoice.sync_state == state


@EDITED
def test_overpaid(qbo, organization, invoice, edited):
    """More than is owed stays with the customer as a credit; the invoice is paid."""
    state = waits(invoice, edited)
    qbo.pay(invoice.qbo_id, str(invoice.total), received="1000.00")
    read(organization, invoice)
    assert (invoice.status, invoice.paid, invoice.balance) == ("paid", invoice.total, 0)
    assert invoice.sync_state == state
    assert_memo_goes_out(qbo, invoice, edited)


@EDITED
def test_a_payment_taken_back(qbo, organization, invoice, edited):
    payment = qbo.pay(invoice.qbo_id, str(invoice.total))
    read(organization, invoice)
    state = waits(invoice, edited)
    qbo.make("Payment", {"Id": payment["Id"], "SyncToken": payment["SyncToken"]}, "delete")
    read(organization, invoice)
    assert (invoice.status, invoice.paid, invoice.balance) == ("overdue", 0, invoice.total)
    assert invoice.sync_state == state


@EDITED
@pytest.mark.parametrize("operation, status", [("void", "voided"), ("delete", "deleted")])
def test_ended(qbo, organization, invoice, edited, operation, status):
    total = invoice.total
    waits(invoice, edited)
    qbo.make("Invoice", {"Id": invoice.qbo_id, "SyncToken": invoice.qbo_sync_token}, operation)
    read(organization, invoice)
    assert (invoice.status, invoice.balance, invoice.total) == (status, 0, total)
    assert (invoice.sync_state, invoice.lines.count()) == (SyncState.SYNCED, 1)
    assert qbo.calls == Counter(cdc=1)
    qbo.reset_calls()
    assert (push(invoice).skipped, sum(qbo.calls.values())) == (1, 0)


@pytest.mark.parametrize("operation, status", [("void", "voided"), ("delete", "deleted")])
def test_ended_while_an_edit_is_on_its_way(qbo, organization, invoice, operation, status):
    edit(invoice, memo="Ours")
    qbo.make("Invoice", {"Id": invoice.qbo_id, "SyncToken": invoice.qbo_sync_token}, operation)
    run = push(invoice)
    assert (run.status, run.skipped, invoice.status) == ("succeeded", 1, status)
    if operation == "void":
        assert qbo.read("Invoice", invoice.qbo_id)["TotalAmt"] == 0


@EDITED
def test_a_bill_deleted(qbo, organization, edited):
    bill = make_bill(organization, make_beneficiary(organization))
    push(bill.beneficiary)
    push(bill)
    pull(organization, "bills")
    bill.refresh_from_db()
    waits(bill, edited)
    qbo.make("Bill", {"Id": bill.qbo_id, "SyncToken": bill.qbo_sync_token}, "delete")
    read(organization, bill, "bills")
    assert (bill.status, bill.balance, bill.sync_state) == ("deleted", 0, SyncState.SYNCED)


@EDITED
def test_renamed(qbo, organization, customer, invoice, edited):
    if edited:
        edit(customer, phone="2")
    qbo.change("Customer", customer.qbo_id, DisplayName="Acme Group")
    read(organization, customer, "customers")
    assert customer.name == "Acme Group"
    assert customer.sync_state == (SyncState.CHANGED if edited else SyncState.SYNCED)
    assert qbo.calls == Counter(cdc=1)
    if edited:
        push(customer)
        there = qbo.read("Customer", customer.qbo_id)
        assert (there["DisplayName"], there["PrimaryPhone"]) == ("Acme Group", {"FreeFormNumber": "2"})


@EDITED
def test_made_inactive_and_active_again(qbo, organization, edited):
    customer = make_customer(organization, name="Sleeping Ltd")
    push(customer)
    pull(organization, "customers")
    customer.refresh_from_db()
    if edited:
        edit(customer, phone="2")
    state = SyncState.CHANGED if edited else SyncState.SYNCED
    for active in (False, True):
        qbo.change("Customer", customer.qbo_id, Active=active, DisplayName="Sleeping Ltd")
        read(organization, customer, "customers")
        assert (customer.is_active, customer.name, customer.sync_state) == (active, "Sleeping Ltd", state)
    if edited:
        assert push(customer).status == "succeeded"
        assert qbo.read("Customer", customer.qbo_id)["PrimaryPhone"] == {"FreeFormNumber": "2"}


@EDITED
def test_a_line_added(qbo, organization, two_lines, edited):
    state = waits(two_lines, edited)
    lines = [line for line in qbo.read("Invoice", two_lines.qbo_id)["Line"] if line.get("Id")]
    new = lines[0] | {"Amount": 30, "Description": "Travel"}
    new["SalesItemLineDetail"] = lines[0]["SalesItemLineDetail"] | {"Qty": 1, "UnitPrice": 30}
    there = change(qbo, two_lines, Line=[*lines, {k: v for k, v in new.items() if k != "Id"}])
    read(organization, two_lines)
    kept = [(line.qbo_line_id, line.amount, line.description) for line in two_lines.lines.all()]
    assert kept == [
        (line["Id"], line["Amount"], line.get("Description", "")) for line in there["Line"] if line.get("Id")
    ]
    assert (two_lines.total, two_lines.balance) == (there["TotalAmt"], there["Balance"])
    assert two_lines.sync_state == state
    assert qbo.calls == Counter(cdc=1)
    assert_memo_goes_out(qbo, two_lines, edited)


@EDITED
def test_a_line_removed(qbo, organization, two_lines, edited):
    state = waits(two_lines, edited)
    [first, *_] = qbo.read("Invoice", two_lines.qbo_id)["Line"]
    there = change(qbo, two_lines, Line=[first])
    read(organization, two_lines)
    assert [line.qbo_line_id for line in two_lines.lines.all()] == [first["Id"]]
    assert (two_lines.total, two_lines.balance, two_lines.sync_state) == (there["TotalAmt"],) * 2 + (state,)
    assert_memo_goes_out(qbo, two_lines, edited)


def test_a_line_added_there_and_another_changed_here_is_for_a_person(qbo, organization, two_lines):
    first, second = two_lines.lines.all()
    first.quantity = 5
    two_lines.replace_lines([first, second])
    there = qbo.read("Invoice", two_lines.qbo_id)
    change(qbo, two_lines, Line=[there["Line"][0]])
    total = two_lines.total
    pull(organization, "invoices")
    two_lines.refresh_from_db()
    assert (two_lines.sync_state, two_lines.total, two_lines.lines.count()) == ("conflict", total, 2)
    assert set(Conflict.objects.get().fields) == {"lines"}


def test_what_lines_say_is_merged_line_by_line(qbo, organization, two_lines):
    first, second = two_lines.lines.all()
    second.description = "Three days"
    two_lines.replace_lines([first, second])
    lines = [line for line in qbo.read("Invoice", two_lines.qbo_id)["Line"] if line.get("Id")]
    change(qbo, two_lines, Line=[lines[0] | {"Description": "Said there"}, lines[1]])
    run = push(two_lines)
    assert (run.status, two_lines.sync_state) == ("succeeded", SyncState.SYNCED)
    there = qbo.read("Invoice", two_lines.qbo_id)
    said = [line.get("Description") for line in there["Line"] if line.get("Id")]
    assert said == ["Said there", "Three days"]
    kept = two_lines.lines.values_list("custom_name", "description", "qbo_line_id")
    assert list(kept) == [
        ("Consulting", "Said there", lines[0]["Id"]),
        ("Training", "Three days", lines[1]["Id"]),
    ]
    assert (qbo.calls["batch"], qbo.calls["query"]) == (2, 1)


@EDITED
def test_another_customer(qbo, organization, invoice, edited):
    state = waits(invoice, edited)
    other = qbo.make("Customer", {"DisplayName": "Other Ltd"})
    change(qbo, invoice, CustomerRef={"value": other["Id"]})
    qbo.reset_calls()
    read(organization, invoice)
    assert (invoice.customer.name, invoice.sync_state) == ("Other Ltd", state)
    # The feed, the customer that nobody knew, and a look whether the former one was merged into it.
    assert qbo.calls == Counter(cdc=1, query=2)
    assert_memo_goes_out(qbo, invoice, edited)


@EDITED
def test_another_currency(qbo, organization, invoice, edited):
    state = waits(invoice, edited)
    other = qbo.make("Customer", {"DisplayName": "Other Inc", "CurrencyRef": {"value": "USD"}})
    lines = [line for line in qbo.read("Invoice", invoice.qbo_id)["Line"] if line.get("Id")]
    there = change(
        qbo, invoice, CustomerRef={"value": other["Id"]}, CurrencyRef={"value": "USD"}, ExchangeRate=Decimal("1.3"),
        Line=lines,
    )  # fmt: skip
    read(organization, invoice)
    assert (invoice.currency, invoice.exchange_rate, invoice.customer.currency) == (
        "USD",
        Decimal("1.3"),
        "USD",
    )
    assert (invoice.total, invoice.sync_state) == (there["TotalAmt"], state)
    assert_memo_goes_out(qbo, invoice, edited)


def test_another_currency_there_and_other_lines_here_is_for_a_person(qbo, organization, invoice):
    [line] = invoice.lines.all()
    line.quantity = 5
    invoice.replace_lines([line])
    other = qbo.make("Customer", {"DisplayName": "Other Inc", "CurrencyRef": {"value": "USD"}})
    change(qbo, invoice, CustomerRef={"value": other["Id"]}, CurrencyRef={"value": "USD"})
    read_run = pull(organization, "invoices")
    invoice.refresh_from_db()
    assert read_run.failed == 1
    assert (invoice.sync_state, invoice.currency, invoice.customer.name) == ("conflict", "SGD", "Acme Ltd")
    assert {"currency", "customer", "lines"} <= set(Conflict.objects.get().fields)


def test_a_conflict_that_a_pull_found_stops_the_push_that_waits(qbo, organization, invoice, asked):
    edit(invoice, memo="Ours")
    change(qbo, invoice, CustomerMemo={"value": "Theirs"})
    services.pull(organization, "invoices", asked=asked)
    run = services.push(organization, "invoices", asked=asked, ids=[invoice.pk])
    type(run).objects.filter(pk=run.pk).update(priority=2)
    run.jobs.update(priority=2)
    drain(organization)
    invoice.refresh_from_db()
    assert run.jobs.get().outcome == "conflict"
    assert (invoice.sync_state, qbo.read("Invoice", invoice.qbo_id)["CustomerMemo"]) == (
        "conflict",
        {"value": "Theirs"},
    )


def test_a_document_that_is_deleted_there_leaves_no_conflict_behind(qbo, organization, invoice):
    edit(invoice, memo="Ours")
    there = change(qbo, invoice, CustomerMemo={"value": "Theirs"})
    pull(organization, "invoices")
    qbo.make("Invoice", {"Id": invoice.qbo_id, "SyncToken": there["SyncToken"]}, "delete")
    pull(organization, "invoices")
    invoice.refresh_from_db()
    assert invoice.status == "deleted"
    assert not Conflict.objects.filter(resolved_at=None).exists()


@pytest.mark.parametrize("keep, total", [("quickbooks", "54.5"), ("finmo", "272.5")])
def test_decided_lines_have_their_totals(qbo, organization, invoice, asked, keep, total):
    [line] = invoice.lines.all()
    line.quantity = 5
    invoice.replace_lines([line])
    [there, *_] = qbo.read("Invoice", invoice.qbo_id)["Line"]
    there |= {"Amount": 50}
    there["SalesItemLineDetail"] |= {"Qty": 1, "UnitPrice": 50}
    change(qbo, invoice, Line=[there])
    pull(organization, "invoices")
    services.resolve(Conflict.objects.get(), {"lines": keep}, asked=asked)
    drain(organization)
    invoice.refresh_from_db()
    held = qbo.read("Invoice", invoice.qbo_id)
    assert invoice.total == invoice.balance == held["TotalAmt"] == held["Balance"] == Decimal(total)
    assert invoice.sync_state == SyncState.SYNCED


def test_what_stopped_an_edit_is_forgotten_once_quickbooks_has_it_too(qbo, organization, invoice):
    edit(invoice, memo="Same")
    qbo.fault_item("Same", "6000", detail="Business Validation Error: no")
    assert push(invoice).status == "failed"
    change(qbo, invoice, CustomerMemo={"value": "Same"})
    read(organization, invoice)
    assert (invoice.sync_state, invoice.sync_error) == (SyncState.SYNCED, None)
