"""Customers, vendors and employees."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ..books import Books
from ..faults import fault
from ..models import StoredObject
from . import currency, naming, references

NAME_SPACE = ("Customer", "Vendor", "Employee")
NAME_PARTS = ("Title", "GivenName", "MiddleName", "FamilyName", "Suffix")

CUSTOMER_REFERENCES = {
    "SalesTermRef": "Term",
    "DefaultTaxCodeRef": "TaxCode",
    "PaymentMethodRef": "PaymentMethod",
    "CustomerTypeRef": "CustomerType",
}
EXEMPTION_REASONS = {str(reason) for reason in range(1, 16)}


def _display_name(values: dict[str, Any]) -> str:
    name = values.get("DisplayName") or " ".join(values[part] for part in NAME_PARTS if values.get(part))
    if not name:
        raise fault(
            "6080",
            "Title, GivenName, MiddleName, FamilyName, DisplayName, Suffix - one of these must be non-empty",
            "",
        )
    return name


def _common(
    books: Books,
    entity: str,
    values: dict[str, Any],
    row: StoredObject | None,
    previous: dict[str, Any] | None,
) -> dict[str, Any]:
    """The document with the name rules applied. What was sent empty or not at all is not in it."""
    document = {key: value for key, value in values.items() if value not in (None, {}, [])}
    document["DisplayName"] = _display_name(values)
    naming.activity(document, values, previous, "DisplayName")
    if previous and previous["Active"] and not document["Active"] and Decimal(previous.get("Balance", 0)):
        raise fault("6220", f"You can't make a {entity.lower()} inactive that has an open balance.", "")
    document.setdefault("PrintOnCheckName", document["DisplayName"][:110])
    return document


def _addresses(books: Books, document: dict[str, Any], previous: dict[str, Any] | None, *names: str) -> None:
    """Every stored address has an id of its own, kept while the address stays."""
    for name in names:
        if name in document:
            known = (previous or {}).get(name, {}).get("Id")
            document[name] = {"Id": known or str(books.company.take_id("Addresses"))} | document[name]


def build_customer(
    books: Books, values: dict[str, Any], row: StoredObject | None, previous: dict[str, Any] | None
) -> dict[str, Any]:
    naming.refuse_parentless_child(values, "Job")
    document = _common(books, "Customer", values, row, previous)
    before = previous or {}
    # QuickBooks keeps these where a full update leaves them out (recorded), since it set them itself.
    kept = {"Taxable": True, "PreferredDeliveryMethod": "Print", "BillWithParent": False}
    for key, default in kept.items():
        document.setdefault(key, before.get(key, default))
    if books.company.country == "US":
        document.setdefault("DefaultTaxCodeRef", before.get("DefaultTaxCodeRef", {"value": "2"}))
    references.check(books, document, previous, CUSTOMER_REFERENCES)
    if "ARAccountRef" in document:
        key = "ARAccountRef"
        references.account(books, document[key], key, ("Accounts Receivable",), before.get(key))
    _refuse_exemption(document)
    parent = naming.family_name(books, "Customer", document, "DisplayName", row)
    document["Job"] = parent is not None
    document["IsProject"] = False
    if "PrimaryTaxIdentifier" in document:
        # Told but for its last five characters.
        document["PrimaryTaxIdentifier"] = "XXXXXX" + document["PrimaryTaxIdentifier"][-5:]
    document["Balance"] = before.get("Balance", 0)
    document["BalanceWithJobs"] = before.get("BalanceWithJobs", 0)
    document["CurrencyRef"] = currency.of_contact(books, "Customer", values, previous)
    _addresses(books, document, previous, "BillAddr", "ShipAddr")
    if document["Active"]:
        naming.refuse_duplicate(books, NAME_SPACE, document["FullyQualifiedName"], row)
    return document


def _refuse_exemption(document: dict[str, Any]) -> None:
    reason = document.get("TaxExemptionReasonId")
    if reason and reason not in EXEMPTION_REASONS:
        raise fault("2170", f"Invalid Enumeration : {reason}", "TaxExemptionReasonId")


def build_vendor(
    books: Books, values: dict[str, Any], row: StoredObject | None, previous: dict[str, Any] | None
) -> dict[str, Any]:
    document = _common(books, "Vendor", values, row, previous)
    before = previous or {}
    document["Balance"] = before.get("Balance", 0)
    document.setdefault("Vendor1099", before.get("Vendor1099", False))
    if "TermRef" in document:
        references.required(books, "Term", document["TermRef"], "TermRef", before.get("TermRef"))
    if "APAccountRef" in document:
        references.account(books, document["APAccountRef"], "APAccountRef", ("Accounts Payable",))
    if "TaxIdentifier" in document:
        # Never read back in full.
        document["TaxIdentifier"] = "XXXXXX" + document["TaxIdentifier"][-4:]
    document["CurrencyRef"] = currency.of_contact(books, "Vendor", values, previous)
    _addresses(books, document, previous, "BillAddr")
    if document["Active"]:
        naming.refuse_duplicate(books, NAME_SPACE, document["DisplayName"], row)
    return document


def build_employee(
    books: Books, values: dict[str, Any], row: StoredObject | None, previous: dict[str, Any] | None
) -> dict[str, Any]:
    document = _common(books, "Employee", values, row, previous)
    document.setdefault("BillableTime", False)
    _addresses(books, document, previous, "PrimaryAddr")
    if document["Active"]:
        naming.refuse_duplicate(books, NAME_SPACE, document["DisplayName"], row)
    return document
