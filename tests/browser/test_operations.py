"""Support finds a failed invoice by its cause, repairs the cause, and sees all that it stopped go out."""

from playwright.sync_api import expect

from .axe import violations_in_both_schemes

# django-unfold's own frame has no landmarks.
FRAME = ("landmark-one-main", "region")


def test_support_finds_a_failed_invoice_by_its_cause_and_repairs_all_it_stopped(house, worker, person):
    company = house.company()
    house.acts(
        ("superuser", {"email": "support@finmo.example"}),
        ("merchant", {"slug": "causes", "realm": company.realm, "customers": 0}),
        ("customer", {"slug": "causes", "name": "Umbrella"}),
        ("invoices", {"slug": "causes", "prefix": "CAU", "count": 12}),
        ("push", {"slug": "causes"}),
        ("drain", {"slug": "causes"}),
    )
    support = person("support@finmo.example", at="/admin/integrations/syncrun/operations/")
    line = support.page.get_by_role("row", name="12 invoices failed to sync: contact is not in QuickBooks.")
    expect(line).to_contain_text("Causes")
    found = violations_in_both_schemes(support.page)
    assert [each for each in found if not each.removeprefix("dark: ").startswith(FRAME)] == []

    support.follow("12 invoices failed to sync: contact is not in QuickBooks.", within=line)
    support.follow("CAU-0")
    support.sees("The customer or beneficiary on this document is not in QuickBooks yet.")

    support.go("/admin/integrations/syncrun/operations/")
    line.get_by_role("button", name="Push the contacts too").click()
    support.sees("Causes: Sync invoices to QuickBooks. 12 go out again.")
    house.acts(("finished", {}))
    support.go("/admin/integrations/syncrun/operations/")
    expect(line).to_have_count(0)
    support.go("/admin/receivables/invoice/?q=CAU-0")
    support.sees("Synced")
    assert len(company.all("Invoice")) == 12
