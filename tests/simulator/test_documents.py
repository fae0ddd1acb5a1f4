"""What invoices and bills must have, what QuickBooks adds, and what it refuses."""

from datetime import date, timedelta

import pytest

from integrations.simulator import clock

from .conftest import bill, invoice


def deactivate(quickbooks, entity, qbo_id, token="0"):
    quickbooks.create(entity, {"Id": qbo_id, "SyncToken": token, "sparse": True, "Active": False})


def test_numbers_are_counted_and_skip_those_given_by_hand(us):
    first = int(us.create("Invoice", invoice())["DocNumber"])
    us.create("Invoice", invoice(DocNumber=str(first + 1)))
    assert us.create("Invoice", invoice())["DocNumber"] == str(first + 2)


def test_with_custom_numbers_none_is_invented_unless_asked(us):
    us.switch(custom_txn_numbers=True)
    assert "DocNumber" not in us.create("Invoice", invoice())
    assert us.create("Invoice", invoice(AutoDocNumber=True))["DocNumber"]


@pytest.mark.parametrize(("entity", "body"), [("Invoice", invoice), ("Bill", bill)])
def test_a_number_is_used_once_per_kind_of_transaction(us, entity, body):
    holder = us.create(entity, body(DocNumber="A-7"))
    error = us.error(entity.lower(), body(DocNumber="a-7"))
    assert (error["code"], error["Message"]) == ("6140", "Duplicate Document Number Error")
    assert error["Detail"] == (
        "Duplicate Document Number Error : You must specify a different number. This number has already been used. "
        f"DocNumber=a-7 is assigned to TxnType={entity} with TxnId={holder['Id']}"
    )
    us.create(entity, body(DocNumber="A-7"), include="allowduplicatedocnum")
    us.switch(duplicate_doc_numbers_allowed=True)
    us.create(entity, body(DocNumber="A-7"))


def test_an_invoice_and_a_bill_may_share_a_number(us):
    us.create("Invoice", invoice(DocNumber="A-7"))
    assert us.create("Bill", bill(DocNumber="A-7"))["DocNumber"] == "A-7"


def test_a_deleted_invoices_number_is_free(us):
    created = us.create("Invoice", invoice(DocNumber="A-7"))
    us.post("invoice", {"Id": created["Id"], "SyncToken": "0"}, operation="delete")
    assert us.create("Invoice", invoice(DocNumber="A-7"))["Id"] != created["Id"]


def test_a_number_has_twenty_one_characters(us):
    us.create("Invoice", invoice(DocNumber="x" * 21))
    assert us.error("invoice", invoice(DocNumber="x" * 22))["code"] == "2050"


def test_dates_come_from_the_server_the_terms_or_the_default(us):
    today = clock.today()
    created = us.create("Invoice", invoice("3"))
    assert (created["TxnDate"], created["DueDate"]) == (
        today.isoformat(),
        (today + timedelta(30)).isoformat(),
    )
    with_terms = us.create("Invoice", invoice("4", TxnDate="2026-03-01"))
    assert (with_terms["DueDate"], with_terms["SalesTermRef"]["name"]) == ("2026-03-16", "Net 15")
    assert (
        us.create("Invoice", invoice(DueDate="2026-03-05", TxnDate="2026-03-01"))["DueDate"] == "2026-03-05"
    )
    end_of_month = us.create("Invoice", invoice(TxnDate="2026-02-10", SalesTermRef={"value": "5"}))
    assert end_of_month["DueDate"] == "2026-02-28"
    assert us.create("Bill", bill("14", TxnDate="2026-03-01"))["DueDate"] == "2026-03-01"
    assert us.create("Bill", bill("13", TxnDate="2026-03-01"))["DueDate"] == "2026-03-31"


@pytest.mark.parametrize("missing", ["CustomerRef", "Line"])
def test_an_invoice_needs_a_customer_and_lines(us, missing):
    body = invoice()
    del body[missing]
    error = us.error("invoice", body)
    assert (error["code"], error["element"]) == ("2020", missing)


@pytest.mark.parametrize("missing", ["VendorRef", "Line"])
def test_a_bill_needs_a_vendor_and_lines(us, missing):
    body = bill()
    del body[missing]
    error = us.error("bill", body)
    assert (error["code"], error["element"]) == ("2020", missing)


def test_lines_need_an_amount_a_kind_and_an_account_or_item(us):
    assert us.error("invoice", invoice() | {"Line": []})["code"] == "2250"
    assert us.error("invoice", invoice(amount=None))["element"] == "Amount"
    body = invoice()
    del body["Line"][0]["DetailType"]
    assert us.error("invoice", body)["element"] == "DetailType"
    body = bill()
    body["Line"][0]["AccountBasedExpenseLineDetail"] = {}
    assert us.error("bill", body)["element"] == "AccountRef"
    line = {"Amount": 1, "DetailType": "ItemBasedExpenseLineDetail", "ItemBasedExpenseLineDetail": {}}
    assert us.error("bill", bill() | {"Line": [line]})["code"] == "6440"


def test_a_line_without_an_item_takes_the_default_one(us):
    line = {"Amount": 5, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": {}}
    created = us.create("Invoice", invoice() | {"Line": [line]})
    assert created["Line"][0]["SalesItemLineDetail"]["ItemRef"] == {"value": "1", "name": "Services"}


@pytest.mark.parametrize(
    ("quantity", "price", "amount", "fits"),
    [
        ("3", "33.333333", "100", True),
        ("2", "50", "100", True),
        ("2", "50", "100.01", False),
        ("10", "100", "1001", False),
        ("0", "0", "100", True),
        ("0", "50", "100", False),
        ("1.5", "0.333", "0.5", True),
    ],
)
def test_quantity_times_price_is_the_amount_in_cents(us, quantity, price, amount, fits):
    body = invoice(amount=amount, detail={"Qty": quantity, "UnitPrice": price})
    if fits:
        us.create("Invoice", body)
    else:
        assert us.error("invoice", body)["code"] == "6070"


def test_a_wrong_amount_is_quoted_as_quickbooks_quotes_it(us):
    error = us.error("invoice", invoice(amount=1000, detail={"Qty": 1, "UnitPrice": 999}))
    assert (error["Detail"], error["element"]) == (
        "Amount is not equal to UnitPrice * Qty. Supplied value:1,000",
        "Line.Amount",
    )


def test_unknown_references_are_named_by_family(us):
    assert (
        us.error("invoice", invoice("999"))["Detail"]
        == "Invalid Reference Id : Names element id 999 not found"
    )
    error = us.error("bill", bill(account="777"))
    assert (error["code"], error["Detail"]) == (
        "2500",
        "Invalid Reference Id : Accounts element id 777 not found",
    )
    body = invoice(detail={"ItemRef": {"value": "555"}})
    assert us.error("invoice", body)["Detail"] == "Invalid Reference Id : Items element id 555 not found"


def test_what_is_inactive_is_not_used_anew_and_stays_where_it_is(us):
    customer = us.create("Customer", {"DisplayName": "Acme"})["Id"]
    item = us.create("Item", {"Name": "Tea", "Type": "Service", "IncomeAccountRef": {"value": "14"}})["Id"]
    created = us.create("Invoice", invoice(customer, 0, detail={"ItemRef": {"value": item}}))
    deactivate(us, "Customer", customer)
    deactivate(us, "Item", item)
    for body in (invoice(customer), invoice(detail={"ItemRef": {"value": item}})):
        error = us.error("invoice", body)
        assert (error["code"], "made inactive" in error["Detail"]) == ("610", True)
    body = {"Id": created["Id"], "SyncToken": "0", "sparse": True, "PrivateNote": "later"}
    assert us.create("Invoice", body)["PrivateNote"] == "later"


def test_accounts_of_the_wrong_type_are_refused(us):
    assert us.error("bill", bill(account="8"))["code"] == "6430"
    assert us.error("bill", bill(APAccountRef={"value": "1"}))["code"] == "6430"
    body = {"Name": "Tea", "Type": "Service", "IncomeAccountRef": {"value": "3"}}
    assert us.error("item", body)["code"] == "6430"


def test_an_item_that_is_only_sold_cannot_be_bought(us):
    line = {
        "Amount": 49, "DetailType": "ItemBasedExpenseLineDetail",
        "ItemBasedExpenseLineDetail": {"ItemRef": {"value": "8"}},
    }  # fmt: skip
    error = us.error("bill", bill() | {"Line": [line]})
    assert error["code"] == "6000"
    line["ItemBasedExpenseLineDetail"] = {"ItemRef": {"value": "4"}}
    created = us.create("Bill", bill() | {"Line": [line]})
    assert created["Line"][0]["ItemBasedExpenseLineDetail"]["BillableStatus"] == "NotBillable"


def test_a_category_is_no_product(us):
    assert us.error("invoice", invoice(detail={"ItemRef": {"value": "3"}}))["code"] == "6000"


def test_billable_lines_name_their_customer(us):
    assert us.error("bill", bill(detail={"BillableStatus": "Billable"}))["code"] == "6000"
    created = us.create("Bill", bill(detail={"BillableStatus": "Billable", "CustomerRef": {"value": "1"}}))
    assert (
        created["Line"][0]["AccountBasedExpenseLineDetail"]["CustomerRef"]["name"] == "Amy's Bird Sanctuary"
    )
    assert us.error("bill", bill(detail={"BillableStatus": "HasBeenBilled"}))["code"] == "2170"


def test_closed_books_stay_closed(us):
    created = us.create("Invoice", invoice(TxnDate="2026-01-31"))
    us.switch(book_close_date=date(2026, 1, 31))
    named = {"Id": created["Id"], "SyncToken": "0"}
    assert us.error("invoice", invoice(TxnDate="2026-01-31"))["code"] == "6210"
    assert us.error("invoice", named | invoice(TxnDate="2026-02-01"))["code"] == "6210"
    assert us.error("invoice", named, operation="void")["code"] == "6210"
    assert us.error("invoice", named, operation="delete")["code"] == "6210"
    us.create("Invoice", invoice(TxnDate="2026-02-01"))
    assert us.get("preferences")["Preferences"]["AccountingInfoPrefs"]["BookCloseDate"] == "2026-01-31"


def test_an_invoice_to_be_sent_needs_an_address(us):
    assert us.error("invoice", invoice(EmailStatus="NeedToSend"))["code"] == "6420"
    created = us.create("Invoice", invoice(EmailStatus="NeedToSend", BillEmail={"Address": "a@b.co"}))
    assert created["EmailStatus"] == "NeedToSend"


@pytest.mark.parametrize(
    ("discount", "total"),
    [({"PercentBased": True, "DiscountPercent": 10}, 90), ({"PercentBased": False}, 85)],
)
def test_a_discount_comes_after_the_subtotal(us, discount, total):
    line = {"DetailType": "DiscountLineDetail", "DiscountLineDetail": discount, "Amount": 15}
    body = invoice()
    body["Line"].insert(0, line)
    created = us.create("Invoice", body)
    assert [each["DetailType"] for each in created["Line"]] == [
        "SalesItemLineDetail",
        "SubTotalLineDetail",
        "DiscountLineDetail",
    ]
    assert (created["Line"][1]["Amount"], created["TotalAmt"]) == (100, total)


def test_money_is_exact_to_the_last_digit(us):
    created = us.create(
        "Invoice",
        '{"CustomerRef":{"value":"1"},"Line":[{"Amount":8999999999.99,"DetailType":"SalesItemLineDetail","SalesItemLineDetail":{"ItemRef":{"value":"1"}}}]}',
    )
    assert created["TotalAmt"].as_tuple().digits == tuple(int(digit) for digit in "899999999999")
    assert b'"TotalAmt":8999999999.99' in us.response.content


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"TxnDate": "2026-02-30"}, "2060"),
        ({"ExchangeRate": "much"}, "2080"),
        ({"amount": "ten"}, "2090"),
        ({"Line": "one"}, "2010"),
        ({"PrintStatus": "Maybe"}, "2170"),
        ({"PrivateNote": "x" * 4001}, "2050"),
    ],
)
def test_values_of_the_wrong_form_are_refused(us, change, code):
    amount = change.pop("amount", 100)
    assert us.error("invoice", invoice(amount=amount) | change)["code"] == code


def test_items_have_names_and_accounts_of_their_own(us):
    service = {"Name": "Tea", "Type": "Service", "IncomeAccountRef": {"value": "14"}}
    created = us.create("Item", service)
    assert us.error("item", service)["Detail"] == f"The name supplied already exists. : Id={created['Id']}"
    assert us.error("item", {"Name": "Cup", "Type": "Service"})["element"] == "IncomeAccountRef"
    stock = {
        "Name": "Cup", "Type": "Inventory", "TrackQtyOnHand": True, "QtyOnHand": 5, "InvStartDate": "2026-01-01",
        "IncomeAccountRef": {"value": "15"}, "ExpenseAccountRef": {"value": "19"}, "AssetAccountRef": {"value": "5"},
    }  # fmt: skip
    assert us.create("Item", stock)["QtyOnHand"] == 5
    assert us.error("item", stock | {"Name": "Mug", "IncomeAccountRef": {"value": "14"}})["code"] == "6430"
    assert us.error("item", stock | {"Name": "Mug", "AssetAccountRef": None})["element"] == "AssetAccountRef"


def test_accounts_have_a_type_a_name_and_a_parent_of_their_kind(us):
    assert us.error("account", {"Name": "Ads"})["code"] == "6010"
    assert us.error("account", {"Name": 'Ads "x"', "AccountType": "Expense"})["code"] == "2040"
    assert us.error("account", {"Name": "Advertising", "AccountType": "Expense"})["code"] == "6240"
    created = us.create("Account", {"Name": "Online", "AccountType": "Expense", "ParentRef": {"value": "20"}})
    assert (created["FullyQualifiedName"], created["SubAccount"]) == ("Advertising:Online", True)
    assert (created["Classification"], created["AccountSubType"]) == ("Expense", "Travel")
    body = {"Name": "Online", "AccountType": "Income", "ParentRef": {"value": "20"}}
    assert us.error("account", body)["code"] == "700"


def test_text_that_is_not_utf_8_is_refused(us):
    assert us.error("customer", b'{"DisplayName": "\xff"}')["code"] == "500"
    assert us.error("query", b"\xff")["code"] == "500"


def test_tax_lists_are_read_only(us):
    assert us.error("taxcode", {"Name": "Own"})["code"] == "500"
