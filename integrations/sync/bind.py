"""QuickBooks' answer to our own push, stored: ids and tokens first of all."""

from __future__ import annotations

import logging
from typing import Any

from .. import documents
from ..mapping import Company, Mapper, Problem, Values, given
from ..models import SyncedRecord, SyncJob
from . import merge
from .outcomes import failed_columns, synced_columns

logger = logging.getLogger(__name__)


def identity(document: documents.Entity, raw: bytes) -> dict:
    """The columns that tie a record to its document."""
    meta = given(document.MetaData)
    return {
        "qbo_id": str(document.Id),
        "qbo_sync_token": str(given(document.SyncToken) or ""),
        "qbo_updated_at": meta.LastUpdatedTime if meta else None,
        "qbo_document": raw.decode(),
    }


def bind(
    mapper: Mapper, company: Company, job: SyncJob, record: SyncedRecord, raw: bytes, outcome: SyncJob.Outcome
) -> Problem | None:
    """Writes the answer on the record, inside the caller's transaction; the job's outcome is set, not saved.

    Returns what QuickBooks did otherwise than asked, which then stands on the record. A document that we cannot
    read still gives its id, so that the record is never created twice.
    """
    try:
        columns, theirs, problem = _understood(mapper, company, job, record, raw)
    except Exception as error:
        logger.exception("%s %s: QuickBooks' answer could not be mapped", mapper.entity, record.pk)
        return _bind_identity_only(mapper, job, record, raw, error)
    if record.revision == job.revision:
        _number_lines(record, theirs)
    mapper.model.objects.filter(pk=record.pk).update(**columns)
    job.quickbooks_id = columns["qbo_id"]
    job.outcome = outcome
    return problem


def _understood(
    mapper: Mapper, company: Company, job: SyncJob, record: SyncedRecord, raw: bytes
) -> tuple[dict[str, Any], Values, Problem | None]:
    """(the record's columns, QuickBooks' values, what it did otherwise than asked). Writes nothing."""
    document = documents.decode(raw, mapper.document)
    theirs = mapper.theirs(document, company)
    columns = identity(document, raw) | mapper.mirrored(document, company)
    filled: Values = {}
    if record.revision == job.revision:
        filled = mapper.filled(record, document, company)
        columns |= mapper.columns(filled, {}) | mapper.computed(record, document, company)
    # What QuickBooks never lets change stays visible where it differs.
    fixed = {each.name for each in mapper.fields if each.create_only}
    sent = {**merge.ours_at_base(record.base), **job.after}
    ours = {name: value for name, value in sent.items() if name not in fixed and name not in filled}
    columns["base"] = merge.snapshot(ours, theirs)
    columns |= synced_columns(job)
    problem = mapper.refuse_answer(record, document, company)
    if problem:
        columns |= failed_columns(problem)
    return columns, theirs, problem


def _bind_identity_only(
    mapper: Mapper, job: SyncJob, record: SyncedRecord, raw: bytes, error: Exception
) -> Problem:
    document = documents.decode(raw, documents.Entity)
    problem = Problem("internal", detail=f"QuickBooks' answer could not be read: {error}")
    mapper.model.objects.filter(pk=record.pk).update(**identity(document, raw), **failed_columns(problem))
    job.quickbooks_id = str(document.Id)
    return problem


def _number_lines(record: SyncedRecord, theirs: dict) -> None:
    """Gives each of our lines the id of QuickBooks' line in the same place."""
    if "lines" not in theirs:
        return
    ours = list(record.lines.all())
    if len(ours) != len(theirs["lines"]):
        return
    for line, told in zip(ours, theirs["lines"], strict=True):
        line.qbo_line_id = told["id"]
    if ours:
        type(ours[0]).objects.bulk_update(ours, ["qbo_line_id"])
