"""What goes wrong is told where it was started, with what to press; and it never spins without an end."""

import re

import pytest
from playwright.sync_api import expect

SLUG = "troubled"


@pytest.fixture(scope="module")
def company(house):
    """Of a merchant that is connected and has pushed five customers."""
    company = house.company()
    house.act("merchant", slug=SLUG, realm=company.realm)
    return company


@pytest.fixture
def someone(company, person):
    return person(f"admin@{SLUG}.example")


def test_a_customer_that_is_missing_in_quickbooks_is_synced_with_the_invoice_by_one_press(
    house, worker, company, someone
):
    house.act("stranger_to_quickbooks", slug=SLUG, customer="Kopi & Kaya", number="M-1")
    someone.go("/receivables/?q=M-1")
    someone.follow("M-1")
    sidebar = someone.page.get_by_role("dialog", name="M-1")
    someone.press("Sync to QuickBooks", within=sidebar)
    someone.sees("is not in QuickBooks yet", within=sidebar)
    assert company.numbers()["M-1"] == 0

    someone.press("Sync the contact too", within=sidebar)

    someone.sees("1 of 1 customer synced.", within=sidebar)
    someone.sees("1 of 1 invoice synced.", within=sidebar)
    someone.sees("Open in QuickBooks", within=sidebar)
    assert company.numbers()["M-1"] == 1


def test_a_name_that_quickbooks_has_already_is_changed_and_what_failed_is_retried(
    house, worker, company, someone
):
    company.write("Vendor", {"DisplayName": "Tanjong Retail"})
    someone.go("/customers/new/")
    someone.fill("Name", "Tanjong Retail")
    someone.press("Save")
    someone.press("Sync to QuickBooks")
    someone.sees("0 of 1 customer synced, 1 failed.")
    someone.follow("See what failed")
    run = someone.page.url.removeprefix(someone.address)
    failed = someone.page.get_by_role("row", name=re.compile("Tanjong Retail"))
    expect(failed).to_contain_text("Failed")

    someone.follow("Tanjong Retail", within=failed)
    someone.follow("Edit", within=someone.page.get_by_role("dialog"))
    someone.fill("Name", "Tanjong Retail Holdings")
    someone.press("Save")
    someone.go(run)
    someone.press("Retry failed")

    someone.sees("1 of 1 customer synced.", within=someone.page.locator("#started"))
    assert "Tanjong Retail Holdings" in [each["DisplayName"] for each in company.all("Customer")]


def test_a_lost_worker_is_told_and_the_run_goes_on_when_there_is_one_again(house, worker, company, someone):
    house.act("invoices", slug=SLUG, prefix="L", count=40)
    company.mishap("slow", count=5, seconds=5)
    someone.go("/receivables/?q=L-")
    someone.press("Bulk Sync")
    someone.sees("Syncing 0 of 40")
    expect(someone.page.locator("#started progress")).to_be_visible()

    house.kill(worker)
    house.act("let_time_pass", slug=SLUG, minutes=3)
    try:
        someone.sees("Finmo's worker is not running")
        expect(someone.page.locator("#started progress")).to_have_count(0)
    finally:
        company.calm()
        house.start_worker(Q_WORKERS=1)
    house.act("sweep")

    someone.sees("40 of 40 invoices synced.", within=someone.page.locator("#started"))
    assert [company.numbers()[f"L-{number}"] for number in range(40)] == [1] * 40


def test_a_page_that_finmo_does_not_answer_says_so_and_goes_on_by_itself(house, worker, company, someone):
    house.act("invoices", slug=SLUG, prefix="O", count=40)
    company.mishap("slow", count=2, seconds=3)
    someone.go("/receivables/?q=O-")
    someone.press("Bulk Sync")
    someone.page.context.set_offline(True)
    someone.sees("Finmo cannot be reached")
    expect(someone.page.locator("#started progress")).to_have_count(0)

    someone.page.context.set_offline(False)

    someone.forgive("ERR_INTERNET_DISCONNECTED")
    someone.forgive("htmx:")
    someone.sees("40 of 40 invoices synced.", within=someone.page.locator("#started"))
