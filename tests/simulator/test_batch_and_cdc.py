"""Batches, request ids and change data capture."""

import json
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from integrations.simulator import clock

from .conftest import bill, invoice


def creating(b_id, entity, body):
    return {"bId": b_id, "operation": "create", entity: body}


def code(item):
    return item["Fault"]["Error"][0]["code"]


def count(quickbooks, entity):
    return quickbooks.query(f"select count(*) from {entity}")["totalCount"]


def test_items_succeed_and_fault_each_on_its_own(us):
    answer = us.batch(
        creating("a", "Customer", {"DisplayName": "Acme"}),
        creating("b", "Vendor", {"DisplayName": "ACME"}),
        creating("c", "Vendor", {"DisplayName": "Boraski"}),
        {"bId": "d", "Query": "select * from Customer where DisplayName = 'Acme'"},
        {"bId": "e", "operation": "explode", "Customer": {}},
        {"bId": "f", "operation": "create"},
    )
    assert [item["bId"] for item in answer] == list("abcdef")
    assert us.status == 200
    assert (answer[0]["Customer"]["SyncToken"], code(answer[1])) == ("0", "6240")
    assert answer[2]["Vendor"]["DisplayName"] == "Boraski"
    assert answer[3]["QueryResponse"] == {}
    assert (code(answer[4]), code(answer[5])) == ("500", "500")


def test_updates_voids_and_deletes_in_one_batch(us):
    ids = [us.create("Invoice", invoice(amount=amount))["Id"] for amount in (10, 20, 30)]
    noted = {"Id": ids[0], "SyncToken": "0", "sparse": True}
    answer = us.batch(
        {"bId": "1", "operation": "update", "Invoice": noted | {"PrivateNote": "x"}},
        {
            "bId": "2",
            "operation": "update",
            "optionsData": "void",
            "Invoice": {"Id": ids[1], "SyncToken": "0"},
        },
        {"bId": "3", "operation": "delete", "Invoice": {"Id": ids[2], "SyncToken": "0"}},
        {"bId": "4", "operation": "update", "Invoice": noted | {"PrivateNote": "y"}},
    )
    assert answer[0]["Invoice"]["PrivateNote"] == "x"
    assert answer[1]["Invoice"]["PrivateNote"] == "Voided"
    assert answer[2]["Invoice"]["status"] == "Deleted"
    assert code(answer[3]) == "5010"


def test_balances_add_up_over_a_batch_and_skip_what_faulted(us):
    before = us.read("Customer", "1")["Balance"]
    us.batch(
        creating("1", "Invoice", invoice("1", 10, DocNumber="B-1")),
        creating("2", "Invoice", invoice("1", 100, DocNumber="B-1")),
        creating("3", "Invoice", invoice("1", 1000)),
    )
    assert us.read("Customer", "1")["Balance"] == before + 1010


def test_thirty_one_items_are_too_many(us):
    items = [creating(str(n), "Customer", {"DisplayName": f"C {n}"}) for n in range(31)]
    answer = us.post("batch", {"BatchItemRequest": items})
    assert (us.status, answer["Fault"]["Error"][0]["code"]) == (400, "1040")
    assert us.query("select * from Customer where DisplayName LIKE 'C %'") == {}


def test_duplicates_may_be_allowed_per_item(us):
    us.create("Bill", bill(DocNumber="7"))
    answer = us.batch(
        creating("1", "Bill", bill(DocNumber="7")),
        creating("2", "Bill", bill(DocNumber="7")) | {"optionsData": "allowduplicatedocnum"},
    )
    assert code(answer[0]) == "6140"
    assert answer[1]["Bill"]["DocNumber"] == "7"


def test_thirty_invoices_cost_few_statements(us, django_assert_max_num_queries):
    items = [creating(str(n), "Invoice", invoice(str(n % 5 + 1), n + 1)) for n in range(30)]
    with django_assert_max_num_queries(60):
        answer = us.batch(*items)
    assert all(item["Invoice"]["SyncToken"] == "0" for item in answer)


# --- request ids ------------------------------------------------------------------------------


def test_a_repeated_request_is_answered_and_not_carried_out(us):
    before = count(us, "Invoice")
    us.post("invoice", invoice(), requestid="r-1")
    first = us.response.content
    us.post("invoice", invoice(amount=999), requestid="r-1")
    assert us.response.content == first
    assert count(us, "Invoice") == before + 1


def test_a_repeated_batch_is_answered_as_a_whole(us):
    items = [
        creating("1", "Customer", {"DisplayName": "Acme"}),
        creating("2", "Customer", {"DisplayName": "Acme"}),
    ]
    first = us.batch(*items, requestid="r-2")
    assert us.batch(*items, requestid="r-2") == first
    assert code(first[1]) == "6240"


def test_a_refusal_is_not_remembered(us):
    us.error("customer", {"DisplayName": "Cool Cars"}, requestid="r-3")
    assert us.create("Customer", {"DisplayName": "Cooler Cars"}, requestid="r-3")["SyncToken"] == "0"


def test_request_ids_belong_to_a_company(us, sg):
    us.create("Customer", {"DisplayName": "Acme"}, requestid="r-4")
    assert sg.create("Customer", {"DisplayName": "Bravo"}, requestid="r-4")["DisplayName"] == "Bravo"


def test_request_ids_have_a_length(us):
    assert us.error("customer", {"DisplayName": "A"}, requestid="x" * 51)["code"] == "2130"
    assert us.error("batch", {"BatchItemRequest": []}, requestid="x" * 37)["code"] == "2130"
    items = [creating("x" * 11, "Customer", {"DisplayName": "A"})]
    assert us.error("batch", {"BatchItemRequest": items}, requestid="r-5")["code"] == "2130"


def test_a_company_may_refuse_a_repeated_request(us):
    us.switch(repeated_request_id_refused=True)
    us.create("Customer", {"DisplayName": "Acme"}, requestid="r-6")
    assert us.error("customer", {"DisplayName": "Acme"}, requestid="r-6")["code"] == "600"


# --- change data capture ----------------------------------------------------------------------


def changed(quickbooks, entities, since):
    answer = quickbooks.get("cdc", entities=entities, changedSince=since)
    assert quickbooks.status == 200, answer
    return answer["CDCResponse"][0]["QueryResponse"]


def test_changes_come_per_entity_in_the_order_asked(us):
    since = clock.stamp(clock.now())
    customer = us.create("Customer", {"DisplayName": "Acme"})
    created = us.create("Invoice", invoice(customer["Id"]))
    gone = us.create("Invoice", invoice("3"))
    us.post("invoice", {"Id": gone["Id"], "SyncToken": "0"}, operation="delete")
    bills, invoices, customers, estimates = changed(us, "Bill,invoice,Customer,Estimate", since)
    assert bills == estimates == {}
    stub, whole = invoices["Invoice"]
    assert set(stub) == {"domain", "status", "Id", "MetaData"}
    assert (stub["status"], stub["Id"], set(stub["MetaData"])) == ("Deleted", gone["Id"], {"LastUpdatedTime"})
    assert whole == created
    assert (invoices["startPosition"], invoices["maxResults"]) == (1, 2)
    assert {each["Id"] for each in customers["Customer"]} == {customer["Id"], "3"}


def test_a_payment_shows_the_invoice_as_changed(us):
    created = us.create("Invoice", invoice())
    body = {
        "CustomerRef": {"value": "1"},
        "TotalAmt": 100,
        "Line": [{"Amount": 100, "LinkedTxn": [{"TxnId": created["Id"], "TxnType": "Invoice"}]}],
    }
    since = clock.stamp(clock.now())
    us.create("Payment", body)
    [invoices] = changed(us, "Invoice", since)
    assert [(each["Id"], each["Balance"]) for each in invoices["Invoice"]] == [(created["Id"], 0)]


def test_inactive_names_come_whole(us):
    since = clock.stamp(clock.now())
    created = us.create("Customer", {"DisplayName": "Acme"})
    us.create("Customer", {"Id": created["Id"], "SyncToken": "0", "sparse": True, "Active": False})
    [customers] = changed(us, "Customer", since)
    assert (customers["Customer"][0]["DisplayName"], customers["Customer"][0]["Active"]) == (
        "Acme (deleted)",
        False,
    )


def test_it_looks_back_thirty_days(us):
    since = (timezone.now() - timedelta(days=31)).isoformat()
    answer = us.get("cdc", entities="Invoice", changedSince=since)
    assert (us.status, "Fault" in answer) == (400, True)
    assert changed(us, "Invoice", (timezone.now() - timedelta(days=29)).isoformat())


def test_a_thousand_objects_in_the_whole_answer_and_no_more(us):
    since = clock.stamp(clock.now())
    for page in range(35):
        us.batch(*[creating(str(n), "Customer", {"DisplayName": f"C {page} {n}"}) for n in range(30)])
    us.create("Vendor", {"DisplayName": "Last"})
    vendors, customers = changed(us, "Vendor,Customer", since)
    assert (len(vendors["Vendor"]), len(customers["Customer"])) == (1, 999)


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"entities": "Invoice"},
        {"entities": "TaxCode", "changedSince": "2026-10-01"},
        {"entities": "Nonsense", "changedSince": "2026-10-01"},
        {"entities": "Invoice", "changedSince": "lately"},
    ],
)
def test_what_it_does_not_support_is_refused(us, parameters):
    with time_machine.travel("2026-10-05T12:00:00Z", tick=False):
        us.token = us.client.post(f"/simulator/control/{us.realm}/tokens/").json()["access_token"]
        answer = us.get("cdc", **parameters)
    assert (us.status, "Fault" in answer) == (400, True)


def test_numbers_reach_the_wire_as_numbers_and_ids_as_strings(us):
    us.create("Invoice", invoice(amount="12.30", detail={"Qty": 3, "UnitPrice": 4.1}))
    text = us.response.content.decode()
    assert '"Amount":12.30' in text
    assert '"UnitPrice":4.1' in text
    assert isinstance(json.loads(text)["Invoice"]["Id"], str)


def test_items_do_not_see_what_others_of_their_batch_did(us):
    ids = us.company.counters
    customer = creating("1", "Customer", {"DisplayName": "Fresh"})
    person = str(ids["Names"] + 1)
    payment = {
        "CustomerRef": {"value": "1"},
        "TotalAmt": 5,
        "Line": [{"Amount": 5, "LinkedTxn": [{"TxnId": str(ids["Transactions"] + 1), "TxnType": "Invoice"}]}],
    }
    answer = us.batch(
        customer,
        creating("2", "Invoice", invoice(person)),
        creating("3", "Invoice", invoice("1")),
        creating("4", "Payment", payment),
        {"bId": "5", "Query": "select * from Customer where DisplayName = 'Fresh'"},
    )
    assert answer[0]["Customer"]["Id"] == person
    assert (code(answer[1]), answer[2]["Invoice"]["Id"]) == (
        "2500",
        payment["Line"][0]["LinkedTxn"][0]["TxnId"],
    )
    assert (code(answer[3]), answer[4]["QueryResponse"]) == ("620", {})
    assert us.batch(creating("2", "Invoice", invoice(person)))[0]["Invoice"]["CustomerRef"]["name"] == "Fresh"


def test_a_batch_item_may_ask_what_changed(us):
    since = clock.stamp(clock.now() - timedelta(minutes=5))
    us.create("Customer", {"DisplayName": "Fresh"})
    answer = us.batch(
        {"bId": "1", "CDCQuery": {"Entities": "Customer,Estimate", "ChangedSince": since}},
        {"bId": "2", "CDCQuery": {"Entities": "Nonsense", "ChangedSince": since}},
        {"bId": "3", "CDCQuery": "Customer"},
    )
    assert (
        answer[0]["CDCResponse"]
        == us.get("cdc", entities="Customer,Estimate", changedSince=since)["CDCResponse"][0]
    )
    assert (code(answer[1]), code(answer[2])) == ("4001", "2020")
