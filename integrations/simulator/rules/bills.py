"""Bills."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from .. import currencies
from ..books import Books
from ..faults import business, fault, missing
from ..models import StoredObject
from . import currency, documents, references
from .lines import Lines
from .tax import Tax

COPIED = ("PrivateNote", "DepartmentRef", "TransactionLocationType")


def build_bill(
    books: Books, values: dict[str, Any], row: StoredObject | None, previous: dict[str, Any] | None,
    *, duplicate_allowed: bool = False, entity: str = "Bill",
) -> dict[str, Any]:  # fmt: skip
    """`entity` is the kind of form: a vendor credit is filled in like a bill."""
    before = previous or {}
    _refuse_incomplete(values)
    vendor = references.required(
        books, "Vendor", values["VendorRef"], "VendorRef", before.get("VendorRef")
    ).document()
    references.check(books, values, previous, {"DepartmentRef": "Department"})
    documents.refuse_other_contact(previous, "VendorRef", values["VendorRef"])
    code = currency.of_transaction(books, values, vendor)
    rate = currency.exchange(books, values, code, purchase=True)
    txn_date = documents.transaction_date(values)
    documents.refuse_closed(books, txn_date.isoformat(), before.get("TxnDate"))
    term = documents.term(books, values, vendor, "TermRef", previous)
    number = documents.document_number(
        books, entity, values, row, previous, duplicate_allowed=duplicate_allowed
    )
    document: dict[str, Any] = {"DueDate": documents.due_date(values.get("DueDate"), txn_date, term, 0)}
    if number:
        document["DocNumber"] = number
    document["TxnDate"] = txn_date.isoformat()
    document["CurrencyRef"] = currencies.reference(code)
    document |= {key: values[key] for key in COPIED if values.get(key)}
    if before.get("LinkedTxn"):
        document["LinkedTxn"] = before["LinkedTxn"]
    total = _add_lines(books, document, values, code, before)
    document["VendorRef"] = references.named(vendor)
    document["APAccountRef"] = _payable_account(books, values, code, before)
    if vendor.get("BillAddr"):
        document["VendorAddr"] = vendor["BillAddr"]
    if term:
        document["SalesTermRef"] = {"value": term["Id"], "name": term["Name"]}
    document["TotalAmt"] = currencies.rounded(total, code)
    document["Balance"] = currencies.rounded(documents.open_balance(total, previous), code)
    currency.apply(books, document, code, rate)
    return document


def _refuse_incomplete(values: dict[str, Any]) -> None:
    for key in ("VendorRef", "Line"):
        if values.get(key) is None:
            raise missing(key)
    if not [line for line in values["Line"] if line.get("DetailType") != "DescriptionOnly"]:
        raise fault("2250", "There must be at least one line.", "Line")


def _add_lines(
    books: Books, document: dict[str, Any], values: dict[str, Any], code: str, before: dict[str, Any]
) -> Decimal:
    """Writes Line and, outside the United States, TxnTaxDetail; returns the total."""
    tax = Tax(books, code, "Purchase", values)
    lines = Lines(books, code, document["TxnDate"], tax, before.get("Line", []))
    adders = {
        "AccountBasedExpenseLineDetail": lines.add_expense,
        "ItemBasedExpenseLineDetail": lines.add_purchase,
        "DescriptionOnly": lines.add_description,
    }
    for sent in values["Line"]:
        if not sent.get("DetailType"):
            raise missing("DetailType")
        adders[sent["DetailType"]](sent)
    detail, total = tax.result()
    lines.split_gross(total - detail["TotalTax"])
    document["Line"] = lines.documents
    if not tax.domestic:
        document["GlobalTaxCalculation"] = tax.mode
        document["TxnTaxDetail"] = detail
    return total


def _payable_account(
    books: Books, values: dict[str, Any], code: str, before: dict[str, Any]
) -> dict[str, str]:
    """The payable account that was named, else the one of the currency."""
    sent = values.get("APAccountRef")
    if not sent:
        return references.named(currency.account_for(books, "Accounts Payable", code))
    account = references.account(
        books, sent, "APAccountRef", ("Accounts Payable",), before.get("APAccountRef")
    )
    if account["CurrencyRef"]["value"] != code:
        raise business("You can only use one foreign currency per transaction.")
    return references.named(account)
