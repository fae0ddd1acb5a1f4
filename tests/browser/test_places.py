"""Where a clerk was stays where they were: Back, a refused answer, a second press, a list that is renewed."""

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.conftest import PASSWORD

SLUG = "placed"
EMAIL = f"admin@{SLUG}.example"


@pytest.fixture(scope="module")
def company(house):
    """Of a merchant with forty invoices that QuickBooks has never seen."""
    company = house.company()
    house.act("merchant", slug=SLUG, realm=company.realm)
    house.act("invoices", slug=SLUG, prefix="P", count=40)
    return company


@pytest.fixture
def someone(company, person):
    return person(EMAIL)


@pytest.fixture
def sidebar(someone) -> Locator:
    return someone.page.get_by_role("dialog", name=re.compile("^P-"))


def test_back_from_a_form_shows_the_sidebar_with_its_page(someone, sidebar):
    someone.go("/receivables/?q=P-3")
    someone.follow("P-3")
    someone.follow("Edit", within=sidebar)
    someone.page.get_by_role("heading", name=re.compile("Edit")).wait_for()

    someone.page.go_back()

    expect(sidebar).to_be_visible()
    expect(someone.page.get_by_role("navigation", name="Main")).to_be_attached()


@pytest.mark.parametrize("status", [404, 500])
def test_a_sidebar_that_cannot_be_opened_shows_no_other_record(someone, sidebar, status):
    someone.go("/receivables/?q=P-")
    page = someone.page
    address = page.get_by_role("link", name="P-4", exact=True).get_attribute("href")
    someone.follow("P-3")
    expect(sidebar).to_be_visible()
    page.keyboard.press("Escape")
    expect(page).to_have_url(re.compile(r"/receivables/\?q=P-$"))

    page.route(f"**{address}", lambda route: route.fulfill(status=status, body="No."))
    someone.follow("P-4")

    someone.sees(re.compile("did not work|not here any more"))
    expect(page.locator("dialog[open]")).to_have_count(0)
    expect(page).to_have_url(re.compile(r"/receivables/\?q=P-$"))
    someone.forgive("Failed to load resource")
    someone.forgive("Response Status Error Code")


def test_what_went_wrong_in_the_sidebar_is_told_in_it(someone, sidebar):
    someone.go("/receivables/?q=P-3")
    someone.follow("P-3")
    expect(sidebar).to_be_visible()
    someone.page.context.set_offline(True)

    someone.press("Sync to QuickBooks", within=sidebar)

    expect(sidebar.get_by_role("status")).to_have_text(re.compile("Finmo cannot be reached"))
    expect(sidebar.locator(".toast")).to_be_visible()
    someone.page.context.set_offline(False)
    someone.forgive("ERR_INTERNET_DISCONNECTED")
    someone.forgive("htmx:")


def test_save_pressed_twice_saves_once(someone):
    someone.go("/customers/new/")
    someone.fill("Name", "Pressed Twice")
    # The second press comes when the first one has left, and before it is answered.
    someone.page.evaluate(
        """() => {
          const button = document.querySelector(".form-actions button");
          button.click();
          setTimeout(() => button.click(), 60);
        }"""
    )
    someone.sees("Pressed Twice is saved.")

    someone.go("/customers/?q=Pressed")

    expect(someone.page.locator("tbody tr")).to_have_count(1)


def test_who_signed_in_anew_in_another_tab_is_told_to_reload(company, someone):
    someone.go("/receivables/?q=P-3")
    someone.page.context.clear_cookies(name="sessionid")
    other = someone.page.context.new_page()
    other.goto(someone.address + "/login/")
    other.get_by_label("E-mail").fill(EMAIL)
    other.get_by_label("Password").fill(PASSWORD)
    other.get_by_role("button", name="Sign in").click()
    other.get_by_role("heading", name="Overview").wait_for()

    someone.press("Bulk Sync")

    someone.sees("You signed in again meanwhile. Reload this page and try again; nothing was changed.")
    expect(someone.page.locator("#started")).to_be_empty()
    someone.forgive("403")
    someone.forgive("Response Status Error Code")


def test_a_list_that_is_renewed_keeps_what_is_ticked_and_where_the_focus_is(house, worker, someone):
    house.act("invoices", slug=SLUG, prefix="T", count=3)
    someone.go("/receivables/?q=T-")
    page = someone.page
    page.get_by_label("Select T-0").check()
    someone.press("Bulk Sync")
    page.get_by_label("Select T-1").check()

    someone.sees("1 of 1 invoice synced.")

    expect(page.get_by_role("row", name=re.compile("T-0")).get_by_text("Yes")).to_be_visible()
    expect(page.get_by_label("Select T-1")).to_be_checked()
    expect(page.get_by_label("Select T-1")).to_be_focused()
    expect(page.get_by_label("Select T-0")).not_to_be_checked()
    someone.sees("1 selected")


def test_sorting_by_keyboard_keeps_the_focus_on_the_head(someone):
    someone.go("/receivables/?q=P-")
    someone.page.get_by_role("link", name="Due", exact=True).press("Enter")
    expect(someone.page.locator("th[aria-sort=ascending]")).to_have_text("Due")

    expect(someone.page.get_by_role("link", name="Due", exact=True)).to_be_focused()


def test_closing_the_sidebar_gives_the_focus_to_its_row_also_when_the_list_was_renewed(
    worker, someone, sidebar
):
    someone.go("/receivables/?q=P-5")
    someone.follow("P-5")
    someone.press("Sync to QuickBooks", within=sidebar)
    someone.sees("1 of 1 invoice synced.", within=sidebar)
    expect(sidebar.get_by_text("Synced").first).to_be_visible()

    someone.page.keyboard.press("Escape")

    expect(someone.page.get_by_role("link", name="P-5", exact=True)).to_be_focused()


def test_how_many_rows_a_search_finds_is_told_to_who_does_not_see_them(someone):
    someone.go("/receivables/")
    announcer = someone.page.locator("#announcer")
    search = someone.page.get_by_role("searchbox")

    search.fill("P-39")
    expect(announcer).to_have_text("1 invoice matches.")
    search.fill("P-39 and more")
    expect(announcer).to_have_text("No invoice matches.")


def test_a_double_press_on_a_question_leaves_the_sidebar_open(company, worker, someone, sidebar):
    someone.go("/receivables/?q=P-6")
    someone.follow("P-6")
    someone.press("Sync to QuickBooks", within=sidebar)
    someone.press("Void", within=sidebar)

    someone.page.locator("#confirm-void").get_by_role("button", name="Void").dblclick()

    someone.sees("1 of 1 invoice voided.", within=sidebar)
    expect(sidebar).to_have_attribute("open", "")


def test_a_run_whose_sidebar_was_closed_is_followed_in_the_tray_to_its_end(company, worker, someone, sidebar):
    company.mishap("slow", count=1, seconds=3)
    someone.go("/receivables/?q=P-7")
    someone.follow("P-7")
    someone.press("Sync to QuickBooks", within=sidebar)
    expect(sidebar.locator("progress")).to_be_visible()

    someone.page.keyboard.press("Escape")

    someone.sees("1 of 1 invoice synced.", within=someone.page.locator("#tray"))


def test_what_is_said_of_a_record_is_read_in_its_sidebar(someone):
    someone.go("/customers/new/")
    someone.fill("Name", "Read in the sidebar")
    someone.press("Save")

    expect(someone.page.get_by_role("dialog")).to_contain_text("Read in the sidebar is saved.")
    expect(someone.page.locator("main > #messages")).to_have_count(0)


def test_a_switch_that_could_not_be_saved_shows_what_is_true(someone):
    someone.go("/settings/integrations/quickbooks/")
    switch = someone.page.get_by_role("switch", name="Auto Sync weekly")
    expect(switch).not_to_be_checked()
    someone.page.context.set_offline(True)

    switch.click()

    someone.sees("Finmo cannot be reached")
    expect(switch).not_to_be_checked()
    someone.page.context.set_offline(False)
    someone.forgive("ERR_INTERNET_DISCONNECTED")
    someone.forgive("htmx:")


def test_a_form_that_cannot_reach_finmo_says_so_once_until_it_can_again(someone):
    someone.page.clock.install()
    someone.go("/receivables/new/")
    quantity = someone.page.get_by_role("textbox", name="Quantity").first
    cut_off = someone.page.locator(".toast", has_text="Finmo cannot be reached")
    someone.page.context.set_offline(True)

    for typed in ("2", "3"):
        with someone.page.expect_event("requestfailed"):
            quantity.fill(typed)
    expect(cut_off).to_have_count(1)
    # Longer than any other notice stays.
    someone.page.clock.run_for(60_000)
    expect(cut_off).to_have_count(1)
    someone.page.context.set_offline(False)

    expect(cut_off).to_have_count(0)
    someone.forgive("ERR_INTERNET_DISCONNECTED")
    someone.forgive("htmx:")


def test_what_a_browser_ticks_again_on_the_way_back_counts_as_ticked(someone):
    someone.go("/receivables/?q=P-8")
    someone.page.get_by_label("Select P-8").check()
    someone.follow("Overview")
    someone.page.get_by_role("heading", name="Overview").wait_for()

    someone.page.go_back()

    expect(someone.page.get_by_label("Select P-8")).to_be_checked()
    someone.sees("1 selected")
