"""A clerk and Finmo's staff link a record to what QuickBooks has already, and look at both sides."""

from playwright.sync_api import expect

from .axe import violations_in_both_schemes
from .person import Person


def click(staff: Person, role: str, name: str) -> None:
    """In admin a button's picture is a word of its name."""
    staff.page.get_by_role(role, name=name).first.click()


def test_a_clerk_links_a_customer_whose_name_is_taken(house, worker, person):
    company = house.company()
    house.acts(("merchant", {"slug": "linking", "realm": company.realm, "customers": 0}))
    company.write("Customer", {"DisplayName": "Globex", "PrimaryEmailAddr": {"Address": "ap@globex.example"}})
    clerk = person("admin@linking.example", at="/customers/new/")
    clerk.fill("Name", "Globex")
    clerk.page.get_by_label("E-mail").fill("pay@globex.example")
    clerk.press("Save")
    clerk.press("Sync to QuickBooks")
    clerk.sees("but with another e-mail address")

    clerk.follow("Link to an existing record")
    clerk.press("Search in QuickBooks")
    clerk.sees("ap@globex.example")
    assert violations_in_both_schemes(clerk.page) == []
    clerk.press("Link to Globex")

    clerk.sees("1 of 1 customer linked.")
    clerk.sees("Changed since", within=clerk.page.locator("#drawer"))
    assert violations_in_both_schemes(clerk.page) == []
    assert [each["DisplayName"] for each in company.all("Customer")] == ["Globex"]


def test_staff_link_a_customer_and_compare_both_sides_of_an_invoice(house, worker, person):
    company = house.company()
    house.acts(
        ("superuser", {"email": "linker@finmo.example"}),
        ("merchant", {"slug": "compared", "realm": company.realm, "customers": 1}),
        ("invoices", {"slug": "compared", "prefix": "CMP", "count": 1}),
        ("customer", {"slug": "compared", "name": "Initech"}),
    )
    company.write("Customer", {"DisplayName": "Initech Pte Ltd"})
    staff = person("linker@finmo.example", at="/admin/contacts/customer/?q=Initech")
    staff.follow("Initech")
    click(staff, "link", "Link to an existing record")
    click(staff, "button", "search Search")
    staff.sees("Initech Pte Ltd")
    click(staff, "button", "Link to Initech Pte Ltd")
    staff.sees("1 of 1 customer linked.")
    staff.sees("Changed in Finmo")

    staff.go("/admin/receivables/invoice/?q=CMP-0")
    staff.follow("CMP-0")
    click(staff, "link", "Compare")
    staff.sees("QuickBooks does not have this record yet")
    click(staff, "button", "Push to QuickBooks")
    staff.sees("1 of 1 invoice synced.")
    staff.sees("Both sides say the same.")
    [there] = company.all("Invoice")
    company.change("Invoice", there, DueDate="2026-12-24")
    click(staff, "button", "Read again from QuickBooks")
    staff.sees("1 of 1 invoice changed in QuickBooks.")
    due = staff.page.get_by_role("row", name="Due date")
    expect(due).to_contain_text("24 Dec 2026")
