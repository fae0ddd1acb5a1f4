"""What people keep in QuickBooks and Finmo does not know of survives our edits."""

import pytest

from receivables.models import Invoice
from tests.factories import (
    invoice_line,
    make_beneficiary,
    make_bill,
    make_customer,
    make_invoice,
    pull,
    push,
)


@pytest.fixture
def customer(qbo, organization):
    customer = make_customer(organization)
    push(customer)
    return customer


def change_invoice(qbo, invoice, **fields) -> dict:
    return qbo.change("Invoice", invoice.qbo_id, CustomerRef={"value": invoice.customer.qbo_id}, **fields)


def test_other_parts_of_a_line_survive_new_lines(qbo, organization, customer):
    invoice = make_invoice(organization, customer)
    push(invoice)
    line = qbo.read("Invoice", invoice.qbo_id)["Line"][0]
    line["SalesItemLineDetail"]["ServiceDate"] = "2026-09-09"
    change_invoice(qbo, invoice, Line=[line], ShipDate="2026-10-03", PrivateNote="Ask Jane first")
    pull(organization, "invoices")
    invoice.refresh_from_db()
    kept = invoice.lines.get()
    kept.pk, kept.quantity = None, 5
    invoice.replace_lines([kept, invoice_line(unit_price=1)])
    assert push(invoice).status == "succeeded"
    there = qbo.read("Invoice", invoice.qbo_id)
    details = [each["SalesItemLineDetail"] for each in there["Line"] if "SalesItemLineDetail" in each]
    assert [(each["Qty"], each.get("ServiceDate")) for each in details] == [(5, "2026-09-09"), (2, None)]
    assert there["Line"][0]["Id"] == line["Id"]
    assert (there["ShipDate"], there["PrivateNote"]) == ("2026-10-03", "Ask Jane first")


def test_a_note_that_is_longer_than_ours_survives_another_edit(qbo, organization):
    beneficiary = make_beneficiary(organization)
    push(beneficiary)
    bill = make_bill(organization, beneficiary, memo="Short")
    push(bill)
    note = "x" * 2500
    qbo.change(
        "Bill",
        bill.qbo_id,
        VendorRef={"value": beneficiary.qbo_id},
        Line=qbo.read("Bill", bill.qbo_id)["Line"],
        PrivateNote=note,
    )
    pull(organization, "bills")
    bill.refresh_from_db()
    assert bill.memo == note[:1000]
    bill.number = "B-NEW"
    bill.save()
    run = push(bill)
    assert run.jobs.get().after == {"number": "B-NEW"}
    assert qbo.read("Bill", bill.qbo_id)["PrivateNote"] == note


def test_a_line_of_text_stays_one(qbo, organization, customer):
    invoice = make_invoice(organization, customer)
    push(invoice)
    line = qbo.read("Invoice", invoice.qbo_id)["Line"][0]
    change_invoice(qbo, invoice, Line=[line, {"DetailType": "DescriptionOnly", "Description": "As agreed"}])
    pull(organization, "invoices")
    invoice = Invoice.objects.get(pk=invoice.pk)
    lines = list(invoice.lines.all())
    assert [each.description for each in lines] == ["", "As agreed"]
    lines[0].quantity = 3
    for each in lines:
        each.pk = None
    invoice.replace_lines(lines)
    assert push(invoice).status == "succeeded"
    there = qbo.read("Invoice", invoice.qbo_id)["Line"]
    assert [each["DetailType"] for each in there] == [
        "SalesItemLineDetail",
        "DescriptionOnly",
        "SubTotalLineDetail",
    ]
    assert there[1]["Description"] == "As agreed"


def test_a_custom_item_that_quickbooks_has_is_used(qbo, organization, customer):
    income = next(each for each in qbo.all("Account") if each["AccountType"] == "Income")
    item = qbo.make(
        "Item", {"Name": "consulting", "Type": "Service", "IncomeAccountRef": {"value": income["Id"]}}
    )
    invoice = make_invoice(organization, customer, lines=[invoice_line(custom_name="Consulting")])
    assert push(invoice).status == "succeeded"
    line = qbo.read("Invoice", invoice.qbo_id)["Line"][0]
    assert line["SalesItemLineDetail"]["ItemRef"]["value"] == item["Id"]


def test_a_category_of_that_name_cannot_stand_on_a_line(qbo, organization, customer):
    qbo.make("Item", {"Name": "Consulting", "Type": "Category"})
    invoices = [
        make_invoice(organization, customer, lines=[invoice_line(custom_name=name)])
        for name in ("Consulting", "Training")
    ]
    run = push(*invoices)
    assert (run.status, run.succeeded, run.failed) == ("partly_failed", 1, 1)
    assert invoices[0].sync_error["code"] == "name_taken"
    assert "Consulting" in invoices[0].sync_error["message"]


def test_a_custom_item_with_a_colon_is_refused_before_it_leaves(qbo, organization, customer):
    invoice = make_invoice(organization, customer, lines=[invoice_line(custom_name="Work: on site")])
    push(invoice)
    assert invoice.sync_error["code"] == "name_invalid"
    assert qbo.calls["batch"] == 1  # the customer
