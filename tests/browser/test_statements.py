"""A controller reads a second statement and sees what became of the differences of the first, wide and narrow."""

import pytest
from playwright.sync_api import expect

from .axe import violations_in_both_schemes

BUTTONS = ".statement-fixes a"
BEYOND_THEIR_FRAME = """buttons => buttons
    .filter(each => each.getBoundingClientRect().right > each.closest(".table-frame").getBoundingClientRect().right)
    .map(each => each.innerText)"""


@pytest.mark.parametrize(("width", "slug"), [(1600, "wide"), (360, "narrow")])
def test_a_controller_compares_two_statements(house, worker, person, width, slug):
    company = house.company(multicurrency=True)
    slug = f"statements-{slug}"
    different = {"currencies": ["SGD", "USD"], "count": 9, "different": 2}
    house.acts(
        ("merchant", {"slug": slug, "realm": company.realm, "customers": 1}),
        ("documents_in_step", {"slug": slug, "realm": company.realm, **different}),
        ("reconcile", {"slug": slug, "stream": "receivables"}),
        ("finished", {}),
        ("invoices", {"slug": slug, "prefix": "NEW", "count": 1}),
    )
    controller = person(f"admin@{slug}.example", at="/reconciliation/", width=width)
    receivables = controller.page.get_by_role("region", name="Receivables", exact=True)
    controller.press("Read a fresh statement", within=receivables)
    expect(controller.page.get_by_role("row", name="Receivables")).to_have_count(2)
    controller.page.get_by_role("link", name="Compare Receivables").first.click()

    controller.sees("Receivables then and now")
    for words in ("Still open", "New", "NEW-0"):
        controller.sees(words)
    assert controller.fits()
    assert violations_in_both_schemes(controller.page) == []

    controller.go("/reconciliation/")
    controller.page.get_by_role("row", name="Receivables").last.get_by_role("link").first.click()
    controller.sees("Keep Finmo's")
    for each in (width, 768, 1280):
        controller.page.set_viewport_size({"width": each, "height": 900})
        assert controller.page.eval_on_selector_all(BUTTONS, BEYOND_THEIR_FRAME) == [], each
