"""Accounts and terms."""

from __future__ import annotations

from typing import Any

from .. import currencies
from ..books import Books
from ..entities.accounttypes import ACCOUNT_TYPES, SUB_TYPES
from ..faults import business, fault
from ..models import StoredObject
from . import naming, references

SYSTEM_SUB_TYPES = ("AccountsReceivable", "AccountsPayable", "UndepositedFunds", "RetainedEarnings")
# Characters of an account number: Intuit's account page.
NUMBER_LENGTH = {"AU": 20, "CA": 20}


def account_document(
    name: str, account_type: str, sub_type: str = "", currency: str = "USD"
) -> dict[str, Any]:
    """A new account as QuickBooks completes it."""
    classification, default_sub_type = ACCOUNT_TYPES[account_type]
    return {
        "Name": name,
        "SubAccount": False,
        "FullyQualifiedName": name,
        "Active": True,
        "Classification": classification,
        "AccountType": account_type,
        "AccountSubType": sub_type or default_sub_type,
        "CurrentBalance": 0,
        "CurrentBalanceWithSubAccounts": 0,
        "CurrencyRef": currencies.reference(currency),
    }


def build_account(
    books: Books, values: dict[str, Any], row: StoredObject | None, previous: dict[str, Any] | None
) -> dict[str, Any]:
    name = naming.required_name(values, "Name")
    account_type, sub_type = _types(values, previous or {})
    document = account_document(name, account_type, sub_type, currency=books.home)
    if previous:
        for kept in ("CurrencyRef", "CurrentBalance", "CurrentBalanceWithSubAccounts"):
            document[kept] = previous[kept]
    for key in ("AcctNum", "Description", "ParentRef", "TaxCodeRef"):
        if values.get(key):
            document[key] = values[key]
    longest = NUMBER_LENGTH.get(books.company.country, 7)
    if len(document.get("AcctNum", "")) > longest:
        raise fault(
            "2050",
            "String length specified does not match the supported length. "
            f"Min:0 Max:{longest} supported. Supplied length:{len(document['AcctNum'])}",
            "AcctNum",
        )
    if document.get("TaxCodeRef"):
        references.required(
            books, "TaxCode", document["TaxCodeRef"], "TaxCodeRef", (previous or {}).get("TaxCodeRef")
        )
    naming.activity(document, values, previous, "Name")
    if not document["Active"] and document["AccountSubType"] in SYSTEM_SUB_TYPES:
        raise business("You can't make this account inactive because QuickBooks uses it.")
    parent = naming.family_name(books, "Account", document, "Name", row)
    if parent:
        if parent["AccountType"] != account_type:
            raise fault("700", "The parent account must be of the same type as its sub account.", "ParentRef")
        document["SubAccount"] = True
    if document["Active"]:
        naming.refuse_duplicate(books, ["Account"], document["FullyQualifiedName"], row)
    return document


def _types(values: dict[str, Any], before: dict[str, Any]) -> tuple[str, str]:
    """The type and the sub type, which must fit each other (2170); one of the two is required (6010)."""
    sub_type = values.get("AccountSubType")
    account_type = values.get("AccountType") or before.get("AccountType") or _type_of(sub_type)
    retyped = before and account_type != before["AccountType"]
    if retyped and sub_type == before["AccountSubType"]:
        sub_type = None  # it came from the account as it was
    if not sub_type:
        kept = before and not retyped
        sub_type = before["AccountSubType"] if kept else ACCOUNT_TYPES[account_type][1]
    if sub_type not in SUB_TYPES[account_type]:
        raise fault("2170", f"Invalid Enumeration : {sub_type}", "AccountSubType")
    if before.get("AccountSubType") in SYSTEM_SUB_TYPES and (retyped or sub_type != before["AccountSubType"]):
        raise business("You can't change the type of this account because QuickBooks uses it.")
    return account_type, sub_type


def _type_of(sub_type: str | None) -> str:
    if not sub_type:
        raise fault("6010", "Either an AccountType or an AccountSubType must be specified.", "AccountType")
    for account_type, names in SUB_TYPES.items():
        if sub_type in names:
            return account_type
    raise fault("2170", f"Invalid Enumeration : {sub_type}", "AccountSubType")


def build_term(
    books: Books, values: dict[str, Any], row: StoredObject | None, previous: dict[str, Any] | None
) -> dict[str, Any]:
    document: dict[str, Any] = {"Name": naming.required_name(values, "Name")}
    naming.activity(document, values, previous, "Name")
    dated = values.get("DayOfMonthDue") is not None
    defaults = (
        {"DayOfMonthDue": None, "DueNextMonthDays": 0, "DiscountDayOfMonth": 0, "DiscountPercent": 0}
        if dated
        else {"DiscountPercent": 0, "DueDays": 0, "DiscountDays": 0}
    )
    document["Type"] = "DATE_DRIVEN" if dated else "STANDARD"
    for key, default in defaults.items():
        sent = values.get(key)
        document[key] = default if sent is None else sent
    limit = ("DayOfMonthDue", 1, 31) if dated else ("DueDays", 0, 999)
    if not limit[1] <= document[limit[0]] <= limit[2]:
        raise fault("2070", f"{limit[0]} should be between {limit[1]} and {limit[2]}.", limit[0])
    if document["Active"]:
        naming.refuse_duplicate(books, ["Term"], document["Name"], row)
    return document
