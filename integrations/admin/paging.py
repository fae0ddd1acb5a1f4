"""Lists of a million rows: what they count, what they read, and how they search."""

from __future__ import annotations

import json
from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator
from django.db import connections
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.text import smart_split, unescape_string_literal

from ..searching import containing

# What is fewer is counted; more is said as PostgreSQL's planner knows it, since counting reads every row.
COUNTED = 10_000
# From here on the planner's word is taken without counting even the first of them.
SURELY_MANY = 100_000


class TablePaginator(Paginator):
    """The keys of a page first, from an index alone, then its rows: a far page joins and reads no more than a near one.

    The count is exact up to COUNTED, and everywhere but on PostgreSQL.
    """

    @cached_property
    def count(self) -> int:
        rows = self.object_list.order_by()
        if connections[rows.db].vendor != "postgresql":
            return rows.count()
        expected = _expected(rows)
        if expected >= SURELY_MANY:
            return expected
        counted = rows.values("pk")[: COUNTED + 1].count()
        return counted if counted <= COUNTED else max(counted, expected)

    def page(self, number: Any) -> Page:
        number = self.validate_number(number)
        first = (number - 1) * self.per_page
        keys = list(self.object_list.values_list("pk", flat=True)[first : first + self.per_page])
        return self._get_page(self.object_list.filter(pk__in=keys), number, self)


def _expected(rows: QuerySet) -> int:
    """How many rows PostgreSQL's planner expects."""
    [plan] = json.loads(rows.values("pk").explain(format="json"))
    return plan["Plan"]["Plan Rows"]


class SearchedAdmin:
    """For a ModelAdmin: every word is in one of `search_fields`; a field after "=" has to be the word."""

    paginator = TablePaginator

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        fields = self.get_search_fields(request)
        for word in smart_split(search_term) if fields else ():
            quoted = word[:1] in ("'", '"') and word[:1] == word[-1:] and len(word) > 1
            queryset = containing(queryset, unescape_string_literal(word) if quoted else word, fields)
        return queryset, False
