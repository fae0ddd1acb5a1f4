"""Two sides' open balances by age as a picture: a pair of bars for each bucket, drawn by the template."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from ..aging import BUCKETS, Ages
from ..money import written_amount

# The picture's own units: a column of labels, then bars with their amounts behind them.
WIDTH, LABELS, BARS = 720, 104, 440
PAIR, BAR, GAP = 30, 12, 1
TOP = 2


@dataclass(frozen=True)
class Bar:
    """`amount` is written at `text_x`, `text_y`."""

    side: str
    amount: str
    y: int
    width: int
    text_x: int
    text_y: int


@dataclass(frozen=True)
class Pair:
    """One bucket: its label at `y`, and both sides' amounts with their difference."""

    label: str
    y: int
    bars: tuple[Bar, Bar]
    finmo: Decimal
    quickbooks: Decimal

    @property
    def difference(self) -> Decimal:
        return self.finmo - self.quickbooks


@dataclass(frozen=True)
class AgingChart:
    currency: str
    pairs: tuple[Pair, ...]

    width = WIDTH
    labels = LABELS
    bar = BAR

    @property
    def height(self) -> int:
        return TOP + PAIR * len(self.pairs)

    @property
    def finmo(self) -> Decimal:
        return sum((pair.finmo for pair in self.pairs), Decimal())

    @property
    def quickbooks(self) -> Decimal:
        return sum((pair.quickbooks for pair in self.pairs), Decimal())

    @property
    def difference(self) -> Decimal:
        return self.finmo - self.quickbooks

    @property
    def description(self) -> str:
        """What the picture shows, for whoever does not see it."""
        told = [
            f"{pair.label}: Finmo {pair.bars[0].amount}, QuickBooks {pair.bars[1].amount}"
            for pair in self.pairs
        ]
        return f"Open balances in {self.currency} by days past the due date. {'; '.join(told)}."


def chart_of(currency: str, finmo: Ages, quickbooks: Ages) -> AgingChart:
    largest = max(*finmo.values(), *quickbooks.values(), Decimal(0))
    pairs = []
    for index, (key, label, *_) in enumerate(BUCKETS):
        y = TOP + PAIR * index
        sides = (("finmo", finmo[key]), ("quickbooks", quickbooks[key]))
        bars = tuple(
            _bar(side, amount, largest, y + row * (BAR + GAP), currency)
            for row, (side, amount) in enumerate(sides)
        )
        pairs.append(Pair(label, y + BAR + GAP + 4, bars, finmo[key], quickbooks[key]))
    return AgingChart(currency, tuple(pairs))


def _bar(side: str, amount: Decimal, largest: Decimal, y: int, currency: str) -> Bar:
    """What is open is at least a sliver; what is not has no bar."""
    width = int(amount / largest * BARS) if amount > 0 else 0
    if amount > 0:
        width = max(width, 2)
    return Bar(side, written_amount(amount, currency), y, width, LABELS + width + 6, y + BAR - 2)
