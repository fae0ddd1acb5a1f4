"""Runs a query against a company's objects.

What has a column is filtered, ordered and paged by the database; a condition on anything else is tested on the
documents that the columns left over.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import Q, QuerySet

from . import clock, companyinfo
from .entities import BY_LOWER_NAME, EMPTY, ENTITIES, SINGLETONS, Entity
from .models import Company, StoredObject
from .querylanguage import Condition, Query, bad_value, not_queryable, parse, unknown_entity, unknown_property
from .schema import Part

COLUMNS = {
    "Id": "number",
    "Active": "active",
    "DisplayName": "name_key",
    "Name": "name_key",
    "FullyQualifiedName": "full_name_key",
    "DocNumber": "doc_key",
    "CustomerRef": "contact_id",
    "VendorRef": "contact_id",
    "TxnDate": "txn_date",
    "DueDate": "due_date",
    "TotalAmt": "total",
    "Balance": "balance",
    "CurrentBalance": "balance",
    "MetaData.CreateTime": "created_at",
    "MetaData.LastUpdatedTime": "updated_at",
}
LOOKUPS = {"=": "exact", "<": "lt", ">": "gt", "<=": "lte", ">=": "gte"}
COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda left, right: left == right,
    "<": lambda left, right: left < right,
    ">": lambda left, right: left > right,
    "<=": lambda left, right: left <= right,
    ">=": lambda left, right: left >= right,
}
Test = Callable[[dict[str, Any]], bool]


def run(company: Company, text: str) -> dict[str, Any]:
    """The QueryResponse. Raises Fault 4000 or 4001."""
    query = parse(text, clamp=company.page_size_clamped)
    name = BY_LOWER_NAME.get(query.entity.lower())
    if name is None:
        raise unknown_entity(query.entity)
    if name in EMPTY:
        return {"totalCount": 0} if query.count else {}
    if name in SINGLETONS:
        return _page(query, name, [companyinfo.singleton(company, name)])
    entity = ENTITIES[name]
    rows, tests = _filtered(company, entity, query.conditions)
    if tests:
        found = [
            document for row in _ordered(rows, entity, query) if _fits(document := row.document(), tests)
        ]
        return _page(query, name, found)
    if query.count:
        return {"totalCount": rows.count()}
    # Chosen by key first: a sort of whole documents for each page would be most of its time.
    keys = _ordered(rows, entity, query)[query.start - 1 : query.start - 1 + query.limit].values("pk")
    page = _ordered(StoredObject.objects.filter(pk__in=keys), entity, query)
    return _answer(query, name, [row.document() for row in page])


def _page(query: Query, name: str, documents: list[dict[str, Any]]) -> dict[str, Any]:
    if query.count:
        return {"totalCount": len(documents)}
    return _answer(query, name, documents[query.start - 1 : query.start - 1 + query.limit])


def _answer(query: Query, name: str, documents: list[dict[str, Any]]) -> dict[str, Any]:
    if not documents:
        return {}
    if "*" not in query.fields:
        names = _canonical(query.fields, name)
        documents = [_projected(document, names) for document in documents]
    return {name: documents, "startPosition": query.start, "maxResults": len(documents)}


# --- properties -------------------------------------------------------------------------------


def _canonical(fields: list[str], entity: str) -> list[str]:
    """The properties of a field list, in their own spelling."""
    part = ENTITIES[entity].part if entity in ENTITIES else None
    if part is None:
        return fields
    known = {name.lower(): name for name in part.fields}
    names = []
    for field in fields:
        head, _, rest = field.partition(".")
        if head.lower() not in known:
            raise unknown_property(field, entity)
        names.append(known[head.lower()] + (f".{rest}" if rest else ""))
    return names


def _projected(document: dict[str, Any], names: list[str]) -> dict[str, Any]:
    """The named properties that have a value, with what every object carries."""
    result = {key: document[key] for key in ("domain", "sparse", "Id") if key in document}
    result["sparse"] = True
    for name in names:
        head, _, rest = name.partition(".")
        if head not in document:
            continue
        if rest and isinstance(document[head], dict):
            inner = next((key for key in document[head] if key.lower() == rest.lower()), None)
            if inner:
                result.setdefault(head, {})[inner] = document[head][inner]
        else:
            result[head] = document[head]
    return result


def _property(entity: Entity, name: str) -> tuple[str, str]:
    """A searchable property in its own spelling, and its kind. Raises Fault 4001."""
    for known, kind in entity.searchable.items():
        if known.lower() == name.lower():
            return known, kind
    if _exists(entity.part, name):
        raise not_queryable(name)
    raise unknown_property(name, entity.name)


def _exists(part: Part, name: str) -> bool:
    return name.partition(".")[0].lower() in {known.lower() for known in part.fields}


# --- conditions -------------------------------------------------------------------------------


def _filtered(
    company: Company, entity: Entity, conditions: list[Condition]
) -> tuple[QuerySet[StoredObject], list[Test]]:
    rows = StoredObject.objects.filter(company=company, entity=entity.name, deleted=False)
    tests: list[Test] = []
    asked_for_active = False
    for condition in conditions:
        name, kind = _property(entity, condition.name)
        asked_for_active = asked_for_active or name == "Active"
        where = _where(name, kind, condition)
        if where is None:
            tests.append(_test(name, kind, condition))
        else:
            rows = rows.filter(where)
    # Inactive list objects are hidden unless the query speaks about Active.
    return (rows if asked_for_active else rows.filter(active=True)), tests


def _where(name: str, kind: str, condition: Condition) -> Q | None:
    """The condition on a column; None where there is none that fits."""
    if kind == "id":
        if condition.operator not in ("=", "IN"):
            raise not_queryable(f"{name} {condition.operator}")
        return Q(qbo_id__in=condition.values)
    column = COLUMNS.get(name)
    if column is None:
        return None
    if condition.operator == "LIKE":
        return _like(column, kind, condition)
    values = [_value(kind, name, value) for value in condition.values]
    if condition.operator == "IN":
        return Q(**{f"{column}__in": values})
    return Q(**{f"{column}__{LOOKUPS[condition.operator]}": values[0]})


def _like(column: str, kind: str, condition: Condition) -> Q | None:
    if kind != "text":
        raise not_queryable(condition.name)
    pattern = condition.values[0].casefold()
    inner = pattern.strip("%")
    if "%" in inner or not inner:
        return None
    lookup = {(True, True): "contains", (True, False): "endswith", (False, True): "startswith"}.get(
        (pattern.startswith("%"), pattern.endswith("%")), "exact"
    )
    return Q(**{f"{column}__{lookup}": inner})


def _value(kind: str, name: str, text: str) -> Any:
    """A value of the query as what it is compared with. Raises Fault 4001."""
    try:
        if kind == "number":
            return Decimal(text)
        if kind == "date":
            return date.fromisoformat(text[:10])
        if kind == "time":
            return clock.parse(text)
    except (ValueError, InvalidOperation) as error:
        raise bad_value(name, text) from error
    if kind == "boolean":
        return text.lower() == "true"
    return text if kind in ("contact", "reference") else text.strip().casefold()


def _test(name: str, kind: str, condition: Condition) -> Test:
    """The condition on a document, for properties without a column."""
    if condition.operator == "LIKE":
        pattern = ".*".join(re.escape(part) for part in condition.values[0].casefold().split("%"))
        return lambda document: re.fullmatch(pattern, str(_read(document, name, kind)), re.DOTALL) is not None
    wanted = [_value(kind, name, value) for value in condition.values]
    if condition.operator == "IN":
        return lambda document: _read(document, name, kind) in wanted
    compare = COMPARISONS[condition.operator]

    def test(document: dict[str, Any]) -> bool:
        value = _read(document, name, kind)
        return value is not None and compare(value, wanted[0])

    return test


def _read(document: dict[str, Any], name: str, kind: str) -> Any:
    value = document.get(name)
    if kind == "email":
        value = (value or {}).get("Address")
    if kind == "reference":
        return (value or {}).get("value", "")
    if kind == "boolean":
        return bool(value)
    if kind == "number":
        return None if value is None else Decimal(value)
    return str(value or "").casefold()


def _fits(document: dict[str, Any], tests: list[Test]) -> bool:
    return all(test(document) for test in tests)


# --- order ------------------------------------------------------------------------------------


def _ordered(rows: QuerySet[StoredObject], entity: Entity, query: Query) -> QuerySet[StoredObject]:
    """By the query's own order; else names by name and transactions newest first (recorded)."""
    order = []
    for name, ascending in query.order:
        known, _ = _property(entity, name)
        column = COLUMNS.get(known)
        if column is None:
            raise not_queryable(name)
        order.append(column if ascending else f"-{column}")
    default = ["-txn_date", "-number"] if entity.transaction else ["full_name_key", "number"]
    return rows.order_by(*order, "number") if order else rows.order_by(*default)
