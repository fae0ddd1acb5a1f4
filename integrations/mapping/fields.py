"""One field of ours and its place in QuickBooks' document, both ways: text, flag, day, number, reference.

Values are text, bool or None in our words: numbers as normalized decimal text, dates as ISO text, references as the
QuickBooks id of what is referred to.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from .. import documents
from ..models import SyncedRecord

# {our field: value}
Values = dict[str, Any]
# (entity, QuickBooks id) → the local record's primary key
Links = dict[tuple[str, str], int]


def given(value: Any) -> Any:
    """None for what was absent from a document."""
    return None if value is msgspec.UNSET else value


def walk(document: Any, path: str) -> Any:
    for name in path.split("."):
        document = given(getattr(document, name, None))
        if document is None:
            return None
    return document


def put(target: dict, path: str, value: Any) -> None:
    *parents, last = path.split(".")
    for name in parents:
        target = target.setdefault(name, {})
    target[last] = value


def plain(value: Decimal | None) -> str | None:
    """One text per number: 10, 10.0 and 10.00 are the same."""
    if value is None:
        return None
    text = format(value.normalize(), "f")
    return "0" if text == "-0" else text


@dataclass(frozen=True)
class Field:
    """A field of ours and its place in QuickBooks' document. Text, unless a subclass says otherwise."""

    name: str
    path: str
    column: str = ""
    # Sent when a record is created there, never afterwards: QuickBooks does not let it change.
    create_only: bool = False
    # Characters that we keep of a longer text there; 0 for all.
    longest: int = 0

    @property
    def part(self) -> str:
        """The nested object that holds the field, if any."""
        return self.path.rpartition(".")[0]

    def ours(self, record: SyncedRecord) -> Any:
        return str(getattr(record, self.column or self.name) or "")

    def theirs(self, document: documents.Entity) -> Any:
        return str(walk(document, self.path) or "")[: self.longest or None]

    def send(self, target: dict, value: Any) -> None:
        put(target, self.path, value)

    def columns(self, value: Any, links: Links) -> dict[str, Any]:
        return {self.column or self.name: value}

    def empty(self, value: Any) -> bool:
        return value in (None, "", [])


@dataclass(frozen=True)
class Flag(Field):
    """A boolean; QuickBooks' absence means `absent`."""

    absent: bool = True

    def ours(self, record: SyncedRecord) -> bool:
        return bool(getattr(record, self.column or self.name))

    def theirs(self, document: documents.Entity) -> bool:
        value = walk(document, self.path)
        return self.absent if value is None else bool(value)

    def empty(self, value: Any) -> bool:
        return False


@dataclass(frozen=True)
class Day(Field):
    def ours(self, record: SyncedRecord) -> str | None:
        value = getattr(record, self.name)
        return value.isoformat() if value else None

    def theirs(self, document: documents.Entity) -> str | None:
        value = walk(document, self.path)
        return value.isoformat() if value else None

    def columns(self, value: str | None, links: Links) -> dict[str, Any]:
        return {self.name: date.fromisoformat(value) if value else None}


@dataclass(frozen=True)
class Number(Field):
    def ours(self, record: SyncedRecord) -> str | None:
        return plain(getattr(record, self.name))

    def theirs(self, document: documents.Entity) -> str | None:
        return plain(walk(document, self.path))

    def send(self, target: dict, value: str | None) -> None:
        put(target, self.path, Decimal(value) if value is not None else None)

    def columns(self, value: str | None, links: Links) -> dict[str, Any]:
        return {self.name: Decimal(value) if value is not None else None}


@dataclass(frozen=True)
class Reference(Field):
    """A reference to a record of another entity, compared by QuickBooks id."""

    to: str = ""

    def ours(self, record: SyncedRecord) -> str | None:
        target = getattr(record, self.name)
        return target.qbo_id if target else None

    def theirs(self, document: documents.Entity) -> str | None:
        return walk(document, f"{self.path}.value")

    def send(self, target: dict, value: str | None) -> None:
        put(target, self.path, {"value": value} if value else None)

    def columns(self, value: str | None, links: Links) -> dict[str, Any]:
        return {f"{self.name}_id": links.get((self.to, value)) if value else None}
