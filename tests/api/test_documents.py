from datetime import date
from decimal import Decimal

import pytest
from django.utils import timezone

from integrations.models import Item, SyncState
from receivables.models import Invoice
from tests.factories import bill_line, invoice_line, make_bill, make_customer, make_invoice, pull, push

from .conftest import Api


def line(**fields):
    return {"item_name": "Consulting", "quantity": "2", "unit_price": "50"} | fields


def test_an_invoice_is_kept_with_its_lines_and_totals(api, organization, customer, gst, item):
    sent = {
        "number": "INV-1",
        "customer": customer.pk,
        "issue_date": "2026-10-01",
        "due_date": "2026-10-31",
        "memo": "Thank you",
        "lines": [
            {"item": item.pk, "quantity": "1.5", "unit_price": "10.125", "tax_code": gst.pk},
            {"item_name": "Travel", "description": "Taxi", "unit_price": 8, "tax_code": gst.pk},
        ],
    }
    answer = api.post("invoices/", sent)
    assert answer.status_code == 201, answer.data
    invoice = Invoice.objects.get()
    first, second = invoice.lines.all()
    assert answer.json() == {
        "id": invoice.pk,
        "number": "INV-1",
        "customer": customer.pk,
        "customer_name": "Acme",
        "issue_date": "2026-10-01",
        "due_date": "2026-10-31",
        "currency": "SGD",
        "exchange_rate": None,
        "tax_treatment": "exclusive",
        "memo": "Thank you",
        "lines": [
            {
                "id": first.pk,
                "item": item.pk,
                "item_name": "Hours",
                "description": "",
                "quantity": "1.5",
                "unit_price": "10.125",
                "amount": "15.19",
                "tax_code": gst.pk,
            },
            {
                "id": second.pk,
                "item": None,
                "item_name": "Travel",
                "description": "Taxi",
                "quantity": "1",
                "unit_price": "8.00",
                "amount": "8.00",
                "tax_code": gst.pk,
            },
        ],
        "subtotal": "23.19",
        "tax_total": "2.09",
        "total": "25.28",
        "balance": "25.28",
        "status": "overdue",
        "quickbooks_total": None,
        "quickbooks_tax_total": None,
        "total_difference": None,
        "quickbooks_id": None,
        "accounting_synced": False,
        "accounting_synced_at": None,
        "sync_state": "not_synced",
        "sync_error": None,
        "quickbooks_url": None,
        "created_at": answer.json()["created_at"],
        "updated_at": answer.json()["updated_at"],
    }


def test_the_currency_is_the_contacts_unless_sent(api, organization):
    abroad = make_customer(organization, currency="JPY")
    body = {"customer": abroad.pk, "lines": [line(unit_price="99.5")]}
    yen = api.post("invoices/", body).data
    assert (yen["currency"], yen["total"], yen["lines"][0]["unit_price"]) == ("JPY", "199", "99.5")
    dollars = api.post("invoices/", body | {"currency": "USD"})
    assert dollars.status_code == 201
    assert (dollars.data["currency"], dollars.data["total"]) == ("USD", "199.00")


def test_a_new_document_is_dated_today(api, customer):
    answer = api.post("invoices/", {"customer": customer.pk, "lines": [line()]})
    assert answer.data["issue_date"] == timezone.localdate().isoformat()
    assert answer.data["due_date"] is None


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("number", "x" * 22, "at most 21 characters"),
        ("lines", [], "at least one line"),
        ("lines", None, "Send a value"),
        ("lines", "none", "list of lines"),
        ("lines", [{}] * 751, "at most 750 lines"),
        ("customer", 999999, "no such record"),
        ("customer", 10**30, "no such record"),
        ("customer", "Acme", "number"),
        ("due_date", "2026-09-30", "before the issue date"),
        ("due_date", "soon", "Send the day like 2026-10-31."),
        ("issue_date", "0001-01-01", "Write a day from 1990 to 2100."),
        ("due_date", "9999-12-31", "Write a day from 1990 to 2100."),
        ("currency", "XXZ", "ISO 4217"),
        ("exchange_rate", "0", "Send a rate above zero."),
        ("tax_treatment", "maybe", "“maybe” is none of this field's values."),
        ("memo", "x" * 1001, "Send at most 1000 characters."),
    ],
)
def test_what_cannot_be_right_is_refused_at_its_field(api, customer, field, value, words):
    body = {"customer": customer.pk, "issue_date": "2026-10-01", "lines": [line()], field: value}
    answer = api.post("invoices/", body)
    assert answer.status_code == 400
    assert list(answer.data["fields"]) == [field]
    [sentence] = answer.data["fields"][field]
    assert words in sentence
    assert not Invoice.objects.exists()


def test_another_organizations_records_cannot_be_referred_to(as_stranger, customer, item):
    own = as_stranger.post("customers/", {"name": "Own"}).data["id"]
    foreign_customer = as_stranger.post("invoices/", {"customer": customer.pk, "lines": [line()]})
    assert list(foreign_customer.data["fields"]) == ["customer"]
    foreign_item = as_stranger.post("invoices/", {"customer": own, "lines": [line(item=item.pk)]})
    assert list(foreign_item.json()["fields"]["lines"]["0"]) == ["item"]


def test_a_change_of_the_tax_treatment_makes_the_totals_anew(api, organization, gst):
    invoice = make_invoice(organization, lines=[invoice_line(tax_code=gst)])
    assert api.get(f"invoices/{invoice.pk}/").data["total"] == "109.00"
    answer = api.patch(f"invoices/{invoice.pk}/", {"tax_treatment": "none"})
    assert (answer.data["tax_total"], answer.data["total"]) == ("0.00", "100.00")


def test_due_date_is_checked_against_what_is_stored(api, organization):
    invoice = make_invoice(organization, issue_date=date(2026, 10, 1))
    assert api.patch(f"invoices/{invoice.pk}/", {"due_date": "2026-09-01"}).status_code == 400
    assert api.patch(f"invoices/{invoice.pk}/", {"due_date": None}).status_code == 200


def test_a_document_that_was_read_can_be_sent_as_a_new_one(api, organization):
    read = api.get(f"invoices/{make_invoice(organization).pk}/").json()
    answer = api.post("invoices/", read | {"number": "COPY"})
    assert answer.status_code == 201, answer.data
    assert Invoice.objects.count() == 2


def test_what_quickbooks_says_of_a_document_is_shown(qbo, api, organization):
    invoice = make_invoice(organization)
    push(invoice.customer)
    push(invoice)
    shown = api.get(f"invoices/{invoice.pk}/").data
    assert shown["sync_state"] == SyncState.SYNCED
    assert shown["quickbooks_total"] == shown["total"]
    assert shown["total_difference"] is None
    qbo.pay(invoice.qbo_id, "30.00")
    pull(organization, "invoices")
    paid = api.get(f"invoices/{invoice.pk}/").data
    assert Decimal(paid["balance"]) == Decimal(shown["total"]) - 30
    assert paid["status"] in ("partially_paid", "overdue")


@pytest.mark.parametrize(("ended", "code"), [("deleted", "deleted_record"), ("voided", "voided_record")])
def test_an_ended_document_is_read_only(api, organization, ended, code):
    invoice = make_invoice(organization)
    Invoice.objects.filter(pk=invoice.pk).update(ended=ended)
    for change in (api.put, api.patch):
        answer = change(f"invoices/{invoice.pk}/", {"memo": "New"})
        assert (answer.status_code, answer.data["code"]) == (409, code)
    answer = api.delete(f"invoices/{invoice.pk}/")
    assert (answer.status_code, answer.data["code"]) == (409, code)
    assert api.get(f"invoices/{invoice.pk}/").data["status"] == ended


def test_a_document_is_read_and_written_with_few_statements(
    api, organization, customer, django_assert_max_num_queries
):
    item = Item.objects.create(organization=organization, name="Hours", type="Service")
    lines = [{"item": item.pk, "unit_price": "1"} for _ in range(100)]
    with django_assert_max_num_queries(30):
        answer = api.post("invoices/", {"customer": customer.pk, "lines": lines})
    assert answer.status_code == 201
    with django_assert_max_num_queries(30):
        api.patch(f"invoices/{answer.data['id']}/", {"lines": lines[:50]})


def test_a_bill_of_another_organization_does_not_exist(organization, stranger):
    bill = make_bill(organization, lines=[bill_line()])
    assert Api(stranger).get(f"bills/{bill.pk}/").status_code == 404


@pytest.mark.parametrize("sent", [1.5, "1.0", True, 10**20, "x", [1]])
def test_only_a_whole_number_is_an_id(api, customer, item, sent):
    def key(record):
        return record.pk + 0.5 if isinstance(sent, float) else sent

    answer = api.post("invoices/", {"customer": key(customer), "lines": [line()]})
    assert (answer.status_code, list(answer.data["fields"])) == (400, ["customer"])
    answer = api.post("invoices/", {"customer": customer.pk, "lines": [line(item=key(item))]})
    assert (answer.status_code, list(answer.data["fields"]["lines"][0])) == (400, ["item"])
