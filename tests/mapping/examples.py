"""Random records: what people may enter, drawn by hypothesis."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

# Each example is several calls to the simulated company; the same ones every time, so that a failure stays one.
some_examples = settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def text(longest: int, *, without: str = "", shortest: int = 0) -> st.SearchStrategy[str]:
    """Text without control characters, and without spaces at its ends, which QuickBooks drops."""
    letters = st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp", "Zs"), exclude_characters=without)
    middle = st.text(letters | st.just(" "), max_size=longest).map(lambda value: " ".join(value.split()))
    return middle.filter(lambda value: len(value) >= shortest)


def decimals(low: str, high: str, places: int) -> st.SearchStrategy[Decimal]:
    return st.integers(0, places).flatmap(
        lambda some: st.decimals(Decimal(low), Decimal(high), places=some, allow_nan=False)
    )


@dataclass(frozen=True)
class DrawnLine:
    quantity: Decimal
    unit_price: Decimal
    description: str
    tax: int  # which of the tax codes at hand


@dataclass(frozen=True)
class DrawnDocument:
    treatment: str
    lines: list[DrawnLine]
    memo: str
    currency: int  # which of the contacts at hand


def drawn_lines(places: int, highest: str) -> st.SearchStrategy[DrawnLine]:
    # A price may be below zero: a discount as a line of its own.
    return st.builds(
        DrawnLine,
        quantity=decimals("0.0000001", "999", places) | st.integers(1, 50).map(Decimal),
        unit_price=decimals("-5", highest, places),
        description=text(60),
        tax=st.integers(0, 4),
    )


def drawn_documents(
    treatments: tuple[str, ...], *, places: int = 7, highest: str = "5000"
) -> st.SearchStrategy[DrawnDocument]:
    return st.builds(
        DrawnDocument,
        treatment=st.sampled_from(treatments),
        lines=st.lists(drawn_lines(places, highest), min_size=1, max_size=6),
        memo=text(200),
        currency=st.integers(0, 3),
    ).filter(lambda each: sum(line.quantity * line.unit_price for line in each.lines) > 1)


def several(documents: st.SearchStrategy[DrawnDocument]) -> st.SearchStrategy[list[DrawnDocument]]:
    return st.lists(documents, min_size=5, max_size=10)


def percents() -> st.SearchStrategy[Decimal]:
    return decimals("0", "40", 4)
