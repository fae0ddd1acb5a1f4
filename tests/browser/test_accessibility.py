"""axe-core finds nothing on any page, in either colour scheme, and no page is wider than a phone or a desk.

A page that is added goes into PAGES.
"""

import re
from collections import defaultdict
from urllib.parse import urlsplit

import pytest
from django.urls import resolve
from playwright.sync_api import expect

from tests.portal.addresses import opened as opened_by_browsers

from .axe import violations_in_both_schemes
from .person import Person

# {what is to be seen: its address}; an address may name a record of `stage` in braces.
PAGES = {
    "overview": "/",
    "customers": "/customers/",
    "beneficiaries": "/beneficiaries/",
    "receivables": "/receivables/",
    "payables": "/payables/",
    "a search that finds nothing": "/receivables/?q=nothing",
    "a synced invoice's sidebar": "/receivables/{synced}/",
    "a failed invoice's sidebar": "/receivables/{failed}/",
    "a bill's sidebar": "/payables/{bill}/",
    "a customer's sidebar with a conflict": "/customers/{conflict}/",
    "a beneficiary's sidebar": "/beneficiaries/{beneficiary}/",
    "a new customer": "/customers/new/",
    "a customer that is edited": "/customers/{conflict}/edit/",
    "a customer that is linked": "/customers/{stranger}/link/",
    "a new beneficiary": "/beneficiaries/new/",
    "a beneficiary that is edited": "/beneficiaries/{beneficiary}/edit/",
    "a beneficiary that is linked": "/beneficiaries/{beneficiary}/link/",
    "a new invoice": "/receivables/new/",
    "an invoice that is edited": "/receivables/{failed}/edit/",
    "an invoice that is linked": "/receivables/{failed}/link/",
    "a new bill": "/payables/new/",
    "a bill that is edited": "/payables/{bill}/edit/",
    "a bill that is linked": "/payables/{bill}/link/",
    "reconciliation": "/reconciliation/",
    "a statement": "/reconciliation/{statement}/",
    "two statements compared": "/reconciliation/{statement}/compare/",
    "a repair": "/reconciliation/{statement}/repair/?fix=push&difference={difference}",
    "a difference that is accepted": "/reconciliation/{statement}/repair/?fix=accept&difference={difference}",
    "a statement on paper": "/reconciliation/{statement}/print/",
    "reconciliation of contacts": "/reconciliation/customers/",
    "contacts that are on one side alone": "/reconciliation/customers/?kind=only_in_finmo",
    "a contact that is pushed": "/reconciliation/customers/{reading}/act/?act=push&kind=only_in_finmo",
    "a contact that is ignored": "/reconciliation/customers/{reading}/act/?act=ignore&kind=only_in_finmo",
    "sync history": "/sync-history/",
    "a run that failed": "/sync-history/{run}/",
    "a conflict": "/conflicts/",
    "decided conflicts": "/conflicts/?state=resolved",
    "integrations": "/settings/integrations/",
    "configuration": "/settings/integrations/quickbooks/",
}
EMPTY = {
    "the guide": "/",
    "no customers": "/customers/",
    "no bills": "/payables/",
    "no runs": "/sync-history/",
    "no conflicts": "/conflicts/",
    "no statement": "/reconciliation/",
    "no contacts read": "/reconciliation/customers/",
    "not connected": "/settings/integrations/",
    "nothing imported": "/settings/integrations/quickbooks/",
}
# A browser opens these too, and shows no page of theirs: parts of one, files, the way back from Intuit.
NO_PAGES = {
    "receivable-contacts",
    "receivable-items",
    "payable-contacts",
    "payable-items",
    "sync-run-progress",
    "sync-tray",
    "statement-csv",
    "statement-xlsx",
    "quickbooks-callback",
}
# Judged where people sign in.
SIGN_IN = "/login/"


def test_every_page_of_the_portal_is_judged():
    paths = [urlsplit(path.format_map(defaultdict(lambda: 1))).path for path in PAGES.values()]
    judged = {resolve(path).url_name for path in [*paths, SIGN_IN]}
    assert judged == opened_by_browsers() - NO_PAGES


@pytest.fixture(scope="module")
def stage(house):
    """A merchant with a record in every state; {name in an address of PAGES: key}."""
    company = house.company()
    house.acts(
        ("merchant", {"slug": "stage", "realm": company.realm}),
        ("colleague", {"slug": "stage", "role": "viewer"}),
    )
    for each in company.all("Customer"):
        if each["DisplayName"] in ("Customer 0", "Customer 1"):
            company.change("Customer", each, PrimaryEmailAddr={"Address": "there@example.com"})
    return house.act("every_state", slug="stage")


def opened(someone: Person, path: str) -> list[str]:
    """What is wrong with the page: axe's violations, and the widths at which it has to be pushed sideways."""
    someone.go(path)
    found = violations_in_both_schemes(someone.page)
    for width in (360, 1280):
        someone.page.set_viewport_size({"width": width, "height": 900})
        found += [] if someone.fits() else [f"wider than {width} px"]
    return found


def test_no_page_has_a_violation(house, stage, person):
    someone = person("admin@stage.example")
    found = {name: opened(someone, path.format(**stage)) for name, path in PAGES.items()}
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def test_no_page_has_a_violation_before_anything_is_there(house, person):
    house.act("newcomer", slug="empty", enabled=True)
    someone = person("admin@empty.example")
    found = {name: opened(someone, path) for name, path in EMPTY.items()}
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


@pytest.mark.parametrize("path", ["/customers/new/", "/receivables/new/"])
def test_no_form_with_errors_has_a_violation(house, stage, person, path):
    someone = person("admin@stage.example")
    someone.go(path)
    someone.press("Save")
    expect(someone.page.get_by_role("alert")).to_be_focused()
    assert violations_in_both_schemes(someone.page) == []


def test_no_open_list_dialog_or_menu_has_a_violation(house, stage, person):
    someone = person("admin@stage.example", width=360)
    someone.go("/receivables/new/")
    someone.page.get_by_role("combobox", name="Customer").press_sequentially("cust")
    expect(someone.page.get_by_role("option").first).to_be_visible()
    found = violations_in_both_schemes(someone.page)

    someone.go("/settings/integrations/")
    someone.press("Disconnect")
    found += violations_in_both_schemes(someone.page)

    someone.go("/")
    someone.press("Menu")
    assert found + violations_in_both_schemes(someone.page) == []


def test_a_viewer_sees_nothing_that_they_may_not_press(house, stage, person):
    someone = person("viewer@stage.example")
    harmless = re.compile("^(Menu|Sign out|Show|Compare|Copy for support|Put away|Print|)$")
    for path in PAGES.values():
        if not re.search("new|edit|link|repair|act", path):
            someone.go(path.format(**stage))
            buttons = someone.page.get_by_role("button").locator("visible=true").all_inner_texts()
            assert [each for each in buttons if not harmless.match(each.strip())] == [], path
