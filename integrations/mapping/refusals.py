"""What of an invoice or bill is certain to fail in QuickBooks, and is refused before any call."""

from __future__ import annotations

from ..models import Document, SyncedRecord, TaxTreatment
from .company import Company
from .lines import LineValues, only_describes
from .problem import Problem

LONGEST_NUMBER = 21


def refuse_contact(record: Document, contact: SyncedRecord, is_new: bool, company: Company) -> Problem | None:
    """`is_new`: the linked document is to name another contact than before."""
    if not contact.linked:
        return Problem("contact_not_synced")
    if not contact.is_active and (is_new or not record.linked):
        return _refuse_retired(contact)
    kept = contact.base.get("fields", {}).get("currency") or contact.currency
    if kept != record.currency:
        return Problem(
            "currency_mismatch", f"The document is in {record.currency}, but {contact} is kept in {kept}."
        )
    if company.is_foreign(record.currency) and not company.connection.multicurrency:
        return Problem("currency_not_enabled")
    return None


def refuse_change(record: Document, money: set[str], company: Company) -> Problem | None:
    """What was paid, or lies in closed books, before or after the change, is never rewritten.

    `money` are the changed fields that would rewrite what was paid.
    """
    closed = company.connection.books_closed_until
    agreed = record.base.get("fields", {}).get("issue_date") or record.issue_date.isoformat()
    if len(record.number) > LONGEST_NUMBER:
        return Problem("number_too_long")
    if closed and min(record.issue_date.isoformat(), agreed) <= closed.isoformat():
        return Problem("period_closed")
    if record.linked and record.paid and money:
        return Problem("paid_document")
    return None


def refuse_lines(
    record: Document, values: dict[str, list[LineValues]], rewritten: bool, company: Company
) -> Problem | None:
    if record.has_other_lines and rewritten:
        return Problem("lines_not_supported")
    if not values["lines"]:
        return Problem("2250")
    if company.is_us:
        unsupported = record.tax_treatment == TaxTreatment.INCLUSIVE
        return Problem("tax_treatment_not_supported") if unsupported else None
    if record.tax_treatment == TaxTreatment.NONE or not company.connection.uses_sales_tax:
        return None
    if any(not line["tax_code"] and not only_describes(line) for line in values["lines"]):
        return Problem("tax_code_missing")
    return None


def _refuse_retired(contact: SyncedRecord) -> Problem:
    survivor = getattr(contact, "merged_into", None)
    if survivor is None:
        return Problem("inactive")
    return Problem(
        "merged_contact",
        f"QuickBooks merged {contact} into {survivor}.",
        f"Choose {survivor} on this document, and sync it again.",
    )
