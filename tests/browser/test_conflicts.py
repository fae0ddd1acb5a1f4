"""A clerk decides conflicts: the ticked ones at once, on a wide screen and on a phone."""

from .axe import violations_in_both_schemes


def test_a_clerk_decides_the_ticked_conflicts_at_once(house, worker, person):
    company = house.company()
    house.acts(("merchant", {"slug": "disputed", "realm": company.realm, "customers": 2}))
    clerk = person("admin@disputed.example", at="/customers/")
    for name in ("Customer 0", "Customer 1"):
        clerk.go("/customers/")
        clerk.follow(name)
        clerk.follow("Edit", within=clerk.page.locator("#drawer"))
        clerk.page.get_by_label("Phone").fill("2")
        clerk.press("Save")
    for there in company.all("Customer"):
        company.change("Customer", there, PrimaryPhone={"FreeFormNumber": "3"})
    clerk.go("/settings/integrations/quickbooks/")
    clerk.page.get_by_role("button", name="Pull from QuickBooks").first.click()
    clerk.sees("2 conflicts to decide.")

    clerk.go("/conflicts/")
    assert violations_in_both_schemes(clerk.page) == []
    clerk.page.set_viewport_size({"width": 360, "height": 800})
    assert violations_in_both_schemes(clerk.page) == []
    clerk.page.get_by_label("Choose Customer 0").check()
    clerk.press("Keep Finmo's values")

    clerk.sees("1 conflict is decided. Finmo's values are on their way to QuickBooks.")
    clerk.sees("Customer 1")
