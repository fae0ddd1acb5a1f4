"""GST and VAT, outside the United States: what is sent, what QuickBooks computes, and whose word stands."""

from decimal import Decimal

import pytest

from integrations.models import TaxCode
from tests.engine.taxes import code, without_defaults
from tests.factories import (
    bill_line,
    invoice_line,
    make_bill,
    make_customer,
    make_invoice,
    pull,
    push,
)
from tests.mapping.books import set_rates


@pytest.fixture(params=["SG"])
def country(request) -> str:
    return request.param


@pytest.fixture
def qbo_options(country) -> dict:
    return {"country": country}


@pytest.fixture
def organization(organization, country):
    organization.currency = {"SG": "SGD", "AU": "AUD", "GB": "GBP"}[country]
    organization.save()
    return organization


in_country = pytest.mark.parametrize("country", ["SG", "AU", "GB"], indirect=True)


@in_country
@pytest.mark.parametrize(
    ("treatment", "told"),
    [("exclusive", "TaxExcluded"), ("inclusive", "TaxInclusive"), ("none", "NotApplicable")],
)
def test_every_treatment_arrives_with_our_totals(qbo, organization, customer, treatment, told):
    lines = [invoice_line(quantity=3, unit_price=Decimal("19.99")) for _ in range(3)]
    invoice = make_invoice(organization, customer, lines=lines, tax_treatment=treatment)
    assert push(invoice).status == "succeeded"
    there = qbo.read("Invoice", invoice.qbo_id)
    assert there["GlobalTaxCalculation"] == told
    assert (there["TotalAmt"], there["TxnTaxDetail"]["TotalTax"]) == (invoice.total, invoice.tax_total)
    assert bool(invoice.tax_total) == (treatment != "none")
    assert invoice.difference is None


@in_country
@pytest.mark.parametrize("treatment", ["exclusive", "inclusive", "none"])
def test_every_treatment_arrives_on_bills_too(qbo, organization, beneficiary, treatment):
    bill = make_bill(
        organization, beneficiary, lines=[bill_line(unit_price=Decimal("33.37"))], tax_treatment=treatment
    )
    assert push(bill).status == "succeeded"
    there = qbo.read("Bill", bill.qbo_id)
    assert (there["TotalAmt"], there["TxnTaxDetail"]["TotalTax"]) == (bill.total, bill.tax_total)


def test_an_inclusive_line_is_net_there_with_its_gross_amount_beside_it(qbo, organization, customer):
    invoice = make_invoice(
        organization,
        customer,
        lines=[invoice_line(quantity=2, unit_price=Decimal("54.50"))],
        tax_treatment="inclusive",
    )
    push(invoice)
    line = qbo.read("Invoice", invoice.qbo_id)["Line"][0]
    assert line["Amount"] == Decimal("100.00")
    assert {key: line["SalesItemLineDetail"][key] for key in ("Qty", "UnitPrice", "TaxInclusiveAmt")} == {
        "Qty": 2,
        "UnitPrice": 50,
        "TaxInclusiveAmt": Decimal("109.00"),
    }
    assert (invoice.total, invoice.tax_total, invoice.subtotal) == (109, 9, 100)


def test_untaxed_and_taxed_lines_share_an_inclusive_invoice(qbo, organization, customer):
    """Rounding on the taxed lines leaves the untaxed one alone."""
    codes = [code(organization, name) for name in ("SR", "SR", "ZR")]
    prices = [Decimal("0.05"), Decimal("0.05"), Decimal(5)]
    lines = [
        invoice_line(quantity=1, unit_price=price, tax_code=each)
        for price, each in zip(prices, codes, strict=True)
    ]
    invoice = make_invoice(organization, customer, lines=lines, tax_treatment="inclusive")
    assert push(invoice).status == "succeeded"
    there = qbo.read("Invoice", invoice.qbo_id)
    assert there["Line"][2]["Amount"] == 5
    assert (there["TotalAmt"], there["TxnTaxDetail"]["TotalTax"]) == (Decimal("5.10"), Decimal("0.01"))
    assert invoice.difference is None


def test_a_net_line_in_an_inclusive_document_is_shown_gross_here(qbo, organization, customer):
    """Made there without TaxInclusiveAmt: QuickBooks takes the amount as net."""
    detail = {"Qty": 2, "UnitPrice": 50, "TaxCodeRef": {"value": code(organization, "SR").qbo_id}}
    made = qbo.make(
        "Invoice",
        {
            "CustomerRef": {"value": customer.qbo_id},
            "GlobalTaxCalculation": "TaxInclusive",
            "Line": [{"Amount": 100, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": detail}],
        },
    )
    pull(organization, "invoices")
    invoice = customer.invoices.get(qbo_id=made["Id"])
    line = invoice.lines.get()
    assert (invoice.tax_treatment, invoice.total, invoice.tax_total) == ("inclusive", 109, 9)
    assert (line.quantity, line.unit_price, line.amount) == (2, Decimal("54.50"), 109)


def test_a_change_of_treatment_leaves_nothing_of_the_old_one(qbo, organization, customer):
    invoice = make_invoice(organization, customer, tax_treatment="inclusive")
    push(invoice)
    for treatment in ("exclusive", "none", "inclusive"):
        invoice.tax_treatment = treatment
        invoice.replace_lines([invoice_line()])
        assert push(invoice).status == "succeeded", treatment
        there = qbo.read("Invoice", invoice.qbo_id)
        detail = there["Line"][0]["SalesItemLineDetail"]
        assert ("TaxInclusiveAmt" in detail) == (treatment == "inclusive")
        assert ("TaxCodeRef" in detail) == (treatment != "none")
        assert there["TotalAmt"] == invoice.total


def test_a_line_without_any_tax_code_is_refused_before_any_call(qbo, organization, customer):
    without_defaults(organization)
    named = [invoice_line(tax_code=code(organization, "SR"))]
    invoices = [make_invoice(organization, customer, lines=lines) for lines in (None, named)]
    run = push(*invoices)
    assert (run.status, run.failed, run.succeeded) == ("partly_failed", 1, 1)
    assert invoices[0].sync_error["code"] == "tax_code_missing"


def test_without_tax_no_code_is_needed(qbo, organization, customer):
    without_defaults(organization)
    invoice = make_invoice(organization, customer, tax_treatment="none")
    assert push(invoice).status == "succeeded"
    assert "TaxCodeRef" not in qbo.read("Invoice", invoice.qbo_id)["Line"][0]["SalesItemLineDetail"]


def test_a_code_for_purchases_cannot_be_used_on_an_invoice(qbo, organization, customer):
    lines = [invoice_line(tax_code=code(organization, "TX"))]
    invoices = [make_invoice(organization, customer, lines=each) for each in (lines, None)]
    run = push(*invoices)
    assert (run.status, invoices[0].sync_error["code"]) == ("partly_failed", "6000")
    assert "can't be used for sales" in invoices[0].sync_error["message"]


def test_a_total_that_differs_is_kept_and_reported(qbo, organization, customer):
    """The rate was changed there, and nobody pulled the tax codes since."""
    invoice = make_invoice(organization, customer)
    percents = [Decimal(10)] * 9
    before = code(organization, "GST 9%").sales_rates
    set_rates(qbo, organization, percents)
    TaxCode.objects.filter(organization=organization, name="GST 9%").update(sales_rates=before)
    assert push(invoice).status == "succeeded"
    assert (invoice.total, invoice.qbo_total, invoice.difference) == (109, 110, 1)
    assert (invoice.tax_total, invoice.qbo_tax_total, invoice.balance) == (9, 10, 110)


def test_a_difference_outlives_a_payment(qbo, organization, customer):
    invoice = make_invoice(organization, customer)
    before = code(organization, "GST 9%").sales_rates
    set_rates(qbo, organization, [Decimal(10)] * 9)
    TaxCode.objects.filter(organization=organization, name="GST 9%").update(sales_rates=before)
    push(invoice)
    qbo.pay(invoice.qbo_id, "10.00")
    pull(organization, "invoices")
    invoice.refresh_from_db()
    assert (invoice.difference, invoice.paid, invoice.balance) == (1, 10, 100)


def test_a_payment_there_leaves_our_lines_as_they_are(qbo, organization, customer):
    invoice = make_invoice(
        organization,
        customer,
        lines=[invoice_line(quantity=7, unit_price=Decimal("0.3333333"))],
        tax_treatment="inclusive",
    )
    push(invoice)
    qbo.pay(invoice.qbo_id, "1.00")
    pull(organization, "invoices")
    line = invoice.lines.get()
    assert (line.custom_name, line.unit_price, line.quantity) == ("Consulting", Decimal("0.3333333"), 7)


def test_lines_changed_there_come_over_with_quickbooks_totals(qbo, organization, customer):
    invoice = make_invoice(organization, customer)
    push(invoice)
    line = qbo.read("Invoice", invoice.qbo_id)["Line"][0]
    line["SalesItemLineDetail"] |= {"Qty": 3}
    qbo.change(
        "Invoice", invoice.qbo_id, CustomerRef={"value": customer.qbo_id}, Line=[line | {"Amount": 150}]
    )
    pull(organization, "invoices")
    invoice.refresh_from_db()
    assert (invoice.lines.get().quantity, invoice.total, invoice.difference) == (3, Decimal("163.50"), None)


def test_a_default_code_chosen_after_the_invoice_was_entered_counts_when_it_is_sent(qbo, organization):
    code = organization.configuration.default_receivable_tax_code
    type(organization.configuration).objects.update(default_receivable_tax_code=None)
    organization.refresh_from_db()
    customer = make_customer(organization)
    push(customer)
    invoice = make_invoice(organization, customer)
    assert invoice.tax_total == 0
    type(organization.configuration).objects.update(default_receivable_tax_code=code)
    push(invoice)
    assert invoice.total == invoice.qbo_total == qbo.read("Invoice", invoice.qbo_id)["TotalAmt"]
    assert (invoice.tax_total > 0, invoice.difference) == (True, None)
