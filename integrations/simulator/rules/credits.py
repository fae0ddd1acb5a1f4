"""Credits: what is given to a customer or by a vendor for invoices and bills. A payment applies them."""

from __future__ import annotations

from typing import Any

from ..books import Books
from ..models import StoredObject
from .bills import build_bill
from .invoices import ONLINE_PAYMENT, build_invoice


def build_credit_memo(
    books: Books, values: dict[str, Any], row: StoredObject | None, previous: dict[str, Any] | None,
    *, duplicate_allowed: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """Filled in like an invoice, but never due and never paid online; what is left of it is the customer's."""
    document = build_invoice(
        books, values, row, previous, duplicate_allowed=duplicate_allowed, entity="CreditMemo"
    )
    for key in ("DueDate", *ONLINE_PAYMENT):
        del document[key]
    document["RemainingCredit"] = document["Balance"]
    return document


def build_vendor_credit(
    books: Books, values: dict[str, Any], row: StoredObject | None, previous: dict[str, Any] | None,
    *, duplicate_allowed: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """Filled in like a bill, but never due."""
    document = build_bill(
        books, values, row, previous, duplicate_allowed=duplicate_allowed, entity="VendorCredit"
    )
    del document["DueDate"]
    document.pop("SalesTermRef", None)
    return document
