"""A merchant's way from nothing to both sides in step, as its people click it; the worker is a process of its own."""

import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import expect

from .person import Person

BULK = 100


@dataclass(frozen=True)
class Side:
    """What differs between what the merchant is owed and what it owes."""

    path: str
    entity: str
    contact: str
    contacts_path: str
    document: str
    things: str
    card: str
    sown: str
    price: str
    item_ref: str

    @property
    def contact_entity(self) -> str:
        return {"customer": "Customer", "beneficiary": "Vendor"}[self.contact]


RECEIVABLES = Side(
    "/receivables/", "Invoice", "customer", "/customers/", "invoice", "invoices", "Accounts Receivable",
    "invoices", "950.00", "SalesItemLineDetail",
)  # fmt: skip
PAYABLES = Side(
    "/payables/", "Bill", "beneficiary", "/beneficiaries/", "bill", "bills", "Accounts Payable",
    "bills", "600.00", "ItemBasedExpenseLineDetail",
)  # fmt: skip


@pytest.mark.parametrize("side", [RECEIVABLES, PAYABLES], ids=["receivables", "payables"])
def test_from_nothing_to_both_sides_in_step(house, worker, person, account_manager, side):
    slug, company = f"walk-{side.sown}", house.company()
    house.act("newcomer", slug=slug)
    clerk = person(f"admin@{slug}.example")
    expect(clerk.page.get_by_role("link", name="Settings")).to_have_count(0)

    enable(person(account_manager, at="/admin/"), slug)
    connect(clerk, company.realm)
    import_lists(clerk)
    choose_defaults(clerk)
    create_contact(clerk, side, "Kopi & Kaya")
    sync_contacts(clerk, side)
    assert "Kopi & Kaya" in [each["DisplayName"] for each in company.all(side.contact_entity)]

    create_document(clerk, side, "W-1")
    sync_from_the_sidebar(clerk, side, "W-1")
    [held] = company.all(side.entity)
    catalogue, custom = [line for line in held["Line"] if "Id" in line]
    assert (held["DocNumber"], held["TotalAmt"]) == ("W-1", round((2 * float(side.price) + 75.5) * 1.09, 2))
    assert catalogue[side.item_ref]["ItemRef"]["name"] == "Implementation"
    assert custom["Description"].endswith("To the harbour") and custom["Amount"] == 75.5

    house.act(side.sown, slug=slug, prefix="BULK", count=BULK)
    sync_all(clerk, side)
    assert len(company.all(side.entity)) == BULK + 1
    assert set(company.numbers(side.entity).values()) == {1}

    change_in_quickbooks(clerk, company.realm, side, held["Id"], "200")
    pull(clerk, side)
    clerk.go(f"{side.path}?q=W-1")
    row = clerk.page.get_by_role("row", name=re.compile("W-1"))
    expect(row).to_contain_text(f"{(200 + 75.5) * 1.09:,.2f}")
    expect(row).to_contain_text("Yes")


def enable(manager: Person, slug: str) -> None:
    manager.go("/admin/integrations/organization/")
    manager.follow(slug.title())
    manager.page.get_by_role("checkbox", name="QuickBooks").check()
    manager.press("Save")
    manager.sees("was changed successfully")


def connect(clerk: Person, realm: str) -> None:
    clerk.page.reload()
    clerk.follow("Settings")
    clerk.press("Connect")
    clerk.page.get_by_label(re.compile(realm)).check()
    clerk.press("Connect")
    expect(clerk.page.get_by_role("heading", level=1)).to_have_text("QuickBooks Configuration")


def import_lists(clerk: Person) -> None:
    for button, things in (
        ("Sync Chart of Accounts", "accounts"),
        ("Import items", "items"),
        ("Import tax codes", "tax codes"),
    ):
        clerk.press(button)
        clerk.sees(re.compile(rf"\d+ of \d+ {things} pulled\."))
        if things == "accounts":
            choose(clerk, "Default account for receivables", "Services")
    expect(clerk.page.get_by_text("There are no accounts to choose from yet")).to_have_count(0)


def choose_defaults(clerk: Person) -> None:
    for label, option in (
        ("Default account for payables", "Advertising"),
        ("Default tax code for receivables", "GST 9%"),
        ("Default tax code for payables", "GST 9%"),
    ):
        choose(clerk, label, option)
    # Chosen before the imports that brought the rest to choose from.
    chosen = clerk.page.get_by_label("Default account for receivables").locator("option:checked")
    expect(chosen).to_contain_text("Services")
    clerk.press("Save")
    clerk.sees("The defaults are saved.")


def choose(clerk: Person, label: str, option: str) -> None:
    choice = clerk.page.get_by_label(label)
    choice.select_option(choice.locator("option", has_text=option).first.get_attribute("value"))


def create_contact(clerk: Person, side: Side, name: str) -> None:
    clerk.go(side.contacts_path)
    clerk.follow(f"New {side.contact}")
    clerk.fill("Name", name)
    clerk.press("Save")
    clerk.sees("Not synced")


def sync_contacts(clerk: Person, side: Side) -> None:
    clerk.go("/settings/integrations/quickbooks/")
    clerk.press("Ad-hoc Sync")
    clerk.sees(f"1 of 1 {side.contact} synced.")


def create_document(clerk: Person, side: Side, number: str) -> None:
    """Two of a catalogue item at its own price, and a custom one."""
    page = clerk.page
    clerk.go(side.path)
    clerk.follow(f"New {side.document}")
    page.get_by_role("combobox", name=side.contact.capitalize()).press_sequentially("kopi")
    page.get_by_role("option", name="Kopi & Kaya").click()
    clerk.fill("Number", number)
    line = page.locator("[data-line]").nth(0)
    line.get_by_role("combobox", name="Item").press_sequentially("imple")
    line.get_by_role("option", name="Implementation").click()
    expect(line.get_by_label("Unit price")).to_have_value(side.price)
    expect(line.get_by_label("Description")).to_have_value("Implementation, per day")
    clerk.fill("Quantity", "2", within=line)
    clerk.press("Add line")
    line = page.locator("[data-line]").nth(1)
    clerk.fill("Custom item", "Courier", within=line)
    clerk.fill("Description", "To the harbour", within=line)
    clerk.fill("Quantity", "1", within=line)
    clerk.fill("Unit price", "75.50", within=line)
    total = f"{(2 * float(side.price) + 75.5) * 1.09:,.2f}"
    expect(page.locator("#totals .total")).to_contain_text(total)
    clerk.press("Save")
    expect(page.get_by_role("dialog")).to_contain_text(total)


def sync_from_the_sidebar(clerk: Person, side: Side, number: str) -> None:
    sidebar = clerk.page.get_by_role("dialog", name=number)
    clerk.press("Sync to QuickBooks", within=sidebar)
    clerk.sees(f"1 of 1 {side.document} synced.", within=sidebar)
    clerk.sees("Synced", within=sidebar)
    clerk.sees("Open in QuickBooks", within=sidebar)


def sync_all(clerk: Person, side: Side) -> None:
    clerk.go(side.path)
    clerk.page.get_by_role("checkbox", name="Select all on this page").check()
    clerk.press(f"Select all {BULK + 1}")
    clerk.press("Bulk Sync")
    clerk.sees(f"{BULK} of {BULK} {side.things} synced.")
    clerk.sees(f"0 of {BULK + 1} to sync")


def change_in_quickbooks(clerk: Person, realm: str, side: Side, qbo_id: str, amount: str) -> None:
    clerk.go(f"/simulator/company/{realm}/{side.entity}/{qbo_id}/")
    clerk.fill("Amount of the first line:", amount)
    clerk.press("Change")
    clerk.sees("change is done.")


def pull(clerk: Person, side: Side) -> None:
    clerk.go("/settings/integrations/quickbooks/")
    card = clerk.page.get_by_role("region", name=side.card)
    clerk.press("Pull from QuickBooks", within=card)
    clerk.sees(re.compile(rf"1 of \d+ {side.things}? pulled"), within=card)
