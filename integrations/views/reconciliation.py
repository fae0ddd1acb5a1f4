"""Reconciliation: both sides of receivables and payables, why they differ, and the buttons that settle it."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from .. import reconciling
from ..days import read_day
from ..ids import read_id
from ..models import Fix, Kind, Organization, Statement, Stream
from ..services import Refused
from ..statements.report import report_of
from .access import PortalView
from .contact_matching import lists
from .differences import MOST_LINES, failures_of, groups_of, shown
from .starting import start, watch

STATEMENTS_PER_PAGE = 20


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
        failures = failures_of(statement)
        context = {
            "statement": statement,
            "currencies": [
                {"report": report, "groups": groups_of(statement, report, failures)}
                for report in report_of(statement)
            ],
            "most_lines": MOST_LINES,
        }
        return render(request, "reconciliation/statement.html", context)


class RepairPage(ReconciliationPage):
    """GET shows what would change, POST does it. Both take `fix`, and `kind` (with its `currency`) or
    `difference`."""

    reads = PortalView.changes

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        statement = self.statement(pk)
        fix, which = _asked_for(request.GET)
        try:
            changes = reconciling.preview(statement, fix, **which)
        except Refused as refusal:
            return self._refused(statement, refusal)
        closed_until = self.organization.connection.books_closed_until
        page = Paginator(changes, MOST_LINES).get_page(request.GET.get("page"))
        context = {
            "statement": statement,
            "fix": fix,
            "page": page,
            "changes": [shown(change, closed_until) for change in page],
            "closed_until": closed_until,
            "twice": fix == Fix.PULL and any(each.difference.kind == Kind.DUPLICATE for each in changes),
            "count": len(changes),
            "kind": which["kind"] or "",
            "currency": which["currency"],
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


def _asked_for(sent: QueryDict) -> tuple[Fix, dict]:
    """What the page's own links and forms say; anything else has no such page."""
    fix, kind, keys = (
        sent.get("fix"),
        sent.get("kind") or None,
        list(map(read_id, sent.getlist("difference"))),
    )
    known = fix in Fix.values and (kind is None or kind in Kind.values) and bool(kind) != bool(keys)
    if not known or None in keys:
        raise Http404("There is no such repair.")
    return Fix(fix), {"kind": kind, "currency": sent.get("currency", ""), "differences": keys or None}
