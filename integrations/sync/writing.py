"""QuickBooks' word, written into our own rows without making it a person's edit."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db import models, transaction
from django.db.models import F
from django.utils import timezone

from ..mapping import Links, Mapper, Values
from ..models import Conflict, Document, Organization, SyncedRecord, SyncJob, SyncState

# What stopped a record before says nothing of it as it is now.
NO_ERROR = dict.fromkeys(("sync_error_code", "sync_error_message", "sync_error_remedy", "sync_error_tid"), "")


class Entry(NamedTuple):
    """What a read did to a record, as the journal has it. `record_id` is None for what is not here."""

    outcome: SyncJob.Outcome
    label: str
    record_id: int | None
    quickbooks_id: str
    message: str = ""


def in_step_columns() -> dict[str, Any]:
    return {
        "accounting_synced": True,
        "accounting_synced_at": timezone.now(),
        "sync_state": SyncState.SYNCED,
        **NO_ERROR,
    }


def close_conflicts(mapper: Mapper, ids: Iterable[int]) -> None:
    """There is nothing left to decide about these records."""
    open_ones = Conflict.objects.filter(entity=mapper.entity, record_id__in=list(ids), resolved_at=None)
    open_ones.update(resolved_at=timezone.now())


def untie(mapper: Mapper, ids: Iterable[int], **columns: Any) -> None:
    """Forgets the documents of these records, which stay in QuickBooks; `columns` are written besides."""
    ids = list(ids)
    if mapper.line_model is not None:
        mapper.line_model.objects.filter(document_id__in=ids).update(qbo_line_id="")
    close_conflicts(mapper, ids)
    forgotten = in_step_columns() | {
        "qbo_id": None,
        "qbo_sync_token": "",
        "qbo_document": "",
        "qbo_updated_at": None,
        "base": {},
        "accounting_synced": False,
        "accounting_synced_at": None,
        "sync_state": SyncState.NOT_SYNCED,
    }
    mapper.model.objects.filter(pk__in=ids).update(**forgotten | columns)


def replace_lines(mapper: Mapper, lines_of: dict[int, Values], links: Links) -> None:
    """New line rows for these records, {record id: its values}, in two statements."""
    if mapper.line_model is None or not lines_of:
        return
    rows: list[models.Model] = []
    for pk, values in lines_of.items():
        for line in mapper.lines(values, links) or []:
            line.document_id = pk
            rows.append(line)
    mapper.line_model.objects.filter(document_id__in=list(lines_of)).delete()
    mapper.line_model.objects.bulk_create(rows, batch_size=1000)


def set_values(
    mapper: Mapper, record: SyncedRecord, values: Values, links: Links, document: Any = None
) -> None:
    """Writes these values into the record's columns and lines, and the totals that they make: QuickBooks' own
    where its whole `document` is what we hold now, else anew from our lines."""
    columns = mapper.columns(values, links)
    money = values.keys() & mapper.merged_whole
    if money and document is not None:
        columns |= mapper.totals(document)
    if columns:
        mapper.model.objects.filter(pk=record.pk).update(**columns)
    if "lines" in values:
        replace_lines(mapper, {record.pk: values}, links)
    if money:
        if document is None:
            mapper.full_records(record.organization).get(pk=record.pk).retotal()
        mapper.model.objects.filter(pk=record.pk).update(balance=F("total") - F("paid"))


def set_texts(mapper: Mapper, record: SyncedRecord, lines: list[Values]) -> None:
    """Lets our lines say what these say, and bear their ids."""
    for line, values in zip(record.lines.all(), lines, strict=True):
        columns = mapper.text_columns(line, values) | {"qbo_line_id": values["id"]}
        mapper.line_model.objects.filter(pk=line.pk).update(**columns)


def mark_gone(mapper: Mapper, organization: Organization, ids: Iterable[str]) -> list[Entry]:
    """Documents deleted there are marked here, names made inactive; nothing is deleted locally.

    There is nothing left to decide, so an open conflict is closed.
    """
    records = mapper.records(organization).filter(qbo_id__in=list(ids))
    if mapper.ending:
        records = records.filter(ended="")
        # Should it be there all the same, no token is the one that we hold, and it is read again.
        columns: dict[str, Any] = {"ended": Document.Ended.DELETED, "balance": 0, "qbo_sync_token": ""}
    else:
        records = records.filter(is_active=True)
        columns = {"is_active": False}
    records = list(records)
    found = [
        Entry(
            SyncJob.Outcome.UPDATED, mapper.label(record), record.pk, record.qbo_id, "Deleted in QuickBooks."
        )
        for record in records
    ]
    keys = [record.pk for record in records]
    with transaction.atomic():
        mapper.model.objects.filter(pk__in=keys).update(**columns, **in_step_columns())
        close_conflicts(mapper, keys)
        if not mapper.ending:
            _agree_inactive(mapper, records)
    return found


def _agree_inactive(mapper: Mapper, records: list[SyncedRecord]) -> None:
    """Making the name active again is then an edit, which QuickBooks is asked about."""
    for record in records:
        fields = {**record.base.get("fields", {}), "is_active": False}
        mapper.model.objects.filter(pk=record.pk).update(base={**record.base, "fields": fields})
