"""The entities that take part, each by its mapper: what is registered is pushed, pulled, told of and shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..models import SyncedRecord
from .fields import Reference

if TYPE_CHECKING:
    from .mapper import Mapper

_registry: dict[str, Mapper] = {}


def register(mapper_class: type[Mapper]) -> type[Mapper]:
    _registry[mapper_class.entity] = mapper_class()
    return mapper_class


def mapper_for(entity: str) -> Mapper:
    return _registry[entity]


def mapper_of(record: SyncedRecord | type[SyncedRecord]) -> Mapper:
    model = record if isinstance(record, type) else type(record)
    return next(mapper for mapper in _registry.values() if mapper.model is model)


def mapper_told_by(remote: str) -> Mapper | None:
    """The mapper whose records a change of this remote entity touches: an invoice's payment changes the invoice."""
    name = remote.lower()
    return next(
        (
            mapper
            for mapper in _registry.values()
            if name in (mapper.remote.lower(), mapper.settled_by.lower())
        ),
        None,
    )


def referring(entity: str) -> list[tuple[Mapper, Reference]]:
    """The mappers whose records have a field that refers to this entity, with the field."""
    return [
        (mapper, each)
        for mapper in mappers()
        for each in mapper.fields
        if isinstance(each, Reference) and each.to == entity
    ]


def matched() -> list[Mapper]:
    """Those whose lists both sides keep and people lay beside each other, in the order in which they were declared."""
    return [mapper for mapper in _registry.values() if mapper.matched]


def mappers() -> list[Mapper]:
    """All mappers, what is referred to before what refers to it."""
    return sorted(_registry.values(), key=lambda mapper: (mapper.rank, mapper.entity))
