"""New and Edit of invoices and bills: items, custom items, lines, totals, currency."""

from decimal import Decimal

import pytest

from integrations.models import Account, Item
from payables.models import Bill
from receivables.models import Invoice
from tests.factories import (
    make_beneficiary,
    make_customer,
)

from .pages import document_form, fragment, text_of


def test_an_invoice_takes_a_catalogue_item_and_a_custom_one(organization, browser, customer, item, tax_code):
    answer = browser.post(
        "/receivables/new/",
        document_form(
            {"customer": customer.pk},
            {
                "item": item.pk,
                "description": "One month",
                "quantity": "2",
                "unit_price": "120.50",
                "tax_code": tax_code.pk,
            },
            {"custom_name": "Courier", "unit_price": "12.35"},
        ),
    )
    invoice = Invoice.objects.get()
    assert answer["Location"] == f"/receivables/{invoice.pk}/"
    assert [(line.item_name, line.amount) for line in invoice.lines.all()] == [
        ("Hosting", Decimal("241")),
        ("Courier", Decimal("12.35")),
    ]
    assert invoice.currency == "USD"
    assert (invoice.subtotal, invoice.tax_total, invoice.total) == (
        Decimal("253.35"),
        Decimal("22.80"),
        Decimal("276.15"),
    )
    assert invoice.balance == invoice.total


def test_a_bill_line_may_name_its_account(organization, browser):
    beneficiary = make_beneficiary(organization)
    account = Account.objects.create(
        organization=organization, name="Rent", classification="Expense", qbo_id="9"
    )
    browser.post(
        "/payables/new/",
        document_form(
            {"beneficiary": beneficiary.pk},
            {"description": "October", "unit_price": "80", "account": account.pk},
        ),
    )
    assert Bill.objects.get().lines.get().account == account


@pytest.mark.parametrize("field", ["quantity", "unit_price"])
def test_a_number_with_a_comma_is_refused_with_how_to_write_it(browser, customer, field):
    line = {"custom_name": "Courier", "unit_price": "10"} | {field: "2,5"}
    page = text_of(browser.post("/receivables/new/", document_form({"customer": customer.pk}, line)))
    assert "This is no number. Write it with a point and no commas, like 1250.50." in page


def test_a_number_copied_from_a_table_is_taken(browser, customer):
    line = {"custom_name": "Courier", "quantity": " 1,000.0", "unit_price": "1,234,567.125"}
    browser.post("/receivables/new/", document_form({"customer": customer.pk}, line))
    line = Invoice.objects.get().lines.get()
    assert (line.quantity, line.unit_price) == (1000, Decimal("1234567.125"))


@pytest.mark.parametrize("typed", ["1,234", "1.234,50", "12,34.50", "1,2345.50", ",250.50"])
def test_a_number_that_may_mean_two_is_refused(browser, customer, typed):
    line = {"custom_name": "Courier", "unit_price": typed}
    page = text_of(browser.post("/receivables/new/", document_form({"customer": customer.pk}, line)))
    assert "This is no number." in page


def test_a_number_that_is_too_small_is_refused_with_what_to_write(browser, customer):
    line = {"custom_name": "Courier", "quantity": "-1", "unit_price": "10"}
    sent = document_form({"customer": customer.pk}, line, exchange_rate="0")
    page = text_of(browser.post("/receivables/new/", sent))
    assert "Line 1, Quantity: Write 0 or more." in page
    assert "Exchange rate: Write a rate above 0, or leave it empty." in page


def test_totals_while_typing_are_those_that_are_saved_and_save_nothing(
    organization, browser, customer, tax_code
):
    sent = document_form(
        {"customer": customer.pk},
        {"custom_name": "Courier", "quantity": "3", "unit_price": "12.35", "tax_code": tax_code.pk},
        {"custom_name": "Half typed", "quantity": "1", "unit_price": "12."},
        {"custom_name": "Not yet", "quantity": "", "unit_price": "7"},
    )
    answer = fragment(browser, "/receivables/totals/", sent)
    assert "Subtotal 49.05 Tax 4.41 Total 53.46 USD" in text_of(answer)
    assert (
        '<output id="amount-lines-0" class="amount" hx-swap-oob="true">37.05</output>'
        in answer.content.decode()
    )
    assert not Invoice.objects.exists()


def test_totals_after_a_line_was_removed_name_the_lines_that_are_left(browser, customer):
    lines = [{"custom_name": name, "unit_price": "10"} for name in "AB"]
    sent = document_form({"customer": customer.pk}, *lines)
    left = {name: value for name, value in sent.items() if not name.startswith("lines-0-")}
    answer = fragment(browser, "/receivables/totals/", left)
    assert "Subtotal 10.00" in text_of(answer)
    page = answer.content.decode()
    assert 'id="amount-lines-1"' in page and 'id="amount-lines-0"' not in page


def test_lines_are_kept_in_the_order_in_which_they_were_put(browser, customer):
    lines = [
        {"custom_name": name, "unit_price": "1", "ORDER": order} for name, order in (("B", "2"), ("A", "1"))
    ]
    browser.post("/receivables/new/", document_form({"customer": customer.pk}, *lines))
    assert [str(line) for line in Invoice.objects.get().lines.all()] == ["A", "B"]


def test_a_removed_line_leaves_a_gap_that_is_no_line(browser, customer):
    sent = document_form({"customer": customer.pk}, {}, {"custom_name": "Kept", "unit_price": "1"}, {})
    sent = {name: value for name, value in sent.items() if not name.startswith("lines-0-")}
    browser.post("/receivables/new/", sent)
    assert [str(line) for line in Invoice.objects.get().lines.all()] == ["Kept"]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ({}, "A document needs at least one line."),
        ({"unit_price": "5"}, "Choose an item, or write the name of a custom one."),
        ({"custom_name": "A:B", "unit_price": "5"}, "no colon, tab or line break"),
        ({"custom_name": "A", "unit_price": "five"}, "Line 1, Unit price:"),
        ({"custom_name": "A", "unit_price": "5", "quantity": "-1"}, "Line 1, Quantity:"),
        ({"item": "999999", "unit_price": "5"}, "This item is not in the list any more."),
    ],
)
def test_a_wrong_line_is_told_in_its_place_and_nothing_is_saved(browser, customer, line, told):
    answer = browser.post(
        "/receivables/new/", document_form({"customer": customer.pk}, line, memo="Kept as typed")
    )
    assert told in text_of(answer)
    assert "Kept as typed" in answer.content.decode()
    assert not Invoice.objects.exists()


def test_a_due_date_before_the_issue_date_and_a_missing_customer_are_told_at_once(browser, organization):
    sent = document_form({"customer": ""}, {"custom_name": "A", "unit_price": "5"}, due_date="2026-09-01")
    told = text_of(browser.post("/receivables/new/", sent))
    assert "The due date is before the issue date." in told
    assert "Customer: Choose the customer." in told


def test_another_organizations_customer_and_item_cannot_be_used(browser, customer, stranger):
    other = stranger.memberships.get().organization
    theirs = make_customer(other)
    item = Item.objects.create(organization=other, name="Theirs", qbo_id="1")
    browser.post(
        "/receivables/new/", document_form({"customer": theirs.pk}, {"custom_name": "A", "unit_price": "5"})
    )
    browser.post(
        "/receivables/new/", document_form({"customer": customer.pk}, {"item": item.pk, "unit_price": "5"})
    )
    assert not Invoice.objects.exists()


def test_the_items_dropdown_finds_by_name_and_stock_number_and_carries_what_it_fills(
    organization, browser, item
):
    Item.objects.create(organization=organization, name="Goods", type="Category", qbo_id="6")
    Item.objects.create(organization=organization, name="Old hosting", is_active=False, qbo_id="7")
    found = fragment(browser, "/receivables/items/?q=hst").content.decode()
    assert 'data-text="Hosting" data-description="One month" data-price="120.50"' in found
    assert 'data-price="80.00"' in fragment(browser, "/payables/items/?q=Host").content.decode()
    everything = text_of(fragment(browser, "/receivables/items/"))
    assert "Goods" not in everything and "Old" not in everything
    assert "Write it as a custom item." in text_of(fragment(browser, "/receivables/items/?q=zzz"))


def test_the_customer_dropdown_finds_by_name_and_e_mail(organization, browser, stranger):
    make_customer(organization, name="Blue Ocean", email="pay@blue.example")
    make_customer(stranger.memberships.get().organization, name="Blue Secret")
    for asked in ("blue", "pay@"):
        found = text_of(fragment(browser, f"/receivables/contacts/?q={asked}"))
        assert "Blue Ocean" in found and "Secret" not in found


def test_who_is_inactive_is_not_told_to_be_created_once_more(organization, browser):
    make_customer(organization, name="Red Reef", is_active=False)
    found = text_of(fragment(browser, "/receivables/contacts/?q=reef"))
    assert "Red Reef is inactive. Edit the customer and make it active first." in found
    assert "Create" not in found


def test_a_negative_total_is_told_and_what_was_typed_stays(browser, customer):
    taken_off = {"custom_name": "Discount", "unit_price": "-5"}
    answer = browser.post("/receivables/new/", document_form({"customer": customer.pk}, taken_off))
    assert answer.status_code == 200
    assert "The total must not be negative. Make it a credit note in QuickBooks" in text_of(answer)
    assert 'value="Discount"' in answer.content.decode()
    assert not Invoice.objects.exists()


@pytest.mark.parametrize("field", ["issue_date", "due_date"])
def test_a_day_that_nobody_means_is_told_at_its_field(browser, customer, field):
    sent = document_form(
        {"customer": customer.pk}, {"custom_name": "x", "unit_price": "5"}, **{field: "9999-12-31"}
    )
    assert "The year 9999 cannot be meant. Write a day from 1990 to 2100." in text_of(
        browser.post("/receivables/new/", sent)
    )
    assert not Invoice.objects.exists()


@pytest.mark.parametrize("path", ["/receivables/new/", "/payables/new/"])
def test_the_form_says_what_a_number_is_good_for(browser, organization, path):
    page = browser.get(path)
    assert "Without one it cannot tell whether it is there already." in text_of(page)
    assert 'aria-describedby="id_number_helptext"' in page.content.decode()
