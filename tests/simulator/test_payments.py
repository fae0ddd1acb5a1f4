"""Payments move balances, versions and links; and stand in the way of voiding and deleting."""

import random

import pytest

from .conftest import bill, invoice


def payment(invoice_id, amount, customer="1"):
    return {
        "CustomerRef": {"value": customer},
        "TotalAmt": amount,
        "Line": [{"Amount": amount, "LinkedTxn": [{"TxnId": invoice_id, "TxnType": "Invoice"}]}],
    }


def bill_payment(bill_id, amount, vendor="11", **values):
    return {
        "VendorRef": {"value": vendor},
        "TotalAmt": amount,
        "PayType": "Check",
        "CheckPayment": {"BankAccountRef": {"value": "1"}},
        "Line": [{"Amount": amount, "LinkedTxn": [{"TxnId": bill_id, "TxnType": "Bill"}]}],
    } | values


@pytest.fixture
def owed(us):
    return us.create("Invoice", invoice())


def test_a_payment_lowers_the_balance_and_moves_the_version(us, owed):
    before = us.read("Customer", "1")["Balance"]
    paid = us.create("Payment", payment(owed["Id"], 40))
    after = us.read("Invoice", owed["Id"])
    assert (after["Balance"], after["TotalAmt"], after["SyncToken"]) == (60, 100, "1")
    assert after["LinkedTxn"] == [{"TxnId": paid["Id"], "TxnType": "Payment"}]
    assert us.read("Customer", "1")["Balance"] == before - 40
    assert paid["UnappliedAmt"] == 0


def test_money_without_an_account_goes_to_undeposited_funds(us):
    body = {"CustomerRef": {"value": "1"}, "TotalAmt": 5}
    paid = us.create("Payment", body)
    assert us.read("Account", paid["DepositToAccountRef"]["value"])["AccountSubType"] == "UndepositedFunds"
    assert us.create("Payment", body | {"DepositToAccountRef": {"value": "1"}})["DepositToAccountRef"] == {
        "value": "1"
    }


def test_a_paid_invoice_is_neither_voided_nor_deleted_until_the_payment_is(us, owed):
    paid = us.create("Payment", payment(owed["Id"], 100))
    named = {"Id": owed["Id"], "SyncToken": "1"}
    assert us.error("invoice", named, operation="void")["code"] == "6000"
    assert us.error("invoice", named, operation="delete")["code"] == "6000"
    us.post("payment", {"Id": paid["Id"], "SyncToken": "0"}, operation="delete")
    opened = us.read("Invoice", owed["Id"])
    assert (opened["Balance"], opened["LinkedTxn"], opened["SyncToken"]) == (100, [], "2")
    us.post("invoice", {"Id": owed["Id"], "SyncToken": "2"}, operation="void")
    assert us.status == 200


def test_a_voided_payment_stays_without_effect(us, owed):
    paid = us.create("Payment", payment(owed["Id"], 100))
    body = {"Id": paid["Id"], "SyncToken": "0", "sparse": True}
    voided = us.post("payment", body, operation="update", include="void")["Payment"]
    assert (voided["TotalAmt"], voided["PrivateNote"], voided["Line"]) == (0, "Voided", [])
    assert us.read("Invoice", owed["Id"])["Balance"] == 100


def test_a_changed_payment_moves_the_difference(us, owed):
    paid = us.create("Payment", payment(owed["Id"], 40))
    us.create("Payment", payment(owed["Id"], 70) | {"Id": paid["Id"], "SyncToken": "0"})
    after = us.read("Invoice", owed["Id"])
    assert (after["Balance"], after["LinkedTxn"]) == (30, [{"TxnId": paid["Id"], "TxnType": "Payment"}])


def test_what_is_not_applied_stays_with_the_customer(us):
    before = us.read("Customer", "1")["Balance"]
    paid = us.create("Payment", {"CustomerRef": {"value": "1"}, "TotalAmt": 25})
    assert paid["UnappliedAmt"] == 25
    assert us.read("Customer", "1")["Balance"] == before - 25


def test_a_payment_cannot_exceed_what_is_owed_or_go_to_another(us, owed):
    assert us.error("payment", payment(owed["Id"], 101))["code"] == "6000"
    assert us.error("payment", payment(owed["Id"], 10, customer="2"))["code"] == "620"
    assert us.error("payment", payment("99999", 10))["code"] == "620"
    assert us.read("Invoice", owed["Id"]) == owed


def test_a_paid_invoice_cannot_become_smaller_than_its_payments(us, owed):
    us.create("Payment", payment(owed["Id"], 60))
    assert us.error("invoice", invoice(amount=50) | {"Id": owed["Id"], "SyncToken": "1"})["code"] == "6000"
    changed = us.create("Invoice", invoice(amount=150) | {"Id": owed["Id"], "SyncToken": "1"})
    assert (changed["TotalAmt"], changed["Balance"], len(changed["LinkedTxn"])) == (150, 90, 1)


def test_a_bill_is_paid_by_check_or_card(us):
    owed = us.create("Bill", bill())
    before = us.read("Vendor", "11")["Balance"]
    first = us.create("BillPayment", bill_payment(owed["Id"], 150))
    card = {"PayType": "CreditCard", "CreditCardPayment": {"CCAccountRef": {"value": "9"}}}
    second = us.create("BillPayment", bill_payment(owed["Id"], 50, **card))
    after = us.read("Bill", owed["Id"])
    assert (after["Balance"], after["SyncToken"]) == (0, "2")
    assert after["LinkedTxn"] == [
        {"TxnId": first["Id"], "TxnType": "BillPaymentCheck"},
        {"TxnId": second["Id"], "TxnType": "BillPaymentCreditCard"},
    ]
    assert us.read("Vendor", "11")["Balance"] == before - 200
    assert us.error("bill", {"Id": owed["Id"], "SyncToken": "2"}, operation="delete")["code"] == "6000"


def test_a_bill_payment_names_where_the_money_comes_from(us):
    owed = us.create("Bill", bill())
    body = bill_payment(owed["Id"], 10)
    assert us.error("billpayment", body | {"PayType": None})["element"] == "PayType"
    assert us.error("billpayment", body | {"CheckPayment": {}})["element"] == "BankAccountRef"
    wrong = body | {"CheckPayment": {"BankAccountRef": {"value": "20"}}}
    assert us.error("billpayment", wrong)["code"] == "6430"


def test_whatever_happens_the_customers_balance_is_the_sum_of_what_is_open(us):
    dice = random.Random(3)
    customer = us.create("Customer", {"DisplayName": "Acme"})["Id"]

    def open_documents(entity):
        return us.query(f"select * from {entity} where CustomerRef = '{customer}' maxresults 1000").get(
            entity, []
        )

    for _ in range(120):
        invoices, payments = open_documents("Invoice"), open_documents("Payment")
        chosen = dice.choice(invoices or [None])
        payment_made = dice.choice(payments or [None])
        named = chosen and {"Id": chosen["Id"], "SyncToken": chosen["SyncToken"]}
        act = dice.choice(
            ["bill", "bill", "pay", "pay", "change", "void", "delete", "take back", "change payment"]
        )
        if act == "bill":
            us.post("invoice", invoice(customer, dice.randint(1, 500)))
        elif act == "pay" and chosen:
            us.post("payment", payment(chosen["Id"], dice.randint(1, 300), customer) | {"TotalAmt": 300})
        elif act == "change" and chosen:
            us.post("invoice", invoice(customer, dice.randint(1, 500)) | named)
        elif act in ("void", "delete") and chosen:
            us.post("invoice", named, operation=act)
        elif act == "take back" and payment_made:
            named = {"Id": payment_made["Id"], "SyncToken": payment_made["SyncToken"]}
            us.post("payment", named, operation=dice.choice(["delete", "void"]))
        elif act == "change payment" and payment_made and chosen:
            named = {"Id": payment_made["Id"], "SyncToken": payment_made["SyncToken"]}
            us.post("payment", payment(chosen["Id"], dice.randint(1, 300), customer) | named)
        assert us.status in (200, 400)
        owed = sum(each["Balance"] for each in open_documents("Invoice"))
        credit = sum(each["UnappliedAmt"] for each in open_documents("Payment"))
        assert us.read("Customer", customer)["Balance"] == owed - credit, act
    linked = {link["TxnId"] for each in open_documents("Invoice") for link in each["LinkedTxn"]}
    applying = {each["Id"] for each in open_documents("Payment") if each["Line"]}
    assert linked == applying
