"""Reconciliation: both sides of receivables and payables, why they differ, and the buttons that settle it."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from .. import reconciling
from ..days import read_day
from ..ids import read_id
from ..models import Difference, Fix, Kind, Organization, Statement, Stream, SyncState
from ..money import decimals
from ..reconciling import Change, mapper_of_stream
from ..remedies import address_of
from ..services import Refused
from ..statement_csv import COLUMNS, csv_rows
from ..statement_report import CurrencyReport, report_of
from ..wording import written
from .access import PortalView
from .contact_matching import lists
from .starting import start, watch

# The page shows this many differences of a kind, or changes; the CSV has all.
MOST_LINES = 200
STATEMENTS_PER_PAGE = 20
# What a side shows beside its amounts where it differs.
_FACTS = (
    (Kind.CURRENCY, "exchange_rate", "rate {}"),
    (Kind.CONTACT, "contact", "{}"),
    (Kind.TAX, "tax_total", "tax {}"),
    (Kind.DATE, "issue_date", "issued {}"),
    (Kind.DATE, "due_date", "due {}"),
)
# Why a document of ours is not in QuickBooks.
_ON_ITS_WAY = {
    SyncState.NOT_SYNCED: "never synced",
    SyncState.CHANGED: "never synced",
    SyncState.SYNCED: "never synced",
    SyncState.QUEUED: "queued",
    SyncState.FAILED: "sync failed",
    SyncState.CONFLICT: "conflict to decide",
}

# What becomes of a document whose other side has ended.
_ENDS = {Kind.DELETED: "Deleted", Kind.VOIDED: "Voided"}


@dataclass(frozen=True)
class Row:
    """A difference; `finmo` and `quickbooks` are its sides with amounts as numbers, None where there is none."""

    difference: Difference
    url: str
    fixes: list[Fix]
    also: list[str]
    finmo: dict[str, Any] | None
    quickbooks: dict[str, Any] | None


@dataclass(frozen=True)
class Group:
    """A currency's differences of one kind. `fixes` are those that settle at least one of them."""

    kind: Kind
    rows: list[Row]
    count: int
    total: Decimal
    balance: Decimal
    fixes: list[Fix]


class ReconciliationPage(PortalView):
    needs_integration = True

    def statement(self, pk: int) -> Statement:
        return get_object_or_404(Statement, pk=pk, organization=self.organization)


class Reconciliation(ReconciliationPage):
    def get(self, request: HttpRequest) -> HttpResponse:
        context = {
            "streams": [_newest(self.organization, stream) for stream in Stream],
            "page": Paginator(_stored(self.organization), STATEMENTS_PER_PAGE).get_page(
                request.GET.get("page")
            ),
            "today": timezone.localdate(),
            "lists": lists(),
        }
        return render(request, "reconciliation/list.html", context)


class ReadStatement(ReconciliationPage):
    def post(self, request: HttpRequest, stream: str) -> HttpResponse:
        try:
            as_of = read_day(request.POST["as_of"]) if request.POST.get("as_of") else None
        except ValidationError as error:
            messages.error(request, error.message)
            return redirect("reconciliation")
        return start(
            request,
            lambda: reconciling.reconcile(self.organization, stream, asked=self.asked, as_of=as_of),
        )


class StatementPage(ReconciliationPage):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        statement = self.statement(pk)
        reports = report_of(statement)
        context = {
            "statement": statement,
            "currencies": [{"report": report, "groups": _groups(statement, report)} for report in reports],
            "most_lines": MOST_LINES,
        }
        return render(request, "reconciliation/statement.html", context)


class StatementCsv(ReconciliationPage):
    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        statement = self.statement(pk)
        name = f"{self.organization.slug}-{statement.stream}-{statement.as_of}.csv"
        return StreamingHttpResponse(
            _csv_lines(statement),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )


class RepairPage(ReconciliationPage):
    """GET shows what would change, POST does it. Both take `fix`, and `kind` or `difference`."""

    reads = PortalView.changes

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        statement = self.statement(pk)
        fix, which = _asked_for(request.GET)
        try:
            changes = reconciling.preview(statement, fix, **which)
        except Refused as refusal:
            return self._refused(statement, refusal)
        page = Paginator(changes, MOST_LINES).get_page(request.GET.get("page"))
        context = {
            "statement": statement,
            "fix": fix,
            "page": page,
            "changes": [_shown(change) for change in page],
            "count": len(changes),
            "kind": which["kind"] or "",
            "keys": which["differences"] or [],
        }
        return render(request, "reconciliation/repair.html", context)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        statement = self.statement(pk)
        fix, which = _asked_for(request.POST)
        note = request.POST.get("note", "")
        try:
            run = reconciling.repair(statement, fix, asked=self.asked, note=note, **which)
        except Refused as refusal:
            return self._refused(statement, refusal)
        if run.finished:
            messages.success(
                request, f"{run.total} accepted. The note and your name stay with the statement."
            )
        else:
            watch(request, [run])
            messages.success(request, "The repair has started. The statement follows when it is done.")
        return redirect("statement", statement.pk)

    def _refused(self, statement: Statement, refusal: Refused) -> HttpResponse:
        messages.error(self.request, str(refusal))
        return redirect("statement", statement.pk)


def _stored(organization: Organization) -> QuerySet[Statement]:
    """All statements, newest first, each with how many of its differences are open."""
    left = Count("differences", filter=Q(differences__settled_at=None))
    return Statement.objects.filter(organization=organization).annotate(left=left).order_by("-pk")


def _newest(organization: Organization, stream: Stream) -> dict:
    statement = reconciling.newest(organization, stream)
    return {
        "stream": stream,
        "statement": statement,
        "reports": report_of(statement) if statement else [],
    }


def _groups(statement: Statement, report: CurrencyReport) -> list[Group]:
    entity = mapper_of_stream(statement.stream).entity
    groups = []
    for kind in Kind:
        lines = [each for each in report.differences if each.kind == kind]
        if not lines:
            continue
        offered = {fix for each in lines for fix in reconciling.fixes_of(each)}
        groups.append(
            Group(
                kind=kind,
                rows=[_row(each, entity) for each in lines[:MOST_LINES]],
                count=len(lines),
                total=sum((each.total for each in lines), Decimal()),
                balance=sum((each.balance for each in lines), Decimal()),
                fixes=[fix for fix in Fix if fix in offered],
            )
        )
    return groups


def _row(difference: Difference, entity: str) -> Row:
    also = [Kind(kind).label for kind in difference.also]
    return Row(
        difference,
        address_of(entity, difference.record_id),
        reconciling.fixes_of(difference),
        also,
        _side(difference, difference.finmo),
        _side(difference, difference.quickbooks),
    )


def _side(difference: Difference, saved: dict[str, Any] | None) -> dict[str, Any] | None:
    if saved is None:
        return None
    differing = [difference.kind, *difference.also]
    facts = [
        words.format(_in_words(name, saved[name], saved["currency"]))
        for kind, name, words in _FACTS
        if kind in differing and saved[name]
    ]
    if difference.kind == Kind.ONLY_IN_FINMO and saved.get("sync_state"):
        facts.append(_ON_ITS_WAY[saved["sync_state"]])
    return saved | {name: Decimal(saved[name]) for name in ("total", "balance")} | {"facts": facts}


def _shown(change: Change) -> dict[str, Any]:
    """A change with its fields in people's words."""
    currency = change.difference.currency
    fields = [
        (
            name.replace("_", " ").capitalize(),
            *(_in_words(name, told[end], currency) for end in ("from", "to")),
        )
        for name, told in change.fields.items()
    ]
    return {
        "difference": change.difference,
        "side": change.side,
        "fields": fields,
        "ends": ""
        if any(told["to"] for told in change.fields.values())
        else _ENDS.get(change.difference.kind, ""),
    }


def _in_words(name: str, text: str | None, currency: str) -> str:
    """A day or an amount as the pages write it."""
    if not text:
        return ""
    if name.endswith("_date"):
        return written(date.fromisoformat(text))
    if name in ("total", "tax_total", "balance"):
        return f"{Decimal(text):,.{decimals(currency)}f}"
    return text


def _asked_for(sent) -> tuple[Fix, dict]:
    """What the page's own links and forms say; anything else has no such page."""
    fix, kind, keys = (
        sent.get("fix"),
        sent.get("kind") or None,
        list(map(read_id, sent.getlist("difference"))),
    )
    known = fix in Fix.values and (kind is None or kind in Kind.values) and bool(kind) != bool(keys)
    if not known or None in keys:
        raise Http404("There is no such repair.")
    return Fix(fix), {"kind": kind, "differences": keys or None}


class _Echo:
    """csv writes to it, and gets its line back."""

    def write(self, line: str) -> str:
        return line


def _csv_lines(statement: Statement) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield writer.writerow(COLUMNS)
    for row in csv_rows(statement):
        yield writer.writerow(row)
