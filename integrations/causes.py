"""Failures by their cause: what is repaired once is one line, however many records wait for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from .faults import FaultEntry, explain
from .mapping import Mapper, mapper_for, mappers
from .models import Organization, SyncState
from .progress import things


@dataclass(frozen=True)
class Cause:
    """The failed records of one organization and entity that the same repair helps."""

    organization_id: int
    entity: str
    entry: FaultEntry
    count: int

    @property
    def sentence(self) -> str:
        """400 invoices failed to sync: no account chosen."""
        return f"{self.count:,} {things(self.entity, self.count)} failed to sync: {self.entry.title_within}."

    @property
    def retryable(self) -> bool:
        """Whether a person decides when to try again: the repair is not ours to see, and no edit alone helps.

        Choosing the missing setting retries by itself.
        """
        return not (self.entry.only_an_edit_helps or self.entry.code in mapper_for(self.entity).repaired_by)


def failing() -> list[Mapper]:
    """What people send, and so may fail; lists that QuickBooks keeps fail on the documents that use them."""
    return [mapper for mapper in mappers() if mapper.pushes and mapper.updates]


def causes_of(organization: Organization) -> list[Cause]:
    """What stops the organization's records now, the most records first: one statement an entity."""
    return _merged((mapper, mapper.records(organization)) for mapper in failing())


def commonest_causes(limit: int | None, codes: Iterable[str] = ()) -> list[Cause]:
    """The same over all organizations, those alone that stop the most records; of these codes, where given."""
    only = {"sync_error_code__in": list(codes)} if codes else {}
    return _merged(((mapper, mapper.model.objects.filter(**only)) for mapper in failing()), limit)[:limit]


def failed_for(mapper: Mapper, organization: Organization, code: str) -> QuerySet:
    """The records behind a cause."""
    return mapper.records(organization).filter(
        sync_state=SyncState.FAILED, sync_error_code__in=explain(code).codes
    )


def is_entity(entity: str) -> bool:
    return any(mapper.entity == entity for mapper in failing())


def _merged(sources: Iterable[tuple[Mapper, QuerySet]], limit: int | None = None) -> list[Cause]:
    """Codes that mean the same are one cause."""
    counts: dict[tuple[int, str, str], int] = {}
    for mapper, records in sources:
        counted = (
            records.filter(sync_state=SyncState.FAILED)
            .order_by()
            .values("organization_id", "sync_error_code")
            .annotate(number=Count("*"))
            .order_by("-number")
        )
        for each in counted[:limit]:
            key = (each["organization_id"], mapper.entity, explain(each["sync_error_code"]).codes[0])
            counts[key] = counts.get(key, 0) + each["number"]
    causes = [
        Cause(organization_id, entity, explain(code), number)
        for (organization_id, entity, code), number in counts.items()
    ]
    return sorted(causes, key=lambda cause: (-cause.count, cause.entity, cause.entry.code))
