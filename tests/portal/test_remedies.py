"""Every button of the fault table, shown in the portal to those who may press it, and leading to where one can act.

tests/repairs presses one of each kind to its end.
"""

import pytest
from django.test import Client

from contacts.models import Customer
from integrations.faults import TABLE, Button
from integrations.models import Connection, SyncRun, SyncState
from receivables.models import Invoice
from tests.factories import make_invoice

from .pages import HTMX, text_of

CHOICES = (Button.CHOOSE_ACCOUNT, Button.CHOOSE_TAX_CODE)
IN_SETTINGS = (Button.OPEN_SETTING, Button.RECONNECT)


@pytest.fixture
def invoice(organization) -> Invoice:
    """Of a merchant who is connected."""
    Connection.objects.filter(organization=organization).update(status="connected", realm_id="4620816365")
    return make_invoice(organization)


def remedy(client: Client, invoice: Invoice, code: str):
    """What the sidebar offers once the invoice failed for this code."""
    Invoice.objects.filter(pk=invoice.pk).update(
        sync_state=SyncState.FAILED, sync_error_code=code, sync_error_message=TABLE[code].meaning
    )
    return client.get(f"/receivables/{invoice.pk}/", headers=HTMX).context["remedy"]


def test_where_the_remedy_says_retry_the_sidebar_has_one_such_button(invoice, browser, viewers):
    for code, entry in TABLE.items():
        if "Retry" in entry.remedy:
            Invoice.objects.filter(pk=invoice.pk).update(
                sync_state=SyncState.FAILED, sync_error_code=code, sync_error_remedy=entry.remedy
            )
            shown = [
                person.get(f"/receivables/{invoice.pk}/", headers=HTMX).content.decode()
                for person in (browser, viewers)
            ]
            assert [sidebar.count(">Retry</button>") for sidebar in shown] == [1, 0], code


def expected(button: Button, invoice: Invoice, settings, *, configures: bool) -> tuple[str, str] | None:
    """(label, address) of what the table's button is in the portal."""
    page, integrations = f"/receivables/{invoice.pk}/", "/settings/integrations/"
    if button in IN_SETTINGS:
        return (button.label, integrations) if configures else None
    if button in CHOICES and configures:
        return button.label, f"{integrations}quickbooks/#defaults"
    return {
        Button.NONE: None,
        Button.RETRY: (button.label, f"{page}sync/"),
        Button.SYNC_CONTACT: (button.label, f"{page}sync/"),
        Button.LINK: (button.label, f"{page}link/"),
        Button.OPEN_QUICKBOOKS: (button.label, f"{settings.QBO_API_BASE_URL}/app/homepage"),
    }.get(button, ("Edit", f"{page}edit/"))


@pytest.mark.parametrize("configures", [True, False])
def test_each_entry_of_the_table_offers_its_button(admins, browser, settings, invoice, configures):
    person = admins if configures else browser
    for code, entry in TABLE.items():
        found = remedy(person, invoice, code)
        shown = (found.label, found.url) if found else None
        assert shown == expected(entry.button, invoice, settings, configures=configures), code


def test_each_button_leads_to_where_one_can_act(admins, invoice):
    page = f"/receivables/{invoice.pk}/"
    assert admins.get(f"{page}edit/").context["form"].instance == invoice
    assert 'type="search"' in admins.get(f"{page}link/", headers=HTMX).content.decode()
    assert "Reconnect" in text_of(admins.get("/settings/integrations/"))
    configuration = admins.get("/settings/integrations/quickbooks/").content.decode()
    assert 'id="defaults"' in configuration and 'name="default_receivable_account"' in configuration


@pytest.mark.parametrize(
    ("cause", "label", "address"),
    [
        ({"sync_state": "failed", "sync_error_code": "name_invalid"}, "Edit the customer", "edit/"),
        (
            {"sync_state": "failed", "sync_error_code": "same_name_different_email"},
            "Link the customer to an existing record",
            "link/",
        ),
        ({"is_active": False}, "Edit the customer", "edit/"),
    ],
    ids=["name", "taken", "inactive"],
)
@pytest.mark.parametrize("code", ["contact_not_synced", "inactive"])
def test_where_the_contact_itself_failed_its_own_repair_is_offered(
    browser, viewers, invoice, code, cause, label, address
):
    Customer.objects.filter(pk=invoice.customer_id).update(**cause)
    found = remedy(browser, invoice, code)
    page = f"/customers/{invoice.customer_id}/{address}"
    assert (found.label, found.url, found.posts, found.panel) == (label, page, False, False)
    assert browser.get(page).status_code == 200
    assert remedy(viewers, invoice, code) is None


def test_a_contact_that_failed_for_what_passes_is_synced_too(browser, invoice):
    Customer.objects.filter(pk=invoice.customer_id).update(
        sync_state=SyncState.FAILED, sync_error_code="throttled"
    )
    assert remedy(browser, invoice, "contact_not_synced").posts


@pytest.mark.parametrize("code", ["in_doubt", "contact_not_synced"])
def test_a_retry_starts_a_run(browser, invoice, code):
    found = remedy(browser, invoice, code)
    browser.post(found.url, dict(found.fields))
    runs = dict(SyncRun.objects.values_list("entity", "total"))
    assert runs == ({"invoices": 1, "customers": 1} if found.fields else {"invoices": 1})
    assert Invoice.objects.get(pk=invoice.pk).sync_state == SyncState.QUEUED


def test_a_viewer_is_offered_nothing(viewers, invoice):
    for code in TABLE:
        assert remedy(viewers, invoice, code) is None, code
