"""Credit memos and vendor credits: what they owe to whom, and how payments apply them."""

import pytest

from .conftest import bill, invoice
from .test_payments import bill_payment


def application(target, amount, kind):
    return {"Amount": amount, "LinkedTxn": [{"TxnId": target["Id"], "TxnType": kind}]}


def payment(total, *lines, **values):
    return {"CustomerRef": {"value": "1"}, "TotalAmt": total, "Line": list(lines)} | values


@pytest.fixture
def owed(us):
    return us.create("Invoice", invoice())


@pytest.fixture
def credit(us):
    return us.create("CreditMemo", invoice(amount=30))


def customer_balance(us):
    return us.read("Customer", "1")["Balance"]


def vendor_balance(us):
    return us.read("Vendor", "11")["Balance"]


def test_a_credit_memo_lowers_what_its_customer_owes(us):
    before = customer_balance(us)
    created = us.create("CreditMemo", invoice(amount=30, CustomerMemo={"value": "Sorry"}))
    assert (created["TotalAmt"], created["Balance"], created["RemainingCredit"]) == (30, 30, 30)
    assert created["Line"][-1] == {"Amount": 30, "DetailType": "SubTotalLineDetail", "SubTotalLineDetail": {}}
    assert created["BillAddr"] == us.read("Customer", "1")["BillAddr"]
    assert not {"DueDate", "AllowOnlinePayment", "Deposit"} & set(created)
    assert us.read("CreditMemo", created["Id"]) == created
    assert customer_balance(us) == before - 30


def test_sales_forms_share_their_numbers_and_each_kind_has_its_own_duplicates(us):
    numbers = [int(us.create(kind, invoice())["DocNumber"]) for kind in ("Invoice", "CreditMemo", "Invoice")]
    assert numbers == [numbers[0], numbers[0] + 1, numbers[0] + 2]
    us.create("CreditMemo", invoice(DocNumber="C-1"))
    assert us.error("creditmemo", invoice(DocNumber="C-1"))["code"] == "6140"
    us.create("Invoice", invoice(DocNumber="C-1"))


def test_a_payment_of_nothing_applies_a_credit_memo_to_an_invoice(us, owed, credit):
    before = customer_balance(us)
    lines = application(owed, 30, "Invoice"), application(credit, 30, "CreditMemo")
    paid = us.create("Payment", payment(0, *lines))
    assert (paid["TotalAmt"], paid["UnappliedAmt"], paid["Line"]) == (0, 0, list(lines))
    link = [{"TxnId": paid["Id"], "TxnType": "Payment"}]
    invoiced, used = us.read("Invoice", owed["Id"]), us.read("CreditMemo", credit["Id"])
    assert (invoiced["Balance"], invoiced["SyncToken"], invoiced["LinkedTxn"]) == (70, "1", link)
    assert (used["Balance"], used["RemainingCredit"], used["SyncToken"], used["LinkedTxn"]) == (
        0,
        0,
        "1",
        link,
    )
    assert customer_balance(us) == before


def test_money_and_a_credit_memo_pay_an_invoice_together(us, owed, credit):
    lines = application(owed, 100, "Invoice"), application(credit, 30, "CreditMemo")
    assert us.error("payment", payment(69, *lines))["code"] == "6000"
    assert us.create("Payment", payment(75, *lines))["UnappliedAmt"] == 5
    assert us.read("Invoice", owed["Id"])["Balance"] == 0


def test_what_a_deleted_payment_applied_is_open_again(us, owed, credit):
    lines = application(owed, 30, "Invoice"), application(credit, 30, "CreditMemo")
    paid = us.create("Payment", payment(0, *lines))
    named = {"Id": credit["Id"], "SyncToken": "1"}
    assert us.error("creditmemo", named, operation="delete")["code"] == "6000"
    us.post("payment", {"Id": paid["Id"], "SyncToken": "0"}, operation="delete")
    opened = us.read("CreditMemo", credit["Id"])
    assert (opened["Balance"], opened["RemainingCredit"], opened["LinkedTxn"]) == (30, 30, [])
    assert us.read("Invoice", owed["Id"])["Balance"] == 100
    before = customer_balance(us)
    us.post("creditmemo", {"Id": credit["Id"], "SyncToken": "2"}, operation="delete")
    assert us.status == 200
    assert customer_balance(us) == before + 30


@pytest.mark.parametrize(("amounts", "code"), [((31, 31), "6000"), ((10, 30), "6000"), ((0, 0), "2290")])
def test_no_more_is_applied_than_there_is(us, owed, credit, amounts, code):
    lines = application(owed, amounts[0], "Invoice"), application(credit, amounts[1], "CreditMemo")
    assert us.error("payment", payment(0, *lines))["code"] == code
    assert us.read("CreditMemo", credit["Id"]) == credit


def test_a_credit_pays_for_its_own_customer_and_kind_only(us, owed, credit):
    other = us.create("CreditMemo", invoice("2", 30))
    assert us.error("payment", payment(0, application(other, 30, "CreditMemo")))["code"] == "620"
    assert us.error("payment", payment(0, application(credit, 30, "VendorCredit")))["code"] == "620"
    both = application(owed, 30, "Invoice")
    both["LinkedTxn"] += application(credit, 30, "CreditMemo")["LinkedTxn"]
    assert us.error("payment", payment(0, both))["code"] == "620"


def test_a_credit_memo_cannot_be_voided_and_a_bare_one_is_refused(us, credit):
    assert us.error("creditmemo", {"Id": credit["Id"], "SyncToken": "0"}, operation="void")["code"] == "500"
    assert us.error("creditmemo", {"CustomerRef": {"value": "1"}})["element"] == "Line"
    assert "DueDate" not in us.create("CreditMemo", invoice(DueDate="2026-01-01"))
    assert us.error("vendorcredit", bill(DueDate="2026-01-01"))["code"] == "2010"


def test_a_vendor_credit_lowers_what_its_vendor_is_owed_and_pays_a_part_of_a_bill(us):
    owed = us.create("Bill", bill())
    before = vendor_balance(us)
    credit = us.create("VendorCredit", bill(amount=50, DocNumber="VC-1"))
    assert (credit["TotalAmt"], credit["Balance"], credit["DocNumber"]) == (50, 50, "VC-1")
    assert credit["APAccountRef"] == owed["APAccountRef"]
    assert not {"DueDate", "SalesTermRef"} & set(credit)
    assert vendor_balance(us) == before - 50
    lines = [application(owed, 200, "Bill"), application(credit, 50, "VendorCredit")]
    body = bill_payment(owed["Id"], 200, Line=lines)
    assert us.error("billpayment", body)["code"] == "6000"
    paid = us.create("BillPayment", body | {"TotalAmt": 150})
    link = [{"TxnId": paid["Id"], "TxnType": "BillPaymentCheck"}]
    for entity, document in (("Bill", owed), ("VendorCredit", credit)):
        after = us.read(entity, document["Id"])
        assert (after["Balance"], after["SyncToken"], after["LinkedTxn"]) == (0, "1", link), entity
    assert vendor_balance(us) == before - 200


def test_credits_are_queried_batched_and_told_of(us, credit):
    assert us.query("select * from CreditMemo where Balance > '0'")["CreditMemo"] == [credit]
    body = {"Id": credit["Id"], "SyncToken": "0", "sparse": True, "PrivateNote": "agreed"}
    [changed] = us.batch({"bId": "1", "operation": "update", "CreditMemo": body})
    assert (changed["CreditMemo"]["PrivateNote"], changed["CreditMemo"]["SyncToken"]) == ("agreed", "1")
    us.post("creditmemo", {"Id": credit["Id"], "SyncToken": "1"}, operation="delete")
    answer = us.get("cdc", entities="CreditMemo,VendorCredit", changedSince=credit["MetaData"]["CreateTime"])
    [credits, none] = answer["CDCResponse"][0]["QueryResponse"]
    assert ([each["status"] for each in credits["CreditMemo"]], none) == (["Deleted"], {})


def test_nothing_applies_credits_by_itself(us, owed, credit):
    assert us.get("preferences")["Preferences"]["SalesFormsPrefs"]["AutoApplyCredit"] is False
    assert us.read("Invoice", owed["Id"])["Balance"] == 100


def test_a_foreign_credit_is_in_its_customers_currency(world):
    customer = world.create("Customer", {"DisplayName": "Acme", "CurrencyRef": {"value": "USD"}})["Id"]
    body = invoice(customer, detail={"TaxCodeRef": {"value": "3"}}, ExchangeRate="1.35")
    assert world.error("creditmemo", body | {"CurrencyRef": {"value": "EUR"}})["code"] == "6000"
    created = world.create("CreditMemo", body | {"CurrencyRef": {"value": "USD"}})
    assert (created["TotalAmt"], created["HomeTotalAmt"], created["HomeBalance"]) == (100, 135, 135)
    assert world.read("Customer", customer)["Balance"] == -100
