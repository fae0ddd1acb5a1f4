"""Invoices."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from .. import currencies, jsontext
from ..books import Books
from ..faults import business, fault, missing
from ..models import StoredObject
from . import currency, documents, references
from .lines import Lines
from .tax import Tax

ONLINE_PAYMENT = (
    "AllowIPNPayment",
    "AllowOnlinePayment",
    "AllowOnlineCreditCardPayment",
    "AllowOnlineACHPayment",
)
DEFAULT_DAYS = 30  # recorded: an invoice without terms falls due after thirty days
MAX_TAXED_LINES = 750
COPIED = (
    "PrivateNote", "CustomerMemo", "BillEmail", "BillEmailCc", "BillEmailBcc", "ShipFromAddr", "ClassRef",
    "DepartmentRef", "ShipMethodRef", "ShipDate", "TrackingNum", "DepositToAccountRef", "PONumber",
    "TransactionLocationType", "CustomField",
)  # fmt: skip


def build_invoice(
    books: Books, values: dict[str, Any], row: StoredObject | None, previous: dict[str, Any] | None,
    *, duplicate_allowed: bool = False, entity: str = "Invoice",
) -> dict[str, Any]:  # fmt: skip
    """`entity` is the kind of form: a credit memo is filled in like an invoice."""
    before = previous or {}
    _refuse_incomplete(values)
    customer = references.required(
        books, "Customer", values["CustomerRef"], "CustomerRef", before.get("CustomerRef")
    ).document()
    references.check(books, values, previous, {"ClassRef": "Class", "DepartmentRef": "Department"})
    _refuse_deposit_account(books, values, before)
    documents.refuse_other_contact(previous, "CustomerRef", values["CustomerRef"])
    code = currency.of_transaction(books, values, customer)
    rate = currency.exchange(books, values, code)
    txn_date = documents.transaction_date(values)
    documents.refuse_closed(books, txn_date.isoformat(), before.get("TxnDate"))
    term = documents.term(books, values, customer, "SalesTermRef", previous)
    number = documents.document_number(
        books, entity, values, row, previous, duplicate_allowed=duplicate_allowed
    )
    document: dict[str, Any] = {key: values.get(key) or False for key in ONLINE_PAYMENT}
    if number:
        document["DocNumber"] = number
    document["TxnDate"] = txn_date.isoformat()
    document["CurrencyRef"] = currencies.reference(code)
    document["LinkedTxn"] = before.get("LinkedTxn", [])
    document |= {key: values[key] for key in COPIED if values.get(key)}
    total = _add_lines(books, document, values, code, customer, before)
    document["CustomerRef"] = references.named(customer)
    _add_addresses(books, document, values, customer, before)
    if term:
        document["SalesTermRef"] = {"value": term["Id"], "name": term["Name"]}
    document["DueDate"] = documents.due_date(values.get("DueDate"), txn_date, term, DEFAULT_DAYS)
    document["TotalAmt"] = currencies.rounded(total, code)
    document["ApplyTaxAfterDiscount"] = values.get("ApplyTaxAfterDiscount") or False
    document["PrintStatus"] = values.get("PrintStatus") or "NeedToPrint"
    document["EmailStatus"] = values.get("EmailStatus") or "NotSet"
    if "DeliveryInfo" in before:
        document["DeliveryInfo"] = before["DeliveryInfo"]
    deposit = currencies.rounded(values.get("Deposit") or Decimal(0), code)
    if deposit:
        document["Deposit"] = deposit
    document["Balance"] = currencies.rounded(documents.open_balance(total, previous, deposit), code)
    currency.apply(books, document, code, rate)
    if books.company.ast:
        # A reference to nothing, as Intuit's own sample has it: nobody is exempt.
        document["TaxExemptionRef"] = {}
    return document


def _refuse_incomplete(values: dict[str, Any]) -> None:
    if not values.get("CustomerRef"):
        raise missing("CustomerRef")
    if values.get("Line") is None:
        raise missing("Line")
    if not [line for line in values["Line"] if line.get("DetailType") != "SubTotalLineDetail"]:
        raise fault("2250", "There must be at least one line.", "Line")
    if values.get("EmailStatus") == "NeedToSend" and not (values.get("BillEmail") or {}).get("Address"):
        raise fault("6420", "An email address is required to send the invoice.", "BillEmail")


def _refuse_deposit_account(books: Books, values: dict[str, Any], before: dict[str, Any]) -> None:
    key = "DepositToAccountRef"
    if values.get(key):
        references.account(books, values[key], key, documents.MONEY_ACCOUNTS, before.get(key))


def _add_lines(
    books: Books, document: dict[str, Any], values: dict[str, Any], code: str, customer: dict[str, Any],
    before: dict[str, Any],
) -> Decimal:  # fmt: skip
    """Writes Line and TxnTaxDetail; returns the total. Order: items, subtotal, discount."""
    tax = Tax(books, code, "Sales", values, exempt=not customer.get("Taxable", True))
    lines = Lines(books, code, document["TxnDate"], tax, before.get("Line", []))
    discounts = []
    for sent in values["Line"]:
        kind = sent.get("DetailType")
        if kind == "SubTotalLineDetail":
            continue
        if kind == "GroupLineDetail":
            raise fault("5030", "Bundles are not available in this company.", "Line.DetailType")
        if kind == "DiscountLineDetail":
            discounts.append(sent)
        elif kind == "DescriptionOnly":
            lines.add_description(sent)
        else:
            lines.add_sale(sent)
    if len(lines.documents) > MAX_TAXED_LINES:
        raise business(f"An invoice can have at most {MAX_TAXED_LINES} lines.")
    detail, total = tax.result()
    lines.split_gross(total - detail["TotalTax"])
    subtotal = currencies.rounded(lines.subtotal(), code)
    discount = _discount(books, discounts, subtotal, code)
    if discount and values.get("ApplyTaxAfterDiscount"):
        tax.discount(discount["Amount"] / subtotal)
        detail, total = tax.result()
    elif discount:
        total -= discount["Amount"]
    document["Line"] = [
        *lines.documents,
        {"Amount": subtotal, "DetailType": "SubTotalLineDetail", "SubTotalLineDetail": {}},
    ]
    document["TxnTaxDetail"] = detail
    if not tax.domestic:
        document["GlobalTaxCalculation"] = tax.mode
    if discount:
        document["Line"].append(discount)
    return total


def _discount(
    books: Books, sent: list[dict[str, Any]], subtotal: Decimal, code: str
) -> dict[str, Any] | None:
    """The discount line: of a percentage or an amount, at most one on an invoice."""
    if not sent:
        return None
    if len(sent) > 1:
        raise business("An invoice can have only one discount line.")
    detail = sent[0].get("DiscountLineDetail") or {}
    percent = detail.get("DiscountPercent")
    amount = sent[0].get("Amount")
    if detail.get("PercentBased") and percent:
        amount = subtotal * percent / 100
    if amount is None or amount > subtotal:
        raise fault(
            "6090",
            "Discount amount or percent should be provided, and not exceed the subtotal.",
            "DiscountLineDetail",
        )
    result: dict[str, Any] = {"PercentBased": bool(detail.get("PercentBased"))}
    if percent:
        result["DiscountPercent"] = jsontext.number(percent)
    account = _discount_account(books, detail.get("DiscountAccountRef"))
    if account:
        result["DiscountAccountRef"] = account
    return {
        "Amount": currencies.rounded(amount, code),
        "DetailType": "DiscountLineDetail",
        "DiscountLineDetail": result,
    }


def _discount_account(books: Books, sent: dict[str, str] | None) -> dict[str, str] | None:
    if sent:
        return references.named(
            references.account(books, sent, "DiscountAccountRef", ("Income", "Expense", "Cost of Goods Sold"))
        )
    row = books.holder(["Account"], "full_name_key", "discounts given")
    return references.named(row.document()) if row else None


def _add_addresses(
    books: Books,
    document: dict[str, Any],
    values: dict[str, Any],
    customer: dict[str, Any],
    before: dict[str, Any],
) -> None:
    """The addresses that were sent, on creation else those of the customer."""
    for key in ("BillAddr", "ShipAddr"):
        own = {name: value for name, value in (values.get(key) or {}).items() if value}
        if own:
            known = before.get(key, {}).get("Id")
            document[key] = {"Id": known or str(books.company.take_id("Addresses"))} | own
        elif not before and customer.get(key, customer.get("BillAddr")):
            document[key] = customer.get(key, customer.get("BillAddr"))
