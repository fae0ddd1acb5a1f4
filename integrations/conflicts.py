"""Conflicts as pages show them: each field's three values in people's words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .models import Conflict, Organization
from .wording import Names, label_of

SIDES = ("base", "finmo", "quickbooks")
KEEPS = ("finmo", "quickbooks")
# Decided by one click, as long as a person's browser waits for it.
MOST_AT_ONCE = 500


def names_of(organization: Organization, conflicts: Iterable[Conflict]) -> Names:
    """The names that these conflicts' values refer to, read in one statement for each entity."""
    told = [
        (conflict.entity, {name: values.get(side) for name, values in conflict.fields.items()})
        for conflict in conflicts
        for side in SIDES
    ]
    return Names(organization, told)


def rows_of(conflict: Conflict, names: Names) -> list[dict[str, Any]]:
    """[{name, label, choice, base, finmo, quickbooks}]"""
    return [
        {
            "name": name,
            "label": label_of(conflict.entity, name),
            "choice": conflict.choices.get(name, ""),
            **{side: names.shown(conflict.entity, name, values.get(side)) for side in SIDES},
        }
        for name, values in conflict.fields.items()
    ]
