"""Lines of invoices and bills by the API: what they may name, which of them stays which."""

from decimal import Decimal

import pytest

from integrations.models import Account, Item
from receivables.models import Invoice, InvoiceLine
from tests.api.test_documents import line
from tests.factories import invoice_line, make_bill, make_invoice, push


def test_the_name_of_an_item_is_read_only(api, customer, item):
    answer = api.post("invoices/", {"customer": customer.pk, "lines": [line(item=item.pk, item_name="A: B")]})
    assert answer.status_code == 201, answer.data
    assert answer.data["lines"][0]["item_name"] == "Hours"
    assert InvoiceLine.objects.get().custom_name == ""


def test_a_bill_line_names_an_account_that_bills_are_booked_to(api, organization):
    kinds = (("Sales", "Income", "Revenue"), ("Debtors", "Accounts Receivable", "Asset"))
    bill = make_bill(organization)
    for name, kind, classification in kinds:
        account = Account.objects.create(
            organization=organization,
            name=name,
            account_type=kind,
            classification=classification,
            qbo_id=name,
        )
        sent = {"unit_price": "80", "account": account.pk}
        answer = api.patch(f"bills/{bill.pk}/", {"lines": [sent]})
        assert answer.status_code == 400
        [told] = answer.data["fields"]["lines"][0]["account"]
        assert f"“{name}” is neither an expense nor an asset account" in told
        # What came from QuickBooks like this stays as it is.
        bill.lines.update(account=account)
        assert api.patch(f"bills/{bill.pk}/", {"lines": [sent]}).status_code == 200


def test_a_bill_line_may_name_its_account(api, organization):
    rent = Account.objects.create(
        organization=organization, name="Rent", qbo_id="5", classification="Expense"
    )
    bill = make_bill(organization)
    answer = api.put(
        f"bills/{bill.pk}/",
        {"beneficiary": bill.beneficiary_id, "lines": [{"unit_price": "80", "account": rent.pk}]},
    )
    assert answer.status_code == 200, answer.data
    assert answer.data["lines"][0]["account"] == rent.pk
    assert answer.data["lines"][0]["item_name"] == ""


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"item_name": ""}, "item_name"),
        ({"item_name": "A: B"}, "item_name"),
        ({"item_name": "A\tB"}, "item_name"),
        ({"item_name": "A\n"}, "item_name"),
        ({"item_name": "x" * 101}, "item_name"),
        ({"item": 999999}, "item"),
        ({"item": True}, "item"),
        ({"item": "9" * 5000}, "item"),
        ({"tax_code": 999999}, "tax_code"),
        ({"quantity": "-1"}, "quantity"),
        ({"quantity": "NaN"}, "quantity"),
        ({"quantity": None}, "quantity"),
        ({"unit_price": "0.12345678"}, "unit_price"),
        ({"unit_price": "99999999999"}, "unit_price"),
        ({"quantity": "100000", "unit_price": "999999"}, "unit_price"),
    ],
)
def test_a_wrong_line_is_refused_at_its_place(api, customer, wrong, field):
    answer = api.post("invoices/", {"customer": customer.pk, "lines": [line(), line(**wrong)]})
    assert answer.status_code == 400
    [(place, problems)] = answer.json()["fields"]["lines"].items()
    assert (place, list(problems)) == ("1", [field])


def test_a_line_without_a_price_is_refused_even_in_a_partial_change(api, organization):
    invoice = make_invoice(organization)
    answer = api.patch(f"invoices/{invoice.pk}/", {"lines": [{"item_name": "Consulting"}]})
    assert answer.status_code == 400
    assert list(answer.json()["fields"]["lines"]["0"]) == ["unit_price"]


def test_an_inactive_reference_may_stay_but_not_be_chosen(api, organization, item):
    invoice = make_invoice(organization, lines=[invoice_line(item=item, custom_name="")])
    Item.objects.filter(pk=item.pk).update(is_active=False)
    type(invoice.customer).objects.filter(pk=invoice.customer_id).update(is_active=False)
    lines = [{"item": item.pk, "unit_price": "1"}]
    kept = api.put(f"invoices/{invoice.pk}/", {"customer": invoice.customer_id, "lines": lines})
    assert kept.status_code == 200, kept.data
    new = api.post("invoices/", {"customer": invoice.customer_id, "lines": lines})
    assert sorted(new.data["fields"]) == ["customer", "lines"]
    assert "inactive" in new.data["fields"]["customer"][0]


def test_a_category_stands_on_no_line(api, organization, customer):
    category = Item.objects.create(organization=organization, name="Services", type="Category")
    answer = api.post("invoices/", {"customer": customer.pk, "lines": [line(item=category.pk)]})
    assert "category" in answer.json()["fields"]["lines"]["0"]["item"][0]


def test_a_partial_change_leaves_the_lines_alone(api, organization):
    invoice = make_invoice(organization)
    before = list(invoice.lines.values())
    answer = api.patch(f"invoices/{invoice.pk}/", {"memo": "New"})
    assert answer.status_code == 200
    assert list(invoice.lines.values()) == before


def test_a_line_sent_with_its_id_stays_the_same_line(api, organization):
    invoice = make_invoice(organization, lines=[invoice_line(custom_name=name) for name in ("One", "Two")])
    one, two = invoice.lines.all()
    InvoiceLine.objects.filter(pk=one.pk).update(qbo_line_id="11")
    InvoiceLine.objects.filter(pk=two.pk).update(qbo_line_id="12")
    lines = [line(item_name="New"), line(id=two.pk, item_name="Renamed"), line(id=one.pk, item_name="One")]
    answer = api.put(f"invoices/{invoice.pk}/", {"customer": invoice.customer_id, "lines": lines})
    assert answer.status_code == 200, answer.data
    kept = [(each.custom_name, each.pk, each.qbo_line_id) for each in invoice.lines.all()]
    assert kept[1:] == [("Renamed", two.pk, "12"), ("One", one.pk, "11")]
    assert kept[0][0] == "New" and kept[0][2] == ""


def test_a_line_without_an_id_continues_the_like_one_at_its_place(api, organization):
    invoice = make_invoice(organization, lines=[invoice_line(custom_name=name) for name in ("One", "Two")])
    InvoiceLine.objects.filter(document=invoice).update(qbo_line_id="11")
    body = {"lines": [line(item_name="one", unit_price="9"), line(item_name="Other")]}
    assert api.patch(f"invoices/{invoice.pk}/", body).status_code == 200
    assert list(invoice.lines.values_list("custom_name", "qbo_line_id")) == [("one", "11"), ("Other", "")]


def test_ids_of_lines_that_are_not_the_documents_are_refused(api, organization):
    invoice, other = make_invoice(organization), make_invoice(organization)
    mine, foreign = invoice.lines.get().pk, other.lines.get().pk
    body = {"lines": [line(id=foreign)]}
    assert list(api.patch(f"invoices/{invoice.pk}/", body).json()["fields"]["lines"]["0"]) == ["id"]
    twice = api.patch(f"invoices/{invoice.pk}/", {"lines": [line(id=mine), line(id=mine)]})
    assert "same id" in twice.data["fields"]["lines"][0]


def test_lines_sent_back_unchanged_keep_quickbooks_own_totals(qbo, api, organization):
    invoice = make_invoice(organization)
    push(invoice.customer)
    push(invoice)
    Invoice.objects.filter(pk=invoice.pk).update(tax_total=Decimal("1.23"), total=Decimal("101.23"))
    read = api.get(f"invoices/{invoice.pk}/").json()
    answer = api.put(f"invoices/{invoice.pk}/", read | {"memo": "New"})
    assert answer.status_code == 200, answer.data
    assert answer.data["total"] == "101.23"
    assert answer.data["lines"] == read["lines"]


def test_a_line_of_text_alone_may_stay(api, organization):
    invoice = make_invoice(organization, lines=[invoice_line(custom_name="", unit_price=Decimal(0))])
    read = api.get(f"invoices/{invoice.pk}/").json()
    assert api.put(f"invoices/{invoice.pk}/", read).status_code == 200


def test_a_negative_total_is_refused_at_the_lines(api, organization, customer):
    taken_off = [line(quantity="1"), line(unit_price="-60", quantity="1")]
    answer = api.post("invoices/", {"customer": customer.pk, "lines": taken_off})
    assert answer.status_code == 400
    assert answer.json()["fields"] == {
        "lines": [
            "The total must not be negative. Make it a credit note in QuickBooks, or correct the lines."
        ]
    }
    assert not Invoice.objects.exists()
    invoice = make_invoice(organization, customer)
    assert api.patch(f"invoices/{invoice.pk}/", {"memo": "New", "lines": taken_off}).status_code == 400
    invoice.refresh_from_db()
    assert (invoice.memo, invoice.total, invoice.lines.count()) == ("", Decimal(100), 1)
    assert api.patch(f"invoices/{invoice.pk}/", {"lines": [line(unit_price="0")]}).status_code == 200
