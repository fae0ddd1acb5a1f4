"""Answers that are good as a whole and odd in a part: the part is looked for, the rest is taken."""

from collections import Counter

import pytest

from integrations import services
from integrations.models import Item, PushBatch
from receivables.models import Invoice
from tests.factories import make_customer, make_invoice, pull, push
from tests.quickbooks import drain

pytestmark = pytest.mark.usefixtures("clock")

NO_ANSWER = '{"time":"2026-10-01T00:00:00.000-07:00"}'


def numbered(answer: dict) -> None:
    for item in answer["BatchItemResponse"]:
        item["bId"] = int(item["bId"])


def without_id(answer: dict) -> None:
    del answer["BatchItemResponse"][0]["bId"]


def without_an_id_there(answer: dict) -> None:
    answer["BatchItemResponse"][0]["Customer"]["Id"] = None


def without_result(answer: dict) -> None:
    del answer["BatchItemResponse"][0]["Customer"]


@pytest.mark.parametrize(
    ("alter", "looks"),
    [(numbered, 1), (without_id, 2), (without_an_id_there, 2), (without_result, 2)],
)
def test_an_odd_item_of_a_batch_is_looked_for_alone(qbo, customers, alter, looks):
    qbo.alter_next("/batch", alter)
    run = push(*customers)
    assert (run.status, run.succeeded, len(qbo.all("Customer"))) == ("succeeded", 3, 3)
    assert qbo.calls == Counter(batch=1, query=looks)


def test_a_batch_that_is_never_answered_usably_ends_in_doubt_after_two_turns(qbo, organization, customers):
    for _ in range(9):
        qbo.answer_next("/batch", 200, NO_ANSWER)
    run = push(*customers)
    assert (run.status, run.error["code"]) == ("waiting", "unreachable")
    drain(organization)
    run.refresh_from_db()
    assert (run.status, run.failed) == ("failed", 3)
    assert set(run.jobs.values_list("code", flat=True)) == {"in_doubt"}
    assert not PushBatch.objects.filter(settled_at=None).exists()
    assert (qbo.calls["batch"], push(*customers).succeeded) == (0, 3)


def test_a_void_that_is_never_answered_usably_ends_in_doubt_after_two_turns(qbo, organization, asked):
    invoice = make_invoice(organization)
    push(invoice, with_contacts=True)
    for _ in range(10):
        qbo.answer_next("operation=void", 200, NO_ANSWER)
    run = services.void(organization, "invoices", asked=asked, ids=[invoice.pk])
    for _ in range(2):
        drain(organization)
    run.refresh_from_db()
    assert (run.status, run.jobs.get().code) == ("failed", "in_doubt")
    assert not PushBatch.objects.filter(settled_at=None).exists()


def test_an_id_that_no_query_takes_is_not_asked_for(qbo, organization):
    """QuickBooks puts the shipping of an invoice on a line of an item that is no item of the list."""
    customer = make_customer(organization)
    push(customer)
    invoice = make_invoice(organization, customer)
    push(invoice)
    qbo.change("Invoice", invoice.qbo_id, PrivateNote="changed there")
    pulled = pull(organization, "invoices")
    assert pulled.status == "succeeded"
    qbo.refuse_queries("SHIPPING_ITEM_ID", "2030")

    def ship(answer: dict) -> None:
        [found] = answer["QueryResponse"]["Invoice"]
        line = found["Line"][0]
        found["SyncToken"] = str(int(found["SyncToken"]) + 1)
        line["SalesItemLineDetail"] = line["SalesItemLineDetail"] | {"ItemRef": {"value": "SHIPPING_ITEM_ID"}}

    qbo.alter_next("FROM+Invoice", ship)
    run = pull(organization, "invoices", include_new=True)
    invoice.refresh_from_db()
    assert (run.status, run.succeeded, qbo.refusals) == ("succeeded", 1, 0)
    assert invoice.has_other_lines


def test_a_refused_look_for_what_a_page_refers_to_does_not_stop_the_page(qbo, organization):
    item = Item.objects.filter(organization=organization, qbo_id__isnull=False).first()
    customer = make_customer(organization)
    push(customer)
    invoice = make_invoice(organization, customer)
    push(invoice)
    Item.objects.filter(pk=invoice.lines.get().item_id or item.pk).update(qbo_id=None)
    Item.objects.filter(organization=organization, qbo_id__isnull=False).update(qbo_id=None)
    qbo.change("Invoice", invoice.qbo_id, PrivateNote="changed there")
    qbo.refuse_queries("FROM Item", "5020")
    run = pull(organization, "invoices", include_new=True)
    assert (run.status, run.succeeded, qbo.refusals) == ("succeeded", 1, 1)


@pytest.mark.parametrize("newest_first", [True, False])
def test_of_two_versions_in_one_answer_the_newer_one_holds(qbo, organization, newest_first):
    customer = make_customer(organization)
    push(customer)
    pull(organization, "customers")
    old = qbo.read("Customer", customer.qbo_id)
    new = qbo.change("Customer", customer.qbo_id, PrimaryPhone={"FreeFormNumber": "9"})
    # Ten is more than nine, though it sorts before it.
    old, new = old | {"SyncToken": "9"}, new | {"SyncToken": "10"}

    def twice(answer: dict) -> None:
        [response] = answer["CDCResponse"][0]["QueryResponse"]
        response["Customer"] = [new, old] if newest_first else [old, new]

    qbo.alter_next("/cdc", twice)
    pull(organization, "customers")
    customer.refresh_from_db()
    assert (customer.phone, customer.qbo_sync_token) == ("9", "10")


@pytest.mark.parametrize("deleted_first", [True, False])
def test_a_deletion_in_the_same_answer_holds_against_a_living_version(qbo, organization, deleted_first):
    customer = make_customer(organization)
    push(customer)
    invoice = make_invoice(organization, customer)
    push(invoice)
    pull(organization, "invoices")
    living = qbo.change("Invoice", invoice.qbo_id, PrivateNote="changed there")
    stub = {"domain": "QBO", "status": "Deleted", "Id": invoice.qbo_id}

    def both(answer: dict) -> None:
        [response] = answer["CDCResponse"][0]["QueryResponse"]
        response["Invoice"] = [stub, living] if deleted_first else [living, stub]

    qbo.alter_next("/cdc", both)
    run = pull(organization, "invoices")
    invoice = Invoice.objects.get(pk=invoice.pk)
    assert (run.status, invoice.ended, run.jobs.count()) == ("succeeded", "deleted", 1)
