"""How old open amounts are, in accountants' buckets of thirty days past the due date."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

# (key, label, days overdue: more than, at most)
BUCKETS = (
    ("current", "Not due", None, 0),
    ("days30", "1–30 days", 0, 30),
    ("days60", "31–60 days", 30, 60),
    ("days90", "61–90 days", 60, 90),
    ("older", "Over 90 days", 90, None),
)

# {bucket's key: amount}, all buckets
Ages = dict[str, Decimal]


def no_ages() -> Ages:
    return {key: Decimal(0) for key, *_ in BUCKETS}


def bucket_of(due_date: str | None, day: str) -> str:
    """Dates are ISO text; a document without a due date is not due."""
    if not due_date or due_date >= day:
        return "current"
    overdue = (date.fromisoformat(day) - date.fromisoformat(due_date)).days
    return next(key for key, _, _, at_most in BUCKETS if at_most is None or overdue <= at_most)


def saved_ages(ages: Ages) -> dict[str, str]:
    """As a JSON column keeps them."""
    return {key: str(amount) for key, amount in ages.items()}


def read_ages(saved: Mapping[str, str]) -> Ages | None:
    """None where none were kept."""
    return {key: Decimal(saved[key]) for key, *_ in BUCKETS} if saved else None
