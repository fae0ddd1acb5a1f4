"""QuickBooks refuses a look: what it was about ends with the reason, and everything else goes on."""

import pytest

from integrations import services
from integrations.models import Connection, PushBatch, SuspectedMerge, SyncRun
from tests.factories import make_beneficiary, make_customer, make_invoice, pull, push
from tests.quickbooks import drain

HTML = "<!DOCTYPE html><html><body><h1>403 Forbidden</h1></body></html>"

pytestmark = pytest.mark.usefixtures("clock")


def finished(organization) -> bool:
    return not SyncRun.objects.filter(organization=organization, finished_at=None).exists()


def told(*records) -> set[str]:
    return {(each.sync_error or {}).get("code") for each in records}


# --- before a contact is created ---------------------------------------------------------------------


@pytest.mark.parametrize("code", ["5020", "5030"])
def test_a_refused_look_fails_what_is_new_and_nothing_else(qbo, organization, asked, code):
    linked = make_customer(organization)
    push(linked)
    linked.phone = "2"
    linked.save()
    new, supplier = make_customer(organization), make_beneficiary(organization)
    qbo.refuse_queries("FROM Customer", code)
    other = services.push(organization, "beneficiaries", asked=asked, ids=[supplier.pk])
    run = push(new, linked)
    other.refresh_from_db()
    assert (run.status, run.succeeded, run.failed, told(new)) == ("partly_failed", 1, 1, {code})
    assert (other.status, qbo.refusals, finished(organization)) == ("succeeded", 1, True)
    qbo.understand_queries()
    assert push(new).status == "succeeded"


def test_a_forbidden_page_in_place_of_a_look_is_told(qbo, organization):
    qbo.refuse_queries("FROM Customer", "", status=403, body=HTML)
    customer = make_customer(organization)
    assert (push(customer).status, told(customer)) == ("failed", {"403"})


def test_a_name_that_cannot_be_asked_for_is_pushed_and_its_neighbours_are_looked_for(qbo, organization):
    known = qbo.make("Customer", {"DisplayName": "Acme Ltd"})
    names = ["Acme Ltd", "Back\\slash", *(f"Customer {number}" for number in range(8))]
    customers = [make_customer(organization, name=name) for name in names]
    qbo.refuse_queries("slash", "4000")
    run = push(*customers)
    assert (run.status, run.succeeded, len(qbo.all("Customer"))) == ("succeeded", 10, 10)
    assert customers[0].qbo_id == known["Id"]
    assert qbo.refusals < 8


def test_a_taken_name_that_cannot_be_asked_for_is_linked_by_the_id_that_quickbooks_tells(qbo, organization):
    there = qbo.make("Customer", {"DisplayName": "Back/slash"})
    customer = make_customer(organization, name="Back/slash")
    qbo.refuse_queries("slash", "4000")
    run = push(customer)
    assert (run.status, customer.qbo_id) == ("succeeded", there["Id"])
    assert len(qbo.all("Customer")) == 1


def test_a_list_that_is_never_understood_is_not_asked_for_name_by_name(qbo, organization):
    customers = [make_customer(organization) for _ in range(25)]
    qbo.refuse_queries("FROM Customer", "4000")
    assert push(*customers).status == "succeeded"
    assert qbo.refusals <= 31


# --- after an answer that was lost ----------------------------------------------------------------------


@pytest.mark.parametrize("code", ["4002", "5020"])
def test_a_lost_batch_whose_look_is_refused_ends_in_doubt(qbo, organization, code):
    customer = make_customer(organization)
    push(customer)
    invoice = make_invoice(organization, customer)
    push(make_invoice(organization, customer))  # its custom item exists from here on
    qbo.reset_calls()
    qbo.refuse_queries("FROM Invoice", code)
    qbo.mishap("answer_lost", matching="/batch")
    run = push(invoice)
    assert (run.status, run.failed, told(invoice)) == ("failed", 1, {"in_doubt"})
    assert (qbo.calls["batch"], len(qbo.all("Invoice"))) == (1, 2)
    assert run.jobs.get().detail == "not like this"
    assert not PushBatch.objects.filter(settled_at=None).exists()


@pytest.mark.parametrize("number", ["", "77"])
def test_a_document_in_doubt_is_looked_for_before_it_goes_out_again(qbo, organization, number):
    qbo.switch(duplicate_doc_numbers_allowed=True)
    customer = make_customer(organization)
    push(customer)
    push(make_invoice(organization, customer))  # its custom item exists from here on
    invoice = make_invoice(organization, customer, number=number)
    qbo.refuse_queries("FROM Invoice", "5020")
    qbo.mishap("answer_lost", matching="/batch")
    for _ in range(2):
        run = push(invoice)
        assert (run.status, told(invoice)) == ("failed", {"in_doubt"})
    qbo.understand_queries()
    run = push(invoice)
    assert (run.status, len(qbo.all("Invoice"))) == ("succeeded", 2)
    assert invoice.accounting_synced


def test_what_can_be_looked_for_after_a_lost_answer_is_bound(qbo, organization):
    odd, plain = make_customer(organization, name="Odd slash"), make_customer(organization)
    qbo.refuse_queries("slash", "4000")
    qbo.mishap("answer_lost", matching="/batch")
    run = push(odd, plain)
    assert (run.status, run.succeeded, run.failed) == ("partly_failed", 1, 1)
    assert (told(odd), plain.linked, qbo.calls["batch"]) == ({"in_doubt"}, True, 1)
    assert len(qbo.all("Customer")) == 2
    assert push(odd).status == "succeeded"
    assert len(qbo.all("Customer")) == 2


def test_a_batch_of_an_earlier_turn_whose_look_is_refused_holds_nobody_up(qbo, organization, asked):
    customer = make_customer(organization)
    run = services.push(organization, "customers", asked=asked, ids=[customer.pk])
    qbo.mishap("unavailable", count=50, matching="/batch")
    drain(organization)
    qbo.control(f"{qbo.realm}/mishaps/", method="DELETE")
    assert PushBatch.objects.filter(settled_at=None).exists()
    qbo.refuse_queries("FROM Customer", "5020")
    supplier = make_beneficiary(organization)
    assert push(supplier).status == "succeeded"
    run.refresh_from_db()
    customer.refresh_from_db()
    assert (run.status, told(customer), finished(organization)) == ("failed", {"in_doubt"}, True)


@pytest.mark.parametrize("code", ["5010", "610", "10000"])
def test_a_fault_whose_look_is_refused_is_told(qbo, organization, code):
    customer, other = make_customer(organization), make_customer(organization)
    push(customer, other)
    for each in (customer, other):
        each.phone = "2"
        each.save()
    qbo.refuse_queries("WHERE Id IN", "4000")
    qbo.fault_item(customer.name, code, detail="as it is")
    for _ in range(3 if code == "10000" else 0):
        qbo.fault_item(customer.name, code, detail="as it is")
    run = push(customer, other)
    assert (run.status, run.succeeded, told(customer)) == ("partly_failed", 1, {code})
    assert finished(organization)


def test_a_void_whose_look_is_refused_ends_with_its_own_reason(qbo, organization, asked):
    invoice = make_invoice(organization)
    push(invoice, with_contacts=True)
    qbo.change("Invoice", invoice.qbo_id, PrivateNote="changed there")
    qbo.refuse_queries("FROM Invoice", "5020")
    run = services.void(organization, "invoices", asked=asked, ids=[invoice.pk])
    drain(organization)
    run.refresh_from_db()
    assert (run.status, run.jobs.get().code) == ("failed", "5010")
    assert not PushBatch.objects.filter(settled_at=None).exists()


# --- what the company is like ------------------------------------------------------------------------------


@pytest.mark.parametrize("read_before", [True, False])
def test_a_refused_look_at_the_company(qbo, organization, asked, read_before):
    """Settings of before will do; without any, nothing can be sent and every run says why."""
    connections = Connection.objects.filter(organization=organization)
    if read_before:
        connections.update(company_read_at="2026-01-01T00:00:00Z")
    else:
        connections.update(company_read_at=None)
    for _ in range(6):
        qbo.answer_next("/companyinfo", 403, HTML, "text/html")
    pulled = services.pull(organization, "customers", asked=asked)
    customer = make_customer(organization)
    run = push(customer)
    pulled.refresh_from_db()
    assert finished(organization)
    if read_before:
        assert (run.status, pulled.status) == ("succeeded", "succeeded")
    else:
        assert (run.status, told(customer)) == ("failed", {"403"})
        assert (pulled.status, pulled.error["code"]) == ("failed", "403")


def test_a_suspected_merge_that_cannot_be_looked_at_leaves_the_reading_as_it_is(qbo, organization):
    customer = make_customer(organization)
    push(customer)
    pull(organization, "customers")
    SuspectedMerge.objects.create(
        organization=organization, entity="customers", loser="98", survivor="99", told=True
    )
    qbo.refuse_queries("WHERE Id IN", "4000")
    qbo.change("Customer", customer.qbo_id, PrimaryPhone={"FreeFormNumber": "9"})
    run = pull(organization, "customers")
    customer.refresh_from_db()
    assert (run.status, run.succeeded, customer.phone) == ("succeeded", 1, "9")
    assert SuspectedMerge.objects.count() == 1
