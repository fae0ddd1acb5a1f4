"""Seeds invoices and bills in every state, each stored on its own day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from .. import clock
from ..entities import ENTITIES
from ..writing import write
from . import taxes, trade
from .lists import Directory


def add_transactions(directory: Directory) -> None:
    """In the order of their days, so that every balance moved when it should have."""
    acts: list[tuple[int, Callable[[date], None]]] = []
    for days, customer, lines, fate in trade.INVOICES:
        acts.append((days, _invoicing(directory, customer, lines, fate)))
    for days, vendor, number, lines, fate in trade.BILLS:
        acts.append((days, _billing(directory, vendor, number, lines, fate)))
    if directory.books.company.multicurrency:
        acts.append((25, _invoicing(directory, trade.FOREIGN_CUSTOMER, (("Hours", "10", "120"),), "open")))
        acts.append(
            (
                20,
                _billing(
                    directory, trade.FOREIGN_VENDOR, "CH-1", (("Office Expenses", "88.20", ""),), "open"
                ),
            )
        )
    for days, act in sorted(acts, key=lambda entry: -entry[0]):
        day = clock.today() - timedelta(days=days)
        directory.books.now = datetime.combine(day, time(11, 30), clock.PACIFIC)
        with directory.books.item():
            act(day)


def _invoicing(
    directory: Directory, customer: str, lines: tuple[tuple[str, str, str], ...], fate: str
) -> Callable[[date], None]:
    def act(day: date) -> None:
        code = {"TaxCodeRef": {"value": taxes.LINE_CODES[directory.country][0]}}
        document = {
            "CustomerRef": directory.ref("Customer", customer),
            "TxnDate": day.isoformat(),
            "Line": [
                {
                    "DetailType": "SalesItemLineDetail",
                    "Amount": Decimal(quantity) * Decimal(price),
                    "SalesItemLineDetail": {
                        "ItemRef": directory.ref("Item", item),
                        "Qty": Decimal(quantity),
                        "UnitPrice": Decimal(price),
                    }
                    | code,
                }
                for item, quantity, price in lines
            ],
        }
        invoice = _written(directory, "Invoice", document | _currency(directory, "Customer", customer))
        _settle(directory, "Payment", invoice, fate)

    return act


def _billing(
    directory: Directory, vendor: str, number: str, lines: tuple[tuple[str, str, str], ...], fate: str
) -> Callable[[date], None]:
    def act(day: date) -> None:
        document = {
            "VendorRef": directory.ref("Vendor", vendor),
            "TxnDate": day.isoformat(),
            "DocNumber": number,
            "Line": [_bill_line(directory, *line) for line in lines],
        }
        bill = _written(directory, "Bill", document | _currency(directory, "Vendor", vendor))
        _settle(directory, "BillPayment", bill, fate)

    return act


def _bill_line(directory: Directory, name: str, amount: str, quantity: str) -> dict[str, Any]:
    code = {"TaxCodeRef": {"value": taxes.LINE_CODES[directory.country][1]}}
    if quantity:
        detail = {
            "ItemRef": directory.ref("Item", name),
            "Qty": Decimal(quantity),
            "UnitPrice": Decimal(amount),
        }
        kind, total = "ItemBasedExpenseLineDetail", Decimal(amount) * Decimal(quantity)
    else:
        detail, kind, total = (
            {"AccountRef": directory.ref("Account", name)},
            "AccountBasedExpenseLineDetail",
            amount,
        )
    return {"DetailType": kind, "Amount": total, kind: detail | code}


def _currency(directory: Directory, entity: str, name: str) -> dict[str, Any]:
    """With several currencies a transaction must name its own."""
    row = directory.books.find(entity, directory.ref(entity, name)["value"])
    assert row is not None
    return {"CurrencyRef": {"value": row.document()["CurrencyRef"]["value"]}}


def _settle(directory: Directory, entity: str, settled: dict[str, Any], fate: str) -> None:
    if fate == "open":
        return
    kind, key = ("Invoice", "CustomerRef") if entity == "Payment" else ("Bill", "VendorRef")
    if fate == "void":
        write(
            directory.books, ENTITIES[kind], "void", {"Id": settled["Id"], "SyncToken": settled["SyncToken"]}
        )
        return
    amount = settled["TotalAmt"] if fate == "paid" else (settled["TotalAmt"] / 2).quantize(Decimal("0.01"))
    document: dict[str, Any] = {
        key: {"value": settled[key]["value"]},
        "TotalAmt": amount,
        "TxnDate": settled["TxnDate"],
        "CurrencyRef": {"value": settled["CurrencyRef"]["value"]},
        "Line": [{"Amount": amount, "LinkedTxn": [{"TxnId": settled["Id"], "TxnType": kind}]}],
    }
    if entity == "BillPayment":
        document |= {
            "PayType": "Check",
            "CheckPayment": {"BankAccountRef": directory.ref("Account", "Checking")},
        }
    _written(directory, entity, document)


def _written(directory: Directory, entity: str, document: dict[str, Any]) -> dict[str, Any]:
    return write(directory.books, ENTITIES[entity], "create", document)
