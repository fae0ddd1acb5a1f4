"""Quantity × unit price = amount as QuickBooks checks it (6070), in currencies with none, two and three decimals."""

from decimal import Decimal

import pytest
from hypothesis import given

from integrations.money import decimals, line_amount, rounded
from tests.factories import invoice_line, make_beneficiary, make_invoice, push
from tests.mapping.books import (
    assert_totals_agree,
    bill_of,
    invoice_of,
    push_all,
    set_rates,
    synced_contacts,
)
from tests.mapping.examples import drawn_documents, several, some_examples

CURRENCIES = ("SGD", "JPY", "KWD", "EUR")
ALL = ("exclusive", "inclusive", "none")


@pytest.fixture
def qbo_options():
    return {"country": "SG", "multicurrency": True}


@some_examples
@given(drawn=several(drawn_documents(ALL)))
def test_quickbooks_never_finds_a_wrong_amount_on_an_invoice(qbo, organization, drawn):
    codes = set_rates(qbo, organization, [])
    customers = synced_contacts(organization, CURRENCIES)
    invoices = [invoice_of(organization, customers, codes, each) for each in drawn]
    push_all(invoices)
    assert_totals_agree(invoices)


@some_examples
@given(drawn=several(drawn_documents(ALL)))
def test_nor_on_a_bill(qbo, organization, drawn):
    codes = set_rates(qbo, organization, [])
    beneficiaries = synced_contacts(organization, CURRENCIES, make_beneficiary)
    bills = [bill_of(organization, beneficiaries, codes, each) for each in drawn]
    push_all(bills)
    assert_totals_agree(bills)


@pytest.mark.parametrize(
    ("currency", "quantity", "price", "amount"),
    [
        ("SGD", "3", "33.335", "100.01"),
        ("SGD", "0.5", "0.01", "0.01"),
        ("SGD", "7", "0.1234567", "0.86"),
        ("SGD", "1", "-0.005", "-0.01"),
        ("JPY", "3", "33.5", "101"),
        ("JPY", "1", "0.5", "1"),
        ("KWD", "2", "0.00025", "0.001"),
        ("KWD", "1", "1.2345", "1.235"),
    ],
)
def test_amounts_are_rounded_half_up_to_the_currency(currency, quantity, price, amount):
    assert str(line_amount(Decimal(quantity), Decimal(price), currency)) == amount


def test_an_amount_has_the_decimals_of_its_currency():
    assert [decimals(currency) for currency in ("JPY", "SGD", "KWD")] == [0, 2, 3]
    assert str(rounded(Decimal(2), "KWD")) == "2.000"


def test_more_than_two_decimals_arrive_digit_for_digit(qbo, organization):
    [customer] = synced_contacts(organization, ("SGD",))
    line = invoice_line(quantity=Decimal("1234.5678901"), unit_price=Decimal("0.0012345"))
    invoice = make_invoice(organization, customer, lines=[line])
    assert push(invoice).status == "succeeded"
    sent = qbo.read("Invoice", invoice.qbo_id)["Line"][0]
    assert (sent["Amount"], sent["SalesItemLineDetail"]["Qty"], sent["SalesItemLineDetail"]["UnitPrice"]) == (
        Decimal("1.52"),
        Decimal("1234.5678901"),
        Decimal("0.0012345"),
    )


def test_an_inclusive_price_that_no_decimals_can_express_leaves_the_amount(qbo, organization):
    """999999 × a net price of seven decimals misses the net amount by cents: quantity and price stay out."""
    [customer] = synced_contacts(organization, ("SGD",))
    line = invoice_line(quantity=Decimal("999999"), unit_price=Decimal("0.1000001"))
    invoice = make_invoice(organization, customer, lines=[line], tax_treatment="inclusive")
    assert push(invoice).status == "succeeded"
    detail = qbo.read("Invoice", invoice.qbo_id)["Line"][0]["SalesItemLineDetail"]
    assert "UnitPrice" not in detail and detail["TaxInclusiveAmt"] == invoice.total
    assert invoice.difference is None
