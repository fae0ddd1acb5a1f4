"""Values that are each well-formed and still too much, too little, or not QuickBooks' to take."""

import pytest

from .conftest import bill, invoice


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("customer", lambda address: {"DisplayName": "New", "BillAddr": address}),
        ("vendor", lambda address: {"DisplayName": "New", "BillAddr": address}),
        ("invoice", lambda address: invoice(ShipAddr=address)),
    ],
)
def test_the_lines_of_an_address_have_two_thousand_characters_together(us, path, body):
    lines = {f"Line{line}": "x" * 400 for line in range(1, 6)}
    assert us.post(path, body(lines)) and us.status == 200
    error = us.error(path, body(lines | {"Line5": "x" * 401}))
    assert (error["code"], error["element"].split(".")[-1]) == ("2050", "Line5")


@pytest.mark.parametrize(
    ("reason", "fits"), [("1", True), ("15", True), ("0", False), ("16", False), ("x", False)]
)
def test_a_reason_for_tax_exemption_is_one_of_fifteen(us, reason, fits):
    us.post("customer", {"DisplayName": "New", "Taxable": False, "TaxExemptionReasonId": reason})
    assert us.status == (200 if fits else 400)


def test_a_bill_needs_a_line_with_an_item_or_an_account(us):
    line = {"DetailType": "DescriptionOnly", "Description": "Only words"}
    assert us.error("bill", bill() | {"Line": [line]})["code"] == "2250"
    assert us.create("Bill", bill() | {"Line": [line, *bill()["Line"]]})["TotalAmt"] == 200


@pytest.mark.parametrize("entity", ["Customer", "Vendor"])
def test_a_contact_may_begin_with_a_balance_and_never_set_it_again(us, entity):
    created = us.create(entity, {"DisplayName": "New", "Balance": 150})
    assert (created["Balance"], us.read(entity, created["Id"])["Balance"]) == (150, 150)
    kept = {"Id": created["Id"], "SyncToken": "0", "sparse": True, "Balance": 1, "Notes": "x"}
    assert us.create(entity, kept)["Balance"] == 150


def test_a_childs_opening_balance_counts_for_its_parent(us):
    parent = us.create("Customer", {"DisplayName": "Top"})
    child = {"DisplayName": "Leaf", "Job": True, "ParentRef": {"value": parent["Id"]}, "Balance": 40}
    assert us.create("Customer", child)["BalanceWithJobs"] == 40
    stored = us.read("Customer", parent["Id"])
    assert (stored["Balance"], stored["BalanceWithJobs"]) == (0, 40)


def test_a_number_is_generated_where_that_is_asked_for(us):
    expected = us.company.next_doc_number
    created = us.create("Invoice", invoice(DocNumber="MINE-1", AutoDocNumber=True))
    assert created["DocNumber"] == str(expected)


def test_an_unencoded_plus_is_a_space(us):
    path = f"/simulator/v3/company/{us.realm}/cdc?entities=Customer&changedSince="
    headers = {"Authorization": f"Bearer {us.token}", "Accept": "application/json"}
    moment = f"{us.company.created_at:%Y-%m-%d}T00:00:00"
    assert (
        us.client.get(f"{path}{moment}+08:00", headers=headers).json()["Fault"]["Error"][0]["code"] == "2060"
    )


def test_a_character_that_no_text_has_is_refused_wherever_it_stands(us):
    calls = [
        ("invoice", invoice(customer="1\0")),
        ("invoice", invoice(detail={"ItemRef": {"value": "\0"}})),
        ("bill", bill(account="2\00")),
        ("customer", {"Id": "1\0", "SyncToken": "0", "DisplayName": "New"}),
        ("customer", {"DisplayName": "New\0"}),
        ("batch", {"BatchItemRequest": [{"bId": "1", "Query": "select * from Item where Id = '\0'"}]}),
        ("batch", {"BatchItemRequest": [{"bId": "1", "operation": "create", "Invoice": invoice("\0")}]}),
    ]
    for path, body in calls:
        answer = us.post(path, body)
        assert "Fault" in (answer["BatchItemResponse"][0] if path == "batch" else answer), body


def test_neither_does_an_address_have_it(us):
    headers = {"Authorization": f"Bearer {us.token}", "Accept": "application/json"}
    for address in (
        "customer/%00", "%00/1", "invoice/%00/pdf", "customer/1?requestid=%00", "query?query=select%00",
        "cdc?entities=%00",
    ):  # fmt: skip
        response = us.client.get(f"/simulator/v3/company/{us.realm}/{address}", headers=headers)
        assert (response.status_code, response.json()["Fault"]["Error"][0]["code"]) == (400, "500"), address
    assert us.client.get("/simulator/v3/company/%00/customer/1", headers=headers).status_code == 403


def test_nothing_falls_due_after_the_last_day_there_is(us):
    for term in ({}, {"SalesTermRef": {"value": "3"}}):
        assert us.error("invoice", invoice(TxnDate="9999-12-31", **term))["code"] == "2060"
        last = us.create("Invoice", invoice(TxnDate="9999-12-31", DueDate="9999-12-31", **term))
        assert last["DueDate"] == "9999-12-31"


def test_a_method_that_quickbooks_does_not_know_is_an_unsupported_operation(us):
    response = us.client.options(
        f"/simulator/v3/company/{us.realm}/customer",
        headers={"Authorization": f"Bearer {us.token}", "Accept": "application/json"},
    )
    assert (response.status_code, response.json()["Fault"]["Error"][0]["code"]) == (400, "500")
