"""A stored statement as it is shown everywhere: per currency both sides, their difference, and its lines."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from .models import Difference, Statement


@dataclass(frozen=True)
class Figures:
    count: int
    total: Decimal
    balance: Decimal

    def __sub__(self, other: Figures) -> Figures:
        return Figures(self.count - other.count, self.total - other.total, self.balance - other.balance)


@dataclass(frozen=True)
class CurrencyReport:
    """`differences` are those that are not settled; `difference` is Finmo minus QuickBooks."""

    currency: str
    finmo: Figures
    quickbooks: Figures
    differences: list[Difference]

    @property
    def difference(self) -> Figures:
        return self.finmo - self.quickbooks

    @property
    def unexplained(self) -> Figures:
        """What the lines leave of the difference: 0.00, or a fault of ours. `count` is of no use here."""
        return self.difference - Figures(
            self.difference.count,
            sum((each.total for each in self.differences), Decimal()),
            sum((each.balance for each in self.differences), Decimal()),
        )

    @property
    def agrees(self) -> bool:
        return not self.differences and self.explained

    @property
    def explained(self) -> bool:
        return not self.unexplained.total and not self.unexplained.balance


def report_of(statement: Statement) -> list[CurrencyReport]:
    """Two statements of SQL."""
    lines: dict[str, list[Difference]] = {}
    for each in statement.differences.filter(settled_at=None).select_related("accepted_by"):
        lines.setdefault(each.currency, []).append(each)
    return [
        CurrencyReport(
            row.currency,
            Figures(row.finmo_count, row.finmo_total, row.finmo_balance),
            Figures(row.quickbooks_count, row.quickbooks_total, row.quickbooks_balance),
            lines.get(row.currency, []),
        )
        for row in statement.currencies.all()
    ]
