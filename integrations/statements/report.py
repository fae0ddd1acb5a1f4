"""A stored statement as it is shown everywhere: per currency both sides, their difference, and its lines."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from ..aging import Ages, read_ages
from ..models import Difference, Kind, Statement

# What a class of difference means, for whoever reads the figures on paper.
MEANINGS = {
    Kind.DUPLICATE: "There twice, with the same amount",
    Kind.ONLY_IN_FINMO: "Entered in Finmo, not in QuickBooks",
    Kind.ONLY_IN_QUICKBOOKS: "Made in QuickBooks, not in Finmo",
    Kind.DELETED: "Deleted on one side, kept on the other",
    Kind.VOIDED: "Voided on one side, kept on the other",
    Kind.UNREADABLE: "In QuickBooks in a form that Finmo cannot read",
    Kind.CURRENCY: "Another currency or rate on each side",
    Kind.CONTACT: "Another contact on each side",
    Kind.AMOUNT: "Another amount before tax",
    Kind.TAX: "Same amount, another tax",
    Kind.BALANCE: "Paid on one side, wholly or in part",
    Kind.DATE: "Another issue date or due date",
}


@dataclass(frozen=True)
class Figures:
    count: int
    total: Decimal
    balance: Decimal

    def __sub__(self, other: Figures) -> Figures:
        return Figures(self.count - other.count, self.total - other.total, self.balance - other.balance)


@dataclass(frozen=True)
class KindReport:
    """One class of difference in one currency. `accepted` counts those that a person has accepted."""

    kind: Kind
    differences: list[Difference]

    @property
    def figures(self) -> Figures:
        return _sum(self.differences)

    @property
    def accepted(self) -> int:
        return sum(each.accepted_at is not None for each in self.differences)

    @property
    def meaning(self) -> str:
        return MEANINGS[self.kind]


@dataclass(frozen=True)
class CurrencyReport:
    """`differences` are those that are not settled; `difference` is Finmo minus QuickBooks.

    The ages are open amounts by days past the due date, None in statements that did not keep them.
    """

    currency: str
    finmo: Figures
    quickbooks: Figures
    differences: list[Difference]
    finmo_ages: Ages | None = None
    quickbooks_ages: Ages | None = None
    # Documents of QuickBooks that could not be read: in which currency they are is not known either.
    unread: int = 0

    @property
    def difference(self) -> Figures:
        return self.finmo - self.quickbooks

    @property
    def unexplained(self) -> Figures:
        """What the lines leave of the difference: 0.00, or a fault of ours. `count` is of no use here."""
        explained = _sum(self.differences)
        return self.difference - Figures(self.difference.count, explained.total, explained.balance)

    @cached_property
    def kinds(self) -> list[KindReport]:
        """The classes that occur, gravest first."""
        found: dict[str, list[Difference]] = {}
        for each in self.differences:
            found.setdefault(each.kind, []).append(each)
        return [KindReport(kind, found[kind]) for kind in Kind if kind in found]

    @cached_property
    def accepted(self) -> list[Difference]:
        """Those that a person has accepted, the largest open amounts first."""
        found = [each for each in self.differences if each.accepted_at]
        return sorted(found, key=lambda each: abs(each.balance), reverse=True)

    @cached_property
    def agreed(self) -> Figures:
        """What both sides say alike: Finmo's documents that stand in no line."""
        counted = [
            each.finmo
            for each in self.differences
            if each.finmo and each.finmo["counted"] and each.finmo["currency"] == self.currency
        ]
        return self.finmo - Figures(
            len(counted),
            sum((Decimal(side["total"]) for side in counted), Decimal()),
            sum((Decimal(side["balance"]) for side in counted), Decimal()),
        )

    @property
    def agrees(self) -> bool:
        return not self.differences and self.explained and not self.unread

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
            read_ages(row.finmo_aging),
            read_ages(row.quickbooks_aging),
            len(statement.unread),
        )
        for row in statement.currencies.all()
    ]


def _sum(differences: list[Difference]) -> Figures:
    return Figures(
        len(differences),
        sum((each.total for each in differences), Decimal()),
        sum((each.balance for each in differences), Decimal()),
    )
