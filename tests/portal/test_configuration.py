"""The QuickBooks Configuration page: runs, switches, defaults, and the guide of five steps."""

import pytest

from integrations.guide import Guide
from integrations.models import Account, Configuration, Organization, SyncRun, TaxCode
from tests.factories import make_beneficiary, make_customer, make_invoice, pull, push
from tests.quickbooks import drain

from .pages import buttons_of, fragment, text_of

PAGE = "/settings/integrations/quickbooks/"


@pytest.fixture
def connected(organization) -> Organization:
    organization.connection.status = "connected"
    organization.connection.realm_id = "123"
    organization.connection.save()
    return organization


def asked() -> list[tuple[str, str, int]]:
    return sorted(SyncRun.objects.values_list("direction", "entity", "total"))


def test_one_of_a_kind_is_not_said_to_be_many(connected, browser):
    make_customer(connected)
    make_customer(connected)
    make_beneficiary(connected)
    assert "1 beneficiary, 2 customers not in step" in text_of(browser.get(PAGE))


def test_the_page_says_what_auto_sync_leaves_to_people(connected, browser):
    shown = text_of(browser.get(PAGE))
    assert shown.count("What failed and waits for a person") == 2


def test_ad_hoc_sync_pushes_all_unsynced_customers_and_beneficiaries(connected, browser):
    make_customer(connected)
    make_customer(connected)
    make_beneficiary(connected)
    answer = fragment(browser, f"{PAGE}contacts/push/", {})
    assert asked() == [("push", "beneficiaries", 1), ("push", "customers", 2)]
    assert "Sync customers to QuickBooks" in text_of(
        answer
    ) and "Sync beneficiaries to QuickBooks" in text_of(answer)


@pytest.mark.parametrize(
    ("stream", "direction", "expected"),
    [
        ("receivables", "push", [("push", "invoices", 1)]),
        ("receivables", "pull", [("pull", "invoices", 0)]),
        ("payables", "push", [("push", "bills", 0)]),
        ("payables", "pull", [("pull", "bills", 0)]),
        ("accounts", "pull", [("pull", "accounts", 0)]),
        ("items", "pull", [("pull", "items", 0)]),
        ("tax_codes", "pull", [("pull", "tax-codes", 0)]),
    ],
)
def test_each_button_asks_for_its_own_run(connected, browser, stream, direction, expected):
    make_invoice(connected)
    fragment(browser, f"{PAGE}{stream}/{direction}/", {})
    assert asked() == expected


@pytest.mark.parametrize("wrong", ["accounts/push", "items/push", "nothing/pull"])
def test_there_is_no_button_for_what_quickbooks_keeps(connected, browser, wrong):
    assert browser.post(f"{PAGE}{wrong}/").status_code == 404


def test_without_a_connection_there_are_no_buttons_and_the_place_to_connect_is_named(organization, admins):
    page = admins.get(PAGE)
    assert not {"Ad-hoc Sync", "Sync", "Import items"} & buttons_of(page)
    assert "QuickBooks is not connected" in text_of(page)


@pytest.mark.parametrize(
    "name",
    [
        "contacts_auto_sync",
        "receivables_auto_push",
        "receivables_auto_pull",
        "payables_auto_push",
        "payables_auto_pull",
    ],
)
def test_each_switch_is_saved_by_itself_and_says_so(organization, admins, name):
    answer = fragment(admins, f"{PAGE}automatic/", {"name": name, "on": "on"})
    assert answer.status_code == 204 and "is on." in answer["HX-Trigger"]
    assert getattr(Configuration.objects.get(), name) is True
    fragment(admins, f"{PAGE}automatic/", {"name": name})
    assert getattr(Configuration.objects.get(), name) is False


def test_only_the_switches_can_be_switched(organization, admins):
    assert (
        admins.post(f"{PAGE}automatic/", {"name": "accounts_last_synced_at", "on": "on"}).status_code == 404
    )


def test_the_defaults_are_chosen_from_the_organizations_own_lists(qbo, organization, admins, stranger):
    income = Account.objects.filter(organization=organization, classification="Revenue").last()
    expense = Account.objects.filter(organization=organization, classification="Expense").last()
    code = TaxCode.objects.filter(organization=organization).last()
    sent = {
        "default_receivable_account": income.pk,
        "default_payable_account": expense.pk,
        "default_receivable_tax_code": code.pk,
        "default_payable_tax_code": "",
    }
    admins.post(PAGE, sent)
    kept = Configuration.objects.get(organization=organization)
    assert (kept.default_receivable_account, kept.default_payable_account) == (income, expense)
    assert (kept.default_receivable_tax_code, kept.default_payable_tax_code) == (code, None)
    theirs = Account.objects.create(
        organization=stranger.memberships.get().organization, name="Theirs", classification="Revenue"
    )
    refused = admins.post(PAGE, sent | {"default_receivable_account": theirs.pk})
    assert refused.status_code == 200
    assert Configuration.objects.get(organization=organization).default_receivable_account == income


def test_the_guide_leads_through_five_steps_and_goes_when_all_are_done(qbo, organization, admins):
    for entity in ("accounts", "items", "tax-codes"):
        pull(organization, entity)
    Configuration.objects.filter(organization=organization).update(default_payable_account=None)
    assert "Set up QuickBooks" in text_of(admins.get("/"))
    organization.connection.refresh_from_db()
    assert Guide.of(organization).next.title == "Choose default accounts"
    expense = Account.objects.filter(organization=organization, classification="Expense").first()
    Configuration.objects.filter(organization=organization).update(default_payable_account=expense)
    assert Guide.of(organization).next.title == "Sync customers and beneficiaries"
    invoice = make_invoice(organization)
    push(invoice.customer)
    fragment(admins, f"{PAGE}contacts/push/", {})
    drain(organization)
    assert Guide.of(organization).next.title == "Sync the first invoice or bill"
    push(invoice)
    assert Guide.of(organization).done
    assert "Set up QuickBooks" not in text_of(admins.get(PAGE))
