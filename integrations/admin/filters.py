"""Filters that several lists share. None of them counts or lists the rows that it narrows."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_date
from unfold.contrib.filters.admin import (
    AutocompleteSelectFilter,
    DropdownFilter,
    RangeDateFilter,
)

from ..faults import TABLE, explain
from ..mapping import mappers
from ..progress import things

BY_ORGANIZATION = ("organization", AutocompleteSelectFilter)


class EntityFilter(DropdownFilter):
    title = "entity"
    parameter_name = "entity"

    def lookups(self, request: HttpRequest, model_admin) -> list[tuple[str, str]]:
        return [(mapper.entity, things(mapper.entity).capitalize()) for mapper in mappers()]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(entity=self.value()) if self.value() else queryset


def by_fault(column: str) -> type[DropdownFilter]:
    """A filter by the fault's code in `column`; codes that mean the same are one choice."""

    class FaultFilter(DropdownFilter):
        title = "fault"
        parameter_name = "fault"

        def lookups(self, request: HttpRequest, model_admin) -> list[tuple[str, str]]:
            choices = {entry.title: code for code, entry in reversed(TABLE.items())}
            asked = request.GET.get(self.parameter_name)
            if asked and asked not in choices.values():
                choices[f"{explain(asked).title} ({asked})"] = asked
            return sorted(((code, title) for title, code in choices.items()), key=lambda choice: choice[1])

        def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
            if not self.value():
                return queryset
            return queryset.filter(**{f"{column}__in": codes_like(self.value())})

    return FaultFilter


def codes_like(code: str) -> list[str]:
    """All codes that the fault table explains in the same words."""
    entry = explain(code)
    same = [
        each for each, other in TABLE.items() if (other.title, other.remedy) == (entry.title, entry.remedy)
    ]
    return same or [code]


def day_range(column: str) -> tuple[str, type[RangeDateFilter]]:
    """A filter between two days of a column with a time, both days included."""
    return (column, DayRangeFilter)


class DayRangeFilter(RangeDateFilter):
    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        first = self._day("from")
        last = self._day("to")
        if first:
            queryset = queryset.filter(**{f"{self.parameter_name}__gte": _midnight(first)})
        if last:
            queryset = queryset.filter(**{f"{self.parameter_name}__lt": _midnight(last + timedelta(days=1))})
        return queryset

    def _day(self, end: str) -> date | None:
        text = self.used_parameters.get(f"{self.parameter_name}_{end}", "")
        try:
            return parse_date(text)
        except ValueError:
            return None


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def yes_no(name: str, label: str, yes: Callable[[QuerySet], QuerySet], no: Callable[[QuerySet], QuerySet]):
    """A filter with the two answers yes and no."""

    class YesNoFilter(DropdownFilter):
        title = label
        parameter_name = name

        def lookups(self, request: HttpRequest, model_admin) -> list[tuple[str, str]]:
            return [("yes", "Yes"), ("no", "No")]

        def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
            narrow = {"yes": yes, "no": no}.get(self.value())
            return narrow(queryset) if narrow else queryset

    return YesNoFilter
