"""Create, update, delete and void: the steps that every entity shares. Each entity's own rules are in `rules`."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from . import ledger
from .books import Books
from .entities import Entity
from .faults import business, fault, missing, not_found, stale, transaction_deleted, unsupported
from .models import StoredObject
from .rules import naming
from .rules.accounts import build_account, build_term
from .rules.bills import build_bill
from .rules.company_currencies import build_company_currency
from .rules.contacts import build_customer, build_employee, build_vendor
from .rules.credits import build_credit_memo, build_vendor_credit
from .rules.documents import paid, refuse_closed
from .rules.invoices import build_invoice
from .rules.items import build_item
from .rules.payments import SETTLES, build_bill_payment, build_payment
from .schema import Part, checked

Builder = Callable[..., dict[str, Any]]
BUILDERS: dict[str, Builder] = {
    "Customer": build_customer,
    "Vendor": build_vendor,
    "Employee": build_employee,
    "Item": build_item,
    "Account": build_account,
    "Term": build_term,
    "CompanyCurrency": build_company_currency,
    "Invoice": build_invoice,
    "Bill": build_bill,
    "CreditMemo": build_credit_memo,
    "VendorCredit": build_vendor_credit,
    "Payment": build_payment,
    "BillPayment": build_bill_payment,
}
NUMBERED = ("Invoice", "Bill", "CreditMemo", "VendorCredit")
CONTACTS = ("Customer", "Vendor")  # their balance can be set when they are created, never after
TOLD_AS_DELETED = ("Customer", "Vendor", "Employee", "Item", "Account")
OWN = ("Id", "SyncToken", "MetaData", "domain", "sparse")


def write(
    books: Books, entity: Entity, operation: str, body: Any, *, duplicate_allowed: bool = False
) -> dict[str, Any]:
    """One create, update, delete or void. Returns the object's document, of a deleted one its stub.

    Raises Fault; then nothing has changed, if the caller works inside `books.item()`.
    """
    if books.company.subscription_lapsed:
        raise fault(
            "6190",
            "Subscription period has ended or canceled or there was a billing problem : You can't add data to "
            "QuickBooks Online Plus because your trial or subscription period ended.",
            "",
        )
    if operation not in entity.operations:
        raise unsupported(f"{operation} on {entity.name}")
    if operation == "create":
        return _create(books, entity, checked(entity.part, body), duplicate_allowed)
    if operation in ("delete", "void"):
        # These read the Id and the SyncToken only; the rest may be a whole document.
        body = {key: body[key] for key in ("Id", "SyncToken") if isinstance(body, dict) and key in body}
    values = checked(entity.part, body)
    row = _current(books, entity, values)
    if operation == "update":
        return _update(books, entity, row, values, duplicate_allowed)
    refuse_closed(books, row.document()["TxnDate"])
    return _delete(books, row) if operation == "delete" else _void(books, row)


def _build(
    books: Books, entity: Entity, values: dict[str, Any], row: StoredObject | None, previous: dict[str, Any] | None,
    duplicate_allowed: bool,
) -> dict[str, Any]:  # fmt: skip
    values = {key: value for key, value in values.items() if key not in OWN}
    options = {"duplicate_allowed": duplicate_allowed} if entity.name in NUMBERED else {}
    return BUILDERS[entity.name](books, values, row, previous, **options)


def _create(books: Books, entity: Entity, values: dict[str, Any], duplicate_allowed: bool) -> dict[str, Any]:
    document = _build(books, entity, values, None, None, duplicate_allowed)
    row = books.create(entity, document)
    if entity.transaction:
        ledger.move(books, row, None, document)
    elif entity.name in CONTACTS and values.get("Balance"):
        ledger.move_balance(books, entity.name, row.qbo_id, values["Balance"])
        return _staged(books, row)
    return document


def _staged(books: Books, row: StoredObject) -> dict[str, Any]:
    version = books.find(row.entity, row.qbo_id)
    assert version is not None
    return version.document()


def _current(books: Books, entity: Entity, values: dict[str, Any]) -> StoredObject:
    """The object that a request names, if it names its newest version (5010)."""
    if not values.get("Id"):
        raise missing("Id")
    row = books.find(entity.name, values["Id"])
    if row is None:
        raise not_found()
    if row.deleted:
        raise transaction_deleted() if entity.transaction else not_found()
    if values.get("SyncToken") is None:
        raise missing("SyncToken")
    if values["SyncToken"] != str(row.sync_token):
        raise stale(entity.name)
    return row


def _update(
    books: Books, entity: Entity, row: StoredObject, values: dict[str, Any], duplicate_allowed: bool
) -> dict[str, Any]:
    """A full update sets what it leaves out to nothing; a sparse one keeps it, and changes nothing if nothing
    differs. Line is always taken as a whole."""
    previous = row.document()
    sparse = bool(values.get("sparse"))
    if sparse:
        values = _kept(entity, previous, values) | values
    document = _build(books, entity, values, row, previous, duplicate_allowed)
    if sparse and document == {key: value for key, value in previous.items() if key not in OWN}:
        return previous
    if document.get("FullyQualifiedName") != previous.get("FullyQualifiedName"):
        _rename_descendants(books, row, previous, document)
    row = books.change(row, document, _told_as(entity, previous, document))
    if entity.transaction:
        ledger.move(books, row, previous, document)
    return document


def _told_as(entity: Entity, previous: dict[str, Any], document: dict[str, Any]) -> str:
    """Webhooks call a name deleted that was made inactive: no name can be deleted (contract section 7.3)."""
    left = previous.get("Active") and not document.get("Active")
    return "Delete" if left and entity.name in TOLD_AS_DELETED else "Update"


def _rename_descendants(
    books: Books, row: StoredObject, previous: dict[str, Any], document: dict[str, Any]
) -> None:
    """The path of whatever is nested below begins with the new name; its sync token stays."""
    deeper = document.get("Level", 0) - previous.get("Level", 0)
    for child, body in books.descendants(row):
        tail = body["FullyQualifiedName"].removeprefix(previous["FullyQualifiedName"])
        body["FullyQualifiedName"] = document["FullyQualifiedName"] + tail
        body["Level"] = naming.deepest_allowed(body["Level"] + deeper)
        books.touch(child, body)


def _kept(entity: Entity, previous: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    """What a sparse update leaves as it was. Tax that belonged to other lines is computed anew, and a rate belongs to
    its currency."""
    kept = writable(entity.part, previous)
    if "ExchangeRate" in kept and _currency(values) not in (None, _currency(previous)):
        del kept["ExchangeRate"]
    if "Line" in values and "TxnTaxDetail" in kept:
        code = kept["TxnTaxDetail"].get("TxnTaxCodeRef")
        kept["TxnTaxDetail"] = {"TxnTaxCodeRef": code} if code else {}
    return kept


def _currency(document: dict[str, Any]) -> str | None:
    return (document.get("CurrencyRef") or {}).get("value")


def writable(part: Part, document: dict[str, Any]) -> dict[str, Any]:
    """The properties of a stored document that a request could have sent."""
    result = {}
    for name, value in document.items():
        field = part.fields.get(name)
        if field is None or field.read_only:
            continue
        if field.part is not None:
            value = (
                [writable(field.part, each) for each in value] if field.many else writable(field.part, value)
            )
        result[name] = value
    return result


def _delete(books: Books, row: StoredObject) -> dict[str, Any]:
    document = row.document()
    if row.entity not in SETTLES and paid(document):
        raise business(
            "You can't delete this transaction because it is linked to a payment. Unlink the payment first."
        )
    books.delete(row)
    ledger.move(books, row, document, None)
    return {"domain": "QBO", "status": "Deleted", "Id": row.qbo_id}


def _void(books: Books, row: StoredObject) -> dict[str, Any]:
    """Every amount becomes zero and the note begins with "Voided", in the company's language; number, contact and dates
    stay (recorded)."""
    previous = row.document()
    if row.entity not in SETTLES and paid(previous):
        raise business(
            "You can't void this transaction because a payment is applied to it. Unlink the payment first."
        )
    document = previous | {"TotalAmt": 0}
    note = previous.get("PrivateNote")
    word = books.company.void_word
    document["PrivateNote"] = note if (note or "").startswith(word) else f"{word} {note}" if note else word
    for key in ("Balance", "HomeBalance", "HomeTotalAmt", "UnappliedAmt", "Deposit"):
        if key in document:
            document[key] = 0
    if row.entity in SETTLES:
        document["Line"] = []
    else:
        document["Line"] = [_voided_line(line) for line in previous["Line"]]
        if "TxnTaxDetail" in previous:
            document["TxnTaxDetail"] = {"TotalTax": 0}
    row = books.change(row, document, "Void")
    ledger.move(books, row, previous, document)
    return document


def _voided_line(line: dict[str, Any]) -> dict[str, Any]:
    voided = line | ({"Amount": Decimal(0)} if "Amount" in line else {})
    detail = line.get(line["DetailType"])
    if detail:
        zeros = {key: 0 for key in ("Qty", "TaxInclusiveAmt") if key in detail}
        voided[line["DetailType"]] = detail | zeros
    return voided
