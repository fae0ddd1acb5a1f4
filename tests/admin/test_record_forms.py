"""The forms of records in admin: what may be changed, added and deleted, and what of it has to go out."""

from django.urls import reverse

from contacts.models import Customer
from integrations.models import (
    SyncState,
)
from tests.admin.conftest import form_of
from tests.admin.journal import set_state
from tests.admin.pages import at, choose, press
from tests.factories import make_customer


def test_an_edit_of_a_synced_customer_has_to_go_to_quickbooks(superuser, connected):
    customer = make_customer(connected)
    set_state(customer, SyncState.SYNCED, qbo_id="58")
    data = form_of(superuser.get(at(customer)))

    superuser.post(at(customer), data | {"email": "new@acme.example"})

    customer.refresh_from_db()
    assert customer.email == "new@acme.example"
    assert (customer.sync_state, customer.revision) == (SyncState.CHANGED, 2)


def test_saving_an_unchanged_form_is_no_edit(superuser, connected):
    customer = make_customer(connected)
    set_state(customer, SyncState.SYNCED, qbo_id="58")

    superuser.post(at(customer), form_of(superuser.get(at(customer))))

    customer.refresh_from_db()
    assert (customer.sync_state, customer.revision) == (SyncState.SYNCED, 1)


def test_what_changed_while_the_form_was_open_is_not_overwritten_unseen(superuser, connected):
    customer = make_customer(connected, email="old@acme.example")
    data = form_of(superuser.get(at(customer))) | {"phone": "1"}
    Customer.objects.update(email="pulled@acme.example")

    answer = superuser.post(at(customer), data)

    customer.refresh_from_db()
    assert (customer.email, customer.phone) == ("pulled@acme.example", "")
    error = answer.context["adminform"].form.non_field_errors()[0]
    assert "Email: pulled@acme.example" in error

    superuser.post(at(customer), form_of(answer))

    customer.refresh_from_db()
    assert (customer.email, customer.phone) == ("old@acme.example", "1")


def test_organization_and_the_currency_of_a_linked_contact_stay(superuser, connected, elsewhere):
    customer = make_customer(connected)
    assert "The currency stays as it is" not in superuser.get(at(customer)).content.decode()
    set_state(customer, SyncState.SYNCED, qbo_id="58")
    assert "The currency stays as it is" in superuser.get(at(customer)).content.decode()
    data = form_of(superuser.get(at(customer)))

    superuser.post(at(customer), data | {"currency": "USD", "organization": elsewhere.pk, "phone": "1"})

    customer.refresh_from_db()
    assert (customer.currency, customer.organization, customer.phone) == ("SGD", connected, "1")


def test_a_customer_is_added_to_the_chosen_organization(superuser, connected, elsewhere):
    url = reverse("admin:contacts_customer_add")
    assert "Choose an organization" in superuser.get(url).content.decode()
    address = f"{url}?organization={elsewhere.pk}"
    data = form_of(superuser.get(address))
    assert data["currency"] == elsewhere.currency

    superuser.post(address, data | {"name": "Added"})

    customer = Customer.objects.get()
    assert (customer.name, customer.organization, customer.sync_state) == (
        "Added",
        elsewhere,
        SyncState.NOT_SYNCED,
    )


def test_a_name_that_quickbooks_takes_from_nobody_is_refused_at_the_field(superuser, connected):
    url = f"{reverse('admin:contacts_customer_add')}?organization={connected.pk}"

    answer = superuser.post(url, form_of(superuser.get(url)) | {"name": "A:B"})

    assert "no colon" in answer.context["adminform"].form.errors["name"][0]
    assert not Customer.objects.exists()


def test_what_was_never_sent_can_be_deleted(superuser, connected):
    customer = make_customer(connected)

    superuser.post(at(customer, "delete"), {"post": "yes"})

    assert not Customer.objects.exists()


def test_what_is_linked_or_was_queued_cannot_be_deleted(superuser, connected):
    linked, queued = make_customer(connected), make_customer(connected)
    set_state(linked, SyncState.SYNCED, qbo_id="58")
    press(superuser, queued, "push")

    for customer in (linked, queued):
        assert at(customer, "delete") not in superuser.get(at(customer)).content.decode()
        assert superuser.post(at(customer, "delete"), {"post": "yes"}).status_code == 403
    assert Customer.objects.count() == 2


def test_no_list_offers_to_delete_a_selection(superuser, connected):
    customer = make_customer(connected)

    choose(superuser, "delete_selected", customer)

    assert Customer.objects.exists()


def test_choices_are_those_of_the_forms_organization(superuser, connected, elsewhere):
    make_customer(connected, name="Ours")
    make_customer(connected, name="Ours, retired", is_active=False)
    make_customer(elsewhere, name="Ours as well, they say")
    asked = {"app_label": "receivables", "model_name": "invoice", "field_name": "customer", "term": "ours"}

    answer = superuser.get(reverse("admin:autocomplete"), asked | {"organization": connected.pk})
    without = superuser.get(reverse("admin:autocomplete"), asked)

    assert [choice["text"] for choice in answer.json()["results"]] == ["Ours"]
    assert without.json()["results"] == []
