"""A clerk links a record to what QuickBooks has already, from the sidebar where the remedy says so."""

import pytest

from integrations.models import SyncRun
from tests.conftest import signed_in
from tests.factories import make_beneficiary, make_bill, make_customer, make_invoice, push
from tests.quickbooks import drain

from .pages import buttons_of, fragment, text_of

KINDS = {
    "customers": make_customer,
    "beneficiaries": make_beneficiary,
    "receivables": make_invoice,
    "payables": make_bill,
}


def test_a_taken_name_is_linked_from_the_sidebar(qbo, organization, browser, accountant):
    theirs = qbo.make("Customer", {"DisplayName": "Acme", "PrimaryEmailAddr": {"Address": "ap@acme.example"}})
    customer = make_customer(organization, name="Acme", email="pay@acme.example")
    push(customer)
    address = f"/customers/{customer.pk}/link/"
    sidebar = fragment(browser, f"/customers/{customer.pk}/").content.decode()
    assert f'href="{address}" hx-get="{address}" hx-target="#drawer-started"' in sidebar
    panel = fragment(browser, address)
    assert "<html" not in panel.content.decode() and 'value="Acme"' in panel.content.decode()
    waiting = fragment(browser, address, {"search": "acme"})
    run = SyncRun.objects.get(direction="look_up")
    assert f'hx-get="{address}?run={run.pk}"' in waiting.content.decode()
    drain(organization)
    found = fragment(browser, f"{address}?run={run.pk}")
    assert "ap@acme.example" in text_of(found) and "Link to Acme" in buttons_of(found)
    assert "hx-trigger" not in found.content.decode()
    started = fragment(browser, address, {"quickbooks_id": theirs["Id"]})
    assert "Link customers to QuickBooks" in text_of(started)
    drain(organization)
    customer.refresh_from_db()
    assert (customer.qbo_id, customer.sync_state) == (theirs["Id"], "changed")
    history = text_of(fragment(browser, f"/customers/{customer.pk}/"))
    assert "These differ and go out with the next push: email." in history and accountant.email in history


def test_a_taken_number_is_linked_without_scripts_too(qbo, organization, browser):
    customer = make_customer(organization)
    push(customer)
    first = make_invoice(organization, customer, number="7")
    push(first)
    theirs = first.qbo_id
    type(first).objects.filter(pk=first.pk).delete()
    invoice = make_invoice(organization, customer, number="7", memo="Another")
    type(invoice).objects.filter(pk=invoice.pk).update(
        sync_state="failed", sync_error_code="number_taken", sync_error_message="Taken."
    )
    assert "Link to an existing record" in text_of(browser.get(f"/receivables/{invoice.pk}/"))
    page = browser.post(f"/receivables/{invoice.pk}/link/", {"search": "7"}, follow=True)
    assert "Look again" in text_of(page)
    drain(organization)
    found = browser.get(page.redirect_chain[-1][0])
    assert "Total 109" in text_of(found) and "Link to 7" in buttons_of(found)
    browser.post(f"/receivables/{invoice.pk}/link/", {"quickbooks_id": theirs})
    drain(organization)
    invoice.refresh_from_db()
    assert invoice.qbo_id == theirs


def test_what_is_linked_elsewhere_is_said_and_has_no_button(qbo, organization, browser):
    holder, customer = make_customer(organization, name="Acme"), make_customer(organization, name="Acme 2")
    push(holder)
    page = browser.post(f"/customers/{customer.pk}/link/", {"search": "acme"}, follow=True)
    drain(organization)
    found = browser.get(page.redirect_chain[-1][0])
    assert "Linked to Acme" in text_of(found)
    assert "put its documents on that one and make this one inactive. If not, rename this one" in text_of(
        found
    )
    assert not any(label.startswith("Link") for label in buttons_of(found))


def test_nothing_found_ends_in_a_sentence(qbo, organization, browser):
    customer = make_customer(organization)
    page = browser.post(f"/customers/{customer.pk}/link/", {"search": "nobody"}, follow=True)
    drain(organization)
    found = text_of(browser.get(page.redirect_chain[-1][0]))
    assert "QuickBooks has no customers that fit “nobody”." in found
    assert "If one of another kind has this name, rename yours and sync it again." in found


def test_a_refusal_stands_where_the_button_was(organization, browser):
    customer = make_customer(organization)
    answer = fragment(browser, f"/customers/{customer.pk}/link/", {"search": "x"})
    assert "QuickBooks is not connected" in text_of(answer)


def test_unlinking_asks_once_and_shows_at_once_that_it_is_done(qbo, organization, browser, viewers):
    customer = make_customer(organization)
    assert "Unlink" not in buttons_of(fragment(browser, f"/customers/{customer.pk}/"))
    push(customer)
    sidebar = fragment(browser, f"/customers/{customer.pk}/")
    assert "Unlink" in buttons_of(sidebar) and "nothing changes in QuickBooks" in text_of(sidebar)
    assert "Unlink" not in buttons_of(fragment(viewers, f"/customers/{customer.pk}/"))
    answer = fragment(browser, f"/customers/{customer.pk}/unlink/", {})
    assert "1 of 1 customer unlinked." in text_of(answer)
    assert "run-finished" in answer["HX-Trigger-After-Settle"]
    customer.refresh_from_db()
    assert not customer.linked


@pytest.mark.parametrize("kind", KINDS)
def test_a_viewer_sees_no_link_and_the_server_refuses_it(organization, viewers, kind):
    record = KINDS[kind](organization)
    type(record).objects.filter(pk=record.pk).update(
        sync_state="failed", sync_error_code="name_taken", sync_error_message="Taken."
    )
    address = f"/{kind}/{record.pk}/"
    assert "Link to an existing record" not in text_of(viewers.get(address))
    assert viewers.get(f"{address}link/").status_code == 403
    assert viewers.post(f"{address}unlink/").status_code == 403
    for body in ({"search": "x"}, {"quickbooks_id": "1"}):
        assert viewers.post(f"{address}link/", body).status_code == 403
    assert not SyncRun.objects.exists()


@pytest.mark.parametrize("kind", KINDS)
def test_another_organizations_record_and_search_are_404(qbo, organization, browser, stranger, kind):
    record = KINDS[kind](organization)
    run = SyncRun.objects.create(
        organization=organization, direction="look_up", entity="customers", trigger="portal"
    )
    strangers = signed_in(stranger)
    assert strangers.get(f"/{kind}/{record.pk}/link/").status_code == 404
    assert strangers.post(f"/{kind}/{record.pk}/link/", {"quickbooks_id": "1"}).status_code == 404
    assert strangers.post(f"/{kind}/{record.pk}/unlink/").status_code == 404
    own = KINDS[kind](stranger.memberships.get().organization)
    assert strangers.get(f"/{kind}/{own.pk}/link/?run={run.pk}").status_code == 404
