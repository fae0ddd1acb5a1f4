"""All ids and sync tokens of both sides beside each other: what the change feed cannot tell."""

from collections import Counter
from datetime import date, timedelta

import pytest
from django.utils import timezone

from integrations import rerunning
from integrations.models import Cursor, SyncRun, Trigger
from integrations.qbo import client as qbo_client
from integrations.sync import identities
from receivables.models import Invoice
from tests.factories import make_customer, make_invoice, pull, push
from tests.quickbooks import drain

from .conftest import edit, history, pull_together


def skip_the_feed(organization):
    """The feed was read by somebody else, so to say: what happened until now is not told any more."""
    later = timezone.now() + timedelta(minutes=10)
    Cursor.objects.filter(organization=organization).update(changed_since=later)


def _copy(qbo, invoice) -> dict:
    """What makes another invoice like this one."""
    there = qbo.read("Invoice", invoice.qbo_id)
    return {name: there[name] for name in ("CustomerRef", "Line", "GlobalTaxCalculation", "TxnDate")}


def long_ago(organization):
    then = timezone.now() - timedelta(days=8)
    Cursor.objects.filter(organization=organization).update(compared_at=then)


def test_a_deletion_that_the_feed_did_not_tell_is_found(qbo, organization, invoice):
    qbo.make("Invoice", {"Id": invoice.qbo_id, "SyncToken": invoice.qbo_sync_token}, "delete")
    skip_the_feed(organization)
    pull(organization, "invoices")
    invoice.refresh_from_db()
    assert invoice.status == "overdue"
    skip_the_feed(organization)
    qbo.reset_calls()
    run = pull(organization, "invoices", compare=True)
    invoice.refresh_from_db()
    assert (run.status, run.succeeded, invoice.status) == ("succeeded", 1, "deleted")
    # The feed, the list, and a second and third look at the one that is missing.
    assert qbo.calls == Counter(cdc=1, query=2, read=1)


def test_a_change_and_a_new_document_that_the_feed_did_not_tell_are_found(
    qbo, organization, customer, invoice
):
    reference = {"value": customer.qbo_id}
    qbo.change("Invoice", invoice.qbo_id, CustomerMemo={"value": "Missed"}, CustomerRef=reference)
    made = qbo.make("Invoice", _copy(qbo, invoice) | {"DocNumber": "MISSED-1"})
    skip_the_feed(organization)
    qbo.reset_calls()
    pull(organization, "invoices", compare=True)
    invoice.refresh_from_db()
    assert invoice.memo == "Missed"
    assert Invoice.objects.get(organization=organization, qbo_id=made["Id"]).number == "MISSED-1"
    assert qbo.calls == Counter(cdc=1, query=2)


def test_a_missed_change_meets_an_edit_here(qbo, organization, customer, invoice):
    edit(invoice, memo="Ours")
    reference = {"value": customer.qbo_id}
    qbo.change("Invoice", invoice.qbo_id, DueDate="2026-12-24", CustomerRef=reference)
    skip_the_feed(organization)
    pull(organization, "invoices", compare=True)
    invoice.refresh_from_db()
    assert (invoice.memo, str(invoice.due_date), invoice.sync_state) == ("Ours", "2026-12-24", "changed")


def test_a_name_merged_away_without_a_word_is_retired(qbo, organization, customer, invoice):
    idle = make_customer(organization, name="Acme Idle")
    push(idle)
    qbo.merge("Customer", idle.qbo_id, customer.qbo_id)
    pull(organization, "customers")
    idle.refresh_from_db()
    assert idle.is_active
    pull(organization, "customers", compare=True)
    idle.refresh_from_db()
    assert (idle.is_active, idle.sync_state, history(idle)[-1]) == (False, "synced", "Deleted in QuickBooks.")
    edit(idle, is_active=True)
    run = push(idle)
    assert (run.skipped, idle.is_active) == (1, False)


def test_what_agrees_costs_the_list_only(qbo, organization, invoice):
    run = pull(organization, "invoices", compare=True)
    assert qbo.calls == Counter(cdc=1, query=1)
    assert (run.succeeded, run.skipped) == (0, 1)


def test_a_contact_that_nobody_here_asked_for_is_not_read(qbo, organization, customer, invoice):
    qbo.make("Customer", {"DisplayName": "Nobody Asked"})
    skip_the_feed(organization)
    pull(organization, "customers", compare=True)
    assert qbo.calls == Counter(cdc=1, query=1)


def test_a_scheduled_pull_compares_once_a_week(qbo, organization, invoice):
    long_ago(organization)
    pull_together(organization, "customers", "invoices", trigger=Trigger.SCHEDULE)
    assert qbo.calls == Counter(cdc=1, query=2)
    qbo.reset_calls()
    pull_together(organization, "customers", "invoices", trigger=Trigger.SCHEDULE)
    assert qbo.calls == Counter(cdc=1)


def test_a_notification_never_waits_for_a_comparison(qbo, organization, invoice):
    long_ago(organization)
    pull_together(organization, "invoices", trigger=Trigger.WEBHOOK)
    assert qbo.calls == Counter(cdc=1)


def test_a_whole_list_counts_as_compared(qbo, organization, invoice):
    Cursor.objects.filter(organization=organization).delete()
    pull_together(organization, "invoices", trigger=Trigger.SCHEDULE)
    qbo.reset_calls()
    pull_together(organization, "invoices", trigger=Trigger.SCHEDULE)
    assert qbo.calls == Counter(cdc=1)


def test_after_a_gap_of_the_feed_the_whole_list_is_read(qbo, organization, invoice):
    qbo.make("Invoice", {"Id": invoice.qbo_id, "SyncToken": invoice.qbo_sync_token}, "delete")
    then = timezone.now() - timedelta(days=31)
    Cursor.objects.filter(organization=organization).update(changed_since=then)
    pull(organization, "invoices")
    invoice.refresh_from_db()
    assert invoice.status == "deleted"
    assert qbo.calls["cdc"] == 0


@pytest.fixture
def small_pages(monkeypatch):
    """Three records to a page, as 1,000 would take long to make."""
    monkeypatch.setattr(identities, "PAGE_SIZE", 3)


@pytest.fixture
def seven(qbo, organization, customer):
    invoices = [make_invoice(organization, customer) for _ in range(7)]
    push(*invoices)
    pull(organization, "invoices")
    qbo.reset_calls()
    return invoices


def test_pages_overlap_by_one_record(qbo, organization, seven, small_pages):
    pull(organization, "invoices", compare=True)
    assert qbo.calls == Counter(cdc=1, query=4)


def test_what_is_deleted_while_pages_are_turned_hides_nothing(
    qbo, organization, customer, seven, small_pages
):
    """The rows behind move to the page that was read already."""

    def delete_two():
        for gone in seven[:2]:
            token = qbo.read("Invoice", gone.qbo_id)["SyncToken"]
            qbo.make("Invoice", {"Id": gone.qbo_id, "SyncToken": token}, "delete")

    def before_the_second_page():
        qbo.during_next_call(lambda: qbo.during_next_call(delete_two))

    made = qbo.make("Invoice", _copy(qbo, seven[0]) | {"DocNumber": "MISSED-1"})
    skip_the_feed(organization)
    qbo.during_next_call(before_the_second_page)
    pull(organization, "invoices", compare=True)
    assert Invoice.objects.filter(organization=organization, qbo_id=made["Id"]).exists()
    assert not qbo._actions


def test_more_changes_than_the_feed_holds_cost_the_lists_ids_only(
    qbo, organization, customer, seven, monkeypatch
):
    monkeypatch.setattr(qbo_client, "CHANGES_LIMIT", 5)
    qbo.change("Invoice", seven[0].qbo_id, DueDate="2026-12-24", CustomerRef={"value": customer.qbo_id})
    token = qbo.read("Invoice", seven[1].qbo_id)["SyncToken"]
    qbo.make("Invoice", {"Id": seven[1].qbo_id, "SyncToken": token}, "delete")
    pull(organization, "invoices")
    assert qbo.calls == Counter(cdc=1, query=2, read=1)
    for each in seven:
        each.refresh_from_db()
    assert (str(seven[0].due_date), seven[1].status) == ("2026-12-24", "deleted")


def test_of_two_streams_only_the_full_one_is_compared(qbo, organization, customer, seven, monkeypatch):
    pull(organization, "customers")
    qbo.reset_calls()
    monkeypatch.setattr(qbo_client, "CHANGES_LIMIT", 5)
    pull_together(organization, "customers", "invoices")
    assert qbo.calls == Counter(cdc=3, query=1)


def test_a_failed_comparison_moves_nothing_and_is_retried(qbo, organization, asked, invoice, clock):
    qbo.make("Invoice", {"Id": invoice.qbo_id, "SyncToken": invoice.qbo_sync_token}, "delete")
    skip_the_feed(organization)
    compared = Cursor.objects.get(organization=organization, entity="invoices").compared_at
    qbo.answer_next("/query", 400, '{"Fault": {"Error": [{"Message": "No", "code": "5020"}]}}')
    run = pull(organization, "invoices", compare=True)
    assert run.status == "failed"
    assert Cursor.objects.get(organization=organization, entity="invoices").compared_at == compared
    again = rerunning.retry(run, asked=asked)
    drain(organization)
    assert SyncRun.objects.get(pk=again.pk).status == "succeeded"
    assert Invoice.objects.get(pk=invoice.pk).status == "deleted"


def test_what_was_thought_deleted_and_is_there_comes_back(qbo, organization, invoice):
    type(invoice).objects.filter(pk=invoice.pk).update(ended="deleted", balance=0, qbo_sync_token="")
    pull(organization, "invoices", compare=True)
    invoice.refresh_from_db()
    assert (invoice.status, invoice.balance) == ("overdue", invoice.total)


def test_an_edit_of_what_was_thought_deleted_waits_to_go_out(qbo, organization, invoice):
    edit(invoice, due_date=date(2026, 12, 24))
    stub = {"domain": "QBO", "status": "Deleted", "Id": invoice.qbo_id}
    qbo.alter_next("/cdc", lambda answer: _tell_only(answer, "Invoice", stub))
    pull(organization, "invoices")
    invoice.refresh_from_db()
    assert invoice.status == "deleted"
    pull(organization, "invoices", compare=True)
    invoice.refresh_from_db()
    assert (invoice.status, invoice.sync_state, invoice.accounting_synced) == ("open", "changed", False)
    assert push(invoice).status == "succeeded"
    assert qbo.read("Invoice", invoice.qbo_id)["DueDate"] == "2026-12-24"


def _tell_only(answer: dict, entity: str, document: dict) -> None:
    answer["CDCResponse"] = [{"QueryResponse": [{entity: [document]}]}]
