"""A document that was read meets a record that somebody edited here, or that is not linked yet."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from ..mapping import Company, Links, Mapper
from ..models import SyncedRecord, SyncJob, SyncState
from . import merge
from .bind import identity, tie
from .incoming import Incoming, Stored, columns_of, note
from .outcomes import lock
from .writing import NO_ERROR, close_conflicts, in_step_columns, set_texts, set_values

Outcome = SyncJob.Outcome


def merge_edited(mapper: Mapper, company: Company, each: Incoming, links: Links, stored: Stored) -> None:
    """Both sides moved: what both changed differently waits for a person, the rest flows."""
    record = mapper.full_records(company.organization).get(pk=each.record.pk)
    if record.qbo_id is None:
        link_pulled(mapper, company, each, record, stored)
    elif mapper.voided(each.document, record):
        _follow_void(mapper, company, each, links, stored)
    else:
        _merge(mapper, company, each, record, links, stored)


def link_pulled(
    mapper: Mapper, company: Company, each: Incoming, record: SyncedRecord, stored: Stored
) -> None:
    """Ours, until now unlinked: bound to the document. What differs waits to go out."""
    with transaction.atomic():
        [held] = lock(mapper, record.organization_id, [record.pk]).values()
        tie(mapper, company, held, each.document, each.raw)
    note(mapper, [each], Outcome.LINKED, stored)


def _follow_void(mapper: Mapper, company: Company, each: Incoming, links: Links, stored: Stored) -> None:
    """There is nothing left to disagree about; ours keeps what it was."""
    columns = columns_of(mapper, company, each, links) | in_step_columns()
    mapper.model.objects.filter(pk=each.record.pk).update(**columns)
    close_conflicts(mapper, [each.record.pk])
    note(mapper, [each], Outcome.UPDATED, stored)


def _merge(
    mapper: Mapper, company: Company, each: Incoming, record: SyncedRecord, links: Links, stored: Stored
) -> None:
    mapper.prepare([record], company)
    ours = mapper.ours(record, company)
    merged = merge.merge(mapper, record.base, ours, each.values)
    base = merge.base_after(mapper, record.base, each.values, merged)
    waiting = merge.changed_here(base, merged.merged(ours))
    keeps_money = bool((waiting | merged.conflicts.keys()) & mapper.merged_whole)
    set_values(mapper, record, merged.taken, links, None if keeps_money else each.document)
    if merged.texts is not None:
        set_texts(mapper, record, merged.texts)
    columns = identity(each.document, each.raw) | mapper.mirrored(each.document, company) | {"base": base}
    if keeps_money:
        # The document is to have our total: what is left to pay of that.
        columns["balance"] = F("total") - columns["paid"]
    columns |= _state(mapper, record, merged, waiting, columns["qbo_updated_at"])
    mapper.model.objects.filter(pk=record.pk).update(**columns)
    note(mapper, [each], Outcome.CONFLICT if merged.conflicts else Outcome.UPDATED, stored)


def _state(
    mapper: Mapper,
    record: SyncedRecord,
    merged: merge.Merged,
    waiting: set[str],
    changed_there_at: datetime | None,
) -> dict[str, Any]:
    """The record's columns; its conflict is opened, said anew or closed."""
    if merged.conflicts:
        merge.open_conflict(mapper, record, merged.conflicts, changed_there_at)
        state = SyncState.CONFLICT
    else:
        close_conflicts(mapper, [record.pk])
        queued = record.sync_state == SyncState.QUEUED
        state = SyncState.QUEUED if queued else SyncState.CHANGED if waiting else SyncState.SYNCED
    return {"sync_state": state, "accounting_synced": state == SyncState.SYNCED, **NO_ERROR}
