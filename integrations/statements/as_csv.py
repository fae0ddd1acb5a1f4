"""A statement as CSV: per currency both sides and what is left unexplained, then its differences."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from ..models import Difference, Statement
from ..money import rounded
from ..spreadsheets.cells import guarded
from .report import CurrencyReport, Figures, report_of

COLUMNS = (
    "stream",
    "as_of",
    "read_at",
    "currency",
    "row",
    "also",
    "count",
    "record",
    "number",
    "contact",
    "quickbooks_id",
    "total",
    "balance",
    "accepted_by",
    "note",
)


def csv_rows(statement: Statement) -> Iterator[list[str]]:
    head = [statement.stream, statement.as_of.isoformat(), statement.read_at.isoformat(timespec="seconds")]
    for report in report_of(statement):
        for name in ("finmo", "quickbooks", "difference"):
            yield head + _sums(report, name, getattr(report, name))
        yield head + _sums(report, "unexplained", report.unexplained)
        for each in report.differences:
            yield head + _line(each)
    for each in statement.unread:
        # In no currency and of no amount that anybody knows.
        yield [*head, "", "unread", *([""] * 5), each["quickbooks_id"], "", "", "", _reason(each["field"])]


def _sums(report: CurrencyReport, name: str, figures: Figures) -> list[str]:
    count = "" if name == "unexplained" else str(figures.count)
    amounts = [_amount(figures.total, report.currency), _amount(figures.balance, report.currency)]
    return [report.currency, name, "", count, "", "", "", "", *amounts, "", ""]


def _line(each: Difference) -> list[str]:
    return [
        each.currency,
        each.kind,
        " ".join(each.also),
        "",
        str(each.record_id or ""),
        guarded(each.number),
        guarded(each.contact),
        each.quickbooks_id,
        _amount(each.total, each.currency),
        _amount(each.balance, each.currency),
        each.accepted_by.get_username() if each.accepted_by else "",
        guarded(each.note),
    ]


def _reason(field: str) -> str:
    return f"Finmo cannot read its {field}." if field else "Finmo cannot read it."


def _amount(amount: Decimal, currency: str) -> str:
    return str(rounded(amount, currency))
