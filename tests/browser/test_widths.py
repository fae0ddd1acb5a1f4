"""A table shows all that it has at every width between a telephone and a large screen, whatever stands in it."""

import pytest

from .axe import violations

SLUG = "wide"
WIDTHS = (641, 768, 901, 1000, 1240, 1241, 1280, 1440)


@pytest.fixture(scope="module", autouse=True)
def merchant(house):
    house.act("newcomer", slug=SLUG, enabled=True)
    house.act("invoices_of_all_sizes", slug=SLUG)


def cut(page) -> int:
    """How many pixels of the table cannot be seen without pushing it, or the page, sideways."""
    return page.evaluate(
        """() => {
            const frame = document.querySelector(".table-frame").getBoundingClientRect();
            const cells = [...document.querySelectorAll(".table :is(th, td)")];
            const right = Math.max(...cells.map((cell) => cell.getBoundingClientRect().right));
            return Math.max(0, Math.round(right - frame.right));
        }"""
    )


@pytest.mark.parametrize("search", ["", "?q=small"], ids=["nine figures", "four figures"])
def test_no_column_of_the_receivables_is_cut(person, search):
    someone = person(f"admin@{SLUG}.example")
    someone.go(f"/receivables/{search}")
    found = {}
    for width in WIDTHS:
        someone.page.set_viewport_size({"width": width, "height": 900})
        found[width] = cut(someone.page)
    assert found == dict.fromkeys(WIDTHS, 0)


def test_what_had_to_go_for_long_amounts_can_still_be_sorted_by(person):
    someone = person(f"admin@{SLUG}.example", width=1280)
    someone.go("/receivables/")
    assert not someone.page.get_by_role("columnheader", name="Issued").is_visible()
    assert someone.page.get_by_label("Sort by").is_visible()
    someone.go("/receivables/?q=small")
    assert someone.page.get_by_role("columnheader", name="Issued").is_visible()
    assert not someone.page.get_by_label("Sort by").is_visible()


def test_what_admin_says_of_a_merchant_and_of_a_failure_can_be_read_in_both_schemes(house, person):
    """Admin takes its scheme when it is loaded, so that each is a load of its own."""
    company = house.company()
    house.acts(
        ("superuser", {"email": "reads@finmo.example"}),
        ("merchant", {"slug": "connected", "realm": company.realm, "customers": 0}),
        ("stranger_to_quickbooks", {"slug": "connected", "customer": "Umbrella", "number": "FAILS"}),
        ("push", {"slug": "connected"}),
        ("drain", {"slug": "connected"}),
    )
    found = []
    for scheme in ("light", "dark"):
        someone = person("reads@finmo.example", at="/admin/integrations/organization/", scheme=scheme)
        someone.follow("Connected")
        someone.sees("Ends if unused")
        found += violations(someone.page)
        someone.go("/admin/receivables/invoice/?q=FAILS")
        someone.follow("FAILS")
        someone.sees("To be done by: Merchant")
        found += violations(someone.page)
    assert [each for each in found if each.startswith("color-contrast")] == []


def test_no_cell_of_admin_is_cut_where_lines_become_cards(house, person):
    house.act("superuser", email="wide@finmo.example")
    someone = person("wide@finmo.example", at="/admin/integrations/organization/", width=768)
    someone.follow(SLUG.title())
    someone.page.get_by_text("QuickBooks configuration", exact=True).first.click()
    for label in ("Receivables: automatic push", "Receivables: automatic pull", "Payables: automatic push"):
        someone.page.get_by_label(label).check()
    someone.press("Save and continue editing")
    someone.sees("Changed Receivables: automatic push")
    cut_cells = someone.page.eval_on_selector_all(
        "tr.data-row > td",
        "cells => cells.filter(cell => cell.scrollHeight > cell.clientHeight + 1).map(cell => cell.innerText)",
    )
    assert cut_cells == []
