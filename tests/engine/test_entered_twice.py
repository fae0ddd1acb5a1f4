"""A document that people entered on both sides, where QuickBooks does not refuse a number that is taken."""

import json

import pytest

from integrations.simulator.models import StoredObject
from integrations.sync import find
from tests.factories import (
    bill_line,
    invoice_line,
    make_beneficiary,
    make_bill,
    make_invoice,
    push,
)

from .by_hand import invoice_there, one_of_another, unlink


@pytest.fixture(autouse=True)
def nothing_is_refused(qbo):
    qbo.switch(duplicate_doc_numbers_allowed=True)


def invoice_here(organization, customer, number="1047", **fields):
    return make_invoice(organization, customer, number=number, tax_treatment="none", **fields)


def test_an_invoice_of_both_sides_is_linked_and_stays_one(qbo, organization, customer):
    held = invoice_there(qbo, customer, amount="100.00")
    invoice = invoice_here(organization, customer)

    run = push(invoice)

    job = run.jobs.get()
    assert (run.status, job.outcome, invoice.qbo_id) == ("succeeded", "linked", held["Id"])
    assert job.message == "QuickBooks had it already: it was linked, and not created again."
    assert invoice.accounting_synced
    assert [each["Id"] for each in qbo.all("Invoice")] == [held["Id"]]


def test_a_bill_of_both_sides_is_linked_and_stays_one(qbo, organization):
    beneficiary = make_beneficiary(organization)
    push(beneficiary)
    bill = make_bill(organization, beneficiary, number="7", lines=[bill_line()])
    push(bill)
    held = bill.qbo_id
    unlink(bill, entity="bills")

    run = push(bill)

    assert (run.status, run.jobs.get().outcome, bill.qbo_id) == ("succeeded", "linked", held)
    assert len(qbo.all("Bill")) == 1


@pytest.mark.parametrize("different", ["amount", "date", "customer"])
def test_another_document_of_that_number_is_left_alone(qbo, organization, customer, different):
    held = one_of_another(qbo, customer, different)
    invoice = invoice_here(organization, customer)

    assert push(invoice).status == "succeeded"

    assert {each["Id"] for each in qbo.all("Invoice")} == {held["Id"], invoice.qbo_id}
    assert invoice.qbo_id != held["Id"]


def test_one_there_is_given_to_one_here_only(qbo, organization, customer):
    held = invoice_there(qbo, customer, amount="100.00")
    invoices = [invoice_here(organization, customer) for _ in range(2)]

    assert push(*invoices).status == "succeeded"

    assert sorted(each.qbo_id == held["Id"] for each in invoices) == [False, True]
    assert len(qbo.all("Invoice")) == 2


def test_one_that_is_bound_here_is_no_other_record(qbo, organization, customer):
    first = invoice_here(organization, customer)
    push(first)
    second = invoice_here(organization, customer)

    assert push(second).status == "succeeded"

    assert {each["Id"] for each in qbo.all("Invoice")} == {first.qbo_id, second.qbo_id}


def test_one_call_looks_for_the_whole_queue(qbo, organization, customer):
    held = invoice_there(qbo, customer, "N-60", "100.00")
    push(invoice_here(organization, customer, number="the item's first"))
    invoices = [invoice_here(organization, customer, number=f"N-{number}") for number in range(75)]
    qbo.reset_calls()

    run = push(*invoices)

    assert (run.status, run.succeeded) == ("succeeded", 75)
    assert dict(qbo.calls) == {"query": 1, "batch": 3}
    assert len(qbo.all("Invoice")) == 76
    assert next(each for each in invoices if each.number == "N-60").qbo_id == held["Id"]


def test_the_item_of_a_line_is_looked_for_in_the_same_call(qbo, organization, customer):
    invoice = invoice_here(organization, customer, lines=[invoice_line(custom_name="Something new")])
    qbo.reset_calls()

    assert push(invoice).status == "succeeded"

    # The look, the item, the invoice.
    assert dict(qbo.calls) == {"batch": 3}


def test_where_quickbooks_refuses_to_look_the_invoice_goes_out(qbo, organization, customer):
    invoice = invoice_here(organization, customer)
    qbo.refuse_queries("DocNumber", "4000")

    assert push(invoice).status == "succeeded"
    assert invoice.linked


def test_a_number_that_cannot_be_asked_for_leaves_its_neighbours_alone(qbo, organization, customer):
    held = invoice_there(qbo, customer, "N-3", "100.00")
    numbers = [*(f"N-{number}" for number in range(7)), "odd/slash"]
    invoices = [invoice_here(organization, customer, number=number) for number in numbers]
    push(invoice_here(organization, customer, number="the item's first"))
    qbo.refuse_queries("slash", "4000")

    assert push(*invoices).status == "succeeded"

    assert invoices[3].qbo_id == held["Id"]
    assert len(qbo.all("Invoice")) == 9
    assert qbo.refusals == 1


_FAILURE = {"Error": [{"Message": "An application error", "code": "10000"}], "type": "SystemFault"}


@pytest.mark.parametrize("instead", [{"Fault": _FAILURE}, {}])
def test_a_query_of_the_look_that_fails_or_is_left_out_is_made_again(
    qbo, organization, customer, instead, monkeypatch
):
    monkeypatch.setattr(find, "CHUNK", 2)  # a statement for N-1 and N-2, one for N-3
    numbers = ["N-1", "N-2", "N-3"]
    held = [invoice_there(qbo, customer, number, "100.00") for number in numbers]
    push(invoice_here(organization, customer, number="the item's first"))
    invoices = [invoice_here(organization, customer, number=number) for number in numbers]

    def spoil(answer: dict) -> None:
        del answer["BatchItemResponse"][0]["QueryResponse"]
        answer["BatchItemResponse"][0] |= instead

    qbo.alter_next("/batch", spoil)

    assert push(*invoices).status == "succeeded"

    assert [each.qbo_id for each in invoices] == [each["Id"] for each in held]
    assert len(qbo.all("Invoice")) == 4


@pytest.mark.parametrize("number", ["A\\1", "\\'", "A\\B  \\7"])
def test_a_number_with_a_backslash_is_found_however_backslashes_are_written(
    qbo, organization, customer, number
):
    """Whether a literal doubles them is not confirmed."""
    held = [invoice_there(qbo, customer, each, "100.00") for each in (number, "N-1")]
    invoices = [invoice_here(organization, customer, number=each) for each in (number, "N-1")]
    push(invoice_here(organization, customer, number="the item's first"))
    qbo.refuse_queries("\\\\", "4000")

    assert push(*invoices).status == "succeeded"

    assert [each.qbo_id for each in invoices] == [each["Id"] for each in held]
    assert len(qbo.all("Invoice")) == 3


def test_a_full_page_of_one_number_is_read_to_its_end(qbo, organization, customer):
    held = invoice_there(qbo, customer, amount="100.00")
    kept = _a_page_of_one_number(qbo, customer)
    StoredObject.objects.filter(company__realm_id=qbo.realm, entity="Invoice", qbo_id=held["Id"]).delete()
    last = _numbered(kept, kept.number + 1001, CustomerRef=held["CustomerRef"])
    last.save()
    invoice = invoice_here(organization, customer)

    push(invoice)

    assert invoice.qbo_id == last.qbo_id


def test_what_a_lost_answer_made_is_found_beyond_a_full_page_of_its_number(qbo, organization, customer):
    _a_page_of_one_number(qbo, customer)
    push(invoice_here(organization, customer, number="the item's first"))
    invoice = invoice_here(organization, customer)
    qbo.mishap("answer_lost", matching="/batch")
    qbo.mishap("requestid_forgotten", matching="/batch", count=5)

    assert push(invoice).status == "succeeded"

    [made] = qbo.all("Invoice", f"where CustomerRef = '{customer.qbo_id}' AND DocNumber = '1047'")
    assert invoice.qbo_id == made["Id"]


def _a_page_of_one_number(qbo, customer) -> StoredObject:
    """1,001 invoices of another customer; returns the first of them."""
    first = one_of_another(qbo, customer, "customer")
    kept = StoredObject.objects.get(company__realm_id=qbo.realm, entity="Invoice", qbo_id=first["Id"])
    numbers = range(kept.number + 1, kept.number + 1001)
    StoredObject.objects.bulk_create(_numbered(kept, number) for number in numbers)
    company = kept.company
    # The next that is made has an id after theirs.
    company.counters = {family: number + 2000 for family, number in company.counters.items()}
    company.save(update_fields=["counters"])
    return kept


def _numbered(row: StoredObject, number: int, **fields) -> StoredObject:
    columns = {
        each.attname: getattr(row, each.attname)
        for each in StoredObject._meta.concrete_fields
        if not each.primary_key
    }
    body = json.dumps(json.loads(row.body) | {"Id": str(number)} | fields)
    return StoredObject(**columns | {"qbo_id": str(number), "number": number, "body": body})


def test_a_look_whose_answer_is_lost_is_made_again(qbo, organization, customer):
    held = invoice_there(qbo, customer, amount="100.00")
    invoice = invoice_here(organization, customer, lines=[invoice_line(custom_name="Something new")])
    qbo.mishap("answer_lost", matching="/batch")

    run = push(invoice)

    assert (run.status, run.jobs.get().outcome, invoice.qbo_id) == ("succeeded", "linked", held["Id"])
    assert len(qbo.all("Invoice")) == len(qbo.all("Item", "where Name = 'Something new'")) == 1
