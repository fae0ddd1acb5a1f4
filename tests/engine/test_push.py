import json
from collections import Counter
from decimal import Decimal

from integrations import services
from integrations.models import Item, PushBatch, SyncState
from payables.models import BillLine
from tests.factories import (
    bill_line,
    invoice_line,
    make_beneficiary,
    make_bill,
    make_customer,
    make_invoice,
    pull,
    push,
)
from tests.quickbooks import drain


def test_a_customer_is_created_with_all_its_fields(qbo, organization):
    customer = make_customer(
        organization,
        name="Peet's Coffee & Tea",
        company_name="Peet's Ltd",
        email="ap@peets.example",
        phone="+65 6123 4567",
        address_line1="1 Orchard Road",
        address_line2="#02-03",
        address_city="Singapore",
        address_postal_code="238801",
        address_country="Singapore",
    )
    run = push(customer)
    assert run.status == "succeeded"
    assert customer.accounting_synced and customer.sync_state == SyncState.SYNCED
    there = qbo.read("Customer", customer.qbo_id)
    assert there["DisplayName"] == "Peet's Coffee & Tea"
    assert there["CompanyName"] == "Peet's Ltd"
    assert there["PrimaryEmailAddr"] == {"Address": "ap@peets.example"}
    assert there["PrimaryPhone"] == {"FreeFormNumber": "+65 6123 4567"}
    address = {name: value for name, value in there["BillAddr"].items() if name != "Id"}
    assert address == {
        "Line1": "1 Orchard Road",
        "Line2": "#02-03",
        "City": "Singapore",
        "PostalCode": "238801",
        "Country": "Singapore",
    }


def test_an_invoice_with_a_custom_item_creates_the_item_once(qbo, organization):
    customer = make_customer(organization)
    push(customer)
    first, second = make_invoice(organization, customer), make_invoice(organization, customer)
    run = push(first, second)
    assert run.status == "succeeded", list(run.jobs.values())
    [item] = Item.objects.filter(organization=organization, name="Consulting")
    there = qbo.read("Invoice", first.qbo_id)
    line = there["Line"][0]
    assert line["SalesItemLineDetail"]["ItemRef"]["value"] == item.qbo_id
    assert line["Amount"] == Decimal("100.00")
    assert there["TotalAmt"] == first.total
    assert first.difference is None


def test_a_custom_item_that_is_added_to_a_synced_invoice_is_created_too(qbo, organization):
    invoice = make_invoice(organization)
    push(invoice.customer)
    push(invoice)
    lines = [*invoice.lines.all(), invoice_line(custom_name="Training", unit_price=Decimal("30.00"))]
    invoice.replace_lines(lines)
    run = push(invoice)
    assert run.status == "succeeded", list(run.jobs.values())
    assert {"Consulting", "Training"} <= {item["Name"] for item in qbo.all("Item")}
    assert qbo.read("Invoice", invoice.qbo_id)["TotalAmt"] == invoice.total


def test_a_bill_is_booked_to_the_default_account(qbo, organization):
    beneficiary = make_beneficiary(organization)
    push(beneficiary)
    bill = make_bill(organization, beneficiary, lines=[bill_line(description="October")])
    run = push(bill)
    assert run.status == "succeeded", list(run.jobs.values())
    there = qbo.read("Bill", bill.qbo_id)
    detail = there["Line"][0]["AccountBasedExpenseLineDetail"]
    assert detail["AccountRef"]["value"] == organization.configuration.default_payable_account.qbo_id


def test_what_is_in_step_costs_no_call(qbo, organization):
    customer = make_customer(organization)
    push(customer)
    qbo.reset_calls()
    run = push(customer)
    assert (run.status, run.skipped) == ("succeeded", 1)
    assert qbo.calls == Counter()


def test_an_edit_goes_out_as_a_sparse_update(qbo, organization):
    customer = make_customer(organization, phone="1")
    push(customer)
    customer.phone = "2"
    customer.save()
    assert customer.sync_state == SyncState.CHANGED
    run = push(customer)
    assert run.jobs.get().outcome == "updated"
    assert qbo.read("Customer", customer.qbo_id)["PrimaryPhone"] == {"FreeFormNumber": "2"}


def as_full_update(qbo, entity: str, qbo_id: str) -> tuple[dict, dict]:
    """(the document, what it becomes where the update that went out last is taken for a full one)"""
    told = ("SyncToken", "MetaData")
    before = qbo.read(entity, qbo_id)
    body = json.loads(PushBatch.objects.latest("pk").body, parse_float=Decimal)["BatchItemRequest"][0][entity]
    assert body.pop("sparse")
    qbo.make(entity, body | {"SyncToken": before["SyncToken"]})
    after = qbo.read(entity, qbo_id)
    return tuple(
        {name: document[name] for name in document if name not in told} for document in (before, after)
    )


def test_a_bills_update_empties_nothing_where_no_sparse_one_is_known(qbo, organization):
    beneficiary = make_beneficiary(organization)
    push(beneficiary)
    bill = make_bill(organization, beneficiary, memo="Rent", number="R-1")
    push(bill)
    term = qbo.make("Term", {"Name": "Net 45", "DueDays": 45})["Id"]
    qbo.change("Bill", bill.qbo_id, SalesTermRef={"value": term}, PrivateNote="Rent " * 400)
    pull(organization, "bills")
    bill.refresh_from_db()
    bill.due_date = bill.issue_date
    bill.save()
    assert push(bill).status == "succeeded"
    before, after = as_full_update(qbo, "Bill", bill.qbo_id)
    assert after == before
    assert (after["DocNumber"], len(after["PrivateNote"]) > 1000) == ("R-1", True)


def test_a_beneficiarys_update_empties_nothing_where_no_sparse_one_is_known(qbo, organization):
    beneficiary = make_beneficiary(
        organization, email="ap@lee.example", company_name="Lee", address_city="Ipoh"
    )
    push(beneficiary)
    qbo.change("Vendor", beneficiary.qbo_id, AcctNum="A-1", GivenName="Ann", Mobile={"FreeFormNumber": "3"})
    pull(organization, "beneficiaries")
    beneficiary.refresh_from_db()
    beneficiary.phone = "2"
    beneficiary.save()
    assert push(beneficiary).status == "succeeded"
    before, after = as_full_update(qbo, "Vendor", beneficiary.qbo_id)
    assert after == before
    assert (after["AcctNum"], after["PrimaryPhone"]) == ("A-1", {"FreeFormNumber": "2"})


def test_what_quickbooks_tells_to_be_empty_is_filled_here(qbo, organization):
    """Where a company tells empty properties too, which Intuit's leaves out."""
    beneficiary = make_beneficiary(organization)
    empty = {"PrimaryPhone": None, "BillAddr": None, "GivenName": None}
    qbo.alter_next("/batch", lambda answer: answer["BatchItemResponse"][0]["Vendor"].update(empty))
    push(beneficiary)
    beneficiary.phone, beneficiary.address_city = "2", "Ipoh"
    beneficiary.save()

    assert push(beneficiary).status == "succeeded"

    held = qbo.read("Vendor", beneficiary.qbo_id)
    assert (held["PrimaryPhone"], held["BillAddr"]["City"]) == ({"FreeFormNumber": "2"}, "Ipoh")


def test_an_invoice_is_edited_here_and_paid_there(qbo, organization):
    customer = make_customer(organization)
    push(customer)
    invoice = make_invoice(organization, customer)
    push(invoice)
    qbo.pay(invoice.qbo_id, "40.00")
    pull(organization, "invoices")
    invoice.refresh_from_db()
    assert invoice.balance == invoice.total - 40
    assert invoice.status in ("partially_paid", "overdue")
    invoice.memo = "Thanks"
    invoice.save()
    run = push(invoice)
    assert run.jobs.get().outcome == "updated", run.jobs.get().message
    assert qbo.read("Invoice", invoice.qbo_id)["CustomerMemo"] == {"value": "Thanks"}


def test_a_stale_token_is_answered_by_read_merge_send(qbo, organization):
    customer = make_customer(organization)
    push(customer)
    invoice = make_invoice(organization, customer, lines=[invoice_line()])
    push(invoice)
    qbo.change("Invoice", invoice.qbo_id, DueDate="2026-12-24", CustomerRef={"value": customer.qbo_id})
    invoice.memo = "Thanks"
    invoice.save()
    run = push(invoice)
    assert run.status == "succeeded", list(run.jobs.values())
    there = qbo.read("Invoice", invoice.qbo_id)
    assert (there["DueDate"], there["CustomerMemo"]["value"]) == ("2026-12-24", "Thanks")
    assert str(invoice.due_date) == "2026-12-24"


def test_invoices_and_bills_that_share_a_call_keep_their_own_lines(qbo, organization, asked):
    customer, beneficiary = make_customer(organization), make_beneficiary(organization)
    push(make_invoice(organization, customer), with_contacts=True)
    push(beneficiary)
    bill = make_bill(organization, beneficiary)
    invoice = make_invoice(organization, customer, lines=[invoice_line(), invoice_line(description="More")])
    for entity in ("invoices", "bills"):
        services.push(organization, entity, asked=asked, all_unsynced=True)
    qbo.reset_calls()
    drain(organization)
    assert qbo.calls["batch"] == 1
    assert [line.qbo_line_id for line in invoice.lines.all()] == ["1", "2"]
    assert list(BillLine.objects.values_list("document_id", "qbo_line_id")) == [(bill.pk, "1")]
