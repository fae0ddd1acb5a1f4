"""What the simulator knows about an entity besides its properties."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..schema import Part


@dataclass(frozen=True)
class Entity:
    """`family` is the sequence that ids are taken from, and what fault 2500 calls the entity. `searchable` maps the
    properties that queries may filter and order by to their kind of value: text, id, number, date, time, boolean,
    email, reference, or contact for the reference that has a column."""

    part: Part
    family: str
    transaction: bool = False
    operations: frozenset[str] = frozenset({"create", "update"})
    searchable: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.part.name


BASE_SEARCH = {
    "Id": "id",
    "Active": "boolean",
    "MetaData.CreateTime": "time",
    "MetaData.LastUpdatedTime": "time",
}
TRANSACTION_SEARCH = {
    "Id": "id",
    "DocNumber": "text",
    "TxnDate": "date",
    "TotalAmt": "number",
    "MetaData.CreateTime": "time",
    "MetaData.LastUpdatedTime": "time",
}
