"""Failures with one cause are one line, and repairing it sends them all again, in one run."""

from collections import Counter

import pytest

from integrations import linking, retrying
from integrations.causes import causes_of, commonest_causes
from integrations.models import (
    Account,
    Configuration,
    Connection,
    Organization,
    SyncJob,
    SyncRun,
    SyncState,
)
from integrations.services import Refused
from receivables.models import Invoice
from tests.engine.test_call_counts import make_invoices
from tests.factories import (
    make_beneficiary,
    make_bill,
    make_customer,
    make_invoice,
    push,
)
from tests.quickbooks import drain


def choose(organization, **settings) -> Configuration:
    configuration = Configuration.objects.get(organization=organization)
    for name, value in settings.items():
        setattr(configuration, name, value)
    configuration.save(update_fields=list(settings))
    return configuration


def income_account(organization) -> Account:
    return Account.objects.filter(organization=organization, account_type="Income", is_active=True).first()


def lines(organization) -> list[tuple[str, str, int]]:
    return [(cause.entity, cause.entry.code, cause.count) for cause in causes_of(organization)]


def fail(record, code: str) -> None:
    type(record).objects.filter(pk=record.pk).update(sync_state=SyncState.FAILED, sync_error_code=code)


# --- one line ---------------------------------------------------------------------------------


def test_400_invoices_without_a_default_account_are_one_line_and_choosing_it_sends_them_in_one_run(
    qbo, organization, customer, asked
):
    choose(organization, default_receivable_account=None)
    invoices = make_invoices(organization, [customer], 400)
    push(*invoices)
    assert lines(organization) == [("invoices", "no_default_account", 400)]
    qbo.reset_calls()

    configuration = choose(organization, default_receivable_account=income_account(organization))
    (run,) = retrying.after_configuring(configuration, ["default_receivable_account"], asked=asked)
    drain(organization)

    run.refresh_from_db()
    assert (run.status, run.total, run.succeeded) == ("succeeded", 400, 400)
    assert causes_of(organization) == []
    # One look for the item and the invoices, one batch to make it, then 400 invoices, thirty to a call.
    assert qbo.calls == Counter(batch=2 + 14)


def test_codes_that_mean_the_same_are_one_line_and_unknown_ones_stay_apart(organization):
    for code in ("6100", "6160", "6230", "6999", "6998"):
        fail(make_invoice(organization), code)
    assert lines(organization) == [("invoices", "6100", 3), ("invoices", "6998", 1), ("invoices", "6999", 1)]


def test_a_cause_is_one_organizations_and_all_of_them_are_ranked(organization, django_assert_num_queries):
    other = Organization.objects.create(slug="other", name="Other")
    for _ in range(2):
        fail(make_invoice(other), "6000")
    fail(make_invoice(organization), "6000")
    fail(make_customer(organization), "6240")

    assert lines(organization) == [("customers", "6240", 1), ("invoices", "6000", 1)]
    with django_assert_num_queries(4):
        ranked = commonest_causes(2)
    assert [(cause.organization_id, cause.count) for cause in ranked] == [(other.pk, 2), (organization.pk, 1)]


def test_a_line_says_in_a_sentence_what_stops_how_many(organization):
    fail(make_invoice(organization), "no_default_account")
    fail(make_customer(organization), "subscription_lapsed")
    assert [cause.sentence for cause in causes_of(organization)] == [
        "1 customer failed to sync: QuickBooks subscription has ended.",
        "1 invoice failed to sync: no account chosen.",
    ]


# --- repaired by a setting ----------------------------------------------------------------------


def test_a_default_tax_code_sends_what_waited_for_it(qbo, organization, customer, asked):
    chosen = Configuration.objects.get(organization=organization).default_receivable_tax_code
    choose(organization, default_receivable_tax_code=None)
    invoice = make_invoice(organization, customer)
    push(invoice)
    assert lines(organization) == [("invoices", "tax_code_missing", 1)]

    configuration = choose(organization, default_receivable_tax_code=chosen)
    retrying.after_configuring(configuration, ["default_receivable_tax_code"], asked=asked)
    drain(organization)

    invoice.refresh_from_db()
    assert invoice.accounting_synced


def test_each_side_waits_for_its_own_account(qbo, organization, customer, asked):
    beneficiary = make_beneficiary(organization)
    push(beneficiary)
    payable = Configuration.objects.get(organization=organization).default_payable_account
    choose(organization, default_receivable_account=None, default_payable_account=None)
    invoice, bill = make_invoice(organization, customer), make_bill(organization, beneficiary)
    push(invoice), push(bill)

    configuration = choose(organization, default_payable_account=payable)
    names = ["default_receivable_account", "default_payable_account"]
    runs = retrying.after_configuring(configuration, names, asked=asked)

    assert [(run.entity, run.total) for run in runs] == [("bills", 1)]


def test_without_a_connection_saving_a_setting_asks_for_nothing(organization, asked):
    fail(make_invoice(organization), "no_default_account")
    account = Account.objects.create(organization=organization, name="Sales", qbo_id="7")
    configuration = choose(organization, default_receivable_account=account)

    assert retrying.after_configuring(configuration, ["default_receivable_account"], asked=asked) == []
    assert lines(organization) == [("invoices", "no_default_account", 1)]


def test_an_account_of_the_wrong_type_is_changed_on_the_item_that_was_to_be_made(
    qbo, organization, customer, asked
):
    first, second = Account.objects.filter(organization=organization, account_type="Income")[:2]
    choose(organization, default_receivable_account=first)
    invoice = make_invoice(organization, customer)
    qbo.fault_item('"Name":"Consulting"', "6430", detail="Invalid account type used")
    push(invoice)
    assert lines(organization) == [("invoices", "6430", 1)]

    choose(organization, default_receivable_account=second)
    retrying.retry_cause(organization, "invoices", "6430", asked=asked)
    drain(organization)

    invoice.refresh_from_db()
    assert invoice.accounting_synced
    (item,) = qbo.all("Item", "where Name = 'Consulting'")
    assert item["IncomeAccountRef"]["value"] == second.qbo_id


# --- repaired by a person, retried at one click ---------------------------------------------------


def test_documents_whose_contact_is_missing_go_out_with_it_at_one_click(qbo, organization, asked):
    customers = [make_customer(organization) for _ in range(2)]
    invoices = [make_invoice(organization, customer) for customer in customers * 3]
    push(*invoices)
    assert lines(organization) == [("invoices", "contact_not_synced", 6)]
    qbo.reset_calls()

    (run,) = retrying.retry_cause(
        organization, "invoices", "contact_not_synced", asked=asked, with_contacts=True
    )
    drain(organization)

    run.refresh_from_db()
    assert (run.status, run.succeeded) == ("succeeded", 6)
    # Customers: looked for, made; the item: looked for with the invoices, made; the invoices.
    assert qbo.calls == Counter(query=1, batch=4)


def test_only_documents_whose_contact_has_been_synced_are_retried(qbo, organization, asked):
    synced, missing = make_customer(organization), make_customer(organization)
    ready, waiting = make_invoice(organization, synced), make_invoice(organization, missing)
    push(ready, waiting)
    push(synced)

    (run,) = retrying.retry_cause(organization, "invoices", "contact_not_synced", asked=asked)
    drain(organization)

    ready.refresh_from_db(), waiting.refresh_from_db()
    assert (run.total, ready.sync_state, waiting.sync_state) == (1, "synced", "failed")
    with pytest.raises(Refused, match="it would fail again"):
        retrying.retry_cause(organization, "invoices", "contact_not_synced", asked=asked)


def test_a_linked_contact_sends_the_documents_that_waited_for_it_and_no_others(qbo, organization, asked):
    there = qbo.make("Customer", {"DisplayName": "Blue Ocean Trading"})
    linked, other = make_customer(organization, name="Blue Ocean"), make_customer(organization)
    waiting, not_its = make_invoice(organization, linked), make_invoice(organization, other)
    push(waiting, not_its)
    qbo.reset_calls()

    linking.link(organization, "customers", {linked.pk: there["Id"]}, asked=asked)
    drain(organization)

    run = SyncRun.objects.get(entity="invoices", status="succeeded")
    assert [job.record_id for job in run.jobs.all()] == [waiting.pk]
    assert (run.requested_by, lines(organization)) == (asked.user, [("invoices", "contact_not_synced", 1)])
    # The contact; the item: looked for with the invoice, made; the invoice.
    assert qbo.calls == Counter(query=1, batch=3)


def test_books_that_were_reopened_are_seen_at_the_retry(qbo, organization, customer, asked):
    Connection.objects.filter(organization=organization).update(books_closed_until="2030-12-31")
    invoice = make_invoice(organization, customer)
    push(invoice)
    assert lines(organization) == [("invoices", "period_closed", 1)]

    retrying.retry_cause(organization, "invoices", "period_closed", asked=asked)
    drain(organization)

    invoice.refresh_from_db()
    assert invoice.accounting_synced


def test_what_failed_to_void_is_voided_and_not_pushed(qbo, organization, customer, asked):
    from integrations import services

    invoice = make_invoice(organization, customer)
    push(invoice)
    services.void(organization, "invoices", asked=asked, ids=[invoice.pk])
    qbo.mishap("server_error", count=9, matching="/invoice")
    fail(invoice, "6480")
    SyncJob.objects.filter(direction="void").update(status="done", outcome="failed", code="6480")
    qbo.control(f"{qbo.realm}/mishaps/", method="DELETE")

    (run,) = retrying.retry_cause(organization, "invoices", "6480", asked=asked)
    drain(organization)

    invoice.refresh_from_db()
    assert (run.direction, invoice.ended) == ("void", "voided")


# --- nothing that is certain to fail again --------------------------------------------------------


@pytest.mark.parametrize("code", ["name_invalid", "number_too_long", "2050", "2250", "6070"])
def test_what_only_an_edit_can_help_is_not_sent_again(qbo, organization, asked, code):
    fail(make_invoice(organization), code)
    with pytest.raises(Refused, match="it would fail again"):
        retrying.retry_cause(organization, "invoices", code, asked=asked)
    assert not SyncRun.objects.filter(entity="invoices").exists()


@pytest.mark.parametrize("code", ["no_default_account", "tax_code_missing"])
def test_a_setting_that_is_still_missing_sends_nothing(qbo, organization, asked, code):
    choose(organization, default_receivable_account=None, default_receivable_tax_code=None)
    fail(make_invoice(organization), code)
    with pytest.raises(Refused, match="Choose"):
        retrying.retry_cause(organization, "invoices", code, asked=asked)


def test_documents_of_an_inactive_contact_wait_until_it_is_active(qbo, organization, customer, asked):
    invoice = make_invoice(organization, customer)
    fail(invoice, "inactive")
    type(customer).objects.filter(pk=customer.pk).update(is_active=False)
    with pytest.raises(Refused):
        retrying.retry_cause(organization, "invoices", "inactive", asked=asked)
    type(customer).objects.filter(pk=customer.pk).update(is_active=True)
    assert retrying.retry_cause(organization, "invoices", "inactive", asked=asked)


def test_retrying_stays_within_the_organization(qbo, organization, asked):
    other = Organization.objects.create(slug="other", name="Other", quickbooks_enabled=True)
    theirs = make_invoice(other)
    fail(theirs, "6000")
    with pytest.raises(Refused) as refusal:
        retrying.retry_cause(organization, "invoices", "6000", asked=asked)
    assert refusal.value.code == "nothing_to_retry"
    assert Invoice.objects.get(pk=theirs.pk).sync_state == SyncState.FAILED


def test_pressing_twice_sends_once(qbo, organization, customer, asked):
    invoice = make_invoice(organization, customer)
    fail(invoice, "6000")
    retrying.retry_cause(organization, "invoices", "6000", asked=asked)
    with pytest.raises(Refused):
        retrying.retry_cause(organization, "invoices", "6000", asked=asked)
    assert SyncJob.objects.filter(entity="invoices").count() == 1
