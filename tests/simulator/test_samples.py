"""The simulator's documents have the keys and the JSON types of recorded ones."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from .conftest import bill, invoice

SAMPLES = Path(__file__).parent / "samples"
# What the recorded companies had set up and the simulator has not, or Intuit has since withdrawn.
ABSENT = {"CustomField", "Lat", "Long", "ShipAddr", "TrackDepartments"}


def sample(name):
    return json.loads((SAMPLES / f"{name}.json").read_text(), parse_float=Decimal)


def differences(recorded, ours, path=""):
    """Paths that the recording has and we have not, or that are of another JSON type."""
    if isinstance(recorded, dict):
        if not isinstance(ours, dict):
            return [path]
        missing = [f"{path}.{key}" for key in recorded if key not in ours and key not in ABSENT]
        shared = [key for key in recorded if key in ours and key not in ABSENT]
        return missing + [
            found for key in shared for found in differences(recorded[key], ours[key], f"{path}.{key}")
        ]
    if isinstance(recorded, list):
        if not isinstance(ours, list) or (recorded and not ours):
            return [path]
        return [
            found
            for index, each in enumerate(recorded[: len(ours)])
            for found in differences(each, ours[index], f"{path}[{index}]")
        ]
    kinds = [Decimal if type(value) in (int, Decimal) else type(value) for value in (recorded, ours)]
    return [] if kinds[0] is kinds[1] else [path]


def assert_like(name, answer, quickbooks=None, unlike=()):
    recorded = sample(name)
    assert [path for path in differences(recorded["body"], answer) if path not in unlike] == []
    if quickbooks is not None:
        assert quickbooks.status == recorded["http_status"]
        if "content_type" in recorded:
            assert quickbooks.response["Content-Type"] == recorded["content_type"]


def test_a_created_customer_looks_as_recorded(us):
    answer = us.post("customer", sample("customer_create")["request"]["body"])
    assert_like("customer_create", answer, us)
    assert answer["Customer"]["Balance"] == 0
    assert answer["Customer"]["SyncToken"] == "0"


def test_an_updated_customer_keeps_what_quickbooks_set_itself(us):
    created = us.create("Customer", {"DisplayName": "Jack Moe"})
    body = sample("customer_update")["request"]["body"] | {"Id": created["Id"]}
    assert_like("customer_update", us.post("customer", body), us)


def test_a_customer_found_by_name_looks_as_recorded(us):
    answer = us.get("query", query="select * from Customer where DisplayName = 'Amy\\'s Bird Sanctuary'")
    assert_like("customer_by_display_name", answer, us)


def test_a_vendor_looks_as_recorded(us):
    answer = us.get("query", query="select * from Vendor where DisplayName = 'Robertson & Associates'")
    recorded = sample("vendor_read")["body"]["Vendor"]
    assert [
        path for path in differences(recorded, answer["QueryResponse"]["Vendor"][0]) if path != ".AcctNum"
    ] == []


def test_a_created_invoice_looks_as_recorded(us):
    answer = us.post("invoice", sample("invoice_create")["request"]["body"])
    assert_like("invoice_create", answer, us)
    recorded = sample("invoice_create")["body"]["Invoice"]["Line"]
    assert answer["Invoice"]["Line"] == recorded


def test_a_voided_invoice_looks_as_recorded(us):
    created = us.create("Invoice", invoice())
    answer = us.post("invoice", {"Id": created["Id"], "SyncToken": "0"}, operation="void")
    assert_like("invoice_void", answer, us)
    assert answer["Invoice"]["Line"] == sample("invoice_void")["body"]["Invoice"]["Line"]


def test_a_deleted_invoice_leaves_the_recorded_stub(us):
    created = us.create("Invoice", invoice())
    answer = us.post("invoice", {"Id": created["Id"], "SyncToken": "0"}, operation="delete")
    assert_like("invoice_delete", answer, us)
    assert answer["Invoice"] == {"domain": "QBO", "status": "Deleted", "Id": created["Id"]}


def test_a_created_bill_looks_as_recorded(us):
    assert_like("bill_create", us.post("bill", bill()), us)


def test_a_deactivated_account_looks_as_recorded(us):
    found = us.query("select * from Account where Name = 'Fees Billed (deleted)' and Active = false")
    body = sample("account_deactivate")["request"]["body"] | {"Id": found["Account"][0]["Id"]}
    answer = us.post("account", body)
    assert_like("account_deactivate", answer, us)
    assert answer["Account"]["SyncToken"] == "1"


@pytest.mark.parametrize(
    ("name", "item"), [("item_service", "Support Plan"), ("item_inventory", "Receipt Printer")]
)
def test_an_item_looks_as_recorded(us, name, item):
    found = us.query(f"select * from Item where Name = '{item}'")["Item"][0]
    assert differences(sample(name)["body"]["Item"], found) == []


def test_a_term_and_a_tax_code_look_as_recorded(us):
    assert differences(sample("term")["body"]["Term"], us.read("Term", "3")) == []
    assert differences(sample("taxcode")["body"]["TaxCode"], us.read("TaxCode", "2")) == []


def test_company_info_preferences_and_exchange_rate_look_as_recorded(us):
    us.switch(ast=True, book_close_date="2018-12-31", multicurrency=True)
    assert_like("company_info", us.get(f"companyinfo/{us.realm}"), us)
    assert_like("preferences", us.get("preferences"), us)
    rate = us.get("exchangerate", sourcecurrencycode="CAD", asofdate="2026-07-30")
    assert_like("exchange_rate", rate, us)
    assert rate["ExchangeRate"]["TargetCurrencyCode"] == "USD"


def test_a_count_looks_as_recorded(us):
    assert_like("query_count", us.get("query", query="select count(*) from Customer"), us)


def test_an_unknown_property_is_refused_as_recorded(us):
    answer = us.post("invoice", sample("fault_2010_unknown_property")["request"]["body"])
    assert_like("fault_2010_unknown_property", answer, us)
    detail = answer["Fault"]["Error"][0]["Detail"]
    start = sample("fault_2010_unknown_property")["body"]["Fault"]["Error"][0]["Detail"][:107]
    assert detail.startswith(start)
    assert detail.endswith("\n specified is unsupported or invalid")


def test_a_malformed_id_is_refused_as_recorded(us):
    answer = us.get("customer/1.5")
    assert_like("fault_2030_invalid_id", answer, us)
    assert answer["Fault"] == sample("fault_2030_invalid_id")["body"]["Fault"]


def test_an_unsupported_path_is_refused_as_recorded(us):
    assert_like("fault_500_unsupported", us.get("customer/1/5"), us)


def test_a_taken_name_is_refused_as_recorded(us):
    answer = us.post("customer", {"DisplayName": "Robertson & Associates"})
    assert_like("fault_6240_duplicate_name", answer, us)


def test_an_expired_token_is_refused_as_recorded(us):
    us.client.post(
        f"/simulator/control/{us.realm}/mishaps/", {"kind": "token_expired"}, content_type="application/json"
    )
    answer = us.get("preferences")
    assert_like("fault_3200_token_expired", answer, us)
    assert us.response["WWW-Authenticate"] == 'Bearer realm="Intuit", error="invalid_token"'


def test_a_mixed_batch_answers_as_recorded(us):
    created = us.create("Invoice", invoice())
    recorded = sample("batch_mixed")
    items = [
        {"bId": "bid1", "operation": "create", "Vendor": {"DisplayName": "Boraski Family Store"}},
        {"bId": "bid2", "operation": "delete", "Invoice": {"Id": "99999", "SyncToken": "0"}},
        {
            "bId": "bid3",
            "operation": "update",
            "Invoice": {"Id": created["Id"], "SyncToken": "7", "sparse": True},
        },
        {"bId": "bid4", "Query": "select * from Invoice where TotalAmt > '300.00' maxresults 2"},
    ]
    answer = us.post("batch", {"BatchItemRequest": items})
    assert us.response["Content-Type"] == recorded["content_type"]
    for index in range(3):
        assert (
            differences(recorded["body"]["BatchItemResponse"][index], answer["BatchItemResponse"][index])
            == []
        )
    assert answer["BatchItemResponse"][1] == recorded["body"]["BatchItemResponse"][1]
    assert list(answer["BatchItemResponse"][3]["QueryResponse"]) == ["Invoice", "startPosition", "maxResults"]


def test_newer_properties_are_there_which_the_recordings_of_2020_lack(us):
    """Intuit's own sample of 2024: a customer says whether it is a project, an invoice names no exemption."""
    assert us.create("Customer", {"DisplayName": "Acme"})["IsProject"] is False
    assert "TaxExemptionRef" not in us.create("Invoice", invoice())
    us.switch(ast=True)
    assert us.create("Invoice", invoice())["TaxExemptionRef"] == {}
