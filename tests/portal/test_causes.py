"""The overview's failures by cause: what they say, what they offer to whom, and that pressing it sends them again."""

import pytest
from django.urls import reverse

from integrations.models import Account, Configuration, Organization, SyncRun, SyncState
from receivables.models import Invoice
from tests.factories import make_customer, make_invoice, push
from tests.quickbooks import drain

from .pages import buttons_of, fragment, text_of

RETRY = "/failures/invoices/{}/retry/"


def failed(organization, code: str, number: int = 1, **fields) -> list[Invoice]:
    invoices = [make_invoice(organization, **fields) for _ in range(number)]
    Invoice.objects.filter(pk__in=[each.pk for each in invoices]).update(
        sync_state=SyncState.FAILED, sync_error_code=code
    )
    return invoices


@pytest.fixture
def without_account(qbo, organization):
    """An invoice that failed for want of a default account, and the account to choose."""
    account = Configuration.objects.get(organization=organization).default_receivable_account
    Configuration.objects.filter(organization=organization).update(default_receivable_account=None)
    customer = make_customer(organization)
    push(customer)
    invoice = make_invoice(organization, customer)
    push(invoice)
    assert invoice.sync_error_code == "no_default_account"
    return invoice, account


def test_forty_failures_with_one_cause_are_one_line_that_leads_to_them(organization, browser):
    failed(organization, "6000", 40)
    failed(organization, "6140")
    page = browser.get("/")
    assert "40 invoices failed to sync: refused by a QuickBooks rule." in text_of(page)
    assert 'href="/receivables/?synced=failed&amp;cause=6000"' in page.content.decode()

    listed = browser.get("/receivables/?synced=failed&cause=6000")

    assert listed.context["listing"].total == 40
    assert "Failed for" in text_of(listed)


@pytest.mark.parametrize("code", ["6000", "period_closed", "5010", "10000"])
def test_retry_all_is_one_click(qbo, organization, browser, code):
    failed(organization, code, 2)
    assert "Retry all" in buttons_of(browser.get("/"))

    answer = fragment(browser, RETRY.format(code), {})

    assert "Sync invoices to QuickBooks" in text_of(answer)
    run = SyncRun.objects.get(entity="invoices")
    assert (run.total, run.trigger) == (2, "portal")


def test_missing_contacts_are_synced_with_their_documents(qbo, organization, browser):
    failed(organization, "contact_not_synced", 2)
    assert "Sync the contacts too" in buttons_of(browser.get("/"))

    fragment(browser, RETRY.format("contact_not_synced"), {"with_contacts": "1"})
    drain(organization)

    assert set(Invoice.objects.values_list("accounting_synced", flat=True)) == {True}


def test_what_would_fail_again_is_refused_with_the_remedy(qbo, organization, browser):
    failed(organization, "number_too_long")
    assert not buttons_of(browser.get("/")) & {"Retry", "Retry all"}
    assert "Shorten the number" in text_of(fragment(browser, RETRY.format("number_too_long"), {}))


def test_nobody_who_may_only_read_sees_or_presses_it(qbo, organization, viewers):
    failed(organization, "6000")
    page = viewers.get("/")
    assert "1 invoice failed to sync" in text_of(page)
    assert "Retry" not in buttons_of(page)
    assert viewers.post(RETRY.format("6000")).status_code == 403


def test_another_organizations_failures_are_neither_shown_nor_sent(qbo, organization, browser):
    failed(Organization.objects.create(slug="other", name="Other"), "6000")
    assert "failed to sync" not in text_of(browser.get("/"))
    assert "Nothing is left" in text_of(fragment(browser, RETRY.format("6000"), {}))


@pytest.mark.parametrize("address", ["/failures/accounts/6000/retry/", "/failures/nothing/6000/retry/"])
def test_what_cannot_fail_cannot_be_retried(organization, browser, address):
    assert browser.post(address).status_code == 404
    assert browser.get(RETRY.format("6000")).status_code == 405


# --- choosing the account sends them again, through each door --------------------------------------


def test_saving_the_defaults_in_the_portal_sends_what_waited(without_account, organization, admins):
    invoice, account = without_account
    page = admins.get("/")
    assert 'href="/settings/integrations/quickbooks/#defaults"' in page.content.decode()

    code = Configuration.objects.get(organization=organization).default_receivable_tax_code
    chosen = {"default_receivable_account": account.pk, "default_receivable_tax_code": code.pk}
    saved = admins.post(reverse("quickbooks-configuration"), chosen, follow=True)
    drain(organization)

    invoice.refresh_from_db()
    assert "1 invoice that waited for this goes out again." in text_of(saved)
    assert invoice.accounting_synced
    assert "failed to sync" not in text_of(admins.get("/"))


def test_an_accountant_who_may_not_choose_the_account_is_offered_no_setting(without_account, browser, admins):
    assert "Choose an account" in text_of(admins.get("/"))
    assert "Choose an account" not in text_of(browser.get("/"))


def test_changing_the_default_by_the_api_sends_what_waited(without_account, organization, admins):
    invoice, account = without_account
    changed = {"default_receivable_account": account.pk}

    answer = admins.patch("/api/v1/integrations/quickbooks/", changed, content_type="application/json")
    drain(organization)

    invoice.refresh_from_db()
    assert (answer.status_code, invoice.accounting_synced) == (200, True)
    assert SyncRun.objects.filter(entity="invoices").first().trigger == "portal"


def test_saving_the_organization_in_admin_sends_what_waited(without_account, organization, client, staff):
    from tests.admin.conftest import form_of, messages_of

    invoice, account = without_account
    client.force_login(staff)
    address = reverse("admin:integrations_organization_change", args=[organization.pk])
    form = form_of(client.get(address)) | {"configuration-0-default_receivable_account": account.pk}

    saved = client.post(address, form, follow=True)
    drain(organization)

    invoice.refresh_from_db()
    assert invoice.accounting_synced
    assert "1 invoice that waited for this goes out again." in messages_of(saved)


def test_a_chosen_account_is_one_of_the_organizations_own(without_account, organization, admins):
    other = Organization.objects.create(slug="other", name="Other")
    theirs = Account.objects.create(
        organization=other, name="Sales", account_type="Income", classification="Revenue", qbo_id="7"
    )
    admins.post(reverse("quickbooks-configuration"), {"default_receivable_account": theirs.pk})
    assert without_account[0].sync_error_code == "no_default_account"
    assert SyncRun.objects.filter(entity="invoices").count() == 1
