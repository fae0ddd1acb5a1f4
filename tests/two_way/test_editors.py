"""Who edited a record last, when and through which door; and what the conflict inbox tells of it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from contacts.models import Customer
from integrations.models import Conflict, Trigger
from receivables.models import Invoice
from tests.admin.conftest import form_of
from tests.admin.files import carry_out
from tests.admin.pages import at
from tests.api.conftest import Api
from tests.conftest import signed_in
from tests.factories import make_customer, make_invoice, pull, push
from tests.portal.pages import contact_form, document_form, text_of, version_in


def last_edit(record) -> tuple:
    record.refresh_from_db()
    assert timezone.now() - record.edited_at < timedelta(minutes=1)
    return record.edited_by, record.edited_through


def through_portal(record, user) -> None:
    browser = signed_in(user)
    if isinstance(record, Customer):
        page = f"/customers/{record.pk}/edit/"
        sent = contact_form(phone="9")
    else:
        page = f"/receivables/{record.pk}/edit/"
        line = {"custom_name": "Advice", "quantity": "1", "unit_price": "9"}
        sent = document_form({"customer": record.customer_id}, line)
    answer = browser.post(page, sent | {"version": version_in(browser.get(page))})
    assert answer.status_code == 302, text_of(answer)


def through_api(record, user) -> None:
    path, change = (
        ("customers", {"phone": "9"}) if isinstance(record, Customer) else ("invoices", {"memo": "9"})
    )
    assert Api(user).patch(f"{path}/{record.pk}/", change).status_code == 200


def through_admin(record, user) -> None:
    browser = signed_in(user)
    change = {"phone": "9"} if isinstance(record, Customer) else {"memo": "9"}
    answer = browser.post(at(record), form_of(browser.get(at(record))) | change)
    assert answer.status_code == 302


def through_a_spreadsheet(record, user) -> None:
    kind, column = (
        ("contacts_customer", "phone") if isinstance(record, Customer) else ("receivables_invoice", "memo")
    )
    carry_out(signed_in(user), kind, record.organization, f"id,{column}\n{record.pk},9\n")


DOORS = [
    (through_portal, Trigger.PORTAL),
    (through_api, Trigger.API),
    (through_admin, Trigger.ADMIN),
    (through_a_spreadsheet, Trigger.ADMIN),
]


@pytest.mark.parametrize(("door", "trigger"), DOORS)
@pytest.mark.parametrize("make", [make_customer, make_invoice])
def test_every_door_says_who_edits(organization, accountant, staff, make, door, trigger):
    record = make(organization)
    user = staff if trigger == Trigger.ADMIN else accountant
    door(record, user)
    assert last_edit(record) == (user, trigger)


def test_who_makes_a_record_is_known_too(organization, accountant):
    api = Api(accountant)
    customer = Customer.objects.get(pk=api.post("customers/", {"name": "Acme"}).data["id"])
    line = {"item_name": "Advice", "quantity": "1", "unit_price": "9"}
    answer = api.post("invoices/", {"number": "A-1", "customer": customer.pk, "lines": [line]})
    signed_in(accountant).post("/customers/new/", contact_form(name="By hand"))
    assert last_edit(customer) == (accountant, Trigger.API)
    assert last_edit(Invoice.objects.get(pk=answer.data["id"])) == (accountant, Trigger.API)
    assert last_edit(Customer.objects.get(name="By hand")) == (accountant, Trigger.PORTAL)


def test_an_editor_counts_for_one_edit(organization, accountant):
    """A program that saves the record afterwards is not that person."""
    customer = make_customer(organization)
    through_api(customer, accountant)
    customer = Customer.objects.get(pk=customer.pk)
    customer.phone = "10"
    customer.save()
    assert last_edit(customer) == (None, "")


def test_what_comes_from_quickbooks_is_nobodys_edit(qbo, organization, customer, accountant):
    through_portal(customer, accountant)
    push(customer)
    edited_at = customer.edited_at
    qbo.change("Customer", customer.qbo_id, PrimaryPhone={"FreeFormNumber": "3"})
    pull(organization, "customers")
    customer.refresh_from_db()
    assert (customer.phone, customer.edited_by, customer.edited_at) == ("3", accountant, edited_at)


@pytest.fixture
def conflict(qbo, organization, customer, accountant) -> Conflict:
    through_portal(customer, accountant)
    qbo.change("Customer", customer.qbo_id, PrimaryPhone={"FreeFormNumber": "3"})
    pull(organization, "customers")
    return Conflict.objects.get()


def test_the_inbox_tells_who_changed_it_here_and_when_on_either_side(
    qbo, conflict, customer, accountant, admin_user, staff, django_assert_max_num_queries
):
    told = qbo.read("Customer", customer.qbo_id)["MetaData"]["LastUpdatedTime"]
    customer.refresh_from_db()
    shown = Api(admin_user).get(f"conflicts/{conflict.pk}/").data
    assert shown["finmo_changed_by"] == accountant.email
    assert shown["finmo_changed_through"] == "portal"
    assert conflict.edited_at == customer.edited_at
    assert timezone.datetime.fromisoformat(told) == conflict.changed_there_at
    with django_assert_max_num_queries(20):
        page = text_of(signed_in(admin_user).get("/conflicts/"))
    day = f"{timezone.localtime(conflict.edited_at):%b %Y, %H:%M}"
    assert "Changed in Finmo" in page and day in page
    assert f"by {accountant.get_username()} (Portal), in QuickBooks" in page
    assert f"by {accountant.get_username()} (Portal), in QuickBooks" in text_of(
        signed_in(staff).get(at(conflict))
    )


def test_a_conflict_keeps_what_it_told_when_the_record_is_edited_later(conflict, customer, accountant, staff):
    signed_in(accountant).post(f"/conflicts/{conflict.pk}/resolve/", {"keep": "quickbooks"})
    through_admin(customer, staff)
    conflict.refresh_from_db()
    assert (conflict.edited_by, last_edit(customer)) == (accountant, (staff, Trigger.ADMIN))


def test_a_change_that_nobody_put_a_name_to_is_told_without_one(qbo, organization, customer, admin_user):
    customer.phone = "2"
    customer.save()
    qbo.change("Customer", customer.qbo_id, PrimaryPhone={"FreeFormNumber": "3"})
    pull(organization, "customers")
    shown = Api(admin_user).get("conflicts/").data["results"][0]
    assert (shown["finmo_changed_by"], shown["finmo_changed_through"]) == (None, "")
    assert shown["finmo_changed_at"] and shown["quickbooks_changed_at"]
