"""Names that must be unique, the suffix of what was made inactive, and names with their parents' names."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..books import Books, name_key
from ..faults import fault, missing
from ..models import StoredObject
from . import references

DELETED = " (deleted)"
LEVELS = 5


def refuse_duplicate(books: Books, entities: Iterable[str], full_name: str, row: StoredObject | None) -> None:
    """6240, with the id of who has the name. Names are compared without regard to case, over active objects."""
    own = (row.entity, row.qbo_id) if row else None
    holder = books.holder(entities, "full_name_key", name_key(full_name), but=own)
    if holder is not None:
        raise fault("6240", f"The name supplied already exists. : Id={holder.qbo_id}")


def activity(
    document: dict[str, Any], values: dict[str, Any], previous: dict[str, Any] | None, name_property: str
) -> None:
    """Sets Active, and appends the suffix that frees the name of what is made inactive.

    A reactivated object takes its name without the suffix only where the request sends it so: whether QuickBooks
    removes the suffix by itself is not known.
    """
    active = values.get("Active")
    was_active = previous["Active"] if previous else True
    document["Active"] = was_active if active is None and previous else active is not False
    name = document[name_property]
    if not document["Active"] and not name.endswith(DELETED):
        document[name_property] = name + DELETED


def family_name(
    books: Books, entity: str, document: dict[str, Any], name_property: str, row: StoredObject | None
) -> dict[str, Any] | None:
    """Sets FullyQualifiedName and, under a parent, Level; returns the parent's document.

    A parent must exist (2500), differ from the child (900), and leave no more than five levels (6180).
    """
    reference = document.get("ParentRef")
    if not reference:
        document["FullyQualifiedName"] = document[name_property]
        return None
    if row is not None and reference["value"] == row.qbo_id:
        raise fault("900", "The same object can't be the parent or child of itself.", "ParentRef")
    parent = references.required(books, entity, reference, "ParentRef", reference if row else None).document()
    if row is not None and _below(parent, row):
        raise fault("900", "The same object can't be the parent or child of itself.", "ParentRef")
    document["ParentRef"] = {"value": parent["Id"]}
    document["Level"] = deepest_allowed(parent.get("Level", 0) + 1)
    document["FullyQualifiedName"] = f"{parent['FullyQualifiedName']}:{document[name_property]}"
    return parent


def _below(document: dict[str, Any], row: StoredObject) -> bool:
    return document["FullyQualifiedName"].startswith(f"{row.document()['FullyQualifiedName']}:")


def deepest_allowed(level: int) -> int:
    """The level, unless it is too deep (6180)."""
    if level >= LEVELS:
        raise fault("6180", f"A sub-level can be nested at most {LEVELS} deep.", "ParentRef")
    return level


def required_name(values: dict[str, Any], name_property: str) -> str:
    if not values.get(name_property):
        raise missing(name_property)
    return values[name_property]


def refuse_parentless_child(values: dict[str, Any], flag: str) -> None:
    if values.get(flag) and not values.get("ParentRef"):
        raise fault("6150", f"{flag} is true, so a ParentRef is required.", "ParentRef")
