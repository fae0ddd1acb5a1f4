"""The merchant's way without a mouse: Tab, Enter, Space, arrows and Escape. The focus is always to be seen."""

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.conftest import PASSWORD

from .person import Person

FOCUSED = """() => {
  const at = document.activeElement || document.body;
  const labels = [...(at.labels || [])].map(each => each.innerText).join(" ");
  const name = at.getAttribute("aria-label") || labels || at.innerText || at.value || "";
  const style = getComputedStyle(at);
  return {
    name: name.replace(/\\s+/g, " ").trim(),
    // A heading or a page that got the focus from a script is no place to press anything.
    seen: at.tabIndex < 0 || style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0,
    inDialog: at === document.body || Boolean(at.closest("dialog")),
    text: at.outerHTML.slice(0, 200),
  };
}"""
MOST_TABS = 120


class Hands:
    """On a keyboard; the mouse is never touched."""

    def __init__(self, person: Person):
        self.person = person
        self.page = person.page

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)

    def focused(self) -> dict:
        found = self.page.evaluate(FOCUSED)
        assert found["seen"], f"The focus cannot be seen on {found['text']}"
        return found

    def tab_to(self, name: str, key: str = "Tab") -> None:
        """Onwards to what is called so."""
        passed = []
        for _ in range(MOST_TABS):
            self.press(key)
            passed.append(self.focused()["name"])
            if re.match(rf"{re.escape(name)}( optional)?$", passed[-1]):
                return
        raise AssertionError(f"{name!r} is not reached by {key}; passed {passed}")

    def choose(self, name: str) -> None:
        self.tab_to(name)
        self.press("Enter")

    def fill(self, name: str, text: str) -> None:
        self.tab_to(name)
        self.type(text)


@pytest.fixture
def hands(person):
    return Hands(person())


def test_the_whole_walk_by_keyboard(house, worker, account_manager, person, hands):
    company = house.company()
    house.act("newcomer", slug="keys")
    enable(Hands(person(account_manager, at="/admin/")))
    hands.person.go("/")
    sign_in(hands)
    connect(hands, company.realm)
    import_and_choose_defaults(hands)
    create_and_sync_a_customer(hands)
    write_an_invoice(hands)
    sync_it_from_the_sidebar(hands)
    [invoice] = company.all("Invoice")
    assert (invoice["DocNumber"], invoice["TotalAmt"]) == ("K-1", 1090)
    house.act("invoices", slug="keys", prefix="BULK", count=3)
    select_and_bulk_sync(hands)
    assert set(company.numbers().values()) == {1} and len(company.numbers()) == 4
    company.change("Invoice", invoice, DueDate="2027-01-15")
    pull_and_see(hands)
    think_twice_about_disconnecting(hands)


def enable(manager: Hands) -> None:
    """In admin a link's picture is a word of its name."""
    manager.choose("storefront Organizations")
    manager.page.wait_for_url("**/organization/")
    manager.choose("Keys")
    manager.page.wait_for_url("**/change/*")
    manager.tab_to("QuickBooks integration")
    manager.press("Space")
    manager.choose("Save")
    manager.person.sees("was changed successfully")


def sign_in(hands: Hands) -> None:
    expect(hands.page.get_by_label("E-mail")).to_be_focused()
    hands.type("admin@keys.example")
    hands.press("Tab")
    hands.type(PASSWORD)
    hands.press("Enter")
    hands.person.sees("Set up QuickBooks")
    hands.choose("Skip to the content")
    expect(hands.page.get_by_role("main")).to_be_focused()
    hands.tab_to("Connect QuickBooks")


def connect(hands: Hands, realm: str) -> None:
    hands.press("Enter")
    hands.person.sees("Not connected")
    hands.choose("Connect")
    hands.person.sees("Which company?")
    hands.press("Tab")
    for _ in range(MOST_TABS):
        if realm in hands.focused()["name"]:
            break
        hands.press("ArrowDown")
    hands.choose("Connect")
    expect(heading(hands)).to_have_text("QuickBooks Configuration")


def import_and_choose_defaults(hands: Hands) -> None:
    for button, things in (
        ("Sync Chart of Accounts", "accounts"),
        ("Import items", "items"),
        ("Import tax codes", "tax codes"),
    ):
        hands.choose(button)
        hands.person.sees(re.compile(rf"\d+ of \d+ {things} pulled\."))
    for label, option in (
        ("Default account for receivables", "Services"),
        ("Default account for payables", "Advertising"),
        ("Default tax code for receivables", "GST 9%"),
        ("Default tax code for payables", "GST 9%"),
    ):
        select = hands.page.get_by_label(label)
        expect(select.locator("option").filter(has_text=option).first).to_be_attached()
        hands.fill(label, option)
        expect(select.locator("option:checked")).to_contain_text(option)
    hands.choose("Save")
    hands.person.sees("The defaults are saved.")


def create_and_sync_a_customer(hands: Hands) -> None:
    hands.choose("Customers")
    expect(heading(hands)).to_have_text("Customers")
    hands.choose("New customer")
    expect(heading(hands)).to_have_text("New customer")
    hands.fill("Name", "Kopi & Kaya")
    hands.press("Enter")
    # It is there with the page; the page's script then shuts the rest off.
    expect(hands.page.get_by_role("heading", name="Kopi & Kaya")).to_be_focused()
    keeps_the_focus(hands, hands.page.get_by_role("dialog", name="Kopi & Kaya"))
    hands.choose("Sync to QuickBooks")
    hands.person.sees("1 of 1 customer synced.")
    hands.person.sees("Open in QuickBooks")
    assert hands.focused()["inDialog"]
    closes_and_gives_the_focus_back(hands, "Kopi & Kaya")


def keeps_the_focus(hands: Hands, dialog: Locator) -> None:
    """However often Tab is pressed, it stays inside."""
    expect(dialog).to_be_visible()
    for _ in range(12):
        hands.press("Tab")
        assert hands.focused()["inDialog"]


def closes_and_gives_the_focus_back(hands: Hands, row: str) -> None:
    hands.press("Escape")
    expect(hands.page.get_by_role("dialog")).to_have_count(0)
    hands.choose(row)
    expect(hands.page.get_by_role("dialog", name=row)).to_be_visible()
    hands.press("Escape")
    expect(hands.page.get_by_role("dialog")).to_have_count(0)
    expect(hands.page.get_by_role("link", name=row)).to_be_focused()


def write_an_invoice(hands: Hands) -> None:
    """The grid by Enter and Tab alone: an item of the catalogue, and a custom one that is typed over."""
    page = hands.page
    hands.tab_to("Receivables", "Shift+Tab")
    hands.press("Enter")
    expect(heading(hands)).to_have_text("Accounts Receivable")
    hands.choose("New invoice")
    expect(heading(hands)).to_have_text("New invoice")
    hands.fill("Customer", "kopi")
    expect(page.get_by_role("option", name="Kopi & Kaya")).to_be_visible()
    hands.press("Enter")
    expect(page.get_by_label("Customer")).to_have_value("Kopi & Kaya")
    hands.fill("Number", "K-1")
    hands.fill("Item", "i")
    expect(page.get_by_role("option", name="Implementation")).to_be_visible()
    hands.press("Escape")
    expect(page.get_by_role("listbox")).to_have_count(0)
    hands.type("mpl")
    expect(page.get_by_role("listbox").get_by_role("option")).to_have_count(1)
    hands.press("ArrowDown", "Enter")
    first, second = lines(hands).nth(0), lines(hands).nth(1)
    expect(first.get_by_label("Unit price")).to_have_value("950.00")
    hands.press(*["Enter"] * 6)
    expect(second.get_by_role("combobox", name="Item")).to_be_focused()
    hands.type("Courier")
    hands.press("Tab")
    expect(second.get_by_label("Custom item")).to_have_value("Courier")
    hands.fill("Unit price", "50")
    hands.choose("Move line up")
    expect(first.get_by_label("Custom item")).to_have_value("Courier")
    expect(first.get_by_role("button", name="Move line up")).to_be_focused()
    hands.choose("Add line")
    expect(lines(hands)).to_have_count(3)
    # Tab is faster than the answer, and means the first option all the same.
    hands.type("Implem")
    hands.press("Tab")
    expect(lines(hands).nth(2).get_by_label("Unit price")).to_have_value("950.00")
    hands.choose("Remove line")
    expect(lines(hands)).to_have_count(2)
    expect(page.locator("#totals .total")).to_contain_text("1,090.00")
    hands.choose("Save")
    expect(page.get_by_role("dialog", name="K-1")).to_be_visible()


def sync_it_from_the_sidebar(hands: Hands) -> None:
    hands.choose("Sync to QuickBooks")
    hands.person.sees("1 of 1 invoice synced.")
    hands.person.sees("Open in QuickBooks")
    hands.press("Escape")


def select_and_bulk_sync(hands: Hands) -> None:
    hands.tab_to("Receivables", "Shift+Tab")
    hands.press("Enter")
    hands.person.sees("3 of 4 to sync")
    hands.tab_to("Select all on this page")
    hands.press("Space")
    hands.person.sees("4 selected")
    hands.tab_to("Bulk Sync", "Shift+Tab")
    hands.press("Enter")
    hands.person.sees(re.compile(r"3 of \d invoices synced"))


def pull_and_see(hands: Hands) -> None:
    hands.tab_to("Settings", "Shift+Tab")
    hands.press("Enter")
    expect(heading(hands)).to_have_text("Integrations")
    hands.choose("QuickBooks Configuration")
    expect(heading(hands)).to_have_text("QuickBooks Configuration")
    # The first of this name is that of the contacts.
    hands.tab_to("Sync")
    hands.choose("Pull from QuickBooks")
    hands.person.sees(re.compile(r"1 of \d+ invoices? pulled"))
    hands.tab_to("Receivables", "Shift+Tab")
    hands.press("Enter")
    expect(heading(hands)).to_have_text("Accounts Receivable")
    hands.choose("K-1")
    hands.person.sees("15 Jan 2027", within=hands.page.get_by_role("dialog", name="K-1"))
    hands.press("Escape")
    expect(hands.page.get_by_role("dialog")).to_have_count(0)


def think_twice_about_disconnecting(hands: Hands) -> None:
    hands.tab_to("Settings", "Shift+Tab")
    hands.press("Enter")
    expect(heading(hands)).to_have_text("Integrations")
    hands.choose("Disconnect")
    keeps_the_focus(hands, hands.page.get_by_role("dialog", name="Disconnect QuickBooks?"))
    hands.press("Escape")
    expect(hands.page.get_by_role("button", name="Disconnect")).to_be_focused()


def heading(hands: Hands) -> Locator:
    return hands.page.get_by_role("heading", level=1)


def lines(hands: Hands) -> Locator:
    return hands.page.locator("[data-line]")
