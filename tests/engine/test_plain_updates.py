"""QuickBooks refuses an update for what it told itself, or for being sparse: it goes out once more without that."""

from datetime import date

import pytest

from tests.factories import make_beneficiary, make_bill, make_customer, make_invoice, pull, push


@pytest.mark.parametrize("code", ["2010", "500"])
def test_a_bill_whose_sparse_update_is_refused_is_updated_in_full(qbo, organization, code):
    beneficiary = make_beneficiary(organization)
    push(beneficiary)
    bill = make_bill(organization, beneficiary, memo="Rent", number="R-1")
    push(bill)
    term = qbo.make("Term", {"Name": "Net 45", "DueDays": 45})["Id"]
    qbo.change("Bill", bill.qbo_id, SalesTermRef={"value": term})
    pull(organization, "bills")
    bill.refresh_from_db()
    before = qbo.read("Bill", bill.qbo_id)
    bill.due_date = date(2026, 11, 5)
    bill.save()
    qbo.fault_item('"sparse":true', code)
    qbo.reset_calls()

    run = push(bill)

    assert (run.status, run.jobs.get().outcome, bill.accounting_synced) == ("succeeded", "updated", True)
    assert dict(qbo.calls) == {"batch": 2}
    assert _steady(qbo.read("Bill", bill.qbo_id)) == _steady(before) | {"DueDate": "2026-11-05"}


def _steady(document: dict) -> dict:
    return {name: document[name] for name in document if name not in ("SyncToken", "MetaData")}


def test_a_beneficiary_whose_sparse_update_is_refused_is_updated_in_full(qbo, organization):
    beneficiary = make_beneficiary(organization, email="ap@lee.example", address_city="Ipoh")
    push(beneficiary)
    beneficiary.phone = "2"
    beneficiary.save()
    qbo.fault_item('"sparse":true', "2010")

    assert push(beneficiary).status == "succeeded"

    held = qbo.read("Vendor", beneficiary.qbo_id)
    assert (held["PrimaryPhone"], held["BillAddr"]["City"]) == ({"FreeFormNumber": "2"}, "Ipoh")
    assert held["PrimaryEmailAddr"] == {"Address": "ap@lee.example"}


def test_a_line_with_something_that_quickbooks_tells_and_does_not_take_is_changed_all_the_same(
    qbo, organization
):
    customer = make_customer(organization)
    push(customer)
    push(make_invoice(organization, customer))  # its custom item exists from here on
    invoice = make_invoice(organization, customer)
    qbo.alter_next("/batch", _tell_more)
    push(invoice)
    line = invoice.lines.get()
    line.description = "Two days"
    invoice.replace_lines([line])

    run = push(invoice)

    assert (run.status, run.jobs.get().outcome) == ("succeeded", "updated")
    [kept, _] = qbo.read("Invoice", invoice.qbo_id)["Line"]
    assert (kept["Id"], kept["Description"]) == ("1", "Two days")


def _tell_more(answer: dict) -> None:
    for each in answer["BatchItemResponse"]:
        for line in each.get("Invoice", {}).get("Line", []):
            line["NewIn2027"] = {"a": 1}
            line.get("SalesItemLineDetail", {})["AlsoNew"] = "b"


def test_what_is_refused_in_that_form_too_is_told(qbo, organization):
    beneficiary = make_beneficiary(organization)
    push(beneficiary)
    beneficiary.phone = "2"
    beneficiary.save()
    for _ in range(2):
        qbo.fault_item(beneficiary.name, "2010", detail="Unrecognized field")
    qbo.reset_calls()

    run = push(beneficiary)

    assert (run.status, run.jobs.get().code, run.jobs.get().detail) == (
        "failed",
        "2010",
        "Unrecognized field",
    )
    assert dict(qbo.calls) == {"batch": 2}
