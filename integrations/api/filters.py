"""Filters that all lists share: by state, by time, in a stable order."""

from __future__ import annotations

import datetime

from django.core.exceptions import ValidationError as DjangoValidationError
from django.db.models import QuerySet
from django.forms import Form, MultiValueField
from django_filters import rest_framework as filters
from rest_framework import filters as search
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from ..ids import LARGEST_ID
from ..models import SyncState
from ..searching import containing
from .organizations import OrganizationView


class SearchFilter(search.SearchFilter):
    """Every word of `?search=` is in one of the view's `search_fields`."""

    def filter_queryset(self, request: Request, queryset: QuerySet, view: OrganizationView) -> QuerySet:
        fields = self.get_search_fields(view, request)
        for word in self.get_search_terms(request) if fields else ():
            queryset = containing(queryset, word, fields, organization=view.organization)
        return queryset


class ParameterFilter(filters.DjangoFilterBackend):
    """What is wrong is told under the parameter that was sent: `issue_date_after`, not `issue_date`."""

    def filter_queryset(self, request: Request, queryset: QuerySet, view: OrganizationView) -> QuerySet:
        filterset = self.get_filterset(request, queryset, view)
        if filterset is None:
            return queryset
        if not filterset.is_valid():
            raise ValidationError(_by_parameter(filterset.form))
        return filterset.qs


def _by_parameter(form: Form) -> dict[str, list[str]]:
    problems = {}
    for name, messages in form.errors.items():
        field = form.fields[name]
        if isinstance(field, MultiValueField):
            problems |= _of_range(form, name, field) or {name: messages}
        else:
            problems[name] = messages
    return problems


def _of_range(form: Form, name: str, field: MultiValueField) -> dict[str, list[str]]:
    """The problems of a range's two ends, each of which is a parameter."""
    problems = {}
    sent = field.widget.value_from_datadict(form.data, form.files, name)
    for suffix, end, value in zip(field.widget.suffixes, field.fields, sent, strict=True):
        try:
            end.clean(value)
        except DjangoValidationError as error:
            problems[field.widget.suffixed(name, suffix)] = error.messages
    return problems


class StableOrdering(filters.OrderingFilter):
    """Rows that are alike in what is asked for are ordered by id, so that no row stands on two pages."""

    def filter(self, qs: QuerySet, value: list[str] | None) -> QuerySet:
        named = [self.get_ordering_value(each) for each in value or () if each]
        if not named:
            return qs
        return qs.order_by(*named, "-pk" if named[-1].startswith("-") else "pk")


def ordering(*names: str, **columns: str) -> StableOrdering:
    """`names` are columns of that name, `columns` {name in the API: column}."""
    own = {name: name for name in ("id", *names)}
    return StableOrdering(fields={**own, **{column: name for name, column in columns.items()}})


class Moments(filters.IsoDateTimeFromToRangeFilter):
    """From–to. A moment at the very ends of the calendar has no counterpart in the database's time zone."""

    def filter(self, qs: QuerySet, value: slice | None) -> QuerySet:
        ends = {"after": value.start, "before": value.stop} if value else {}
        for end, moment in ends.items():
            if moment and not datetime.MINYEAR < moment.year < datetime.MAXYEAR:
                problem = f"There is nothing to find in the year {moment.year}."
                raise ValidationError({f"{self.field_name}_{end}": [problem]})
        return super().filter(qs, value)


def contains(column: str) -> filters.CharFilter:
    return filters.CharFilter(column, lookup_expr="icontains")


def id_of(column: str) -> filters.NumberFilter:
    return filters.NumberFilter(column, min_value=1, max_value=LARGEST_ID, decimal_places=0)


SYNCED_ORDERING = ("created_at", "updated_at", "sync_state", "accounting_synced", "accounting_synced_at")


class SyncedFilter(filters.FilterSet):
    created_at = Moments()
    updated_at = Moments()
    quickbooks_id = filters.CharFilter("qbo_id")
    sync_state = filters.MultipleChoiceFilter(choices=SyncState.choices)
    accounting_synced = filters.BooleanFilter()
    accounting_synced_at = Moments()
