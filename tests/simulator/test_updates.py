"""Sync tokens, full and sparse updates, and who moves what."""

import time_machine
from django.utils import timezone

from .conftest import bill, invoice


def test_a_stale_and_a_newer_sync_token_are_both_refused(us):
    created = us.create("Customer", {"DisplayName": "Acme"})
    us.create("Customer", {"Id": created["Id"], "SyncToken": "0", "sparse": True, "Notes": "first"})
    for token in ("0", "2", "x"):
        body = {"Id": created["Id"], "SyncToken": token, "sparse": True, "Notes": "second"}
        error = us.error("customer", body)
        assert error["code"] == "5010"
        assert error["Detail"].startswith("Stale Object Error : You and ")
    assert us.read("Customer", created["Id"])["Notes"] == "first"


def test_an_update_names_its_object_and_its_version(us):
    assert us.error("customer", {"Id": "99999", "SyncToken": "0", "DisplayName": "x"})["code"] == "610"
    error = us.error("customer", {"Id": "1", "DisplayName": "x"})
    assert (error["code"], error["element"]) == ("2020", "SyncToken")


def test_a_sparse_update_that_changes_nothing_leaves_the_version(us):
    created = us.create("Customer", {"DisplayName": "Acme", "Notes": "same"})
    body = {"Id": created["Id"], "SyncToken": "0", "sparse": True, "Notes": "same"}
    assert us.create("Customer", body) == created


def test_a_sparse_update_of_an_invoice_that_changes_nothing_leaves_the_version(sg):
    created = sg.create("Invoice", invoice(detail={"TaxCodeRef": {"value": "2"}, "Qty": 2, "UnitPrice": 50}))
    body = {"Id": created["Id"], "SyncToken": "0", "sparse": True, "DocNumber": created["DocNumber"]}
    assert sg.create("Invoice", body) == created


def test_a_full_update_drops_what_it_leaves_out(us):
    created = us.create("Customer", {"DisplayName": "Acme", "Notes": "n", "BillAddr": {"Line1": "1 Main St"}})
    updated = us.create("Customer", {"Id": created["Id"], "SyncToken": "0", "DisplayName": "Acme"})
    assert updated["SyncToken"] == "1"
    assert "Notes" not in updated
    assert "BillAddr" not in updated
    assert updated["DefaultTaxCodeRef"] == created["DefaultTaxCodeRef"]


def test_a_full_update_needs_what_a_create_needs(us):
    created = us.create("Invoice", invoice())
    error = us.error("invoice", {"Id": created["Id"], "SyncToken": "0", "CustomerRef": {"value": "1"}})
    assert (error["code"], error["element"]) == ("2020", "Line")
    assert error["Detail"] == "Required parameter Line is missing in the request"


def test_line_is_replaced_as_a_whole_and_ids_are_kept_or_new(us):
    line = {"DetailType": "SalesItemLineDetail", "SalesItemLineDetail": {"ItemRef": {"value": "1"}}}
    created = us.create(
        "Invoice", {"CustomerRef": {"value": "1"}, "Line": [line | {"Amount": 10}, line | {"Amount": 20}]}
    )
    body = {
        "Id": created["Id"],
        "SyncToken": "0",
        "sparse": True,
        "Line": [line | {"Amount": 5}, line | {"Amount": 21, "Id": "2"}, line | {"Amount": 1, "Id": "77"}],
    }
    updated = us.create("Invoice", body)
    assert [(each.get("Id"), each.get("LineNum"), each["Amount"]) for each in updated["Line"]] == [
        ("3", 1, 5),
        ("2", 2, 21),
        ("4", 3, 1),
        (None, None, 27),
    ]
    assert (updated["TotalAmt"], updated["Balance"]) == (27, 27)


def test_echoing_a_read_invoice_back_is_accepted(sg):
    created = sg.create(
        "Invoice",
        invoice(detail={"TaxCodeRef": {"value": "2"}, "Qty": 3, "UnitPrice": "33.333333"}, amount=100),
    )
    updated = sg.create("Invoice", created)
    assert updated["SyncToken"] == "1"
    assert {**updated, "SyncToken": 0, "MetaData": 0} == {**created, "SyncToken": 0, "MetaData": 0}


def test_changing_lines_computes_tax_anew(sg):
    created = sg.create("Invoice", invoice(detail={"TaxCodeRef": {"value": "2"}}))
    line = created["Line"][0] | {"Amount": 200}
    updated = sg.create("Invoice", {"Id": created["Id"], "SyncToken": "0", "sparse": True, "Line": [line]})
    assert (updated["TxnTaxDetail"]["TotalTax"], updated["TotalAmt"]) == (18, 218)


def test_a_balance_moves_the_customers_time_and_not_its_version(us):
    before = us.read("Customer", "1")
    with time_machine.travel(timezone.now().replace(year=2031), tick=False):
        us.token = us.client.post(f"/simulator/control/{us.realm}/tokens/").json()["access_token"]
        created = us.create("Invoice", invoice("1", 100))
        after = us.read("Customer", "1")
    assert after["Balance"] == before["Balance"] + 100
    assert after["SyncToken"] == before["SyncToken"]
    assert after["MetaData"]["LastUpdatedTime"].startswith("2031")
    us.post("invoice", {"Id": created["Id"], "SyncToken": "0"}, operation="delete")
    assert us.read("Customer", "1")["Balance"] == before["Balance"]


def test_a_bill_moves_the_vendors_balance(us):
    before = us.read("Vendor", "11")["Balance"]
    created = us.create("Bill", bill("11", 200))
    assert us.read("Vendor", "11")["Balance"] == before + 200
    us.create("Bill", bill("11", 150) | {"Id": created["Id"], "SyncToken": "0"})
    assert us.read("Vendor", "11")["Balance"] == before + 150


def test_what_was_deleted_can_be_neither_read_nor_deleted_again(us):
    created = us.create("Invoice", invoice())
    us.post("invoice", {"Id": created["Id"], "SyncToken": "0"}, operation="delete")
    answer = us.get(f"invoice/{created['Id']}")
    assert (us.status, answer["Fault"]["Error"][0]["code"]) == (400, "610")
    error = us.error("invoice", {"Id": created["Id"], "SyncToken": "0"}, operation="delete")
    assert error["Detail"] == "Object Not Found : Another user has deleted this transaction."


def test_bills_cannot_be_voided_and_names_cannot_be_deleted(us):
    created = us.create("Bill", bill())
    assert us.error("bill", {"Id": created["Id"], "SyncToken": "0"}, operation="void")["code"] == "500"
    assert us.error("customer", {"Id": "1", "SyncToken": "0"}, operation="delete")["code"] == "500"


def test_a_note_survives_voiding_behind_the_word(us):
    created = us.create("Invoice", invoice(PrivateNote="Call first"))
    voided = us.post("invoice", {"Id": created["Id"], "SyncToken": "0"}, operation="void")["Invoice"]
    assert voided["PrivateNote"] == "Voided Call first"
    assert voided["DocNumber"] == created["DocNumber"]
    assert (voided["TotalAmt"], voided["Balance"], voided["SyncToken"]) == (0, 0, "1")


def test_a_void_may_be_an_update_that_includes_it(us):
    created = us.create("Invoice", invoice())
    body = {"Id": created["Id"], "SyncToken": "0", "sparse": True}
    voided = us.post("invoice", body, operation="update", include="void")["Invoice"]
    assert voided["PrivateNote"] == "Voided"


def test_a_lapsed_subscription_reads_and_does_not_write(us):
    us.switch(subscription_lapsed=True)
    assert us.error("customer", {"DisplayName": "Acme"})["code"] == "6190"
    assert us.read("Customer", "1")["Id"] == "1"
