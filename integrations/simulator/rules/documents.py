"""What invoices and bills have in common: numbers, dates, terms, closed books, payments already applied."""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from .. import clock
from ..books import Books
from ..faults import business, fault
from ..models import StoredObject
from . import references

MONEY_ACCOUNTS = ("Bank", "Other Current Asset")
SALES_FORMS = ("Invoice", "CreditMemo")  # these are numbered by the company, bills by their vendors


def transaction_date(values: dict[str, Any]) -> date:
    return date.fromisoformat(values["TxnDate"]) if values.get("TxnDate") else clock.today()


def refuse_closed(books: Books, *dates: str | None) -> None:
    """6210 where one of the dates (of the document as it was and as it will be) lies in closed books."""
    closed = books.company.book_close_date
    if closed and any(each and date.fromisoformat(each) <= closed for each in dates):
        raise fault(
            "6210",
            "The account period has closed and the account books cannot be updated through the QBO Services API. "
            "Please use the QBO website to make these changes.",
            "",
        )


def document_number(
    books: Books, entity: str, values: dict[str, Any], row: StoredObject | None, previous: dict[str, Any] | None,
    *, duplicate_allowed: bool,
) -> str | None:  # fmt: skip
    """The number to store. One that was sent and is taken is refused (6140), unless the company allows it."""
    number = values.get("DocNumber")
    if values.get("AutoDocNumber") and previous is None:
        return next_number(books)
    if number and number != (previous or {}).get("DocNumber"):
        if not (duplicate_allowed or books.company.duplicate_doc_numbers_allowed):
            _refuse_taken(books, entity, number, row)
    if number or entity not in SALES_FORMS:
        return number
    if books.company.custom_txn_numbers:
        return previous.get("DocNumber") if previous and values.get("AutoDocNumber") else None
    return previous.get("DocNumber") if previous else next_number(books)


def _refuse_taken(books: Books, entity: str, number: str, row: StoredObject | None) -> None:
    own = (entity, row.qbo_id) if row else None
    holder = books.holder([entity], "doc_key", number.casefold(), but=own)
    if holder is not None:
        raise fault(
            "6140",
            "Duplicate Document Number Error : You must specify a different number. This number has already been "
            f"used. DocNumber={number} is assigned to TxnType={entity} with TxnId={holder.qbo_id}",
            "",
        )


def next_number(books: Books) -> str:
    """The company's counter for all its sales forms, past numbers that were given by hand."""
    while True:
        number = str(books.company.next_doc_number)
        books.company.next_doc_number += 1
        if books.holder(SALES_FORMS, "doc_key", number) is None:
            return number


def term(
    books: Books,
    values: dict[str, Any],
    contact: dict[str, Any],
    contact_key: str,
    previous: dict[str, Any] | None,
) -> dict[str, Any] | None:
    """The payment term: the document's own, on creation else the contact's."""
    reference = values.get("SalesTermRef") or (None if previous else contact.get(contact_key))
    if not reference:
        return None
    return references.required(
        books, "Term", reference, "SalesTermRef", (previous or {}).get("SalesTermRef")
    ).document()


def due_date(sent: str | None, txn_date: date, term: dict[str, Any] | None, days_without_term: int) -> str:
    """Raises Fault 2060 where there is no such day any more."""
    if sent:
        return sent
    try:
        if term is None:
            return (txn_date + timedelta(days=days_without_term)).isoformat()
        if term["Type"] == "STANDARD":
            return (txn_date + timedelta(days=term["DueDays"])).isoformat()
        return _day_of_month(txn_date, term).isoformat()
    except (OverflowError, ValueError) as error:
        raise fault("2060", f"DueDate should be a valid date. TxnDate:{txn_date}", "DueDate") from error


def _day_of_month(txn_date: date, term: dict[str, Any]) -> date:
    """The term's day in this month, or in the next where it is nearer than DueNextMonthDays."""
    year, month = txn_date.year, txn_date.month
    for _ in range(3):
        day = min(term["DayOfMonthDue"], calendar.monthrange(year, month)[1])
        due = date(year, month, day)
        if due >= txn_date + timedelta(days=term["DueNextMonthDays"]):
            return due
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return due


def paid(previous: dict[str, Any] | None) -> Decimal:
    """What linked payments settled. A deposit was paid with the document itself."""
    if previous is None:
        return Decimal(0)
    deposit = Decimal(previous.get("Deposit", 0))
    return Decimal(previous["TotalAmt"]) - deposit - Decimal(previous["Balance"])


def open_balance(
    total: Decimal, previous: dict[str, Any] | None, deposit: Decimal | int = Decimal(0)
) -> Decimal:
    """What is left to pay. A document can't become smaller than what was paid on it and with it."""
    if total < deposit:
        raise business("Transaction amount must be 0 or greater.")
    balance = total - deposit - paid(previous)
    if balance < 0:
        raise business(
            "The amount of the transaction can't be less than the payments that are applied to it."
        )
    return balance or Decimal(0)


def refuse_other_contact(previous: dict[str, Any] | None, key: str, contact: dict[str, str]) -> None:
    if previous and paid(previous) and previous[key]["value"] != contact["value"]:
        raise business("The name of a transaction can't be changed while a payment is applied to it.")
