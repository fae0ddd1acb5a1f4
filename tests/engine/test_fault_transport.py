"""What goes wrong on the way: limits, outages, broken and lost answers. Everything arrives once, and once only."""

from collections import Counter

import pytest

from integrations import services
from integrations.models import PushBatch, SyncState
from tests.engine.by_hand import done
from tests.factories import invoice_line, make_beneficiary, make_bill, make_customer, make_invoice, pull, push

XML_FAULT = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<IntuitResponse xmlns="http://schema.intuit.com/finance/v3"><Fault type="ValidationFault"><Error code="2010">
<Message>Request has invalid or unsupported property</Message><Detail>Property Name: x</Detail></Error></Fault>
</IntuitResponse>"""
HTML = "<!DOCTYPE html><html><body><h1>502 Bad Gateway</h1></body></html>"

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def customer(qbo, organization):
    customer = make_customer(organization)
    push(customer)
    qbo.reset_calls()
    return customer


# --- limits ------------------------------------------------------------------------------------


@pytest.mark.parametrize("as_xml", [False, True])
@pytest.mark.parametrize("kind", ["throttled", "throttled_after"])
def test_a_429_waits_and_sends_the_same_again(qbo, customers, clock, kind, as_xml):
    qbo.switch(throttle_as_xml=as_xml)
    qbo.mishap(kind, matching="/batch")
    run = push(*customers)
    assert (run.status, run.succeeded) == ("succeeded", 3)
    assert (qbo.calls["batch"], len(qbo.all("Customer"))) == (2, 3)
    assert 1.5 < sum(clock.slept) < 3
    assert PushBatch.objects.get().attempts == 1


def test_a_limit_that_lasts_leaves_the_run_waiting(qbo, customers):
    qbo.mishap("throttled", count=4, matching="/batch")
    run = push(*customers)
    assert (run.status, run.error["code"], run.failed) == ("waiting", "throttled", 0)
    done(run, *customers)
    assert (run.status, run.succeeded, len(qbo.all("Customer"))) == ("succeeded", 3, 3)


def test_a_429_on_a_read_is_waited_for_too(qbo, organization):
    qbo.make("Customer", {"DisplayName": "Made there"})
    qbo.mishap("throttled", count=2)
    assert pull(organization, "customers", include_new=True).status == "succeeded"


# --- outages and answers that cannot be read -----------------------------------------------------


@pytest.mark.parametrize("kind", ["server_error", "unavailable"])
def test_an_outage_before_the_call_costs_a_look_and_one_more_try(qbo, customers, kind):
    qbo.mishap(kind, matching="/batch")
    run = push(*customers)
    assert (run.status, run.succeeded) == ("succeeded", 3)
    # One look by name before anything is created, one after the outage.
    assert qbo.calls == Counter(batch=2, query=2)
    assert len(qbo.all("Customer")) == 3


@pytest.mark.parametrize(
    "kind", ["answer_lost", "server_error_after", "unavailable_after", "cut_off", "broken_json"]
)
def test_an_answer_that_is_lost_after_the_commit_is_found_by_looking(qbo, customers, kind):
    qbo.mishap(kind, matching="/batch")
    run = push(*customers)
    assert (run.status, run.succeeded) == ("succeeded", 3)
    assert qbo.calls == Counter(batch=1, query=2)
    assert {each.sync_state for each in customers} == {SyncState.SYNCED}
    assert sorted(each["Id"] for each in qbo.all("Customer")) == sorted(each.qbo_id for each in customers)


@pytest.mark.parametrize("kind", ["answer_lost", "cut_off"])
def test_documents_whose_answer_is_lost_are_found_by_number(qbo, organization, customer, kind):
    invoices = [make_invoice(organization, customer) for _ in range(3)]
    push(make_invoice(organization, customer))  # its custom item exists from here on
    qbo.reset_calls()
    qbo.mishap(kind, matching="/batch")
    run = push(*invoices)
    assert (run.status, run.succeeded) == ("succeeded", 3)
    # Before they go out, and after the answer was lost.
    assert qbo.calls == Counter(batch=1, query=2)
    assert len(qbo.all("Invoice")) == 4


def test_documents_without_a_number_are_known_by_contact_date_and_total(qbo, organization, customer):
    invoices = [make_invoice(organization, customer, number="") for _ in range(2)]
    qbo.mishap("answer_lost", matching="/batch", count=1)
    run = push(*invoices)
    assert (run.status, run.succeeded) == ("succeeded", 2)
    assert len(qbo.all("Invoice")) == 2
    assert {each.qbo_id for each in invoices} == {each["Id"] for each in qbo.all("Invoice")}
    assert all(each.number for each in invoices)


def test_an_update_whose_answer_is_lost_is_known_by_what_it_says(qbo, customer):
    customer.phone = "2"
    customer.save()
    qbo.mishap("answer_lost", matching="/batch")
    run = push(customer)
    assert (run.status, run.jobs.get().outcome) == ("succeeded", "updated")
    assert qbo.calls == Counter(batch=1, query=1)
    assert qbo.read("Customer", customer.qbo_id)["SyncToken"] == "1" == customer.qbo_sync_token


def test_an_outage_that_lasts_leaves_everything_for_the_next_turn(qbo, customers):
    qbo.mishap("unavailable", count=50)
    run = push(*customers)
    assert (run.status, run.error["code"], run.failed) == ("waiting", "unreachable", 0)
    qbo.control(f"{qbo.realm}/mishaps/", method="DELETE")
    done(run, *customers)
    assert (run.status, run.succeeded, len(qbo.all("Customer"))) == ("succeeded", 3, 3)


def test_an_answer_lost_at_the_end_of_a_turn_is_looked_for_in_the_next(qbo, customers):
    qbo.during_next_call(lambda: qbo.mishap("unavailable", count=50, matching="query"))
    qbo.mishap("answer_lost", matching="/batch")
    run = push(*customers)
    qbo.control(f"{qbo.realm}/mishaps/", method="DELETE")
    done(run, *customers)
    assert (run.status, run.succeeded) == ("succeeded", 3)
    assert len(qbo.all("Customer")) == 3


def test_a_proxy_page_in_place_of_the_answer_is_no_answer(qbo, customers):
    qbo.answer_next("/batch", 200, HTML, "text/html")
    assert push(*customers).status == "succeeded"
    assert len(qbo.all("Customer")) == 3


def test_a_fault_in_xml_is_understood(qbo, customers):
    qbo.answer_next("/batch", 400, XML_FAULT, "application/xml")
    run = push(*customers)
    assert (run.status, {each.sync_error["code"] for each in customers}) == ("failed", {"2010"})


def test_a_forbidden_page_without_a_fault_fails_with_a_reason(qbo, customers):
    qbo.answer_next("/batch", 403, HTML, "text/html")
    run = push(*customers)
    assert (run.status, {each.sync_error["code"] for each in customers}) == ("failed", {"403"})


def test_an_answer_that_leaves_a_record_out_is_looked_up(qbo, customers):
    qbo.answer_next("/batch", 200, '{"BatchItemResponse":[],"time":"2026-10-01T00:00:00.000-07:00"}')
    run = push(*customers)
    assert (run.status, run.succeeded, len(qbo.all("Customer"))) == ("succeeded", 3, 3)


# --- one item ------------------------------------------------------------------------------------


def test_a_system_failure_of_one_item_is_looked_up_and_sent_again(qbo, customers):
    failing, *_ = customers
    qbo.fault_item(failing.name, "10000", detail="System Failure Error: unexpected")
    run = push(*customers)
    assert (run.status, run.succeeded) == ("succeeded", 3)
    assert (qbo.calls["batch"], len(qbo.all("Customer"))) == (2, 3)


def test_a_system_failure_that_stays_is_told_and_the_others_went_through(qbo, customers):
    failing, *others = customers
    for _ in range(4):
        qbo.fault_item(failing.name, "10000", detail="System Failure Error: unexpected")
    run = push(*customers)
    assert (run.status, run.succeeded, run.failed) == ("partly_failed", 2, 1)
    assert failing.sync_error["code"] == "10000"
    assert all(other.linked for other in others)


def test_a_limit_on_one_item_puts_it_back(qbo, customers):
    limited, *_ = customers
    qbo.fault_item(limited.name, "3001", detail="The request limit was reached")
    run = push(*customers)
    assert (run.status, run.error["code"], run.succeeded) == ("waiting", "throttled", 2)
    done(run, limited)
    assert (run.status, limited.linked) == ("succeeded", True)


# --- request ids -----------------------------------------------------------------------------------


def test_a_duplicate_request_id_is_answered_by_looking(qbo, customers):
    """600 in place of the stored answer: the first call was carried out."""
    qbo.switch(repeated_request_id_refused=True)
    qbo.mishap("throttled_after", matching="/batch")
    run = push(*customers)
    assert (run.status, run.succeeded) == ("succeeded", 3)
    assert len(qbo.all("Customer")) == 3


def test_a_forgotten_request_id_creates_nothing_twice(qbo, organization, customer):
    push(make_invoice(organization, customer))  # its custom item exists from here on
    invoice, bill_free = make_invoice(organization, customer), make_invoice(organization, customer)
    qbo.mishap("answer_lost", matching="/batch")
    qbo.mishap("requestid_forgotten", matching="/batch", count=5)
    run = push(invoice, bill_free)
    assert (run.status, run.succeeded) == ("succeeded", 2)
    assert len(qbo.all("Invoice")) == 3


def test_a_replayed_answer_is_taken_as_the_first(qbo, customers, asked, organization):
    """Kept open by an outage, sent again under the same id in the next turn."""
    qbo.mishap("throttled_after", matching="/batch", count=4)
    run = services.push(organization, "customers", asked=asked, ids=[each.pk for each in customers])
    done(run)
    assert run.status == "waiting"
    request_id = PushBatch.objects.get().request_id
    done(run, *customers)
    assert PushBatch.objects.get().request_id == request_id
    assert (run.status, len(qbo.all("Customer"))) == ("succeeded", 3)


def test_an_answer_that_names_another_records_document_stops_nobody_else(qbo, organization, customers):
    """Two of one name: the one was bound by looking, before the other's lost answer came after all."""
    bound, late, other = customers
    push(bound)
    qbo.alter_next(
        "/batch", lambda answer: answer["BatchItemResponse"][0]["Customer"].update(Id=bound.qbo_id)
    )
    run = push(late, other)
    assert (run.status, run.succeeded, run.failed) == ("partly_failed", 1, 1)
    assert (late.sync_state, late.sync_error_code, late.qbo_id) == (SyncState.FAILED, "name_taken", None)
    assert other.qbo_id and not PushBatch.objects.filter(settled_at=None).exists()


def test_a_document_without_a_number_that_another_record_has_stays_in_doubt(qbo, organization, customer):
    bound, late = (make_invoice(organization, customer, number="") for _ in range(2))
    push(bound)
    qbo.alter_next("/batch", lambda answer: answer["BatchItemResponse"][0]["Invoice"].update(Id=bound.qbo_id))
    run = push(late)
    assert (run.status, late.sync_error_code) == ("failed", "in_doubt")
    run = push(late)
    assert (run.status, len(qbo.all("Invoice"))) == ("succeeded", 2)


def test_an_answer_that_cannot_be_stored_ends_its_batch_alone(qbo, organization, customer):
    """A time that no column takes, found in the middle of storing."""
    first, odd, other = (make_invoice(organization, customer) for _ in range(3))
    push(first)
    saved = {"MetaData": {"LastUpdatedTime": "0001-01-01T00:00:00+14:00"}}
    qbo.alter_next("/batch", lambda answer: answer["BatchItemResponse"][0]["Invoice"].update(saved))
    # The look before it goes out finds nothing; the one after its answer could not be stored finds it.
    qbo.alter_next("/query", lambda answer: None)
    qbo.alter_next("/query", lambda answer: answer["QueryResponse"]["Invoice"][0].update(saved))
    run = push(odd)
    done(run, odd)
    assert (run.status, odd.sync_state, odd.sync_error_code) == ("failed", SyncState.FAILED, "in_doubt")
    assert push(other).status == "succeeded"
    assert push(odd).status == "succeeded"
    assert len(qbo.all("Invoice")) == 3


# --- voids and bills ---------------------------------------------------------------------------------


def test_bills_with_equal_numbers_of_different_vendors_are_told_apart(qbo, organization):
    """Where the company allows it, a number alone says nothing."""
    qbo.switch(duplicate_doc_numbers_allowed=True)
    vendors = [make_beneficiary(organization) for _ in range(2)]
    push(*vendors)
    bills = [make_bill(organization, vendor, number="7") for vendor in vendors]
    qbo.mishap("answer_lost", matching="/batch")
    run = push(*bills)
    assert (run.status, len(qbo.all("Bill"))) == ("succeeded", 2)
    for bill, vendor in zip(bills, vendors, strict=True):
        assert qbo.read("Bill", bill.qbo_id)["VendorRef"]["value"] == vendor.qbo_id


def test_equal_invoices_without_numbers_are_each_there_once(qbo, organization, customer):
    invoices = [
        make_invoice(organization, customer, number="", lines=[invoice_line(unit_price=7)]) for _ in range(3)
    ]
    push(make_invoice(organization, customer))
    qbo.mishap("answer_lost", matching="/batch")
    run = push(*invoices)
    assert (run.status, run.succeeded) == ("succeeded", 3)
    assert len({each.qbo_id for each in invoices}) == 3
    assert len(qbo.all("Invoice")) == 4


def test_who_has_a_number_is_found_by_it_before_who_has_none(qbo, organization, customer):
    push(make_invoice(organization, customer))
    unnumbered, numbered = (make_invoice(organization, customer, number=number) for number in ("", "77"))
    qbo.mishap("answer_lost", matching="/batch")
    run = push(unnumbered, numbered)
    assert (run.status, len(qbo.all("Invoice"))) == ("succeeded", 3)
    assert qbo.read("Invoice", numbered.qbo_id)["DocNumber"] == "77"
    assert unnumbered.qbo_id != numbered.qbo_id
