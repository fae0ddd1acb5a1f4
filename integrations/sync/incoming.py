"""A document that was read, what of it is news, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from ..mapping import Company, Links, Mapper, Problem, Values
from ..models import SyncedRecord, SyncJob
from . import merge
from .bind import identity
from .writing import Entry

Outcome = SyncJob.Outcome


@dataclass
class Incoming:
    document: Any
    raw: bytes
    values: Values
    record: SyncedRecord | None = None

    @property
    def news(self) -> Values:
        """What QuickBooks changed since both sides agreed: all of it, of a record that is new here, or that was void
        and kept what it had been.

        The rest may read differently on the two sides (a custom item, a rounded price), and stays as it is here.
        """
        if self.record is None or getattr(self.record, "ended", ""):
            return self.values
        changed = merge.changed_there(self.record.base, self.values)
        return {name: value for name, value in self.values.items() if name in changed}


@dataclass
class Stored:
    """What a read did; `seen` are all ids that QuickBooks listed, `refused` is why it did not tell the rest."""

    journal: list[Entry] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    deleted: int = 0
    refused: Problem | None = None

    def add(self, other: Stored) -> None:
        self.journal += other.journal
        self.seen |= other.seen
        self.deleted += other.deleted

    @property
    def unchanged(self) -> int:
        return len(self.seen - {entry.quickbooks_id for entry in self.journal})


def columns_of(mapper: Mapper, company: Company, each: Incoming, links: Links) -> dict[str, Any]:
    """The record's columns for a document that nobody here edited meanwhile."""
    columns = identity(each.document, each.raw) | mapper.mirrored(each.document, company, each.record)
    if mapper.unresolved(each.values, links):
        columns["has_other_lines"] = True
    record, news = each.record, each.news
    kept = record.base.get("ours", {}) if record else {}
    columns["base"] = {
        "fields": each.values,
        "ours": {name: value for name, value in kept.items() if name not in news},
    }
    if record is None or not columns.get("ended"):
        # QuickBooks empties what it voids; ours keeps what it was.
        columns |= mapper.columns(news, links)
        differed = getattr(record, "difference", None) is not None
        if news.keys() & mapper.merged_whole or not differed:
            columns |= mapper.totals(each.document)
    return columns


def note(mapper: Mapper, stored_ones: Iterable[Incoming], outcome: Outcome, stored: Stored) -> None:
    for each in stored_ones:
        entry = Entry(outcome, mapper.label(each.record), each.record.pk, str(each.document.Id))
        stored.journal.append(entry)
