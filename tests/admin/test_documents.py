from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from integrations.models import Account, Item, Organization, SyncRun, SyncState, TaxCode
from payables.models import Bill
from receivables.models import Invoice
from tests.admin.conftest import form_of
from tests.admin.pages import at
from tests.factories import (
    bill_line,
    invoice_line,
    make_beneficiary,
    make_bill,
    make_customer,
    make_invoice,
)


def add_url(name: str, organization) -> str:
    return f"{reverse(f'admin:{name}_add')}?organization={organization.pk}"


def line(number: int, **fields) -> dict:
    return {f"lines-{number}-{name}": value for name, value in fields.items()}


@pytest.fixture
def nine_percent(organization) -> TaxCode:
    return TaxCode.objects.create(
        organization=organization,
        name="SR",
        qbo_id="5",
        sales_rate=9,
        sales_rates=[["1", "9"]],
        purchase_rate=9,
        purchase_rates=[["2", "9"]],
    )


@pytest.fixture
def widget(organization) -> Item:
    return Item.objects.create(organization=organization, name="Widget", qbo_id="7")


def test_an_invoice_is_added_with_its_lines_and_its_totals(superuser, organization, nine_percent, widget):
    customer = make_customer(organization)
    url = add_url("receivables_invoice", organization)
    data = form_of(superuser.get(url)) | {
        "customer": customer.pk,
        "number": "INV-1",
        "issue_date": "2026-10-01",
        "due_date": "2026-10-31",
        "lines-TOTAL_FORMS": "2",
        **line(0, custom_name="Advice", quantity="2", unit_price="10.005", tax_code=nine_percent.pk),
        **line(1, item=widget.pk, quantity="3", unit_price="5", tax_code=nine_percent.pk),
    }

    superuser.post(url, data)

    invoice = Invoice.objects.get()
    assert (invoice.number, invoice.customer, invoice.organization) == ("INV-1", customer, organization)
    assert (invoice.currency, invoice.issue_date) == ("SGD", date(2026, 10, 1))
    assert [(each.position, each.item_name, each.amount) for each in invoice.lines.all()] == [
        (1, "Advice", Decimal("20.01")),
        (2, "Widget", Decimal("15.00")),
    ]
    assert (invoice.subtotal, invoice.tax_total, invoice.total, invoice.balance) == (
        Decimal("35.01"),
        Decimal("3.15"),
        Decimal("38.16"),
        Decimal("38.16"),
    )


def test_the_currency_follows_the_contact(superuser, organization):
    customer = make_customer(organization, currency="USD")
    url = add_url("receivables_invoice", organization)

    superuser.post(
        url,
        form_of(superuser.get(url))
        | {"customer": customer.pk, **line(0, custom_name="Advice", quantity="1", unit_price="1")},
    )

    assert Invoice.objects.get().currency == "USD"


def test_an_edit_changes_adds_and_removes_lines_and_makes_the_totals_anew(superuser, organization):
    invoice = make_invoice(
        organization,
        lines=[invoice_line(), invoice_line(custom_name="Travel"), invoice_line(custom_name="Food")],
    )
    kept = invoice.lines.first()
    type(kept).objects.filter(pk=kept.pk).update(qbo_line_id="1")
    data = form_of(superuser.get(at(invoice))) | {
        "lines-TOTAL_FORMS": "4",
        **line(0, unit_price="60"),
        **line(1, DELETE="on"),
        **line(3, custom_name="Print", quantity="1", unit_price="7"),
    }

    superuser.post(at(invoice), data)

    invoice.refresh_from_db()
    assert [(each.item_name, each.amount, each.qbo_line_id) for each in invoice.lines.all()] == [
        ("Consulting", Decimal("120.00"), "1"),
        ("Food", Decimal("100.00"), ""),
        ("Print", Decimal("7.00"), ""),
    ]
    assert invoice.total == Decimal("227.00")
    assert invoice.revision == 2


def test_an_unchanged_invoice_stays_in_step(superuser, organization):
    invoice = make_invoice(organization)
    Invoice.objects.update(sync_state=SyncState.SYNCED, accounting_synced=True, qbo_id="9")

    page = superuser.get(at(invoice))
    assert "the totals are made from the lines" in page.content.decode()
    superuser.post(at(invoice), form_of(page))

    invoice.refresh_from_db()
    assert (invoice.sync_state, invoice.revision) == (SyncState.SYNCED, 1)


def test_a_change_of_the_tax_treatment_alone_makes_the_totals_anew(superuser, organization, nine_percent):
    invoice = make_invoice(organization, lines=[invoice_line(tax_code=nine_percent)])
    assert invoice.total == Decimal("109.00")

    superuser.post(at(invoice), form_of(superuser.get(at(invoice))) | {"tax_treatment": "inclusive"})

    invoice.refresh_from_db()
    assert (invoice.total, invoice.tax_total) == (Decimal("100.00"), Decimal("8.26"))


def test_a_custom_line_needs_a_name_that_quickbooks_accepts(superuser, organization):
    customer = make_customer(organization)
    url = add_url("receivables_invoice", organization)
    data = form_of(superuser.get(url)) | {"customer": customer.pk, **line(0, quantity="1", unit_price="1")}

    nameless = superuser.post(url, data)
    colon = superuser.post(url, data | line(0, custom_name="A:B"))

    errors = [
        answer.context["inline_admin_formsets"][0].formset.forms[0].errors["custom_name"][0]
        for answer in (nameless, colon)
    ]
    assert errors[0] == "Choose an item, or write the name of a custom one."
    assert "no colon" in errors[1]
    assert not Invoice.objects.exists()


def test_nothing_of_another_organization_can_be_chosen(superuser, organization, widget):
    other = Organization.objects.create(slug="else", name="Elsewhere")
    theirs = make_customer(other)
    item = Item.objects.create(organization=other, name="Theirs")
    url = add_url("receivables_invoice", organization)

    answer = superuser.post(
        url,
        form_of(superuser.get(url))
        | {"customer": theirs.pk, **line(0, item=item.pk, quantity="1", unit_price="1")},
    )

    assert "customer" in answer.context["adminform"].form.errors
    assert "item" in answer.context["inline_admin_formsets"][0].formset.forms[0].errors
    assert not Invoice.objects.exists()


def test_a_form_for_one_organization_cannot_be_sent_for_another(superuser, organization):
    other = Organization.objects.create(slug="else", name="Elsewhere")
    customer = make_customer(organization)
    url = add_url("receivables_invoice", organization)
    data = form_of(superuser.get(url)) | {
        "organization": other.pk,
        "customer": customer.pk,
        **line(0, custom_name="Advice", quantity="1", unit_price="1"),
    }

    superuser.post(url, data)

    assert not Invoice.objects.exists()


def test_a_bill_is_added_with_an_account_on_its_line(superuser, organization, nine_percent):
    beneficiary = make_beneficiary(organization)
    rent = Account.objects.create(organization=organization, name="Rent", qbo_id="3")
    url = add_url("payables_bill", organization)

    superuser.post(
        url,
        form_of(superuser.get(url))
        | {
            "beneficiary": beneficiary.pk,
            "number": "B-1",
            **line(
                0, account=rent.pk, description="May", quantity="1", unit_price="80", tax_code=nine_percent.pk
            ),
        },
    )

    bill = Bill.objects.get()
    assert [(each.account, each.description, each.amount) for each in bill.lines.all()] == [
        (rent, "May", Decimal("80.00"))
    ]
    assert (bill.subtotal, bill.tax_total, bill.total) == (
        Decimal("80.00"),
        Decimal("7.20"),
        Decimal("87.20"),
    )


def test_a_bills_custom_item_survives_an_edit(superuser, organization):
    bill = make_bill(organization, lines=[bill_line(custom_name="Rent")])

    superuser.post(at(bill), form_of(superuser.get(at(bill))) | line(0, unit_price="90"))

    assert [(each.custom_name, each.amount) for each in bill.lines.all()] == [("Rent", Decimal("90.00"))]


def test_saving_queues_nothing(superuser, connected):
    invoice = make_invoice(connected)

    superuser.post(at(invoice), form_of(superuser.get(at(invoice))) | {"memo": "Thanks"})

    assert not SyncRun.objects.exists()


def test_a_page_takes_no_more_statements_for_fifty_lines_than_for_five(
    superuser, staff, organization, nine_percent
):
    items = [
        Item.objects.create(organization=organization, name=f"Item {n}", qbo_id=str(n)) for n in range(50)
    ]

    def statements(count: int) -> int:
        lines = [invoice_line(item=item, custom_name="", tax_code=nine_percent) for item in items[:count]]
        invoice = make_invoice(organization, lines=lines)
        with CaptureQueriesContext(connection) as captured:
            assert superuser.get(at(invoice)).status_code == 200
        return len(captured)

    few = statements(5)
    assert statements(50) <= few <= 20


def test_a_negative_total_is_refused(superuser, organization):
    customer = make_customer(organization)
    url = add_url("receivables_invoice", organization)
    data = form_of(superuser.get(url)) | {
        "customer": customer.pk,
        **line(0, custom_name="Discount", quantity="1", unit_price="-5"),
    }
    answer = superuser.post(url, data)
    [told] = answer.context["inline_admin_formsets"][0].formset.non_form_errors()
    assert told.startswith("The total must not be negative.")
    assert not Invoice.objects.exists()


def test_each_cell_of_a_line_says_which_it_is(superuser, connected):
    page = superuser.get(at(make_invoice(connected))).content.decode()
    for label in ("Item", "Custom item", "Description", "Quantity", "Unit price", "Tax code"):
        assert f'aria-label="{label}"' in page, label
