"""Runs a query against a company's objects.

What has a column is filtered, ordered and paged by the database; a condition on anything else is tested on the
documents that the columns left over, and an order by anything else sorts them.
"""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from . import companyinfo, conditions
from .conditions import Property, Test
from .entities import BY_LOWER_NAME, ENTITIES, KNOWN, Entity
from .models import Company, StoredObject
from .querylanguage import Query, parse, unknown_entity, unknown_property

Order = list[tuple[Property, bool]]


def run(company: Company, text: str) -> dict[str, Any]:
    """The QueryResponse. Raises Fault 4000 or 4001."""
    query = parse(text, clamp=company.page_size_clamped)
    name = BY_LOWER_NAME.get(query.entity.lower())
    if name is None:
        raise unknown_entity(query.entity)
    entity = KNOWN[name]
    query.fields = _canonical(query, entity)
    order = [(conditions.searchable(entity, wanted), ascending) for wanted, ascending in query.order]
    if name not in ENTITIES:
        return _page(query, name, _computed(company, entity, query, order))
    rows, tests = _filtered(company, entity, query)
    if tests or any(wanted.column is None for wanted, _ in order):
        return _page(query, name, _from_documents(_ordered(rows, entity, order), tests, order))
    if query.count:
        return {"totalCount": rows.count()}
    # Chosen by key first: a sort of whole documents for each page would be most of its time.
    keys = _ordered(rows, entity, order)[query.start - 1 : query.start - 1 + query.limit].values("pk")
    page = _ordered(StoredObject.objects.filter(pk__in=keys), entity, order)
    return _answer(query, name, [row.document() for row in page])


def _page(query: Query, name: str, documents: list[dict[str, Any]]) -> dict[str, Any]:
    if query.count:
        return {"totalCount": len(documents)}
    return _answer(query, name, documents[query.start - 1 : query.start - 1 + query.limit])


def _answer(query: Query, name: str, documents: list[dict[str, Any]]) -> dict[str, Any]:
    if not documents:
        return {}
    if query.fields:
        documents = [_projected(document, query.fields) for document in documents]
    return {name: documents, "startPosition": query.start, "maxResults": len(documents)}


# --- the field list ---------------------------------------------------------------------------


def _canonical(query: Query, entity: Entity) -> list[str]:
    """The properties of the field list, in their own spelling; none where whole documents are asked for."""
    if query.count or "*" in query.fields:
        return []
    known = {name.lower(): name for name in entity.part.fields}
    names = []
    for field in query.fields:
        head, _, rest = field.partition(".")
        if head.lower() not in known:
            raise unknown_property(field, entity.name)
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


# --- rows -------------------------------------------------------------------------------------


def _filtered(company: Company, entity: Entity, query: Query) -> tuple[QuerySet[StoredObject], list[Test]]:
    rows = StoredObject.objects.filter(company=company, entity=entity.name, deleted=False)
    tests: list[Test] = []
    asked_for_active = False
    for condition in query.conditions:
        wanted = conditions.searchable(entity, condition.name)
        asked_for_active = asked_for_active or wanted.name == "Active"
        where = conditions.where(wanted, condition)
        if where is None:
            tests.append(conditions.test(wanted, condition))
        else:
            rows = rows.filter(where)
    # Inactive list objects are hidden unless the query speaks about Active.
    return (rows if asked_for_active else rows.filter(active=True)), tests


def _ordered(rows: QuerySet[StoredObject], entity: Entity, order: Order) -> QuerySet[StoredObject]:
    """By the query's own order as far as it has columns; else names by name, transactions newest first (recorded)."""
    columns = [
        wanted.column if ascending else f"-{wanted.column}" for wanted, ascending in order if wanted.column
    ]
    default = ["-txn_date", "-number"] if entity.transaction else ["full_name_key", "number"]
    return rows.order_by(*columns, "number") if order else rows.order_by(*default)


def _from_documents(rows: QuerySet[StoredObject], tests: list[Test], order: Order) -> list[dict[str, Any]]:
    documents = [row.document() for row in rows]
    documents = [document for document in documents if all(test(document) for test in tests)]
    if any(wanted.column is None for wanted, _ in order):
        conditions.sort(documents, order)
    return documents


def _computed(company: Company, entity: Entity, query: Query, order: Order) -> list[dict[str, Any]]:
    """Documents of entities without objects: those made from settings, or none."""
    properties = [(conditions.searchable(entity, each.name), each) for each in query.conditions]
    tests = [conditions.test(wanted, condition) for wanted, condition in properties]
    days = [
        wanted.value(value)
        for wanted, condition in properties
        if wanted.name == "AsOfDate"
        for value in condition.values
    ]
    documents = companyinfo.documents(company, entity.name, days)
    found = [document for document in documents if all(test(document) for test in tests)]
    conditions.sort(found, order)
    return found
