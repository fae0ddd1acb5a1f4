"""A statement to take away: as CSV, as a workbook, and on paper."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from tempfile import TemporaryFile

from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone

from ..models import Statement
from ..statements.aging_chart import AgingChart, chart_of
from ..statements.as_csv import COLUMNS, csv_rows
from ..statements.as_xlsx import write_xlsx
from ..statements.report import CurrencyReport, report_of
from .reconciliation import ReconciliationPage

# So many of a currency's accepted differences stand on its sheet; the workbook has all.
MOST_ACCEPTED = 12
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class StatementCsv(ReconciliationPage):
    def get(self, request: HttpRequest, pk: int) -> StreamingHttpResponse:
        statement = self.statement(pk)
        return StreamingHttpResponse(
            _csv_lines(statement),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{file_name(statement)}.csv"'},
        )


class StatementXlsx(ReconciliationPage):
    def get(self, request: HttpRequest, pk: int) -> FileResponse:
        statement = self.statement(pk)
        # The answer closes it when it has been sent.
        file = TemporaryFile()
        write_xlsx(statement, file)
        file.seek(0)
        return FileResponse(
            file, as_attachment=True, filename=f"{file_name(statement)}.xlsx", content_type=XLSX
        )


class StatementPrint(ReconciliationPage):
    """A page for each currency, which says by itself what it is about."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        statement = self.statement(pk)
        now = timezone.now()
        context = {
            "statement": statement,
            "company": self.organization.connection.company_name,
            "pages": [{"report": report, "chart": _chart(report)} for report in report_of(statement)],
            "most_accepted": MOST_ACCEPTED,
            "printed_at": now,
            "age": _age(statement, now),
            "workbook": f"{file_name(statement)}.xlsx",
        }
        return render(request, "reconciliation/print.html", context)


def file_name(statement: Statement) -> str:
    return f"{statement.organization.slug}-{statement.stream}-{statement.as_of}"


class _Echo:
    """csv writes to it, and gets its line back."""

    def write(self, line: str) -> str:
        return line


def _csv_lines(statement: Statement) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield writer.writerow(COLUMNS)
    for row in csv_rows(statement):
        yield writer.writerow(row)


def _chart(report: CurrencyReport) -> AgingChart | None:
    if report.finmo_ages is None or report.quickbooks_ages is None:
        return None
    return chart_of(report.currency, report.finmo_ages, report.quickbooks_ages)


def _age(statement: Statement, now: timezone.datetime) -> str:
    """How old the figures are, in the largest unit that says it."""
    minutes = int((now - statement.read_at).total_seconds() // 60)
    for name, size in (("day", 24 * 60), ("hour", 60), ("minute", 1)):
        if count := minutes // size:
            return f"{count} {name}{'' if count == 1 else 's'}"
    return "less than a minute"
