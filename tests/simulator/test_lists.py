"""Accounts and items: what their types allow, and what never changes."""

import pytest

from integrations.simulator.entities.accounttypes import ACCOUNT_TYPES, SUB_TYPES
from integrations.simulator.seed.charts import ACCOUNTS


def find(quickbooks, entity, name):
    return quickbooks.query(f"select * from {entity} where FullyQualifiedName = '{name}'")[entity][0]


def change(found, **values):
    return {"Id": found["Id"], "SyncToken": found["SyncToken"], "sparse": True} | values


def test_every_default_and_every_seeded_sub_type_fits_its_type():
    for account_type, (_, default) in ACCOUNT_TYPES.items():
        assert default in SUB_TYPES[account_type]
    for name, account_type, sub_type, _ in ACCOUNTS:
        assert sub_type in SUB_TYPES[account_type], name


@pytest.mark.parametrize("sub_type", ["Nonsense", "Checking"])
def test_a_sub_type_must_fit_its_type(us, sub_type):
    body = {"Name": "Fleet", "AccountType": "Expense", "AccountSubType": sub_type}
    error = us.error("account", body)
    assert (error["code"], error["element"]) == ("2170", "AccountSubType")


def test_a_sub_type_alone_brings_its_type(us):
    created = us.create("Account", {"Name": "Till", "AccountSubType": "MoneyMarket"})
    assert (created["AccountType"], created["Classification"]) == ("Bank", "Asset")
    assert us.error("account", {"Name": "Till 2", "AccountSubType": "Nonsense"})["code"] == "2170"
    assert us.error("account", {"Name": "Till 2"})["code"] == "6010"


@pytest.mark.parametrize("name", ["Accounts Receivable (A/R)", "Undeposited Funds", "Retained Earnings"])
def test_a_system_account_keeps_its_type(us, name):
    account = find(us, "Account", name)
    retyped = change(account, AccountType="Expense", AccountSubType="Travel")
    assert us.error("account", retyped)["code"] == "6000"
    assert (
        us.create("Account", change(account, Description="x"))["AccountSubType"] == account["AccountSubType"]
    )


def test_another_account_may_change_its_type_and_takes_the_default_sub_type(us):
    account = find(us, "Account", "Travel")
    changed = us.create("Account", change(account, AccountType="Other Expense"))
    assert (changed["AccountType"], changed["AccountSubType"]) == ("Other Expense", "Depreciation")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Store Hardware", "Service"),
        ("Hours", "Category"),
        ("Receipt Printer", "Service"),
        ("Hours", "Inventory"),
    ],
)
def test_an_item_does_not_become_or_cease_to_be_a_category_or_inventory(us, name, kind):
    item = us.query(f"select * from Item where Name = '{name}'")["Item"][0]
    assert us.error("item", change(item, Type=kind))["code"] == "6000"


def test_a_service_may_become_a_product_without_stock(us):
    assert us.create("Item", change(find(us, "Item", "Hours"), Type="NonInventory"))["Type"] == "NonInventory"
