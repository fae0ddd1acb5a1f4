"""Two stored statements of one stream side by side: the figures then and now, what was closed, what is new, and
what still differs since when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Min

from ..models import Difference, Statement
from ..services import Refused
from .report import CurrencyReport, Figures, report_of

# (currency, "record" or "quickbooks", id): under any of them a document is the same in both statements.
Key = tuple[str, str, int | str]


@dataclass(frozen=True)
class Remaining:
    """A document that differs in both. `first_seen` is when the earliest statement that has it was read."""

    then: Difference
    now: Difference
    first_seen: datetime
    age: timedelta

    @property
    def changed(self) -> bool:
        """Whether it differs otherwise than it did."""
        names = ("kind", "total", "balance")
        return any(getattr(self.then, name) != getattr(self.now, name) for name in names)


@dataclass
class CurrencyChange:
    """Where a statement has nothing in this currency, its report is all zeros."""

    currency: str
    then: CurrencyReport
    now: CurrencyReport
    closed: list[Difference] = field(default_factory=list)
    new: list[Difference] = field(default_factory=list)
    remaining: list[Remaining] = field(default_factory=list)


@dataclass(frozen=True)
class StatementChange:
    older: Statement
    newer: Statement
    currencies: list[CurrencyChange]


def change_between(one: Statement, other: Statement) -> StatementChange:
    """The older one is the one that was read first. A difference that was repaired in its own statement counts as
    closed. Seven statements of SQL.

    Raises Refused: `same_statement`, `different_stream`, `different_company`.
    """
    _require_comparable(one, other)
    older, newer = sorted((one, other), key=lambda each: (each.read_at, each.pk))
    then, now = ({report.currency: report for report in report_of(each)} for each in (older, newer))
    lines = list(older.differences.select_related("accepted_by"))
    changes = {
        currency: CurrencyChange(
            currency, then.get(currency, _none(currency)), now.get(currency, _none(currency))
        )
        for currency in sorted(then.keys() | now.keys() | {line.currency for line in lines})
    }
    _sort_out(changes, lines, newer, _first_seen(older))
    return StatementChange(older, newer, list(changes.values()))


def _require_comparable(one: Statement, other: Statement) -> None:
    if one.pk == other.pk:
        raise Refused("same_statement", "Choose another statement to compare this one with.")
    if one.stream != other.stream:
        raise Refused(
            "different_stream", "Receivables are compared with receivables, payables with payables."
        )
    if one.realm_id != other.realm_id:
        raise Refused(
            "different_company",
            "The two were read from different QuickBooks companies. Choose one of the same company.",
        )


def _sort_out(
    changes: dict[str, CurrencyChange],
    lines: list[Difference],
    newer: Statement,
    first_seen: dict[Key, datetime],
) -> None:
    """What was repaired in the older statement is closed, and new where it differs again."""
    open_now = [line for change in changes.values() for line in change.now.differences]
    by_key = {key: line for line in open_now for key in _keys(line)}
    met: set[int] = set()
    for line in lines:
        now = next((by_key[key] for key in _keys(line) if key in by_key), None)
        if line.settled_at or now is None or now.pk in met:
            changes[line.currency].closed.append(line)
            continue
        met.add(now.pk)
        seen = min(first_seen[key] for key in _keys(line))
        changes[line.currency].remaining.append(Remaining(line, now, seen, newer.read_at - seen))
    for line in open_now:
        if line.pk not in met:
            changes[line.currency].new.append(line)


def _keys(line: Difference) -> Iterable[Key]:
    if line.record_id:
        yield line.currency, "record", line.record_id
    if line.quickbooks_id:
        yield line.currency, "quickbooks", line.quickbooks_id


def _first_seen(older: Statement) -> dict[Key, datetime]:
    """When each document that differs in `older` was first found to differ, in two statements of SQL."""
    earlier = Difference.objects.filter(
        statement__organization_id=older.organization_id,
        statement__stream=older.stream,
        statement__realm_id=older.realm_id,
        statement__read_at__lte=older.read_at,
    )
    documents = (
        ("record", "record_id", older.differences.exclude(record_id=None)),
        ("quickbooks", "quickbooks_id", older.differences.exclude(quickbooks_id="")),
    )
    found: dict[Key, datetime] = {}
    for side, column, own in documents:
        seen = earlier.filter(**{f"{column}__in": own.order_by().values(column)}).order_by()
        rows = seen.values_list("currency", column).annotate(Min("statement__read_at"))
        found |= {(currency, side, key): moment for currency, key, moment in rows}
    return found


def _none(currency: str) -> CurrencyReport:
    nothing = Figures(0, Decimal(0), Decimal(0))
    return CurrencyReport(currency, nothing, nothing, [])
