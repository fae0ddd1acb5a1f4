"""Every reference must name something that exists (2500), of a kind that fits (6430)."""

from datetime import date, timedelta

import pytest

from .conftest import bill, invoice

UNKNOWN = {"value": "987654"}


def refusal(quickbooks, path, body):
    error = quickbooks.error(path, body)
    return error["code"], error["element"], error["Detail"]


@pytest.mark.parametrize(
    ("key", "family"),
    [("ClassRef", "Klasses"), ("DepartmentRef", "Depts"), ("DepositToAccountRef", "Accounts")],
)
def test_an_invoice_names_what_exists(us, key, family):
    assert refusal(us, "invoice", invoice(**{key: UNKNOWN})) == (
        "2500",
        key,
        f"Invalid Reference Id : {family} element id 987654 not found",
    )


def test_a_deposit_goes_to_an_account_that_takes_money(us):
    bank = us.query("select * from Account where Name = 'Checking'")["Account"][0]["Id"]
    assert (
        us.create("Invoice", invoice(DepositToAccountRef={"value": bank}))["DepositToAccountRef"]["value"]
        == bank
    )
    assert us.error("invoice", invoice(DepositToAccountRef={"value": "20"}))["code"] == "6430"


def test_a_bill_and_its_lines_name_what_exists(us):
    assert us.error("bill", bill(DepartmentRef=UNKNOWN))["code"] == "2500"
    assert us.error("bill", bill(detail={"ClassRef": UNKNOWN}))["code"] == "2500"
    assert us.error("invoice", invoice(detail={"ClassRef": UNKNOWN}))["code"] == "2500"


@pytest.mark.parametrize("key", ["PaymentMethodRef", "DepartmentRef", "ARAccountRef", "DepositToAccountRef"])
def test_a_payment_names_what_exists(us, key):
    body = {"CustomerRef": {"value": "1"}, "TotalAmt": 5, key: UNKNOWN}
    assert refusal(us, "payment", body)[:2] == ("2500", key)


@pytest.mark.parametrize("key", ["PaymentMethodRef", "CustomerTypeRef", "ARAccountRef"])
def test_a_customer_names_what_exists(us, key):
    assert refusal(us, "customer", {"DisplayName": "New", key: UNKNOWN})[:2] == ("2500", key)


def test_a_customers_receivable_account_is_one(us):
    assert us.error("customer", {"DisplayName": "New", "ARAccountRef": {"value": "20"}})["code"] == "6430"


@pytest.mark.parametrize("key", ["ClassRef", "PrefVendorRef"])
def test_an_item_names_what_exists(us, key):
    body = {"Name": "New", "Type": "Service", "IncomeAccountRef": {"value": "14"}, key: UNKNOWN}
    assert refusal(us, "item", body)[:2] == ("2500", key)


def test_no_transaction_is_older_than_its_inventory(us):
    printer = us.query("select * from Item where Name = 'Receipt Printer'")["Item"][0]
    start = date.fromisoformat(printer["InvStartDate"])
    before = (start - timedelta(days=1)).isoformat()
    sold = invoice(detail={"ItemRef": {"value": printer["Id"]}})
    assert us.error("invoice", sold | {"TxnDate": before})["code"] == "6270"
    bought = {
        "Amount": 155,
        "DetailType": "ItemBasedExpenseLineDetail",
        "ItemBasedExpenseLineDetail": {"ItemRef": {"value": printer["Id"]}},
    }
    assert us.error("bill", bill() | {"Line": [bought], "TxnDate": before})["code"] == "6270"
    created = us.create("Invoice", sold | {"TxnDate": start.isoformat()})
    moved = {"Id": created["Id"], "SyncToken": "0", "sparse": True, "TxnDate": before}
    assert us.error("invoice", moved)["code"] == "6270"
