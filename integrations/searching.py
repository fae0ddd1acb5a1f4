"""Which rows contain what was typed: the same question in the portal, in admin and in the API."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Field, Model, Q, QuerySet

# So many related records are looked up by key, which an index answers; more are found by reading along.
MOST_RELATED = 1000


def containing(rows: QuerySet, text: str, fields: Iterable[str], **related_to: Any) -> QuerySet:
    """The rows of which a field contains the text, case aside.

    A field may be a related record's, `customer__name`; one after "=", such as `=qbo_id`, has to be the text.

    `related_to` narrows those related records that have such a column. No database can combine an index of one table
    with that of another by OR, so the related records' keys are asked for first, in one statement.
    """
    conditions = [_condition(rows, text, name, related_to) for name in fields]
    return rows.filter(reduce(or_, conditions))


def _condition(rows: QuerySet, text: str, name: str, related_to: dict[str, Any]) -> Q:
    if name.startswith("="):
        return _exactly(rows, text, name.removeprefix("="))
    relation, _, column = name.rpartition("__")
    if not relation:
        return Q(**{f"{name}__icontains": text})
    model = rows.model._meta.get_field(relation).related_model
    columns = {each.name for each in model._meta.concrete_fields}
    scope = {name: value for name, value in related_to.items() if name in columns}
    found = (
        model.objects.filter(**scope, **{f"{column}__icontains": text})
        .order_by()
        .values_list("pk", flat=True)
    )
    keys = list(found[: MOST_RELATED + 1])
    if len(keys) > MOST_RELATED:
        return Q(**{f"{name}__icontains": text})
    return Q(**{f"{relation}__in": keys})


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
