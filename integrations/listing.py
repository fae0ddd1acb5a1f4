"""A table of an organization's records as its address says it: search, filters, order, page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator
from django.db import connections
from django.db.models import Count, QuerySet
from django.utils.dateparse import parse_date

from .faults import explain
from .keys_along import KeysAlong
from .models import SyncState
from .searching import containing

PAGE_SIZE = 50


@dataclass(frozen=True)
class Column:
    """`order_by` is what sorts it; empty: it cannot be sorted by. A `spare` one is left out where room is short,
    a `tight` one where there is hardly any."""

    key: str
    label: str
    order_by: str = ""
    numeric: bool = False
    spare: bool = False
    tight: bool = False


@dataclass(frozen=True)
class Filter:
    """A choice above the table. `apply` narrows the rows to the chosen value."""

    name: str
    label: str
    options: tuple[tuple[str, str], ...]
    apply: Callable[[QuerySet, str], QuerySet]


@dataclass(frozen=True)
class Between:
    """Two dates in the address, NAME_from and NAME_to, both included."""

    name: str
    label: str
    column: str


def by_state(yes: str, no: str, label: str) -> Filter:
    """In step or not, in the column's own words, and the six states one by one."""
    states = tuple((value, text) for value, text in SyncState.choices if value != SyncState.SYNCED)

    def apply(rows: QuerySet, value: str) -> QuerySet:
        # In step is exactly the state that says so, and states have an index.
        if value == "no":
            return rows.filter(sync_state__in=[other for other, _ in states])
        return rows.filter(sync_state=SyncState.SYNCED if value == "yes" else value)

    return Filter("synced", label, (("yes", yes), ("no", no), *states), apply)


def by_cause(code: str) -> Filter:
    """The records that failed for the cause which this code stands for."""

    def apply(rows: QuerySet, value: str) -> QuerySet:
        return rows.filter(sync_state=SyncState.FAILED, sync_error_code__in=explain(value).codes)

    return Filter("cause", "Failed for", ((code, explain(code).title),), apply)


@dataclass
class Listing:
    """`rows` are all that the organization has; `asked` is the address's query."""

    rows: QuerySet
    asked: Mapping[str, str]
    columns: tuple[Column, ...]
    search_fields: tuple[str, ...]
    default_order: str
    filters: tuple[Filter, ...] = ()
    between: tuple[Between, ...] = ()
    # The one column that rows show of a related record: customer__name.
    shown_of_related: tuple[str, ...] = ()
    # What narrows related records as it does the rows: {"organization": …}.
    scope: Mapping[str, Any] = field(default_factory=dict)

    @property
    def search(self) -> str:
        return self.asked.get("q", "").strip()

    @cached_property
    def matching(self) -> QuerySet:
        rows = self.rows
        if self.search:
            rows = containing(rows, self.search, self.search_fields, **self.scope)
        for each in self.filters:
            value = self.asked.get(each.name, "")
            if value in dict(each.options):
                rows = each.apply(rows, value)
        for each in self.between:
            rows = self._between(rows, each)
        return rows

    def _between(self, rows: QuerySet, each: Between) -> QuerySet:
        for end, lookup in (("from", "gte"), ("to", "lte")):
            value = _day(self.asked.get(f"{each.name}_{end}", ""))
            if value:
                rows = rows.filter(**{f"{each.column}__{lookup}": value})
        return rows

    @property
    def narrowed(self) -> bool:
        names = ["q", *(each.name for each in self.filters)]
        names += [f"{each.name}_{end}" for each in self.between for end in ("from", "to")]
        return any(self.asked.get(name) for name in names)

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many match, and how many of them a bulk push would send."""
        if not self.narrowed:
            # Each from an index alone.
            return {"total": self.rows.count(), "unsynced": self.rows.unsynced().count()}
        rows = self.matching
        if self._on_first_page and len(self._first_keys) <= PAGE_SIZE:
            # All that match were found already, and looking for them is what takes long.
            rows = self.rows.filter(pk__in=self._first_keys)
        waiting = Count("pk", filter=self.rows.UNSYNCED)
        return rows.order_by().aggregate(total=Count("pk"), unsynced=waiting)

    @property
    def total(self) -> int:
        return self.counts["total"]

    @property
    def unsynced(self) -> int:
        return self.counts["unsynced"]

    @property
    def order(self) -> tuple[str, bool]:
        """(column's key, descending)."""
        asked = self.asked.get("sort", "")
        key, descending = asked.removeprefix("-"), asked.startswith("-")
        if any(column.key == key and column.order_by for column in self.columns):
            return key, descending
        return self.default_order.removeprefix("-"), self.default_order.startswith("-")

    @cached_property
    def page(self) -> Page:
        """Keys first, from the index alone, then the rows of the page: a far page costs no more than a near one."""
        paginator = Paginator(() if self._on_first_page else self._keys, PAGE_SIZE)
        paginator.count = self.total
        page = paginator.get_page(self.asked.get("page"))
        wanted = self._first_keys[:PAGE_SIZE] if self._on_first_page else list(page.object_list)
        found = self.rows.model.objects.filter(pk__in=wanted).light()
        for path in self.shown_of_related:
            relation, _, column = path.partition("__")
            found = found.select_related(relation).defer(*self._all_but(relation, column))
        by_key = {row.pk: row for row in found}
        page.object_list = [by_key[pk] for pk in wanted if pk in by_key]
        return page

    def _all_but(self, relation: str, column: str) -> list[str]:
        related = self.rows.model._meta.get_field(relation).related_model
        return [
            f"{relation}__{other.name}"
            for other in related._meta.concrete_fields
            if other.name != column and not other.primary_key
        ]

    @property
    def _on_first_page(self) -> bool:
        return self.asked.get("page", "1") == "1"

    @cached_property
    def _first_keys(self) -> list[int]:
        """Those of the first page, and one more where there is a second."""
        return list(self._keys[: PAGE_SIZE + 1])

    @property
    def _keys(self) -> QuerySet | KeysAlong:
        key, descending = self.order
        column = next(column.order_by for column in self.columns if column.key == key)
        sign = "-" if descending else ""
        relation, _, related = column.rpartition("__")
        if not relation:
            rows = self.matching.order_by(f"{sign}{column}", f"{sign}pk")
        elif connections[self.rows.db].vendor == "postgresql" and not self.narrowed:
            return KeysAlong(self.rows.model, relation, related, descending, self.scope)
        else:
            # That record's own index may lead.
            rows = self.matching.filter(
                **{f"{relation}__{name}": value for name, value in self.scope.items()}
            )
            rows = rows.order_by(f"{sign}{column}", f"{sign}{relation}_id", f"{sign}pk")
        return rows.values_list("pk", flat=True)

    @property
    def heads(self) -> list[dict]:
        """The table's head: for each column its label, the sort that a click asks for, and how it is sorted now."""
        key, descending = self.order
        return [
            {
                "column": column,
                "sorted": ("descending" if descending else "ascending") if column.key == key else "",
                "next": f"-{column.key}" if column.key == key and not descending else column.key,
            }
            for column in self.columns
        ]

    @property
    def orders(self) -> list[tuple[str, str, bool]]:
        """(what the address says, label, whether it is so now): each column up and down."""
        now = self.order
        return [
            (
                f"{'-' if descending else ''}{column.key}",
                f"{column.label} {arrow}",
                (column.key, descending) == now,
            )
            for column in self.columns
            if column.order_by
            for arrow, descending in (("↑", False), ("↓", True))
        ]

    @property
    def chosen(self) -> list[dict]:
        """The filters with what is chosen, for the chips."""
        return [{"filter": each, "value": self.asked.get(each.name, "")} for each in self.filters]

    @property
    def spans(self) -> list[dict]:
        return [
            {
                "between": each,
                "from": self.asked.get(f"{each.name}_from", ""),
                "to": self.asked.get(f"{each.name}_to", ""),
            }
            for each in self.between
        ]


def _day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None
