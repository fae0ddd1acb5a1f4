"""How old open amounts are: one bar per currency, in accountants' buckets of thirty days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Case, CharField, Count, Q, QuerySet, Sum, Value, When

from integrations.aging import BUCKETS

# The bar's width in the picture's own units.
WIDTH = 1000


@dataclass(frozen=True)
class Segment:
    """One bucket: its amount, and its place in the bar."""

    key: str
    label: str
    amount: Decimal
    x: int
    width: int


@dataclass(frozen=True)
class Aging:
    """What is open in one currency. `overdue` is everything past its due date."""

    currency: str
    documents: int
    open: Decimal
    overdue: Decimal
    segments: tuple[Segment, ...]

    @property
    def description(self) -> str:
        parts = [f"{each.label} {each.amount:,.2f}" for each in self.segments if each.amount]
        return f"Aging in {self.currency}: " + ", ".join(parts)


def aging_of(documents: QuerySet, today: date) -> list[Aging]:
    """Per currency, the largest amount first. One query; documents without a due date are not due."""
    rows = (
        documents.living()
        .filter(balance__gt=0)
        .annotate(bucket=_bucket(today))
        .values("currency", "bucket")
        .order_by()
        .annotate(amount=Sum("balance"), documents=Count("pk"))
    )
    by_currency: dict[str, dict[str, tuple[Decimal, int]]] = {}
    for row in rows:
        by_currency.setdefault(row["currency"], {})[row["bucket"]] = (row["amount"], row["documents"])
    found = [_aging(currency, amounts) for currency, amounts in by_currency.items()]
    return sorted(found, key=lambda each: -each.open)


def _bucket(today: date) -> Case:
    branches = []
    for key, _, more_than, at_most in BUCKETS[1:]:
        condition = Q(due_date__lt=today - timedelta(days=more_than))
        if at_most is not None:
            condition &= Q(due_date__gte=today - timedelta(days=at_most))
        branches.append(When(condition, then=Value(key)))
    return Case(*branches, default=Value("current"), output_field=CharField())


def _aging(currency: str, amounts: dict[str, tuple[Decimal, int]]) -> Aging:
    total = sum((amount for amount, _ in amounts.values()), Decimal())
    segments, x = [], Decimal()
    for key, label, *_ in BUCKETS:
        amount = amounts.get(key, (Decimal(), 0))[0]
        start = int(x)
        x += amount / total * WIDTH
        segments.append(Segment(key, label, amount, start, int(x) - start))
    return Aging(
        currency=currency,
        documents=sum(count for _, count in amounts.values()),
        open=total,
        overdue=total - segments[0].amount,
        segments=tuple(segments),
    )
