"""Products and services."""

from __future__ import annotations

from typing import Any

from .. import jsontext
from ..books import Books
from ..faults import business, fault, missing
from ..models import StoredObject
from . import naming, references

INCOME = ("Income", "Other Income")
EXPENSE = ("Expense", "Cost of Goods Sold", "Other Expense")
# Account reference: the types allowed for an inventory item, and for all others.
ACCOUNTS = {
    "IncomeAccountRef": (("Income",), INCOME),
    "ExpenseAccountRef": (("Cost of Goods Sold",), EXPENSE),
    "AssetAccountRef": (("Other Current Asset",), ("Other Current Asset",)),
}
REQUIRED_ACCOUNTS = {
    "Inventory": ("AssetAccountRef", "IncomeAccountRef", "ExpenseAccountRef"),
    "Service": ("IncomeAccountRef",),
    "NonInventory": (),
    "Category": (),
}


def build_item(
    books: Books, values: dict[str, Any], row: StoredObject | None, previous: dict[str, Any] | None
) -> dict[str, Any]:
    document = {key: value for key, value in values.items() if value not in (None, {}, [])}
    document["Name"] = naming.required_name(values, "Name")
    kind = document.setdefault("Type", (previous or {}).get("Type") or "Service")
    if kind == "Group":
        raise fault("5030", "A bundle can't be created or changed through the API.", "Type")
    _refuse_conversion(kind, previous)
    naming.refuse_parentless_child(values, "SubItem")
    naming.activity(document, values, previous, "Name")
    if kind == "Category":
        if not document["Active"]:
            raise business("A category can't be made inactive.")
    else:
        _trade(document, kind)
        _accounts(books, document, kind, previous)
    for key in ("SalesTaxCodeRef", "PurchaseTaxCodeRef"):
        if key in document:
            references.required(books, "TaxCode", document[key], key, (previous or {}).get(key))
    references.check(books, document, previous, {"ClassRef": "Class", "PrefVendorRef": "Vendor"})
    parent = naming.family_name(books, "Item", document, "Name", row)
    if parent and parent["Type"] != "Category":
        raise fault("700", "An item can only be nested under a category.", "ParentRef")
    if parent:
        document["SubItem"] = True
    if document["Active"]:
        naming.refuse_duplicate(books, ["Item"], document["FullyQualifiedName"], row)
    return document


def _refuse_conversion(kind: str, previous: dict[str, Any] | None) -> None:
    """Stock is not made or lost by a word, and categories hold items instead of being ones."""
    if previous and kind != previous["Type"] and {kind, previous["Type"]} & {"Category", "Inventory"}:
        raise business(f"The type of an item can't be changed from {previous['Type']} to {kind}.")


def _trade(document: dict[str, Any], kind: str) -> None:
    """Prices and stock of what can be bought and sold."""
    for key in ("UnitPrice", "PurchaseCost", "QtyOnHand", "ReorderPoint"):
        if key in document:
            document[key] = jsontext.number(document[key]) or 0
    document.setdefault("UnitPrice", 0)
    document.setdefault("PurchaseCost", 0)
    document.setdefault("Taxable", False)
    document["TrackQtyOnHand"] = kind == "Inventory"
    if kind != "Inventory":
        document.pop("QtyOnHand", None)
        document.pop("InvStartDate", None)
        return
    if "QtyOnHand" not in document:
        raise fault("6520", "An inventory item that is tracked needs QtyOnHand.", "QtyOnHand")
    if "InvStartDate" not in document:
        raise missing("InvStartDate")


def _accounts(books: Books, document: dict[str, Any], kind: str, previous: dict[str, Any] | None) -> None:
    for key in REQUIRED_ACCOUNTS[kind]:
        if key not in document:
            raise missing(key)
    for key, (for_inventory, for_others) in ACCOUNTS.items():
        if key in document:
            types = for_inventory if kind == "Inventory" else for_others
            account = references.account(books, document[key], key, types, (previous or {}).get(key))
            document[key] = references.named(account)
    if kind == "Inventory":
        _refuse_wrong_sub_type(books, document)


def _refuse_wrong_sub_type(books: Books, document: dict[str, Any]) -> None:
    for key, sub_type in (("IncomeAccountRef", "SalesOfProductIncome"), ("AssetAccountRef", "Inventory")):
        row = books.find("Account", document[key]["value"])
        if row is not None and row.document()["AccountSubType"] != sub_type:
            raise fault("6430", f"{key} of an inventory item needs an account of sub type {sub_type}.", key)
