"""Documents stand in the order of recorded ones, at every depth."""

import pytest

from .conftest import bill, invoice
from .test_samples import sample


def order(recorded, ours, path=""):
    """Where the properties that both have stand in another order."""
    if isinstance(recorded, dict) and isinstance(ours, dict):
        shared = [key for key in recorded if key in ours]
        here = [] if shared == [key for key in ours if key in recorded] else [path]
        return here + [found for key in shared for found in order(recorded[key], ours[key], f"{path}.{key}")]
    if isinstance(recorded, list) and isinstance(ours, list):
        pairs = enumerate(zip(recorded, ours, strict=False))
        return [found for index, pair in pairs for found in order(*pair, f"{path}[{index}]")]
    return []


def full_customer(us):
    return us.post(
        "customer",
        {
            "DisplayName": "Doe5, Jane",
            "GivenName": "Jane",
            "PrimaryEmailAddr": {"Address": "jane@example.com"},
            "BillAddr": {"Line1": "1 Finch Street"},
            "Notes": "Pays late",
        },
    )


@pytest.mark.parametrize(
    ("name", "ask"),
    [
        ("customer_create", full_customer),
        ("customer_by_display_name", lambda us: us.get("query", query="select * from Customer maxresults 1")),
        ("vendor_read", lambda us: {"Vendor": us.query("select * from Vendor maxresults 1")["Vendor"][0]}),
        ("invoice_create", lambda us: us.post("invoice", invoice(PrivateNote="ours", PONumber="7"))),
        ("bill_create", lambda us: us.post("bill", bill())),
        ("item_service", lambda us: us.get("item/2")),
        ("item_inventory", lambda us: us.get("item/6")),
        ("account_deactivate", lambda us: us.get("account/18")),
        ("term", lambda us: us.get("term/3")),
        ("taxcode", lambda us: us.get("taxcode/2")),
        ("company_info", lambda us: us.get(f"companyinfo/{us.realm}")),
        ("preferences", lambda us: us.get("preferences")),
        ("query_count", lambda us: us.get("query", query="select count(*) from Customer")),
        ("fault_2030_invalid_id", lambda us: us.get("customer/1.5")),
        ("fault_6240_duplicate_name", lambda us: us.post("customer", {"DisplayName": "Cool Cars"})),
    ],
)
def test_properties_stand_in_the_recorded_order(us, name, ask):
    us.switch(ast=True, book_close_date="2018-12-31")
    assert order(sample(name)["body"], ask(us)) == []


def test_a_changed_document_keeps_the_order(us):
    created = us.create("Invoice", invoice())
    body = {"Id": created["Id"], "SyncToken": "0", "sparse": True, "PrivateNote": "later"}
    changed = us.create("Invoice", body)
    assert list(changed) == list(us.read("Invoice", created["Id"]))
    assert order(sample("invoice_void")["body"]["Invoice"], changed) == []


def test_the_gateway_stands_in_the_recorded_order(us):
    us.token = "unknown"
    assert list(us.get("preferences")) == list(sample("fault_3200_token_expired")["body"])
