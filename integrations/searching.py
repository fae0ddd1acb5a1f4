"""Which rows contain what was typed: the same question in the portal, in admin and in the API."""

from __future__ import annotations

from collections.abc import Collection
from functools import reduce
from operator import or_
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connections
from django.db.models import Field, Model, Q, QuerySet, Value
from django.db.models.functions import Upper

# So many related records are looked up by key, which an index answers; more are found by reading along.
MOST_RELATED = 1000


def containing(rows: QuerySet, text: str, fields: Collection[str], **related_to: Any) -> QuerySet:
    """The rows of which a field contains the text, case aside.

    A field may be a related record's, `customer__name`; one after "=", such as `=qbo_id`, has to be the text. On
    PostgreSQL a model with SEARCHED is searched in all of that, in one column.

    `related_to` narrows those related records that have such a column. No database can combine an index of one table
    with that of another by OR, so the related records' keys are asked for first, in one statement.
    """
    own: set[str] = set()
    if connections[rows.db].vendor == "postgresql":
        own = set(getattr(rows.model, "SEARCHED", ())).intersection(fields)
    conditions = [_condition(rows, text, name, related_to) for name in fields if name not in own]
    if own:
        conditions += _in_search_text(rows.model, text, related_to)
    return rows.filter(reduce(or_, conditions))


def _in_search_text(model: type[Model], text: str, related_to: dict[str, Any]) -> list[Q]:
    """In any field that the model is searched in: what contains the text, and what may beyond the column's bound."""
    anywhere = reduce(or_, (Q(**{f"{name}__icontains": text}) for name in model.SEARCHED))
    cut = model._base_manager.filter(anywhere, search_text_cut=True, **_scope(model, related_to))
    return [
        Q(search_text__contains=Upper(Value(text))),
        Q(search_text_cut=True, pk__in=cut.values("pk")),
    ]


def _condition(rows: QuerySet, text: str, name: str, related_to: dict[str, Any]) -> Q:
    if name.startswith("="):
        return _exactly(rows, text, name.removeprefix("="))
    relation, _, column = name.rpartition("__")
    if not relation:
        return Q(**{f"{name}__icontains": text})
    model = rows.model._meta.get_field(relation).related_model
    scope = _scope(model, related_to)
    found = (
        model.objects.filter(**scope, **{f"{column}__icontains": text})
        .order_by()
        .values_list("pk", flat=True)
    )
    keys = list(found[: MOST_RELATED + 1])
    if len(keys) > MOST_RELATED:
        return Q(**{f"{name}__icontains": text})
    return Q(**{f"{relation}__in": keys})


def _scope(model: type[Model], related_to: dict[str, Any]) -> dict[str, Any]:
    """What of `related_to` the model has a column for."""
    columns = {each.name for each in model._meta.concrete_fields}
    return {name: value for name, value in related_to.items() if name in columns}


def _exactly(rows: QuerySet, text: str, name: str) -> Q:
    try:
        value = _field(rows.model, name).to_python(text)
    except ValidationError:
        # What is no number is nobody's id.
        return Q(pk__in=[])
    return Q(**{name: value})


def _field(model: type[Model], path: str) -> Field:
    """The column that a path such as `connection__realm_id` ends in."""
    relations, _, name = path.rpartition("__")
    for relation in filter(None, relations.split("__")):
        model = model._meta.get_field(relation).related_model
    return model._meta.get_field(name)
