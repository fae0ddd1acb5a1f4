"""What the company's own user does in QuickBooks: the same rules as a client's calls, without the API."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import transaction

from .books import Books
from .entities import ENTITIES
from .models import Company, StoredObject
from .rules.payments import CONTACTS, CREDITS, SETTLES
from .seed.taxes import LINE_CODES
from .writing import write

PAYMENTS = {settled: payment for payment, settled in SETTLES.items()}
NAMES = ("Customer", "Vendor", "Employee")


def act(company: Company, entity: str, operation: str, body: dict[str, Any]) -> dict[str, Any]:
    """Carries one write out and commits it. Raises Fault."""
    with transaction.atomic():
        books = Books(Company.objects.select_for_update().get(pk=company.pk))
        with books.item():
            document = write(books, ENTITIES[entity], operation, body)
        books.flush()
    return document


def named(row: StoredObject) -> dict[str, Any]:
    return {"Id": row.qbo_id, "SyncToken": str(row.sync_token)}


def change(row: StoredObject, values: dict[str, Any]) -> dict[str, Any]:
    """Changes what a person sees first: name and e-mail of a contact, amount and memo of a document."""
    body = named(row) | {"sparse": True}
    if values.get("name"):
        body["DisplayName" if row.entity in NAMES else "Name"] = values["name"]
    if values.get("email"):
        body["PrimaryEmailAddr"] = {"Address": values["email"]}
    if values.get("memo"):
        body["PrivateNote"] = values["memo"]
    if row.entity == "Invoice" and values.get("memo"):
        body["CustomerMemo"] = {"value": values["memo"]}
    if values.get("amount") is not None:
        body["Line"] = _with_amount(row.document()["Line"], values["amount"])
    return act(row.company, row.entity, "update", body)


def _with_amount(lines: list[dict[str, Any]], amount: Decimal) -> list[dict[str, Any]]:
    """The lines with another amount on the first one, as one piece."""
    first, *rest = lines
    detail = {key: value for key, value in first[first["DetailType"]].items() if key != "TaxInclusiveAmt"}
    if "Qty" in detail:
        detail |= {"Qty": 1, "UnitPrice": amount}
    return [first | {"Amount": amount, first["DetailType"]: detail}, *rest]


def set_active(row: StoredObject, active: bool) -> dict[str, Any]:
    return act(row.company, row.entity, "update", named(row) | {"sparse": True, "Active": active})


def pay(row: StoredObject, amount: Decimal) -> dict[str, Any]:
    """Pays an invoice or a bill, in full or in part."""
    return _settle(row, amount, [_applied(row.entity, row.qbo_id, amount)])


def credit(row: StoredObject, amount: Decimal) -> dict[str, Any]:
    """Gives a credit like the first line of an invoice or a bill, and applies what is open by a payment of nothing."""
    document, kind = row.document(), CREDITS[PAYMENTS[row.entity]]
    taken_over = {key: document[key] for key in ("GlobalTaxCalculation",) if key in document}
    line = next(line for line in document["Line"] if "Amount" in line)
    given = act(
        row.company, kind, "create", _parties(row) | taken_over | {"Line": _with_amount([line], amount)}
    )
    applied = min(given["Balance"], document["Balance"])
    lines = [_applied(row.entity, row.qbo_id, applied), _applied(kind, given["Id"], applied)]
    return _settle(row, Decimal(0), lines)


def _parties(row: StoredObject) -> dict[str, Any]:
    """Whose it is and in which currency."""
    document = row.document()
    _, key = CONTACTS[PAYMENTS[row.entity]]
    return {name: {"value": document[name]["value"]} for name in (key, "CurrencyRef")}


def _applied(entity: str, qbo_id: str, amount: Decimal) -> dict[str, Any]:
    return {"Amount": amount, "LinkedTxn": [{"TxnId": qbo_id, "TxnType": entity}]}


def _settle(row: StoredObject, total: Decimal, lines: list[dict[str, Any]]) -> dict[str, Any]:
    payment = PAYMENTS[row.entity]
    body: dict[str, Any] = _parties(row) | {"TotalAmt": total, "Line": lines}
    if payment == "BillPayment":
        bank = StoredObject.objects.filter(
            company=row.company, entity="Account", active=True, body__contains='"AccountType":"Bank"'
        ).first()
        body |= {
            "PayType": "Check",
            "CheckPayment": {"BankAccountRef": {"value": bank.qbo_id if bank else ""}},
        }
    return act(row.company, payment, "create", body)


def create_contact(company: Company, entity: str, values: dict[str, Any]) -> dict[str, Any]:
    body: dict[str, Any] = {"DisplayName": values["name"]}
    if values.get("email"):
        body["PrimaryEmailAddr"] = {"Address": values["email"]}
    if values.get("currency"):
        body["CurrencyRef"] = {"value": values["currency"]}
    return act(company, entity, "create", body)


def create_document(
    company: Company, entity: str, contact: StoredObject, values: dict[str, Any]
) -> dict[str, Any]:
    """An invoice or bill of one line, in the contact's currency and with the country's usual tax code."""
    sale = entity == "Invoice"
    code = {"TaxCodeRef": {"value": LINE_CODES[company.country][0 if sale else 1]}}
    account = StoredObject.objects.filter(
        company=company, entity="Account", active=True, body__contains='"AccountType":"Expense"'
    ).first()
    kind, detail = (
        ("SalesItemLineDetail", {"ItemRef": {"value": "1"}})
        if sale
        else ("AccountBasedExpenseLineDetail", {"AccountRef": {"value": account.qbo_id if account else ""}})
    )
    line = {
        "DetailType": kind,
        "Amount": values["amount"],
        kind: detail | code,
        "Description": values["description"],
    }
    body = {
        "CustomerRef" if sale else "VendorRef": {"value": contact.qbo_id},
        "CurrencyRef": {"value": contact.document()["CurrencyRef"]["value"]},
        "DocNumber": values["number"],
        "Line": [line],
    }
    return act(company, entity, "create", body)
