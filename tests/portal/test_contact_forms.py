"""New and Edit of customers and beneficiaries."""

import pytest

from contacts.models import Beneficiary, Customer
from tests.factories import make_customer, push

from .pages import contact_form, text_of, version_in


@pytest.mark.parametrize(("path", "model"), [("customers", Customer), ("beneficiaries", Beneficiary)])
def test_a_new_contact_is_the_organizations_and_opens_in_the_sidebar(organization, browser, path, model):
    answer = browser.post(f"/{path}/new/", contact_form(email="a@blue.example", currency="usd"))
    contact = model.objects.get()
    assert answer["Location"] == contact.get_absolute_url()
    assert (contact.organization, contact.name, contact.currency) == (organization, "Blue Ocean", "USD")
    assert contact.is_active and contact.sync_state == "not_synced"


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"name": ""}, "Name: Fill in the name."),
        ({"name": "A: B"}, "QuickBooks accepts no colon, tab or line break in a name."),
        ({"email": "nobody"}, "This is no e-mail address. Write it like name@example.com."),
        ({"currency": "S$"}, "Currency:"),
    ],
)
def test_what_is_wrong_is_told_beside_the_field_and_nothing_typed_is_lost(organization, browser, wrong, told):
    answer = browser.post("/customers/new/", contact_form(phone="+65 1234", **wrong))
    assert answer.status_code == 200 and not Customer.objects.exists()
    name = next(iter(wrong))
    assert told in text_of(answer)
    assert f'href="#id_{name}"' in answer.content.decode()
    assert f'id="id_{name}_error"' in answer.content.decode()
    assert 'value="+65 1234"' in answer.content.decode()


def test_a_form_that_is_saved_as_it_was_leaves_the_contact_in_step(qbo, organization, browser):
    customer = make_customer(organization)
    push(customer)
    page = f"/customers/{customer.pk}/edit/"
    sent = contact_form(name=customer.name, email=customer.email, version=version_in(browser.get(page)))
    answer = browser.post(page, sent, follow=True)
    assert "was not changed." in text_of(answer)
    customer.refresh_from_db()
    assert (customer.sync_state, customer.revision) == ("synced", 1)


def test_an_edit_is_a_revision_that_waits_to_be_synced(qbo, organization, browser):
    customer = make_customer(organization)
    push(customer)
    form = browser.get(f"/customers/{customer.pk}/edit/")
    browser.post(f"/customers/{customer.pk}/edit/", contact_form(name="Renamed", version=version_in(form)))
    customer.refresh_from_db()
    assert (customer.name, customer.sync_state, customer.accounting_synced) == ("Renamed", "changed", False)


def test_a_contact_is_retired_by_the_switch_of_its_form(organization, browser):
    customer = make_customer(organization)
    form = browser.get(f"/customers/{customer.pk}/edit/")
    sent = contact_form(version=version_in(form))
    del sent["is_active"]
    browser.post(f"/customers/{customer.pk}/edit/", sent)
    customer.refresh_from_db()
    assert not customer.is_active


def test_a_linked_contact_keeps_its_currency(qbo, organization, browser):
    customer = make_customer(organization)
    push(customer)
    form = browser.get(f"/customers/{customer.pk}/edit/")
    browser.post(f"/customers/{customer.pk}/edit/", contact_form(currency="USD", version=version_in(form)))
    customer.refresh_from_db()
    assert customer.currency == "SGD"


def test_a_change_made_meanwhile_is_shown_beside_what_was_typed_and_saved_at_the_second_try(
    organization, browser
):
    customer = make_customer(organization, name="Before")
    form = browser.get(f"/customers/{customer.pk}/edit/")
    Customer.objects.get(pk=customer.pk).save()
    customer.name = "By a colleague"
    customer.save()
    sent = contact_form(name="By me", version=version_in(form))
    refused = browser.post(f"/customers/{customer.pk}/edit/", sent)
    assert "Somebody changed this meanwhile" in text_of(refused)
    assert "By a colleague By me" in text_of(refused)
    assert 'value="By me"' in refused.content.decode()
    customer.refresh_from_db()
    assert customer.name == "By a colleague"
    browser.post(f"/customers/{customer.pk}/edit/", sent | {"version": version_in(refused)})
    customer.refresh_from_db()
    assert customer.name == "By me"


def test_a_change_that_came_from_quickbooks_counts_as_made_meanwhile(organization, browser):
    customer = make_customer(organization, email="old@blue.example")
    form = browser.get(f"/customers/{customer.pk}/edit/")
    Customer.objects.filter(pk=customer.pk).update(email="pulled@blue.example")
    sent = contact_form(email="old@blue.example", version=version_in(form))
    assert "pulled@blue.example" in text_of(browser.post(f"/customers/{customer.pk}/edit/", sent))
