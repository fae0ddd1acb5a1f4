"""A statement as a workbook: a summary, and a sheet for each class of difference that occurs.

Amounts and days are numbers and dates of the spreadsheet, so that they can be added up and sorted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import IO, Any

from django.utils import timezone
from xlsxwriter import Workbook
from xlsxwriter.format import Format

from ..aging import BUCKETS
from ..models import Difference, Kind, Statement
from ..money import decimals, rounded
from .report import CurrencyReport, Figures, report_of

# A sheet's name has 31 characters at most, so one class is called something shorter there.
SHEET_NAMES = {Kind.CURRENCY: "Currency or rate differs"}
# Written row by row, so that the memory that it needs does not grow with the differences; no text is a formula.
_OPTIONS = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
_STYLES: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 14},
    "strong": {"bold": True},
    "head": {"bold": True, "bg_color": "#E4ECEC", "text_wrap": True, "valign": "vcenter", "bottom": 1},
    "day": {"num_format": "yyyy-mm-dd", "align": "left"},
    "moment": {"num_format": "yyyy-mm-dd hh:mm", "align": "left"},
    "count": {"num_format": "#,##0"},
}

# (value, the name of its style, or a currency)
Cell = tuple[Any, str]

_SUMMARY_WIDTHS = (12, 34, 12, 18, 18, 18, 18, 18, 18)
# (head, width)
_COLUMNS = (
    ("Currency", 10),
    ("Number", 18),
    ("Contact", 32),
    ("QuickBooks id", 14),
    ("Finmo: issued", 13),
    ("Finmo: due", 13),
    ("Finmo: total", 16),
    ("Finmo: tax", 14),
    ("Finmo: open", 16),
    ("Finmo: state", 13),
    ("QuickBooks: issued", 13),
    ("QuickBooks: due", 13),
    ("QuickBooks: total", 16),
    ("QuickBooks: tax", 14),
    ("QuickBooks: open", 16),
    ("QuickBooks: state", 13),
    ("Difference: total", 16),
    ("Difference: open", 16),
    ("Also differs in", 28),
    ("Accepted by", 26),
    ("Accepted at (UTC)", 18),
    ("Note", 40),
)


def write_xlsx(statement: Statement, out: IO[bytes]) -> None:
    reports = report_of(statement)
    with Workbook(out, _OPTIONS) as book:
        styles = _Styles(book)
        _Sheet(book, styles, "Summary", _SUMMARY_WIDTHS).summary(statement, reports)
        for kind in Kind:
            lines = [each for report in reports for each in report.differences if each.kind == kind]
            if lines:
                name = SHEET_NAMES.get(kind, kind.label)
                _Sheet(book, styles, name, [width for _, width in _COLUMNS]).differences(lines)


class _Styles:
    """The book's cell formats, each made once: by name, and one for each currency."""

    def __init__(self, book: Workbook):
        self._book = book
        self._made: dict[str, Format | None] = {"": None}

    def __getitem__(self, name: str) -> Format | None:
        if name not in self._made:
            style = _STYLES.get(name) or {"num_format": _money(name)}
            self._made[name] = self._book.add_format(style)
        return self._made[name]


class _Sheet:
    """A sheet that is written from the top down."""

    def __init__(self, book: Workbook, styles: _Styles, name: str, widths: Sequence[int]):
        self._sheet = book.add_worksheet(name)
        self._styles = styles
        self._rows = 0
        for index, width in enumerate(widths):
            self._sheet.set_column(index, index, width)
        self._sheet.set_landscape()
        self._sheet.fit_to_pages(1, 0)
        self._sheet.set_footer("&L&A&RPage &P of &N")

    def summary(self, statement: Statement, reports: list[CurrencyReport]) -> None:
        self._add([(f"{statement.get_stream_display()} as of {statement.as_of}", "title")])
        for name, value, style in _facts(statement):
            self._add([(name, "strong"), (None, ""), (value, style)])
        self._add([])
        self._head(("Currency", "", "Documents", "Total", "Open balance"))
        self._sheet.freeze_panes(self._rows, 0)
        for report in reports:
            self._currency(report)
        self._aging([report for report in reports if report.finmo_ages is not None])

    def differences(self, lines: list[Difference]) -> None:
        self._head([head for head, _ in _COLUMNS])
        self._sheet.freeze_panes(1, 0)
        self._sheet.repeat_rows(0)
        for each in lines:
            self._add(_line(each))
        self._sheet.autofilter(0, 0, self._rows - 1, len(_COLUMNS) - 1)

    def _currency(self, report: CurrencyReport) -> None:
        for name, figures in (("Finmo", report.finmo), ("QuickBooks", report.quickbooks)):
            self._figures(report.currency, name, figures)
        self._figures(report.currency, "Difference: Finmo minus QuickBooks", report.difference)
        for each in report.kinds:
            self._figures(report.currency, each.kind.label, each.figures)
        self._figures(report.currency, "Unexplained", report.unexplained, counted=False)
        self._figures(report.currency, "Both sides agree on", report.agreed)
        self._add([])

    def _figures(self, currency: str, name: str, figures: Figures, *, counted: bool = True) -> None:
        amounts = [(rounded(each, currency), currency) for each in (figures.total, figures.balance)]
        self._add([(currency, ""), (name, ""), (figures.count if counted else None, "count"), *amounts])

    def _aging(self, reports: list[CurrencyReport]) -> None:
        if not reports:
            return
        self._add([("Open balances by days past the due date", "strong")])
        self._head(("Currency", "", *(label for _, label, *_ in BUCKETS), "Open"))
        for report in reports:
            for name, ages in (("Finmo", report.finmo_ages), ("QuickBooks", report.quickbooks_ages)):
                amounts = [*ages.values(), sum(ages.values(), Decimal())]
                shown = [(rounded(each, report.currency), report.currency) for each in amounts]
                self._add([(report.currency, ""), (name, ""), *shown])

    def _head(self, labels: Iterable[str]) -> None:
        self._add([(label, "head") for label in labels])

    def _add(self, cells: Iterable[Cell]) -> None:
        for column, (value, style) in enumerate(cells):
            self._write(column, value, self._styles[style])
        self._rows += 1

    def _write(self, column: int, value: Any, style: Format | None) -> None:
        if isinstance(value, str):
            self._sheet.write_string(self._rows, column, value, style)
        elif isinstance(value, date):
            self._sheet.write_datetime(self._rows, column, value, style)
        elif value is not None:
            self._sheet.write_number(self._rows, column, value, style)


def _facts(statement: Statement) -> list[tuple[str, Any, str]]:
    unread = [("Not in the figures", statement.unread_note, "")] if statement.unread else []
    return [
        ("Organization", statement.organization.name, ""),
        ("Issued until", statement.as_of, "day"),
        ("Balances as read (UTC)", _naive(statement.read_at), "moment"),
        ("Written (UTC)", _naive(timezone.now()), "moment"),
        *unread,
    ]


def _line(each: Difference) -> list[Cell]:
    return [
        (each.currency, ""),
        (each.number, ""),
        (each.contact, ""),
        (each.quickbooks_id, ""),
        *_side(each.finmo),
        *_side(each.quickbooks),
        (rounded(each.total, each.currency), each.currency),
        (rounded(each.balance, each.currency), each.currency),
        (", ".join(Kind(kind).label for kind in each.also), ""),
        (each.accepted_by.get_username() if each.accepted_by else None, ""),
        (_naive(each.accepted_at) if each.accepted_at else None, "moment"),
        (each.note, ""),
    ]


def _side(saved: dict[str, Any] | None) -> list[Cell]:
    if saved is None:
        return [(None, "")] * 5 + [("not there", "")]
    return [
        (_day(saved["issue_date"]), "day"),
        (_day(saved["due_date"]), "day"),
        *((Decimal(saved[name]), saved["currency"]) for name in ("total", "tax_total", "balance")),
        (saved["ended"] or ("" if saved["counted"] else "after the day"), ""),
    ]


def _money(currency: str) -> str:
    """SGD 1,234.50, with the currency's decimals; what is negative is red, with its sign."""
    places = decimals(currency)
    number = "#,##0" + (f".{'0' * places}" if places else "")
    return f"[${currency}] {number};[Red]-[${currency}] {number}"


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _naive(moment: datetime) -> datetime:
    """Spreadsheets know no time zones."""
    return moment.astimezone(UTC).replace(tzinfo=None)
