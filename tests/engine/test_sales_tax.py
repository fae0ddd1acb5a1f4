"""Sales tax in the United States: lines are taxable or not, and the invoice names the tax."""

import pytest

from integrations.models import TaxCode
from tests.engine.taxes import code, without_defaults
from tests.factories import (
    bill_line,
    invoice_line,
    make_beneficiary,
    make_bill,
    make_invoice,
    push,
)


@pytest.fixture
def qbo_options() -> dict:
    return {"country": "US"}


@pytest.fixture
def organization(organization):
    organization.currency = "USD"
    organization.save()
    return organization


def codes_there(qbo, invoice) -> list[str]:
    lines = qbo.read("Invoice", invoice.qbo_id)["Line"]
    return [
        line["SalesItemLineDetail"]["TaxCodeRef"]["value"] for line in lines if "SalesItemLineDetail" in line
    ]


def test_what_no_transaction_takes_is_not_offered(organization, customer):
    """CustomSalesTax stands among the codes of every American company, and is refused on each document (6160)."""
    active = dict(TaxCode.objects.filter(organization=organization).values_list("qbo_id", "is_active"))
    assert active == {"TAX": True, "NON": True, "2": True, "3": True, "CustomSalesTax": False}


def test_a_line_without_a_code_is_not_taxable(qbo, organization, customer):
    without_defaults(organization)
    invoice = make_invoice(organization, customer)
    assert push(invoice).status == "succeeded"
    there = qbo.read("Invoice", invoice.qbo_id)
    assert codes_there(qbo, invoice) == ["NON"]
    assert "GlobalTaxCalculation" not in there
    assert (there["TotalAmt"], invoice.total, invoice.difference) == (100, 100, None)


def test_inclusive_amounts_are_refused_before_any_call(qbo, organization, customer):
    qbo.reset_calls()
    invoice = make_invoice(organization, customer, tax_treatment="inclusive")
    push(invoice)
    assert invoice.sync_error["code"] == "tax_treatment_not_supported"
    assert sum(qbo.calls.values()) == 0


def test_taxable_lines_name_the_invoices_sales_tax(qbo, organization, customer):
    without_defaults(organization)
    lines = [invoice_line(tax_code=code(organization, "California")), invoice_line()]
    invoice = make_invoice(organization, customer, lines=lines)
    assert push(invoice).status == "succeeded"
    there = qbo.read("Invoice", invoice.qbo_id)
    assert codes_there(qbo, invoice) == ["TAX", "NON"]
    assert there["TxnTaxDetail"]["TxnTaxCodeRef"] == {"value": code(organization, "California").qbo_id}
    assert (there["TotalAmt"], invoice.tax_total, invoice.total) == (208, 8, 208)


def test_no_tax_makes_every_line_not_taxable(qbo, organization, customer):
    lines = [invoice_line(tax_code=code(organization, "California"))]
    invoice = make_invoice(organization, customer, lines=lines, tax_treatment="none")
    assert push(invoice).status == "succeeded"
    assert (codes_there(qbo, invoice), invoice.qbo_total) == (["NON"], 100)


def test_two_sales_taxes_on_one_invoice_are_refused_before_any_call(qbo, organization, customer):
    qbo.reset_calls()
    lines = [invoice_line(tax_code=code(organization, name)) for name in ("California", "Tucson")]
    invoice = make_invoice(organization, customer, lines=lines)
    push(invoice)
    assert invoice.sync_error["code"] == "6100"
    assert "one sales tax code" in invoice.sync_error["message"]
    assert sum(qbo.calls.values()) == 0


def test_automated_sales_tax_has_the_last_word(qbo, organization, customer):
    """QuickBooks computes the tax from addresses; what it says becomes ours, and nothing is reported."""
    qbo.switch(ast=True)
    without_defaults(organization)
    invoice = make_invoice(organization, customer, lines=[invoice_line(tax_code=code(organization, "TAX"))])
    assert invoice.total == 100
    assert push(invoice).status == "succeeded"
    assert codes_there(qbo, invoice) == ["TAX"]
    assert (invoice.tax_total, invoice.total, invoice.subtotal) == (8, 108, 100)
    assert (invoice.qbo_total, invoice.balance, invoice.difference) == (108, 108, None)


def test_bills_carry_no_sales_tax(qbo, organization):
    beneficiary = make_beneficiary(organization)
    push(beneficiary)
    bill = make_bill(organization, beneficiary, lines=[bill_line(tax_code=code(organization, "California"))])
    assert push(bill).status == "succeeded"
    assert (bill.qbo_total, bill.total, bill.difference) == (80, 80, None)


def test_an_edit_of_a_taxable_invoice_keeps_its_sales_tax(qbo, organization, customer):
    invoice = make_invoice(
        organization, customer, lines=[invoice_line(tax_code=code(organization, "California"))]
    )
    push(invoice)
    invoice.replace_lines([invoice_line(quantity=4, tax_code=code(organization, "California"))])
    assert push(invoice).status == "succeeded"
    assert (invoice.qbo_total, invoice.qbo_tax_total, invoice.difference) == (216, 16, None)
