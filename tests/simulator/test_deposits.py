"""A deposit is not a payment: it leaves the balance once, and stands in nobody's way."""

import pytest

from .conftest import invoice


@pytest.fixture
def deposited(us):
    return us.create("Invoice", invoice("3", 100, Deposit=20))


def change(invoice, **values):
    return {"Id": invoice["Id"], "SyncToken": invoice["SyncToken"], "sparse": True} | values


def test_an_update_leaves_the_balance_of_an_invoice_with_a_deposit(us, deposited):
    noted = us.create("Invoice", change(deposited, PrivateNote="x"))
    assert (deposited["Balance"], noted["Balance"], noted["Deposit"]) == (80, 80, 20)


def test_a_deposit_can_change_and_its_customer_too(us, deposited):
    assert us.create("Invoice", change(deposited, Deposit=30))["Balance"] == 70
    moved = us.read("Invoice", deposited["Id"])
    assert us.create("Invoice", change(moved, CustomerRef={"value": "4"}))["Balance"] == 70


@pytest.mark.parametrize("operation", ["delete", "void"])
def test_an_invoice_with_a_deposit_can_be_deleted_and_voided(us, operation):
    before = us.read("Customer", "3")["Balance"]
    created = us.create("Invoice", invoice("3", 100, Deposit=20))
    assert us.read("Customer", "3")["Balance"] == before + 80
    us.create("Invoice", {"Id": created["Id"], "SyncToken": "0"}, operation=operation)
    assert us.read("Customer", "3")["Balance"] == before


def test_payment_and_deposit_together_bound_the_total(us, deposited):
    line = {"Amount": 50, "LinkedTxn": [{"TxnId": deposited["Id"], "TxnType": "Invoice"}]}
    us.create("Payment", {"CustomerRef": {"value": "3"}, "TotalAmt": 50, "Line": [line]})
    paid = us.read("Invoice", deposited["Id"])
    assert (paid["Balance"], us.create("Invoice", change(paid, PrivateNote="x"))["Balance"]) == (30, 30)
    stored = us.read("Invoice", deposited["Id"])
    smaller = invoice("3", 60, Deposit=20) | change(stored, sparse=False)
    assert us.error("invoice", smaller)["code"] == "6000"
    assert us.error("invoice", {"Id": stored["Id"], "SyncToken": stored["SyncToken"]}, operation="delete")
