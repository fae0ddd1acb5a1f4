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
