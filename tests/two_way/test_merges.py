"""Two names merged in QuickBooks' pages: followed here, whatever tells of it and whatever waits here."""

from collections import Counter

import pytest

from contacts.models import Customer
from integrations import resolving
from integrations.models import Configuration, Conflict, SuspectedMerge, SyncState
from tests.engine.test_webhooks import event, post
from tests.factories import make_beneficiary, make_bill, make_customer, make_invoice, pull, push
from tests.quickbooks import drain

from .conftest import edit, history, news, pull_together, row_of


@pytest.fixture(params=[True, False], ids=["gone", "inactive"])
def vanishes(qbo, request):
    """Nobody knows how QuickBooks shows the name that was merged away: both are followed."""
    qbo.switch(merged_names_vanish=request.param)


@pytest.fixture
def survivor(qbo, organization, customer):
    survivor = make_customer(organization, name="Acme Limited")
    push(survivor)
    return survivor


def assert_retired(loser, survivor):
    loser.refresh_from_db()
    assert (loser.is_active, loser.merged_into, loser.sync_state) == (False, survivor, SyncState.SYNCED)
    assert f"QuickBooks merged it into {survivor}." in history(loser)
    assert f"QuickBooks merged {loser} into it." in history(survivor)


def test_the_documents_tell_of_the_merge(qbo, organization, vanishes, survivor, customer, invoice):
    waiting = make_invoice(organization, customer)
    before = [row_of(each) for each in (invoice, waiting, customer)]
    qbo.merge("Customer", customer.qbo_id, survivor.qbo_id)
    pull_together(organization, "customers", "invoices")
    assert [news(row, each) for row, each in zip(before, (invoice, waiting, customer), strict=True)] == [
        {"customer_id": survivor.pk},
        {"customer_id": survivor.pk},
        {"is_active": False, "merged_into_id": survivor.pk},
    ]
    assert_retired(customer, survivor)
    assert history(waiting) == ["Its customer is now Acme Limited: QuickBooks merged Acme Ltd into it."]
    assert qbo.calls == Counter(cdc=1, query=1)
    assert not SuspectedMerge.objects.exists()


def test_what_was_re_pointed_goes_out_under_the_survivor(qbo, organization, survivor, customer, invoice):
    waiting = make_invoice(organization, customer)
    qbo.merge("Customer", customer.qbo_id, survivor.qbo_id)
    pull(organization, "invoices")
    run = push(waiting)
    assert run.status == "succeeded"
    assert qbo.read("Invoice", waiting.qbo_id)["CustomerRef"]["value"] == survivor.qbo_id


def test_an_edit_that_waits_goes_out_under_the_survivor(qbo, organization, survivor, customer, invoice):
    edit(invoice, memo="Thank you")
    edit(customer, phone="2")
    qbo.merge("Customer", customer.qbo_id, survivor.qbo_id)
    pull_together(organization, "customers", "invoices")
    invoice.refresh_from_db()
    assert (invoice.customer, invoice.sync_state) == (survivor, SyncState.CHANGED)
    assert_retired(customer, survivor)
    assert push(invoice).status == "succeeded"
    there = qbo.read("Invoice", invoice.qbo_id)
    assert (there["CustomerRef"]["value"], there["CustomerMemo"]["value"]) == (survivor.qbo_id, "Thank you")


def test_a_push_that_meets_the_merge_first(qbo, organization, survivor, customer, invoice):
    edit(invoice, memo="Thank you")
    qbo.merge("Customer", customer.qbo_id, survivor.qbo_id)
    run = push(invoice)
    assert (run.status, invoice.customer) == ("succeeded", survivor)
    pull(organization, "customers")
    assert_retired(customer, survivor)


def test_a_survivor_that_nobody_knew_comes_with_the_merge(qbo, organization, customer, invoice):
    there = qbo.make("Customer", {"DisplayName": "Acme Group"})
    qbo.merge("Customer", customer.qbo_id, there["Id"])
    pull(organization, "invoices")
    survivor = Customer.objects.get(organization=organization, qbo_id=there["Id"])
    invoice.refresh_from_db()
    assert (invoice.customer, survivor.name, survivor.sync_state) == (survivor, "Acme Group", "synced")
    assert_retired(customer, survivor)


def test_a_notification_is_enough(client, settings, qbo, organization, vanishes, survivor, customer):
    """No document in QuickBooks names the loser: nothing but the notification tells where it went."""
    draft = make_invoice(organization, customer)
    pull_together(organization, "customers", "invoices")
    Configuration.objects.filter(organization=organization).update(receivables_auto_pull=True)
    qbo.merge("Customer", customer.qbo_id, survivor.qbo_id)
    qbo.reset_calls()
    told = event(qbo.realm, "customer", survivor.qbo_id, "merged") | {"data": {"deletedid": customer.qbo_id}}
    assert post(client, settings, [told] * 100).status_code == 200
    drain(organization)
    draft.refresh_from_db()
    assert draft.customer == survivor
    assert_retired(customer, survivor)
    assert qbo.calls == Counter(cdc=1, query=1)


def test_a_notification_is_not_believed(client, settings, qbo, organization, survivor, customer, invoice):
    told = event(qbo.realm, "customer", survivor.qbo_id, "merged") | {"data": {"deletedid": customer.qbo_id}}
    post(client, settings, [told])
    pull(organization, "invoices")
    customer.refresh_from_db()
    assert (customer.is_active, customer.merged_into) == (True, None)
    assert not SuspectedMerge.objects.exists()


def test_merges_in_a_row_lead_to_the_last_name(
    client, settings, qbo, organization, survivor, customer, invoice
):
    last = make_customer(organization, name="Acme Holding")
    push(last)
    qbo.merge("Customer", customer.qbo_id, survivor.qbo_id)
    qbo.merge("Customer", survivor.qbo_id, last.qbo_id)
    events = [
        event(qbo.realm, "customer", into.qbo_id, "merged") | {"data": {"deletedid": loser.qbo_id}}
        for loser, into in ((survivor, last), (customer, survivor))
    ]
    post(client, settings, events)
    pull_together(organization, "customers", "invoices")
    invoice.refresh_from_db()
    assert invoice.customer == last
    assert_retired(customer, last)
    assert_retired(survivor, last)


def test_a_retired_contact_cannot_be_pushed(qbo, organization, survivor, customer, invoice):
    qbo.merge("Customer", customer.qbo_id, survivor.qbo_id)
    pull(organization, "invoices")
    customer.refresh_from_db()
    qbo.reset_calls()
    edit(customer, is_active=True, phone="9")
    run = push(customer)
    assert (run.status, customer.sync_error["code"]) == ("failed", "merged_contact")
    assert customer.sync_error["message"] == "QuickBooks merged Acme Ltd into Acme Limited."
    assert sum(qbo.calls.values()) == 0


def test_a_document_for_a_retired_contact_says_whom_to_choose(qbo, organization, survivor, customer, invoice):
    qbo.merge("Customer", customer.qbo_id, survivor.qbo_id)
    pull(organization, "invoices")
    late = make_invoice(organization, Customer.objects.get(pk=customer.pk))
    run = push(late)
    assert (run.status, late.sync_error["code"]) == ("failed", "merged_contact")
    assert late.sync_error["remedy"] == "Choose Acme Limited on this document, and sync it again."


def test_an_open_conflict_and_a_queued_push_end_with_the_merge(
    qbo, organization, survivor, customer, invoice
):
    edit(customer, phone="2")
    qbo.change("Customer", customer.qbo_id, PrimaryPhone={"FreeFormNumber": "3"})
    pull(organization, "customers")
    assert Conflict.objects.filter(resolved_at=None).exists()
    qbo.merge("Customer", customer.qbo_id, survivor.qbo_id)
    pull(organization, "invoices")
    assert_retired(customer, survivor)
    assert not Conflict.objects.filter(resolved_at=None).exists()


def test_one_document_given_to_another_contact_is_no_merge(qbo, organization, survivor, customer, invoice):
    other = make_invoice(organization, customer)
    push(other)
    qbo.change("Invoice", invoice.qbo_id, CustomerRef={"value": survivor.qbo_id})
    pull(organization, "invoices")
    for each in (invoice, other, customer):
        each.refresh_from_db()
    assert (invoice.customer, other.customer, customer.is_active) == (survivor, customer, True)


def test_a_loser_that_quickbooks_makes_active_again_stands_for_itself(
    qbo, organization, survivor, customer, invoice
):
    qbo.switch(merged_names_vanish=False)
    qbo.merge("Customer", customer.qbo_id, survivor.qbo_id)
    pull_together(organization, "customers", "invoices")
    qbo.change("Customer", customer.qbo_id, Active=True, DisplayName="Acme Ltd")
    pull(organization, "customers")
    customer.refresh_from_db()
    assert (customer.is_active, customer.merged_into, customer.name) == (True, None, "Acme Ltd")


def test_beneficiaries_are_merged_with_their_bills(qbo, organization, vanishes):
    loser, survivor = (make_beneficiary(organization, name=name) for name in ("One", "Two"))
    push(loser, survivor)
    bill, draft = (make_bill(organization, loser) for _ in range(2))
    push(bill)
    pull_together(organization, "beneficiaries", "bills")
    qbo.merge("Vendor", loser.qbo_id, survivor.qbo_id)
    pull_together(organization, "beneficiaries", "bills")
    for each in (bill, draft):
        each.refresh_from_db()
        assert each.beneficiary == survivor
    assert_retired(loser, survivor)


@pytest.mark.parametrize("vanish", [True, False], ids=["gone", "inactive"])
def test_a_document_that_is_refused_for_its_contact_tells_of_the_contact(
    qbo, organization, survivor, customer, invoice, vanish
):
    """Nothing told of the merge yet: QuickBooks refuses the document, and a look at its contact tells why."""
    qbo.switch(merged_names_vanish=vanish)
    first, second = (make_invoice(organization, customer) for _ in range(2))
    qbo.merge("Customer", customer.qbo_id, survivor.qbo_id)
    assert push(first).status == "failed"
    customer.refresh_from_db()
    assert not customer.is_active
    qbo.reset_calls()
    assert push(second).status == "failed"
    assert (second.sync_error["code"], sum(qbo.calls.values())) == ("inactive", 0)
    pull(organization, "invoices")
    for each in (first, second):
        each.refresh_from_db()
        assert each.customer == survivor
    assert push(first, second).status == "succeeded"


def test_the_page_of_a_retired_contact_leads_to_the_survivor(
    client, admin_user, qbo, organization, survivor, customer, invoice
):
    qbo.merge("Customer", customer.qbo_id, survivor.qbo_id)
    pull(organization, "invoices")
    client.force_login(admin_user)
    page = client.get(f"/customers/{customer.pk}/").content.decode()
    assert (
        f'QuickBooks merged this contact into <a href="/customers/{survivor.pk}/">Acme Limited</a>.' in page
    )


def test_a_conflict_decided_after_the_merge_names_the_survivor(
    client, settings, qbo, organization, asked, survivor, customer, invoice
):
    """The conflict was found before, and says the name that was merged away since."""
    qbo.change("Invoice", invoice.qbo_id, CustomerRef={"value": survivor.qbo_id})
    third, last = make_customer(organization, name="Third"), make_customer(organization, name="Last")
    push(third, last)
    edit(invoice, customer=third)
    pull(organization, "invoices")
    conflict = Conflict.objects.get(resolved_at=None)
    qbo.merge("Customer", survivor.qbo_id, last.qbo_id)
    told = event(qbo.realm, "customer", last.qbo_id, "merged") | {"data": {"deletedid": survivor.qbo_id}}
    post(client, settings, [told])
    pull(organization, "customers")
    assert_retired(survivor, last)

    resolving.resolve(conflict, dict.fromkeys(conflict.fields, "quickbooks"), asked=asked)

    invoice.refresh_from_db()
    assert invoice.customer == last
    pull(organization, "invoices")
    invoice.refresh_from_db()
    assert (invoice.customer, invoice.sync_state) == (last, SyncState.SYNCED)
