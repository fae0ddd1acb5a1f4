"""What queries filter and order by: each property as a column of the database where it has one, else as it stands in
the document."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import Q

from . import clock
from .entities import Entity
from .querylanguage import Condition, bad_value, not_queryable, unknown_property

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


@dataclass(frozen=True)
class Property:
    """One that queries may name, in its own spelling; the kinds are those of `Entity.searchable`."""

    name: str
    kind: str

    @property
    def column(self) -> str | None:
        return COLUMNS.get(self.name)

    def read(self, document: dict[str, Any]) -> Any:
        """Its value in a document, comparable with `value`; None where it has none that could be compared."""
        head, _, rest = self.name.partition(".")
        found = document.get(head)
        if rest:
            found = (found or {}).get(rest)
        if self.kind == "boolean":
            return bool(found)
        if self.kind in ("reference", "contact"):
            return (found or {}).get("value", "")
        if self.kind == "email":
            found = (found or {}).get("Address")
        if self.kind in ("text", "email"):
            return str(found or "").casefold()
        return None if found is None else self.value(str(found))

    def value(self, text: str) -> Any:
        """A value of the query as what it is compared with. Raises Fault 4001."""
        try:
            if self.kind == "number":
                return _finite(Decimal(text))
            if self.kind == "date":
                return date.fromisoformat(text[:10])
            if self.kind == "time":
                return clock.parse(text)
        except (ValueError, InvalidOperation) as error:
            raise bad_value(self.name, text) from error
        if self.kind == "boolean":
            if text.lower() not in ("true", "false"):
                raise bad_value(self.name, text)
            return text.lower() == "true"
        return text if self.kind in ("contact", "reference") else text.strip().casefold()


def _finite(number: Decimal) -> Decimal:
    if not number.is_finite():
        raise ValueError(f"{number} is no number to compare with")
    return number


def searchable(entity: Entity, name: str) -> Property:
    """The property in its own spelling. Raises Fault 4001."""
    for known, kind in entity.searchable.items():
        if known.lower() == name.lower():
            return Property(known, kind)
    if name.partition(".")[0].lower() in {known.lower() for known in entity.part.fields}:
        raise not_queryable(name)
    raise unknown_property(name, entity.name)


def where(wanted: Property, condition: Condition) -> Q | None:
    """The condition on a column; None where there is none that fits. Raises Fault 4001."""
    _refuse_operator(wanted, condition)
    if wanted.kind == "id":
        return Q(qbo_id__in=condition.values)
    if wanted.column is None:
        return None
    if condition.operator == "LIKE":
        return _like(wanted.column, condition.values[0])
    values = [wanted.value(value) for value in condition.values]
    if condition.operator == "IN":
        return Q(**{f"{wanted.column}__in": values})
    return Q(**{f"{wanted.column}__{LOOKUPS[condition.operator]}": values[0]})


def test(wanted: Property, condition: Condition) -> Test:
    """The condition on a document. Raises Fault 4001."""
    _refuse_operator(wanted, condition)
    if condition.operator == "LIKE":
        pattern = ".*".join(re.escape(part) for part in condition.values[0].casefold().split("%"))
        return lambda document: re.fullmatch(pattern, wanted.read(document), re.DOTALL) is not None
    values = [wanted.value(value) for value in condition.values]
    if condition.operator == "IN":
        return lambda document: wanted.read(document) in values
    compare = COMPARISONS[condition.operator]

    def fits(document: dict[str, Any]) -> bool:
        value = wanted.read(document)
        return value is not None and compare(value, values[0])

    return fits


def _refuse_operator(wanted: Property, condition: Condition) -> None:
    if wanted.kind == "id" and condition.operator not in ("=", "IN"):
        raise not_queryable(f"{wanted.name} {condition.operator}")
    if condition.operator == "LIKE" and wanted.kind not in ("text", "email"):
        raise not_queryable(condition.name)


def _like(column: str, text: str) -> Q | None:
    pattern = text.casefold()
    inner = pattern.strip("%")
    if "%" in inner or not inner:
        return None
    lookup = {(True, True): "contains", (True, False): "endswith", (False, True): "startswith"}.get(
        (pattern.startswith("%"), pattern.endswith("%")), "exact"
    )
    return Q(**{f"{column}__{lookup}": inner})


def sort(documents: list[dict[str, Any]], order: list[tuple[Property, bool]]) -> None:
    """In place; each property with whether it ascends. What has no value stands last."""
    for wanted, ascending in reversed(order):
        documents.sort(key=lambda document: _sort_key(wanted, document, ascending), reverse=not ascending)


def _sort_key(wanted: Property, document: dict[str, Any], ascending: bool) -> tuple[bool, Any]:
    value = wanted.read(document)
    if wanted.kind in ("id", "reference", "contact") and value is not None:
        value = (len(value), value)
    return (value is None) is ascending, 0 if value is None else value
