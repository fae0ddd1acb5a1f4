"""A record's sidebar: its own address, its history, its error with the remedy, and what can be pressed."""

import pytest

from integrations.models import SyncJob, SyncRun
from receivables.models import Invoice
from tests.factories import make_bill, make_customer, make_invoice, push

from .pages import buttons_of, fragment, text_of


def test_a_documents_address_is_the_list_with_its_sidebar_open(organization, browser):
    invoice, other = make_invoice(organization, number="INV-7"), make_invoice(organization, number="INV-8")
    answer = browser.get(f"/receivables/{invoice.pk}/")
    assert "data-opened" in answer.content.decode()
    assert str(other.number) in text_of(answer)
    assert {"Sync to QuickBooks", "Bulk Sync"} <= buttons_of(answer)


def test_a_click_in_the_table_loads_the_sidebar_alone(organization, browser):
    invoice = make_invoice(organization, number="INV-7")
    answer = fragment(browser, f"/receivables/{invoice.pk}/")
    assert "<html" not in answer.content.decode()
    for seen in (
        "INV-7",
        invoice.customer.name,
        "100.00",
        "Consulting",
        "Nothing has been exchanged with QuickBooks",
    ):
        assert seen in text_of(answer)


def test_syncing_from_the_sidebar_shows_the_run_and_ends_in_a_sentence(qbo, organization, browser):
    customer = make_customer(organization)
    push(customer)
    invoice = make_invoice(organization, customer)
    answer = fragment(browser, f"/receivables/{invoice.pk}/sync/", {})
    run = SyncRun.objects.first()
    assert f'hx-get="/sync-history/{run.pk}/progress/"' in answer.content.decode()
    push(invoice)  # a worker comes by
    answer = fragment(browser, f"/sync-history/{run.pk}/progress/")
    assert "hx-trigger" not in answer.content.decode()
    assert "1 of 1 invoice synced." in text_of(answer)
    assert "run-finished" in answer["HX-Trigger-After-Settle"]
    sidebar = text_of(fragment(browser, f"/receivables/{invoice.pk}/"))
    assert "Created" in sidebar and "accountant@acme.example" in sidebar and "Open in QuickBooks" in sidebar


def test_a_failure_shows_its_remedy_and_one_click_syncs_the_contact_too(qbo, organization, browser):
    invoice = make_invoice(organization)
    push(invoice)
    sidebar = fragment(browser, f"/receivables/{invoice.pk}/")
    assert "is not in QuickBooks yet" in text_of(sidebar)
    assert "Sync the contact too" in buttons_of(sidebar)
    started = text_of(fragment(browser, f"/receivables/{invoice.pk}/sync/", {"with_contacts": "1"}))
    assert "Sync customers to QuickBooks" in started and "Sync invoices to QuickBooks" in started
    entities = SyncJob.objects.filter(status="queued").order_by("rank").values_list("entity", flat=True)
    assert list(entities) == ["customers", "invoices"]


def test_voiding_asks_once_and_then_queues_it(qbo, organization, browser):
    bill = make_bill(organization)
    push(bill.beneficiary)
    push(bill)
    sidebar = fragment(browser, f"/payables/{bill.pk}/")
    assert "Void this bill?" in text_of(sidebar)
    fragment(browser, f"/payables/{bill.pk}/void/", {})
    assert SyncRun.objects.first().direction == "void"


def test_what_was_never_synced_can_be_deleted_and_what_was_cannot(qbo, organization, browser):
    fresh = make_customer(organization, name="Fresh")
    assert "Delete this customer?" in text_of(fragment(browser, f"/customers/{fresh.pk}/"))
    browser.post(f"/customers/{fresh.pk}/delete/")
    assert not type(fresh).objects.filter(pk=fresh.pk).exists()
    synced = make_customer(organization, name="Synced")
    push(synced)
    assert "Delete this customer?" not in text_of(fragment(browser, f"/customers/{synced.pk}/"))
    answer = browser.post(f"/customers/{synced.pk}/delete/", follow=True)
    assert "cannot be deleted" in text_of(answer)
    assert type(synced).objects.filter(pk=synced.pk).exists()


def test_a_document_that_failed_before_anything_was_sent_can_be_deleted(qbo, organization, browser):
    invoice = make_invoice(organization)
    push(invoice)
    assert invoice.sync_error_code == "contact_not_synced"
    sidebar = browser.get(f"/receivables/{invoice.pk}/")
    assert "Delete" in buttons_of(sidebar)
    run = SyncRun.objects.get(entity="invoices")
    answer = browser.post(f"/receivables/{invoice.pk}/delete/", follow=True)
    assert f"{invoice.number} is deleted." in text_of(answer)
    assert (Invoice.objects.count(), qbo.all("Invoice")) == (0, [])
    page = browser.get(run.get_absolute_url())
    assert invoice.number in text_of(page) and "Retry failed" not in buttons_of(page)
    assert f'href="/receivables/{invoice.pk}/"' not in page.content.decode()


def test_a_document_that_was_put_back_may_have_been_sent_before_and_is_not_deleted(
    qbo, organization, browser
):
    invoice = make_invoice(organization)
    push(invoice)
    # As after an answer that was lost: what is put back lets go of its batch.
    SyncJob.objects.filter(record_id=invoice.pk).update(attempts=2)
    assert "Delete" not in buttons_of(browser.get(f"/receivables/{invoice.pk}/"))
    browser.post(f"/receivables/{invoice.pk}/delete/")
    assert Invoice.objects.get() == invoice


def test_a_document_that_quickbooks_refused_was_sent_and_is_not_deleted(qbo, organization, browser):
    customer = make_customer(organization)
    push(customer)
    invoice = make_invoice(organization, customer)
    qbo.fault_item(invoice.number, "6000")
    push(invoice)
    assert invoice.sync_state == "failed"
    assert "Delete" not in buttons_of(browser.get(f"/receivables/{invoice.pk}/"))
    browser.post(f"/receivables/{invoice.pk}/delete/")
    assert Invoice.objects.get() == invoice


@pytest.mark.parametrize("ended", ["voided", "deleted"])
def test_an_ended_document_offers_no_action(organization, browser, ended):
    invoice = make_invoice(organization)
    type(invoice).objects.filter(pk=invoice.pk).update(ended=ended, qbo_id="7")
    sidebar = fragment(browser, f"/receivables/{invoice.pk}/")
    assert not {"Sync to QuickBooks", "Void", "Delete"} & buttons_of(sidebar)
    answer = browser.get(f"/receivables/{invoice.pk}/edit/", follow=True)
    assert answer.redirect_chain[0][0] == f"/receivables/{invoice.pk}/"
