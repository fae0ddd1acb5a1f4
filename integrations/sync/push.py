"""A round of pushing: claim, refuse what cannot succeed, write the batch down, send it. Design: one lane, thirty
at a time, what is referred to first."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

import msgspec
from django.conf import settings
from django.db import transaction

from .. import documents
from ..mapping import Company, Mapper, Problem, Values, mapper_for
from ..models import Direction, PushBatch, SyncedRecord, SyncJob, SyncState
from ..qbo.codes import RATE_MISSING, UNKNOWN_TO_IT
from ..qbo.errors import Refused
from . import already_there, ending, linking, merge, outcomes, possible_duplicates, settle
from .claims import Claimed, by_entity, claim, fail_claimed
from .dependencies import hasten, queue_dependencies
from .lease import hold_lane
from .work import Work

logger = logging.getLogger(__name__)


@dataclass
class Draft:
    """A job on its way: the record, what it says, and what of it is new to QuickBooks."""

    mapper: Mapper
    job: SyncJob
    record: SyncedRecord
    values: Values
    changed: set[str]
    body: dict[str, Any]


def push_round(work: Work, *, most_priority: int | None = None) -> bool:
    """Works off one claim. False where nothing was queued. What QuickBooks refuses ends the claim, not the lane."""
    jobs = claim(work, most_priority)
    if not jobs:
        return False
    outcomes.start_runs(jobs)
    try:
        _work_off(work, jobs)
    except Refused as refusal:
        fail_claimed(work, outcomes.problem_of(refusal))
    return True


def _work_off(work: Work, jobs: list[SyncJob]) -> None:
    if jobs[0].direction == Direction.VOID:
        ending.end_documents(work, jobs)
        return
    company = work.company()
    if jobs[0].direction == Direction.LINK:
        for entity, of_entity in by_entity(jobs).items():
            linking.link_records(work, company, mapper_for(entity), of_entity)
        return
    drafts: list[Draft] = []
    for entity, of_entity in by_entity(jobs).items():
        drafts += prepare(_with_records(work, company, mapper_for(entity), of_entity))
    if drafts:
        send(work, company, drafts)


def _with_records(work: Work, company: Company, mapper: Mapper, jobs: list[SyncJob]) -> Claimed:
    """The jobs whose records still exist; the others have ended."""
    wanted = mapper.full_records(work.organization).filter(pk__in=[job.record_id for job in jobs])
    records = {record.pk: record for record in wanted.order_by()}
    gone = [job for job in jobs if job.record_id not in records]
    outcomes.finish(gone, SyncJob.Outcome.SKIPPED, "It no longer exists.")
    return Claimed(work, company, mapper, [job for job in jobs if job.record_id in records], records)


def prepare(claimed: Claimed) -> list[Draft]:
    """The drafts that have to be sent; every other job is refused, put back or found in step."""
    _leave_out_unwanted(claimed)
    hasten(claimed)
    if queue_dependencies(claimed):
        outcomes.requeue(claimed.jobs)
        return []
    already_there.link_existing(claimed)
    already_there.link_doubted(claimed)
    _read_rates(claimed)
    drafts = _drafts(claimed, claimed.jobs)
    new = [draft.record for draft in drafts if not draft.record.linked]
    linked = already_there.link_entered(claimed, new)
    refused = possible_duplicates.refuse(claimed, new)
    again = [draft.job for draft in drafts if draft.record.pk in linked]
    drafts = [draft for draft in drafts if draft.record.pk not in linked | refused]
    return drafts + _drafts(claimed, again)


def _leave_out_unwanted(claimed: Claimed) -> None:
    """A pull that came between may have found the document ended there, or a change that a person has to decide on:
    then nothing of ours may go out."""
    wanted = []
    for job in claimed.jobs:
        record = claimed.record(job)
        ended = getattr(record, "ended", "")
        if ended:
            outcomes.finish([job], SyncJob.Outcome.SKIPPED, f"It was {ended} in QuickBooks.")
        elif record.linked and record.sync_state == SyncState.CONFLICT:
            outcomes.finish(
                [job], SyncJob.Outcome.CONFLICT, "Both sides changed it. Decide the conflict first."
            )
        else:
            wanted.append(job)
    claimed.jobs = wanted


def _drafts(claimed: Claimed, jobs: list[SyncJob]) -> list[Draft]:
    mapper, company = claimed.mapper, claimed.company
    mapper.prepare([claimed.record(job) for job in jobs], company)
    return [draft for job in jobs if (draft := _safe_draft(mapper, company, job, claimed.record(job)))]


def _safe_draft(mapper: Mapper, company: Company, job: SyncJob, record: SyncedRecord) -> Draft | None:
    """Never raises: what is wrong with one record must not stop the others."""
    try:
        return _draft(mapper, company, job, record)
    except Exception as error:
        logger.exception("%s %s could not be prepared", mapper.entity, record.pk)
        outcomes.fail(mapper, [(job, Problem("internal", detail=f"{type(error).__name__}: {error}"))])
        return None


def _draft(mapper: Mapper, company: Company, job: SyncJob, record: SyncedRecord) -> Draft | None:
    """What goes out, or None where nothing does: then the job has ended, or waits again."""
    values = mapper.ours(record, company)
    changed = merge.changed_here(record.base, values) if record.linked else set(values)
    if record.linked and (not changed or not mapper.updates):
        _end_in_step(mapper, job, record)
        return None
    if _waits_for_queued(mapper, job, record):
        outcomes.requeue([job])
        return None
    problem = mapper.refuse(record, values, changed, company) or mapper.refuse_needed(
        record, values, changed, company
    )
    if problem:
        outcomes.fail(mapper, [(job, problem)])
        return None
    body = mapper.compose(record, values, changed, company)
    if record.linked and job.code in UNKNOWN_TO_IT:
        body = mapper.plainly(body)
    return Draft(mapper, job, record, values, changed, body)


def _end_in_step(mapper: Mapper, job: SyncJob, record: SyncedRecord) -> None:
    """There is nothing to send, be it that the record was linked a moment ago."""
    job.revision = record.revision
    if job.outcome != SyncJob.Outcome.LINKED:
        outcomes.unchanged(mapper, [job])
        return
    with transaction.atomic():
        hold_lane(job.organization_id)
        mapper.model.objects.filter(pk=job.record_id).update(**outcomes.synced_columns(job))
        outcomes.finish([job], SyncJob.Outcome.LINKED, outcomes.HAD_ALREADY)


def _waits_for_queued(mapper: Mapper, job: SyncJob, record: SyncedRecord) -> bool:
    """Whether what the record refers to is itself on its way: then that goes first, as urgently as this."""
    for entity, needed in mapper.waits_for(record):
        if needed.linked:
            continue
        queued = SyncJob.objects.filter(entity=entity, record_id=needed.pk, status=SyncJob.Status.QUEUED)
        if queued.filter(direction=Direction.PUSH).exists():
            queued.filter(priority__gt=job.priority).update(priority=job.priority)
            return True
    return False


def _read_rates(claimed: Claimed) -> None:
    """QuickBooks' own rate for documents that it refused without one (contract section 10.8)."""
    work = claimed.work
    again = [job for job in claimed.jobs if job.attempts > 1 and job.code == RATE_MISSING]
    pairs = {claimed.mapper.rate_needed(claimed.record(job), claimed.company) for job in again} - {None}
    for currency, day in pairs - work.rates.keys():
        try:
            answer = work.client.exchange_rate(currency, day)
            work.rates[currency, day] = documents.decode(answer, documents.ExchangeRate).Rate
        except (Refused, msgspec.MsgspecError) as error:
            logger.warning("No rate of %s on %s: %s", currency, day, error)


def send(work: Work, company: Company, drafts: list[Draft]) -> None:
    """Writes the batches down, then sends them."""
    size = settings.QBO_BATCH_SIZE
    parts = [drafts[start : start + size] for start in range(0, len(drafts), size)]
    settle.transmit_all(work, company, [_write_down(work, part) for part in parts])


def _write_down(work: Work, drafts: list[Draft]) -> PushBatch:
    items = [
        {
            "bId": str(draft.job.pk),
            "operation": "update" if draft.record.linked else "create",
            draft.mapper.remote: draft.body,
        }
        for draft in drafts
    ]
    body = documents.encode({"BatchItemRequest": items}).decode()
    with transaction.atomic():
        batch = PushBatch.objects.create(organization=work.organization, realm_id=work.realm_id, body=body)
        for draft in drafts:
            job = draft.job
            job.batch, job.revision = batch, draft.record.revision
            base = draft.record.base.get("fields", {})
            job.before = {name: base[name] for name in draft.changed if name in base}
            job.after = {name: draft.values[name] for name in draft.changed}
        outcomes.write_columns([draft.job for draft in drafts], ["batch", "revision", "before", "after"])
    return batch
