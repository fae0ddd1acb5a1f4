"""Payments from customers and to vendors, and what they do to the documents that they settle."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from .. import currencies
from ..books import Books
from ..faults import business, fault, missing
from ..models import StoredObject
from . import currency, documents, references

SETTLES = {"Payment": "Invoice", "BillPayment": "Bill"}
CREDITS = {"Payment": "CreditMemo", "BillPayment": "VendorCredit"}
CONTACTS = {"Payment": ("Customer", "CustomerRef"), "BillPayment": ("Vendor", "VendorRef")}
LISTED = {"PaymentMethodRef": "PaymentMethod", "DepartmentRef": "Department"}
ACCOUNTS = {"ARAccountRef": "Accounts Receivable", "APAccountRef": "Accounts Payable"}
COPIED = ("PrivateNote", "PaymentRefNum", "PaymentMethodRef", "DocNumber", "DepartmentRef", "ProcessPayment")


def build_payment(
    books: Books, values: dict[str, Any], row: StoredObject | None, previous: dict[str, Any] | None
) -> dict[str, Any]:
    """Received from a customer. What is not applied to invoices stays as UnappliedAmt."""
    document = _common(books, "Payment", values, previous)
    applied = _applied("Payment", document)
    if applied > document["TotalAmt"]:
        raise business("The amount applied can't be more than the amount of the payment.")
    account = _deposit_account(books, values, previous or {})
    if account:
        document["DepositToAccountRef"] = {"value": account["Id"]}
    document["UnappliedAmt"] = document["TotalAmt"] - applied or Decimal(0)
    document.setdefault("ProcessPayment", False)
    return document


def _deposit_account(books: Books, values: dict[str, Any], before: dict[str, Any]) -> dict[str, Any] | None:
    """Where the money went: the account that was named, else Undeposited Funds."""
    key = "DepositToAccountRef"
    if values.get(key):
        return references.account(books, values[key], key, documents.MONEY_ACCOUNTS, before.get(key))
    row = books.holder(["Account"], "full_name_key", "undeposited funds")
    return row.document() if row else None


def build_bill_payment(
    books: Books, values: dict[str, Any], row: StoredObject | None, previous: dict[str, Any] | None
) -> dict[str, Any]:
    pay_type = values.get("PayType")
    if not pay_type:
        raise missing("PayType")
    document = _common(books, "BillPayment", values, previous)
    document["PayType"] = pay_type
    part, key, account_type = {
        "Check": ("CheckPayment", "BankAccountRef", "Bank"),
        "CreditCard": ("CreditCardPayment", "CCAccountRef", "Credit Card"),
    }[pay_type]
    reference = (values.get(part) or {}).get(key)
    if not reference:
        raise missing(key)
    account = references.account(books, reference, key, (account_type,))
    document[part] = {key: references.named(account)}
    if pay_type == "Check":
        document[part]["PrintStatus"] = (values.get(part) or {}).get("PrintStatus") or "NotSet"
    if _applied("BillPayment", document) != document["TotalAmt"]:
        raise business(
            "The amount of a bill payment must be what it applies to bills, less the vendor credits."
        )
    return document


def _applied(entity: str, document: dict[str, Any]) -> Decimal:
    """The money that goes into documents: what is applied to them, less the credits that pay a part of it."""
    applied = Decimal(0)
    for line in document["Line"]:
        [link] = line["LinkedTxn"]
        applied += -line["Amount"] if link["TxnType"] == CREDITS[entity] else line["Amount"]
    if applied < 0:
        raise business("The credits that are applied can't be more than what they are applied to.")
    return applied


def _common(
    books: Books, entity: str, values: dict[str, Any], previous: dict[str, Any] | None
) -> dict[str, Any]:
    """What both kinds share: contact, currency, total, date, and what it is applied to."""
    kind, key = CONTACTS[entity]
    before = previous or {}
    if not values.get(key):
        raise missing(key)
    if values.get("TotalAmt") is None:
        raise missing("TotalAmt")
    contact = references.required(books, kind, values[key], key, before.get(key)).document()
    references.check(books, values, previous, LISTED)
    for name, account_type in ACCOUNTS.items():
        if values.get(name):
            references.account(books, values[name], name, (account_type,), before.get(name))
    code = currency.of_transaction(books, values, contact)
    rate = currency.exchange(books, values, code)
    total = currencies.rounded(values["TotalAmt"], code)
    if total < 0:
        raise fault("2290", f"Negative amounts are not allowed. Supplied value:{total}", "TotalAmt")
    txn_date = documents.transaction_date(values).isoformat()
    documents.refuse_closed(books, txn_date, before.get("TxnDate"))
    document: dict[str, Any] = {
        key: references.named(contact),
        "TotalAmt": total,
        "TxnDate": txn_date,
        "CurrencyRef": currencies.reference(code),
        "LinkedTxn": [],
        "Line": [_line(books, entity, sent, values[key], code) for sent in values.get("Line") or []],
    }
    document |= {name: values[name] for name in COPIED if values.get(name)}
    if rate is not None:
        document["ExchangeRate"] = rate
    return document


def _line(
    books: Books, entity: str, sent: dict[str, Any], contact: dict[str, str], code: str
) -> dict[str, Any]:
    """One application to a document or a credit of the same contact (620 otherwise)."""
    if sent.get("Amount") is None:
        raise missing("Amount")
    amount = currencies.rounded(sent["Amount"], code)
    if amount <= 0:
        raise fault("2290", f"Negative amounts are not allowed. Supplied value:{amount}", "Line.Amount")
    links = sent.get("LinkedTxn") or []
    kinds = (SETTLES[entity], CREDITS[entity])
    if len(links) != 1 or links[0].get("TxnType") not in kinds:
        raise fault(
            "620", f"Each line of a {entity} must be linked to one {' or one '.join(kinds)}.", "LinkedTxn"
        )
    kind, target_id = links[0]["TxnType"], links[0].get("TxnId") or ""
    target = books.find(kind, target_id) if books.resolve(kind, target_id) else None
    if target is None or target.deleted or target.contact_id != contact["value"]:
        raise fault("620", f"The Txn ID {links[0].get('TxnId')} can't be linked.", "LinkedTxn")
    return {"Amount": amount, "LinkedTxn": [{"TxnId": target.qbo_id, "TxnType": kind}]}


def link_type(entity: str, document: dict[str, Any]) -> str:
    """The TxnType under which an invoice or bill names the payment."""
    return "Payment" if entity == "Payment" else f"BillPayment{document['PayType']}"
