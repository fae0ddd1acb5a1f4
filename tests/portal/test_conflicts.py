"""The conflict inbox: three values side by side, and a decision per field or for all."""

import pytest

from contacts.models import Customer
from integrations.models import Conflict, SyncRun
from tests.conftest import signed_in
from tests.factories import make_customer, pull, push
from tests.quickbooks import drain

from .pages import buttons_of, text_of


@pytest.fixture
def conflict(qbo, organization) -> Conflict:
    """E-mail and phone were changed on both sides."""
    customer = make_customer(organization, name="Aster", email="old@aster.example", phone="1")
    push(customer)
    qbo.change(
        "Customer",
        customer.qbo_id,
        PrimaryEmailAddr={"Address": "theirs@aster.example"},
        PrimaryPhone={"FreeFormNumber": "3"},
    )
    customer.email, customer.phone = "ours@aster.example", "2"
    customer.save()
    pull(organization, "customers")
    return Conflict.objects.get()


def test_the_inbox_shows_before_finmo_and_quickbooks(conflict, browser):
    page = text_of(browser.get("/conflicts/"))
    assert "E-mail old@aster.example ours@aster.example theirs@aster.example" in page
    assert "Aster" in page


def test_days_stand_there_as_people_write_them(organization, browser):
    days = {"base": "2026-10-31", "finmo": "2026-11-07", "quickbooks": "2027-02-01"}
    Conflict.objects.create(
        organization=organization, entity="invoices", record_id=1, label="INV-1", fields={"due_date": days}
    )
    assert "Due date 31 Oct 2026 7 Nov 2026 1 Feb 2027" in text_of(browser.get("/conflicts/"))


def test_what_failed_in_a_run_for_a_conflict_is_shown_with_the_way_to_decide_it(conflict, browser):
    run = SyncRun.objects.first()
    page = browser.get(f"/sync-history/{run.pk}/?outcome=failed")
    assert (
        "Aster Conflict Finmo and QuickBooks changed the same field to different values. Decide"
        in text_of(page)
    )
    assert "Retry failed" not in buttons_of(page)


def test_a_run_whose_records_wait_for_a_decision_says_so(conflict, browser):
    run = SyncRun.objects.latest("pk")
    page = text_of(browser.get(f"/sync-history/{run.pk}/progress/"))
    assert page.endswith("0 of 1 customer pulled, 1 conflict to decide. See the conflict")


def test_from_its_record_a_conflict_is_decided_by_itself(conflict, browser, organization):
    other = make_customer(organization, name="Birch")
    values = {"base": "1", "finmo": "2", "quickbooks": "3"}
    Conflict.objects.create(
        organization=organization,
        entity="customers",
        record_id=other.pk,
        label="Birch",
        fields={"phone": values},
    )
    address = f"/conflicts/?entity=customers&record={conflict.record_id}"
    assert address.replace("&", "&amp;") in browser.get(f"/customers/{conflict.record_id}/").content.decode()
    page = browser.get(address)
    assert "Aster" in text_of(page) and "Birch" not in text_of(page)
    # What decides all open ones at once is not offered beside one of them.
    assert "Keep all of Finmo's" in buttons_of(page) and "Keep Finmo's values" not in buttons_of(page)
    assert "Birch" in text_of(browser.get("/conflicts/?entity=customers&record=nonsense"))


def test_keeping_all_of_quickbooks_settles_it(conflict, browser, accountant):
    answer = browser.post(f"/conflicts/{conflict.pk}/resolve/", {"keep": "quickbooks"}, follow=True)
    assert "Aster is decided. Finmo has taken over QuickBooks' values." in text_of(answer)
    conflict.refresh_from_db()
    assert conflict.choices == {"email": "quickbooks", "phone": "quickbooks"}
    assert conflict.resolved_by == accountant
    assert "No conflicts." in text_of(browser.get("/conflicts/"))
    assert "Kept" in text_of(browser.get("/conflicts/?state=resolved"))


def test_each_field_is_decided_by_itself(conflict, browser):
    browser.post(f"/conflicts/{conflict.pk}/resolve/", {"field-email": "finmo", "field-phone": "quickbooks"})
    conflict.refresh_from_db()
    assert conflict.choices == {"email": "finmo", "phone": "quickbooks"}


def test_a_field_without_a_decision_is_named_and_nothing_is_settled(conflict, browser):
    answer = browser.post(f"/conflicts/{conflict.pk}/resolve/", {"field-email": "finmo"}, follow=True)
    assert "Choose whose value to keep for Phone." in text_of(answer)
    conflict.refresh_from_db()
    assert conflict.resolved_at is None


def test_a_viewer_sees_the_values_and_no_choice(conflict, viewers):
    page = viewers.get("/conflicts/")
    assert "theirs@aster.example" in text_of(page)
    assert 'type="radio"' not in page.content.decode()
    assert not any("Keep" in label for label in buttons_of(page))


@pytest.fixture
def three(qbo, organization) -> list[Conflict]:
    """Three customers whose phone was changed on both sides."""
    customers = [make_customer(organization, phone="1") for _ in range(3)]
    push(*customers)
    for customer in customers:
        qbo.change("Customer", customer.qbo_id, PrimaryPhone={"FreeFormNumber": "3"})
        customer.phone = "2"
        customer.save()
    pull(organization, "customers")
    return list(Conflict.objects.order_by("pk"))


def test_the_ticked_ones_are_decided_at_once(three, qbo, browser, organization):
    body = {"scope": "ticked", "ids": [three[0].pk, three[1].pk], "keep": "finmo"}
    answer = browser.post("/conflicts/resolve/", body, follow=True)
    assert "2 conflicts are decided. Finmo's values are on their way to QuickBooks." in text_of(answer)
    assert list(Conflict.objects.filter(resolved_at=None)) == [three[2]]
    drain(organization)
    assert sorted(each["PrimaryPhone"]["FreeFormNumber"] for each in qbo.all("Customer")) == ["2", "2", "3"]


def test_all_open_ones_are_decided_at_once(three, browser, accountant):
    answer = browser.post("/conflicts/resolve/", {"scope": "all", "keep": "quickbooks"}, follow=True)
    assert "3 conflicts are decided. Finmo has taken over QuickBooks' values." in text_of(answer)
    assert {each.resolved_by for each in Conflict.objects.all()} == {accountant}
    assert set(Customer.objects.values_list("phone", "sync_state")) == {("3", "synced")}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"scope": "ticked", "keep": "finmo"}, "Tick at least one conflict"),
        ({"scope": "all", "keep": "both"}, "Choose whose values to keep"),
        ({"ids": ["x"], "keep": "finmo"}, "Tick at least one conflict"),
    ],
)
def test_a_choice_for_none_or_nobody_is_told(conflict, browser, body, said):
    assert said in text_of(browser.post("/conflicts/resolve/", body, follow=True))
    conflict.refresh_from_db()
    assert conflict.resolved_at is None


def test_a_viewer_and_a_stranger_decide_nothing_at_once(conflict, viewers, stranger):
    body = {"scope": "all", "ids": [conflict.pk], "keep": "finmo"}
    assert viewers.post("/conflicts/resolve/", body).status_code == 403
    signed_in(stranger).post("/conflicts/resolve/", body)
    conflict.refresh_from_db()
    assert conflict.resolved_at is None
