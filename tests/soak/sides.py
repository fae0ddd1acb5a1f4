"""A record and its counterpart as the facts in which they have to agree, read without the product's own mapping."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from contacts.models import Beneficiary, Customer
from payables.models import Bill
from receivables.models import Invoice

REMOTE = {Customer: "Customer", Beneficiary: "Vendor", Invoice: "Invoice", Bill: "Bill"}
ENTITY = {Customer: "customers", Beneficiary: "beneficiaries", Invoice: "invoices", Bill: "bills"}
CONTACT = {Invoice: ("customer", "CustomerRef"), Bill: ("beneficiary", "VendorRef")}
TREATMENTS = {"exclusive": "TaxExcluded", "inclusive": "TaxInclusive", "none": "NotApplicable"}

Document = dict[str, Any]
Facts = dict[str, Any]


def contact_here(record: Any) -> Facts:
    return {
        "name": record.name,
        "company": record.company_name,
        "email": record.email,
        "phone": record.phone,
        "city": record.address_city,
        "currency": record.currency,
    }


def contact_there(document: Document) -> Facts:
    return {
        "name": document["DisplayName"],
        "company": document.get("CompanyName", ""),
        "email": document.get("PrimaryEmailAddr", {}).get("Address", ""),
        "phone": document.get("PrimaryPhone", {}).get("FreeFormNumber", ""),
        "city": document.get("BillAddr", {}).get("City", ""),
        "currency": document["CurrencyRef"]["value"],
    }


def document_here(record: Any) -> Facts:
    contact, _ = CONTACT[type(record)]
    return {
        "contact": getattr(record, contact).qbo_id,
        "number": record.number,
        "currency": record.currency,
        "rate": record.exchange_rate and record.exchange_rate.normalize(),
        "treatment": TREATMENTS[record.tax_treatment],
        "issued": record.issue_date.isoformat(),
        "due": record.due_date and record.due_date.isoformat(),
        "memo": record.memo,
        "total": record.total,
        "balance": record.balance,
        "status": _status(record.total, record.balance),
        "lines": [(_words(line), line.amount) for line in record.lines.all()],
    }


def _words(line: Any) -> str:
    """A custom bill line has no item there, so its name goes before its description."""
    named = line.custom_name if hasattr(line.document, "beneficiary_id") else ""
    return f"{named}: {line.description}" if named and line.description else named or line.description


def _rate_there(record: Any, document: Document) -> Decimal | None:
    """QuickBooks gives its home currency a rate of 1; here it has none."""
    if document["CurrencyRef"]["value"] == record.organization.currency:
        return None
    return Decimal(document["ExchangeRate"]).normalize()


def document_there(record: Any, document: Document) -> Facts:
    _, reference = CONTACT[type(record)]
    memo = document.get("PrivateNote", "")
    if isinstance(record, Invoice):
        memo = document.get("CustomerMemo", {}).get("value", "")
    total, balance = Decimal(document["TotalAmt"]), Decimal(document["Balance"])
    return {
        "contact": document[reference]["value"],
        "number": document.get("DocNumber", ""),
        "currency": document["CurrencyRef"]["value"],
        "rate": _rate_there(record, document),
        "treatment": document.get("GlobalTaxCalculation", "TaxExcluded"),
        "issued": document["TxnDate"],
        "due": document.get("DueDate"),
        "memo": memo,
        "total": total,
        "balance": balance,
        "status": _status(total, balance),
        "lines": [
            (line.get("Description", ""), _gross(document, line))
            for line in document["Line"]
            if line["DetailType"] != "SubTotalLineDetail"
        ],
    }


def _status(total: Decimal, balance: Decimal) -> str:
    if balance <= 0 < total:
        return "paid"
    return "partially paid" if balance < total else "open"


def _gross(document: Document, line: Document) -> Decimal:
    detail = line.get(line["DetailType"], {})
    if document.get("GlobalTaxCalculation") == "TaxInclusive" and "TaxInclusiveAmt" in detail:
        return Decimal(detail["TaxInclusiveAmt"])
    return Decimal(line.get("Amount", 0))
