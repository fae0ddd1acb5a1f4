"""The pages: both lists read by a button, what was found, what an act would change, and what was ignored."""

import pytest

from integrations import contact_matching
from integrations.models import ContactReading, Organization, SyncRun
from tests.conftest import signed_in
from tests.contact_matching.conftest import found_in, read_contacts
from tests.factories import make_customer, push
from tests.portal.pages import HTMX, buttons_of, text_of
from tests.quickbooks import drain

PAGE = "/reconciliation/customers/"


@pytest.fixture
def sown(qbo, organization):
    """One finding of each class that a button settles."""
    differing = make_customer(organization, name="Orchid Media", phone="6111")
    push(differing)
    qbo.change("Customer", differing.qbo_id, PrimaryPhone={"FreeFormNumber": "6222"})
    make_customer(organization, name="Kestrel Foods", email="ap@kestrel.example")
    qbo.make("Customer", {"DisplayName": "Kestrel Foods Ltd"})
    make_customer(organization, name="Marlin Shipping")
    qbo.make("Customer", {"DisplayName": "Grand Harbour"})
    return read_contacts(organization)


def test_both_lists_are_read_by_a_button(browser, qbo, organization):
    assert "Neither list has been read yet." in text_of(browser.get(PAGE))
    answer = browser.post(f"{PAGE}read/", headers=HTMX)
    assert "Reconcile customers" in text_of(answer)
    drain(organization)
    run = SyncRun.objects.get(direction="match")
    assert (run.status, run.trigger) == ("succeeded", "portal")
    assert "Both lists agree." in text_of(browser.get(PAGE))
    seen = browser.get(run.get_absolute_url())
    assert "QuickBooks has no customers." in text_of(seen)
    assert f'href="{PAGE}"' in seen.content.decode()


def test_each_kind_is_shown_with_its_reason_and_what_settles_it(browser, sown):
    page = text_of(browser.get(PAGE))
    assert "Possible match 1 Linked but different 1 Only in Finmo 1 Only in QuickBooks 1" in page
    assert "93 of 100 Same name but for the legal form." in page
    assert "Kestrel Foods ap@kestrel.example · SGD Kestrel Foods Ltd SGD" in page
    assert "Phone : 6111 here, 6222 there" in text_of(browser.get(PAGE, {"kind": "differs"}))
    assert "Marlin Shipping" in text_of(browser.get(PAGE, {"kind": "only_in_finmo"}))
    assert "Grand Harbour" in text_of(browser.get(PAGE, {"kind": "only_in_quickbooks"}))


def test_an_act_is_looked_at_before_it_is_done(browser, organization, sown):
    [finding] = contact_matching.open_findings(sown).filter(kind="differs")
    where = f"{PAGE}{sown.pk}/act/"
    page = text_of(browser.get(where, {"act": "import", "finding": finding.pk}))
    assert "Orchid Media Finmo Phone 6111 6222" in page
    answer = browser.post(where, {"act": "import", "finding": finding.pk, "from": "differs"})
    assert answer.url == f"{PAGE}?kind=differs"
    drain(organization)
    assert "None of this kind." in text_of(browser.get(answer.url))


def test_what_is_ignored_is_listed_with_the_name_and_can_be_shown_again(browser, accountant, sown):
    where = f"{PAGE}{sown.pk}/act/"
    asked_for = {"act": "ignore", "kind": "only_in_finmo"}
    assert "until somebody shows it again" in text_of(browser.get(where, asked_for))
    browser.post(where, asked_for | {"note": "Moved away"})
    page = text_of(browser.get(PAGE, {"kind": "ignored"}))
    assert f"ignored by {accountant.username}" in page
    assert "Moved away" in page
    [ignored] = contact_matching.ignored_findings(sown)
    browser.post(where, {"act": "restore", "finding": ignored.pk})
    assert ("only_in_finmo", ignored.record_id) in found_in(sown)


def test_its_cost_in_sql_does_not_grow_with_its_lines(
    browser, qbo, organization, django_assert_max_num_queries
):
    for number in range(30):
        make_customer(organization, name=f"Number {number}")
    read_contacts(organization)
    with django_assert_max_num_queries(10):
        assert "Number 29" in text_of(browser.get(PAGE))


def test_the_navigation_marks_reconciliation_alone(browser, qbo):
    page = browser.get(PAGE).content.decode()
    [navigation] = [part.split("</nav>")[0] for part in page.split('<nav aria-label="Main">')[1:]]
    assert navigation.count("aria-current") == 1


def test_a_refusal_says_the_remedy(browser, qbo, organization):
    make_customer(organization, name="Kestrel Foods")
    for form in ("Ltd", "Inc"):
        qbo.make("Customer", {"DisplayName": f"Kestrel Foods {form}"})
    reading = read_contacts(organization)
    pairs = list(contact_matching.open_findings(reading).filter(kind="possible").values_list("pk", flat=True))
    answer = browser.post(f"{PAGE}{reading.pk}/act/", {"act": "link", "finding": pairs}, follow=True)
    assert "Choose one of them for it." in text_of(answer)


@pytest.mark.parametrize(
    "query", ["", "act=link", "act=burn&kind=differs", "act=link&kind=none", "act=link&finding=x"]
)
def test_an_address_that_asks_for_nothing_is_not_there(browser, qbo, organization, query):
    reading = read_contacts(organization)
    assert browser.get(f"{PAGE}{reading.pk}/act/?{query}").status_code == 404


def test_only_contacts_have_such_a_page(browser, qbo, organization):
    assert browser.get("/reconciliation/beneficiaries/").status_code == 200
    for entity in ("items", "invoices", "receivables", "nothing"):
        assert browser.get(f"/reconciliation/{entity}/").status_code == 404
    reading = read_contacts(organization)
    assert (
        browser.get(f"/reconciliation/beneficiaries/{reading.pk}/act/?act=link&kind=possible").status_code
        == 404
    )


def test_viewers_read_and_strangers_see_nothing(viewer, stranger, sown):
    viewers = signed_in(viewer)
    page = viewers.get(PAGE)
    assert "Kestrel Foods" in text_of(page)
    assert "?act=" not in page.content.decode()
    assert not {"Read both lists afresh", "Link", "Ignore"} & buttons_of(page)
    act = f"{PAGE}{sown.pk}/act/"
    assert viewers.get(act, {"act": "ignore", "kind": "differs"}).status_code == 403
    assert viewers.post(act, {"act": "ignore", "kind": "differs"}).status_code == 403
    assert viewers.post(f"{PAGE}read/").status_code == 403
    strangers = signed_in(stranger)
    assert "Kestrel Foods" not in text_of(strangers.get(PAGE))
    assert strangers.get(act, {"act": "ignore", "kind": "differs"}).status_code == 404
    assert strangers.post(act, {"act": "ignore", "kind": "differs"}).status_code == 404


def test_where_the_integration_is_off_there_is_no_such_page(browser, organization):
    Organization.objects.filter(pk=organization.pk).update(quickbooks_enabled=False)
    assert browser.get(PAGE).status_code == 404
    assert not ContactReading.objects.exists()
