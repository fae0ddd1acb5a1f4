"""A record's fields and values in people's words: labels, names instead of QuickBooks' ids, days, yes and no."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from .mapping import Reference, Values, mapper_for
from .mapping.lines import LINE_REFERENCES
from .models import Organization

# What Django would name after the column.
_CALLED = {"email": "E-mail"}


def written(day: date) -> str:
    """7 Nov 2026."""
    return f"{day.day} {day:%b %Y}"


def label_of(entity: str, name: str) -> str:
    """A field as its form calls it."""
    model = mapper_for(entity).model
    known = {field.name: str(field.verbose_name) for field in model._meta.concrete_fields} | _CALLED
    label = known.get(name, name.replace("_", " "))
    return label[:1].upper() + label[1:]


def _chosen(entity: str, name: str, value: Any) -> Any:
    """What a choice is called."""
    fields = {field.name: field for field in mapper_for(entity).model._meta.concrete_fields}
    return dict(fields[name].flatchoices).get(value, value) if name in fields else value


def references_of(entity: str) -> dict[str, str]:
    """{field: the entity that it refers to}."""
    return {field.name: field.to for field in mapper_for(entity).fields if isinstance(field, Reference)}


class Names:
    """The names behind QuickBooks' ids, read in one statement for each entity."""

    def __init__(self, organization: Organization, told: Iterable[tuple[str, Values]]):
        """`told` are (entity, values), as a mapper gives them."""
        self._names: dict[tuple[str, str], str] = {}
        wanted: dict[str, set[str]] = defaultdict(set)
        for entity, values in told:
            for to, qbo_id in _ids(entity, values):
                wanted[to].add(qbo_id)
        for entity, ids in wanted.items():
            records = mapper_for(entity).records(organization).filter(qbo_id__in=ids)
            for record in records.light():
                self._names[entity, record.qbo_id] = str(record)

    def shown(self, entity: str, name: str, value: Any) -> Any:
        """A field's value for a page; a document's lines as a list of such values."""
        if isinstance(value, list):
            return [self.line(line) for line in value]
        if value and name.endswith("_date"):
            return written(date.fromisoformat(value) if isinstance(value, str) else value)
        return self._one(references_of(entity).get(name), _chosen(entity, name, value))

    def line(self, line: Values) -> Values:
        return {name: self._one(LINE_REFERENCES.get(name), value) for name, value in line.items()}

    def _one(self, entity: str | None, value: Any) -> Any:
        if isinstance(value, bool):
            return "Yes" if value else "No"
        if entity and value:
            return self._names.get((entity, value), f"QuickBooks id {value}")
        return value


def _ids(entity: str, values: Values) -> Iterable[tuple[str, str]]:
    for name, to in references_of(entity).items():
        if values.get(name):
            yield to, values[name]
    for line in values.get("lines") or ():
        for name, to in LINE_REFERENCES.items():
            if line.get(name):
                yield to, line[name]
