"""An older and a newer statement on one page: what was closed, what is new, and what still differs since when."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from ..ids import read_id
from ..models import Statement
from ..reconciling import mapper_of_stream
from ..remedies import address_of
from ..services import Refused
from ..statements.change import CurrencyChange, change_between
from .differences import MOST_LINES
from .reconciliation import ReconciliationPage

# So many others of its stream are offered for comparison, newest first.
MOST_OTHERS = 100


class StatementChangePage(ReconciliationPage):
    """`?with=` names the other statement; the one that was read before, unless it is named."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        statement = self.statement(pk)
        others = self._others(statement)
        other = self._named(others) if request.GET.get("with") else _nearest(statement, others)
        if other is None:
            messages.info(
                request, "There is no other statement of this kind yet. Read a fresh one to compare with."
            )
            return redirect("statement", statement.pk)
        try:
            change = change_between(statement, other)
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect("statement", statement.pk)
        entity = mapper_of_stream(statement.stream).entity
        context = {
            "statement": statement,
            "other": other,
            "others": others[:MOST_OTHERS],
            "change": change,
            "currencies": [_shown(each, entity) for each in change.currencies],
            "most_lines": MOST_LINES,
        }
        return render(request, "reconciliation/change.html", context)

    def _others(self, statement: Statement) -> QuerySet[Statement]:
        own = Statement.objects.filter(organization=self.organization, stream=statement.stream)
        return own.filter(realm_id=statement.realm_id).exclude(pk=statement.pk)

    def _named(self, others: QuerySet[Statement]) -> Statement:
        other = others.filter(pk=read_id(self.request.GET["with"])).first()
        if other is None:
            raise Http404("There is no such statement.")
        return other


def _nearest(statement: Statement, others: QuerySet[Statement]) -> Statement | None:
    """The one that was read before it, else the one after."""
    return others.filter(pk__lt=statement.pk).first() or others.filter(pk__gt=statement.pk).last()


def _shown(change: CurrencyChange, entity: str) -> dict:
    """At most MOST_LINES of each list, with the addresses of our records."""
    return {
        "change": change,
        "sides": [("Then", change.then), ("Now", change.now)],
        "new": [(line, address_of(entity, line.record_id)) for line in change.new[:MOST_LINES]],
        "closed": [(line, address_of(entity, line.record_id)) for line in change.closed[:MOST_LINES]],
        "remaining": [
            (each, address_of(entity, each.now.record_id)) for each in change.remaining[:MOST_LINES]
        ],
    }
