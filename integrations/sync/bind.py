"""QuickBooks' answer to our own push, stored: ids and tokens first of all."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models, transaction

from .. import documents
from ..mapping import Company, Mapper, Problem, Values, given, mapper_for
from ..models import SyncedRecord, SyncJob, SyncState
from . import decoding, find, merge
from .outcomes import HAD_ALREADY, fail, failed_columns, finish_each, lock, synced_columns, write_columns
from .writing import in_step_columns

logger = logging.getLogger(__name__)

# What QuickBooks said of a record: its mapper, its job, itself, and the document's bytes.
Answered = tuple[Mapper, SyncJob, SyncedRecord, bytes]


def identity(document: documents.Entity, raw: bytes) -> dict:
    """The columns that tie a record to its document."""
    meta = given(document.MetaData)
    return {
        "qbo_id": str(document.Id),
        "qbo_sync_token": str(given(document.SyncToken) or ""),
        "qbo_updated_at": meta.LastUpdatedTime if meta else None,
        "qbo_document": raw.decode(),
    }


def found_for(
    mapper: Mapper, jobs: Iterable[SyncJob], records: Mapping[int, SyncedRecord], found: find.Found
) -> list[Answered]:
    """What a look found of these jobs' records."""
    return [
        (mapper, job, records[job.record_id], found[job.record_id][1])
        for job in jobs
        if job.record_id in found
    ]


@dataclass
class Bound:
    """`problem` is what QuickBooks did otherwise than asked; `lines` have their ids, and wait to be written."""

    problem: Problem | None = None
    lines: list[models.Model] = field(default_factory=list)


def bind(mapper: Mapper, company: Company, job: SyncJob, record: SyncedRecord, raw: bytes) -> Bound:
    """Writes the answer on the record, inside the caller's transaction; the caller saves the job.

    A document that we cannot read still gives its id, so that the record is never created twice.
    """
    try:
        columns, theirs, problem = _understood(mapper, company, job, record, raw)
    except Exception as error:
        logger.exception("%s %s: QuickBooks' answer could not be mapped", mapper.entity, record.pk)
        return Bound(_bind_identity_only(mapper, job, record, raw, error))
    mapper.model.objects.filter(pk=record.pk).update(**columns)
    job.quickbooks_id = columns["qbo_id"]
    return Bound(problem, _numbered_lines(record, theirs) if record.revision == job.revision else [])


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


def _numbered_lines(record: SyncedRecord, theirs: Values) -> list[models.Model]:
    """Our lines, each with the id of QuickBooks' line in the same place."""
    if "lines" not in theirs:
        return []
    ours = list(record.lines.all())
    if len(ours) != len(theirs["lines"]):
        return []
    for line, told in zip(ours, theirs["lines"], strict=True):
        line.qbo_line_id = told["id"]
    return ours


def bind_and_finish(company: Company, answered: list[Answered]) -> None:
    """Writes QuickBooks' documents on the records that they answer, and ends the jobs."""
    done: list[SyncJob] = []
    lines: list[models.Model] = []
    owners = _owners(company, answered)
    for mapper, job, record, raw in answered:
        if owners.setdefault((mapper.entity, decoding.id_of(raw)), record.pk) != record.pk:
            fail(mapper, [(job, _bound_to_another(mapper, record))])
            continue
        if job.outcome != SyncJob.Outcome.LINKED:
            job.outcome = SyncJob.Outcome.UPDATED if record.linked else SyncJob.Outcome.CREATED
        bound = bind(mapper, company, job, record, raw)
        lines += bound.lines
        if bound.problem:
            fail(mapper, [(job, bound.problem)])
        else:
            linked = job.outcome == SyncJob.Outcome.LINKED
            job.code, job.message = "", HAD_ALREADY if linked else ""
            done.append(job)
    write_columns(lines, ["qbo_line_id"])
    finish_each(done)


def _owners(company: Company, answered: list[Answered]) -> dict[tuple[str, str], int]:
    """Which records are bound already to the documents that were made for new ones: one query an entity."""
    made: dict[str, list[str]] = defaultdict(list)
    for mapper, _, record, raw in answered:
        if not record.linked:
            made[mapper.entity].append(decoding.id_of(raw))
    return {
        (entity, qbo_id): pk
        for entity, ids in made.items()
        for qbo_id, pk in mapper_for(entity)
        .records(company.organization)
        .filter(qbo_id__in=ids)
        .values_list("qbo_id", "pk")
    }


def _bound_to_another(mapper: Mapper, record: SyncedRecord) -> Problem:
    """While an answer was lost, a like of this record may have been bound to its document. What has no name or number
    is looked for once more before it goes out again."""
    return find.linked_elsewhere(mapper) if getattr(record, mapper.key_column) else Problem("in_doubt")


def link(company: Company, answered: list[Answered]) -> None:
    """Ties records to what QuickBooks has already. Their jobs then go on as updates of what differs."""
    with transaction.atomic():
        for mapper, job, record, raw in answered:
            [held] = lock(mapper, record.organization_id, [record.pk]).values()
            tie(mapper, company, held, documents.decode(raw, mapper.document), raw)
            job.revision, job.after, job.outcome = held.revision, {}, SyncJob.Outcome.LINKED
            job.quickbooks_id = held.qbo_id
        write_columns([job for _, job, _, _ in answered], ["outcome", "revision", "quickbooks_id", "after"])


def tie(mapper: Mapper, company: Company, record: SyncedRecord, document: Any, raw: bytes) -> set[str]:
    """Binds an unlinked record, which the caller's transaction holds, to a document that QuickBooks had before.

    What is empty here is taken over. Returns the names of the fields that differ: they wait to go out.
    """
    mapper.prepare([record], company)
    theirs = mapper.theirs(document, company)
    filled = mapper.filled(record, document, company)
    base = merge.snapshot({}, theirs)
    differing = merge.changed_here(base, {**mapper.ours(record, company), **filled})
    columns = identity(document, raw) | mapper.mirrored(document, company) | mapper.columns(filled, {})
    if not differing & mapper.merged_whole:
        columns |= mapper.computed(record, document, company)
    columns |= in_step_columns() | {"base": base}
    if record.sync_state == SyncState.QUEUED or differing:
        queued = record.sync_state == SyncState.QUEUED
        columns |= {
            "sync_state": SyncState.QUEUED if queued else SyncState.CHANGED,
            "accounting_synced": False,
        }
    mapper.model.objects.filter(pk=record.pk).update(**columns)
    write_columns(_numbered_lines(record, theirs), ["qbo_line_id"])
    record.qbo_id = columns["qbo_id"]
    return differing
