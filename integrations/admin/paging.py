"""Lists of a million rows: what they count, what they read, and how they search."""

from __future__ import annotations

import json
from functools import cached_property

from django.db import connections
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.text import smart_split, unescape_string_literal

from ..ids import read_id
from ..paging import KeysFirst
from ..searching import containing

# What is fewer is counted; more is said as PostgreSQL's planner knows it, since counting reads every row.
COUNTED = 10_000
# From here on the planner's word is taken without counting even the first of them.
SURELY_MANY = 100_000


class TablePaginator(KeysFirst):
    """Its count is exact up to COUNTED, and everywhere but on PostgreSQL."""

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


def _expected(rows: QuerySet) -> int:
    """How many rows PostgreSQL's planner expects."""
    [plan] = json.loads(rows.values("pk").explain(format="json"))
    return plan["Plan"]["Plan Rows"]


class SearchedAdmin:
    """For a ModelAdmin: every word is in one of `search_fields`; a field after "=" has to be the word."""

    paginator = TablePaginator

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        """Newest first; where days were chosen by the time itself, whose index leads to them."""
        ordering = tuple(super().get_ordering(request))
        days = any(request.GET.get(f"created_at_{end}") for end in ("from", "to"))
        return ("-created_at", "-id") if days and ordering == ("-id",) else ordering

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Not by several ids where one is larger than any column: the database would fail, not find nothing."""
        keys = value.split(",") if lookup.endswith("__in") else ()
        if any(key.isdecimal() and read_id(key) is None for key in keys):
            return False
        return super().lookup_allowed(lookup, value, request)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        fields = self.get_search_fields(request)
        for word in smart_split(search_term) if fields else ():
            quoted = word[:1] in ("'", '"') and word[:1] == word[-1:] and len(word) > 1
            queryset = containing(queryset, unescape_string_literal(word) if quoted else word, fields)
        return queryset, False
