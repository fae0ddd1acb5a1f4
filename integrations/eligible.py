"""Which accounts and tax codes may be chosen for what: one rule for the forms, the spreadsheets and the API."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

# The kinds of asset that QuickBooks accepts on the line of a bill that names no item.
_PAYABLE_ASSETS = ("Other Current Asset", "Fixed Asset", "Other Asset")
# A US company's codes say only whether a line is taxed; elsewhere a rate tells for which side a code is.
_NEITHER_SIDE = Q(sales_rate__isnull=True, purchase_rate__isnull=True)


@dataclass(frozen=True)
class Rule:
    """`condition` is on the record that is chosen; `refusal` says what to choose instead, and why."""

    condition: Q
    refusal: str


ON_BILLS = Rule(
    Q(classification="Expense") | Q(account_type__in=_PAYABLE_ASSETS),
    "“{label}” is neither an expense nor an asset account, to which bills are booked. Choose one that is.",
)
DEFAULTS = {
    "default_receivable_account": Rule(
        Q(classification="Revenue"),
        "“{label}” is no income account, to which invoices are booked. Choose one that is.",
    ),
    "default_payable_account": ON_BILLS,
    "default_receivable_tax_code": Rule(
        Q(sales_rate__isnull=False) | _NEITHER_SIDE,
        "“{label}” is a tax code for purchases alone. Choose one for sales.",
    ),
    "default_payable_tax_code": Rule(
        Q(purchase_rate__isnull=False) | _NEITHER_SIDE,
        "“{label}” is a tax code for sales alone. Choose one for purchases.",
    ),
}
