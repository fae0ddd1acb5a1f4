"""Both sides changed the same document: what is merged, what a person decides, and what ends the matter."""

from decimal import Decimal

import pytest

from integrations import resolving, services
from integrations.models import Conflict, SyncState
from tests.factories import pull, push
from tests.quickbooks import drain

from .conftest import change, edit


@pytest.fixture
def qbo_options():
    return {"country": "SG", "multicurrency": True}


@pytest.mark.parametrize("operation, status", [("void", "voided"), ("delete", "deleted")])
def test_ended_while_an_edit_is_on_its_way(qbo, organization, invoice, operation, status):
    edit(invoice, memo="Ours")
    qbo.make("Invoice", {"Id": invoice.qbo_id, "SyncToken": invoice.qbo_sync_token}, operation)
    run = push(invoice)
    assert (run.status, run.skipped, invoice.status) == ("succeeded", 1, status)
    if operation == "void":
        assert qbo.read("Invoice", invoice.qbo_id)["TotalAmt"] == 0


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
    resolving.resolve(Conflict.objects.get(), {"lines": keep}, asked=asked)
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
    pull(organization, "invoices")
    invoice.refresh_from_db()
    assert (invoice.sync_state, invoice.sync_error) == (SyncState.SYNCED, None)
