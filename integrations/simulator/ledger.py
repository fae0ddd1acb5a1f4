"""What a stored transaction moves elsewhere: open balances of documents, balances of contacts."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from . import currencies
from .books import Books
from .faults import business
from .models import StoredObject
from .rules.payments import SETTLES, link_type

Target = tuple[str, str]  # the entity and the id of what a payment is applied to

CONTACTS = {
    "Invoice": ("Customer", "CustomerRef", 1),
    "Payment": ("Customer", "CustomerRef", -1),
    "Bill": ("Vendor", "VendorRef", 1),
    "BillPayment": ("Vendor", "VendorRef", -1),
    "CreditMemo": ("Customer", "CustomerRef", -1),
    "VendorCredit": ("Vendor", "VendorRef", -1),
}


def move(
    books: Books, row: StoredObject, previous: dict[str, Any] | None, document: dict[str, Any] | None
) -> None:
    """Books the difference between a transaction as it was and as it is; None: it did not or no longer exists."""
    if row.entity in SETTLES:
        _settle(books, row, previous, document)
    for version, sign in ((previous, -1), (document, 1)):
        if version is not None:
            _move_contact(books, row.entity, version, sign)


def _move_contact(books: Books, entity: str, document: dict[str, Any], sign: int) -> None:
    """A contact owes or is owed what its documents total, less what its payments do."""
    kind, key, direction = CONTACTS[entity]
    # A payment that was made with the document itself (a deposit) is not owed.
    amount = Decimal(document["TotalAmt"]) - Decimal(document.get("Deposit", 0))
    if not amount:
        return
    move_balance(books, kind, document[key]["value"], amount * sign * direction)


def move_balance(books: Books, kind: str, contact_id: str, change: Decimal) -> None:
    """Of the contact, and with its jobs of the contact and all its parents."""
    contact = books.find(kind, contact_id)
    while contact is not None:
        body = contact.document()
        code = body["CurrencyRef"]["value"]
        if contact.qbo_id == contact_id:
            body["Balance"] = currencies.rounded(Decimal(body["Balance"]) + change, code)
        if "BalanceWithJobs" in body:
            body["BalanceWithJobs"] = currencies.rounded(Decimal(body["BalanceWithJobs"]) + change, code)
        books.touch(contact, body)
        parent = body.get("ParentRef")
        contact = books.find(kind, parent["value"]) if parent else None


def _settle(
    books: Books, row: StoredObject, previous: dict[str, Any] | None, document: dict[str, Any] | None
) -> None:
    """Takes the payment's old applications back and makes the new ones; each target moves on once. What is applied of a
    credit is gone from it as what is paid of a document is."""
    changes: dict[Target, Decimal] = {}
    for version, sign in ((previous, 1), (document, -1)):
        for line in version["Line"] if version else []:
            target = _target(line)
            changes[target] = changes.get(target, Decimal(0)) + sign * Decimal(line["Amount"])
    linked = {_target(line) for line in document["Line"]} if document else set()
    for target, change in changes.items():
        if change or previous is None or document is None:
            _apply(books, row, target, change, document if target in linked else None)


def _target(line: dict[str, Any]) -> Target:
    [link] = line["LinkedTxn"]
    return link["TxnType"], link["TxnId"]


def _apply(
    books: Books, payment: StoredObject, target: Target, change: Decimal, document: dict[str, Any] | None
) -> None:
    row = books.find(*target)
    assert row is not None
    body = row.document()
    balance = Decimal(body["Balance"]) + change
    if balance < 0:
        raise business("The amount applied is more than the open balance of the transaction.")
    code = body["CurrencyRef"]["value"]
    body["Balance"] = currencies.rounded(balance, code)
    if "RemainingCredit" in body:
        body["RemainingCredit"] = body["Balance"]
    if "HomeBalance" in body:
        body["HomeBalance"] = currencies.rounded(balance * Decimal(body["ExchangeRate"]), books.home)
    links = [link for link in body.get("LinkedTxn", []) if link["TxnId"] != payment.qbo_id]
    if document is not None:
        links.append({"TxnId": payment.qbo_id, "TxnType": link_type(payment.entity, document)})
    body["LinkedTxn"] = links
    books.change(row, body)
