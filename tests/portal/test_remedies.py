"""Every button of the fault table, pressed in the portal by those to whom it is offered."""

import pytest
from django.test import Client

from integrations.faults import TABLE, Button
from integrations.models import Connection, SyncRun, SyncState
from receivables.models import Invoice
from tests.factories import make_invoice

from .pages import HTMX, text_of

CHOICES = (Button.CHOOSE_ACCOUNT, Button.CHOOSE_TAX_CODE)


def with_button(*buttons: Button) -> list[str]:
    return [code for code, entry in TABLE.items() if entry.button in buttons]


@pytest.fixture
def failed(organization):
    """An invoice that failed for this code, of a merchant who is connected."""
    Connection.objects.filter(organization=organization).update(status="connected", realm_id="4620816365")

    def fail(code: str) -> Invoice:
        invoice = make_invoice(organization)
        Invoice.objects.filter(pk=invoice.pk).update(
            sync_state=SyncState.FAILED, sync_error_code=code, sync_error_message=TABLE[code].meaning
        )
        return invoice

    return fail


def remedy(client: Client, invoice: Invoice):
    return client.get(f"/receivables/{invoice.pk}/").context["remedy"]


@pytest.mark.parametrize("code", with_button(Button.OPEN_RECORD, Button.RENAME))
def test_the_record_is_opened_in_its_form(browser, failed, code):
    invoice = failed(code)
    opened = browser.get(remedy(browser, invoice).url)
    assert opened.context["form"].instance == invoice


@pytest.mark.parametrize("code", with_button(Button.LINK))
def test_linking_opens_its_search_in_place(browser, failed, code):
    found = remedy(browser, failed(code))
    opened = browser.get(found.url, headers=HTMX)
    assert found.panel and opened.status_code == 200
    assert 'type="search"' in opened.content.decode()


@pytest.mark.parametrize("code", with_button(Button.OPEN_SETTING, Button.RECONNECT))
def test_the_integration_is_opened_where_one_can_reconnect(admins, browser, failed, code):
    invoice = failed(code)
    assert "Reconnect" in text_of(admins.get(remedy(admins, invoice).url))
    assert remedy(browser, invoice) is None


@pytest.mark.parametrize("code", with_button(*CHOICES))
def test_the_defaults_are_opened_for_admins_and_the_record_for_others(admins, browser, failed, code):
    invoice = failed(code)
    page, _, place = remedy(admins, invoice).url.partition("#")
    opened = admins.get(page).content.decode()
    assert f'id="{place}"' in opened and 'name="default_receivable_account"' in opened
    assert browser.get(remedy(browser, invoice).url).context["form"].instance == invoice


@pytest.mark.parametrize("code", with_button(Button.RETRY, Button.SYNC_CONTACT))
def test_a_retry_starts_a_run(browser, failed, code):
    invoice = failed(code)
    found = remedy(browser, invoice)
    browser.post(found.url, dict(found.fields))
    runs = dict(SyncRun.objects.values_list("entity", "total"))
    assert runs == ({"invoices": 1, "customers": 1} if found.fields else {"invoices": 1})
    assert Invoice.objects.get(pk=invoice.pk).sync_state == SyncState.QUEUED


@pytest.mark.parametrize("code", with_button(Button.OPEN_QUICKBOOKS))
def test_quickbooks_is_opened_also_for_what_is_not_there_yet(browser, settings, failed, code):
    found = remedy(browser, failed(code))
    assert found.elsewhere and found.url == f"{settings.QBO_API_BASE_URL}/app/homepage"


@pytest.mark.parametrize("code", with_button(*(set(Button) - {Button.NONE})))
def test_a_viewer_is_offered_nothing(viewers, failed, code):
    assert remedy(viewers, failed(code)) is None
