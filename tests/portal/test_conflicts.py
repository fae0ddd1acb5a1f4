"""The conflict inbox: three values side by side, and a decision per field or for all."""

import pytest

from integrations.models import Conflict
from tests.factories import make_customer, pull, push

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
    assert "Email old@aster.example ours@aster.example theirs@aster.example" in page
    assert "Aster" in page


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
    assert "for each field: phone" in text_of(answer)
    conflict.refresh_from_db()
    assert conflict.resolved_at is None


def test_a_viewer_sees_the_values_and_no_choice(conflict, viewers):
    page = viewers.get("/conflicts/")
    assert "theirs@aster.example" in text_of(page)
    assert 'type="radio"' not in page.content.decode()
    assert not any("Keep" in label for label in buttons_of(page))
