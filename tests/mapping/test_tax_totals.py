"""Finmo's tax and total equal QuickBooks', whatever the lines and rates: per rate, on the summed base."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import invoice_line, make_beneficiary, make_invoice, push
from tests.mapping.books import (
    assert_totals_agree,
    bill_of,
    invoice_of,
    push_all,
    set_rates,
    synced_contacts,
)
from tests.mapping.examples import drawn_documents, percents, several, some_examples


@pytest.fixture
def qbo_options():
    """Canada has codes of two rates."""
    return {"country": "CA"}


@pytest.fixture
def organization(organization):
    organization.currency = "CAD"
    organization.save()
    return organization


RATES = st.lists(percents(), min_size=8, max_size=8)


@some_examples
@given(rates=RATES, drawn=several(drawn_documents(("exclusive", "inclusive"), places=3)))
def test_the_tax_of_invoices_is_quickbooks_own(qbo, organization, rates, drawn):
    codes = set_rates(qbo, organization, rates)
    customers = synced_contacts(organization, ("CAD",))
    invoices = [invoice_of(organization, customers, codes, each) for each in drawn]
    push_all(invoices)
    assert_totals_agree(invoices)


@some_examples
@given(rates=RATES, drawn=several(drawn_documents(("exclusive", "inclusive", "none"), places=3)))
def test_the_tax_of_bills_is_quickbooks_own(qbo, organization, rates, drawn):
    codes = set_rates(qbo, organization, rates)
    beneficiaries = synced_contacts(organization, ("CAD",), make_beneficiary)
    bills = [bill_of(organization, beneficiaries, codes, each) for each in drawn]
    push_all(bills)
    assert_totals_agree(bills)


def test_tax_is_rounded_once_per_rate_and_not_per_line(qbo, organization):
    """Three lines of 0.33 at 5 % are 0.05 of tax; line by line they would be 0.06."""
    [customer] = synced_contacts(organization, ("CAD",))
    codes = {code.name: code for code in set_rates(qbo, organization, [])}
    lines = [invoice_line(quantity=1, unit_price=Decimal("0.33"), tax_code=codes["GST"]) for _ in range(3)]
    invoice = make_invoice(organization, customer, lines=lines)
    push(invoice)
    assert (invoice.tax_total, invoice.qbo_tax_total, invoice.difference) == (
        Decimal("0.05"),
        Decimal("0.05"),
        None,
    )


def test_each_rate_of_a_code_is_rounded_by_itself(qbo, organization):
    """0.90 at 5 % and 7 %: 0.05 (0.045) and 0.06 (0.063) are 0.11; 12 % of it are 0.108."""
    [customer] = synced_contacts(organization, ("CAD",))
    codes = {code.name: code for code in set_rates(qbo, organization, [])}
    line = invoice_line(quantity=1, unit_price=Decimal("0.50"), tax_code=codes["GST/PST BC"])
    invoice = make_invoice(organization, customer, lines=[line])
    push(invoice)
    # 0.025 and 0.035 are 0.03 and 0.04; 12 % at once would be 0.06.
    assert (invoice.tax_total, invoice.qbo_tax_total) == (Decimal("0.07"), Decimal("0.07"))
