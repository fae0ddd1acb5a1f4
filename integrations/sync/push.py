"""A round of pushing: claim, refuse what cannot succeed, write the batch down, send it. Design: one lane, thirty
at a time, what is referred to first."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import Any

import msgspec
from django.conf import settings
from django.db import transaction

from .. import documents
from ..mapping import Company, Mapper, Problem, Values, mapper_for
from ..models import Direction, PushBatch, SyncedRecord, SyncJob, SyncState
from ..qbo.errors import Refused
from . import ending, find, linking, merge, outcomes, settle
from .bind import link
from .claims import by_entity, claim, fail_claimed
from .dependencies import hasten, queue_dependencies
from .lease import hold_lane
from .work import Work

logger = logging.getLogger(__name__)


@dataclass
class Draft:
    """A job on its way: the record, what it says, and what of it is new to QuickBooks."""

    job: SyncJob
    record: SyncedRecord
    values: Values
    changed: set[str]
    body: dict[str, Any] = field(default_factory=dict)


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
    drafts: list[tuple[Mapper, Draft]] = []
    for entity, of_entity in by_entity(jobs).items():
        mapper = mapper_for(entity)
        drafts += [(mapper, draft) for draft in prepare(work, mapper, company, of_entity)]
    if drafts:
        send(work, company, drafts)


def prepare(work: Work, mapper: Mapper, company: Company, jobs: list[SyncJob]) -> list[Draft]:
    """The drafts that have to be sent; every other job is refused, put back or found in step."""
    wanted = mapper.full_records(work.organization).filter(pk__in=[job.record_id for job in jobs])
    records = {record.pk: record for record in wanted.order_by()}
    gone = [job for job in jobs if job.record_id not in records]
    outcomes.finish(gone, SyncJob.Outcome.SKIPPED, "It no longer exists.")
    jobs = _still_wanted([job for job in jobs if job.record_id in records], records)
    hasten(work, mapper, jobs, records)
    if queue_dependencies(work, mapper, company, jobs, records):
        outcomes.requeue(jobs)
        return []
    jobs = _link_existing(work, mapper, company, jobs, records)
    jobs = _link_doubted(work, mapper, company, jobs, records)
    _read_rates(work, mapper, company, jobs, records)
    mapper.prepare(list(records.values()), company)
    drafts = [draft for job in jobs if (draft := _draft(mapper, company, job, records[job.record_id]))]
    return drafts


def _still_wanted(jobs: list[SyncJob], records: dict[int, SyncedRecord]) -> list[SyncJob]:
    """A pull that came between may have found the document ended there, or a change that a person has to decide on:
    then nothing of ours may go out."""
    wanted = []
    for job in jobs:
        record = records[job.record_id]
        ended = getattr(record, "ended", "")
        if ended:
            outcomes.finish([job], SyncJob.Outcome.SKIPPED, f"It was {ended} in QuickBooks.")
        elif record.linked and record.sync_state == SyncState.CONFLICT:
            outcomes.finish(
                [job], SyncJob.Outcome.CONFLICT, "Both sides changed it. Decide the conflict first."
            )
        else:
            wanted.append(job)
    return wanted


def _draft(mapper: Mapper, company: Company, job: SyncJob, record: SyncedRecord) -> Draft | None:
    """Never raises: what is wrong with one record must not stop the others."""
    try:
        values = mapper.ours(record, company)
        changed = merge.changed_here(record.base, values) if record.linked else set(values)
        if record.linked and (not changed or not mapper.updates):
            job.revision = record.revision
            outcomes.unchanged(mapper, [job]) if job.outcome != SyncJob.Outcome.LINKED else _linked(
                mapper, job
            )
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
        draft = Draft(job, record, values, changed)
        draft.body = mapper.compose(record, values, changed, company)
        return draft
    except Exception as error:
        logger.exception("%s %s could not be prepared", mapper.entity, record.pk)
        outcomes.fail(mapper, [(job, Problem("internal", detail=f"{type(error).__name__}: {error}"))])
        return None


def _linked(mapper: Mapper, job: SyncJob) -> None:
    with transaction.atomic():
        hold_lane(job.organization_id)
        mapper.model.objects.filter(pk=job.record_id).update(**outcomes.synced_columns(job))
        outcomes.finish([job], SyncJob.Outcome.LINKED)


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


def _link_existing(
    work: Work,
    mapper: Mapper,
    company: Company,
    jobs: list[SyncJob],
    records: dict[int, SyncedRecord],
) -> list[SyncJob]:
    """Names that QuickBooks has already are linked, or refused with the reason, before anything is created."""
    if not mapper.looks_first:
        return jobs
    unlinked = [job for job in jobs if not records[job.record_id].linked]
    new = [job for job in unlinked if not mapper.refuse_new(records[job.record_id], company)]
    if not new:
        return jobs
    found, problems = _existing(work, mapper, company, [records[job.record_id] for job in new])
    failed = [(job, problems[job.record_id]) for job in new if job.record_id in problems]
    outcomes.fail(mapper, failed)
    _link_found(work, mapper, company, new, records, found)
    return [job for job in jobs if job.record_id not in problems]


def _link_doubted(
    work: Work,
    mapper: Mapper,
    company: Company,
    jobs: list[SyncJob],
    records: dict[int, SyncedRecord],
) -> list[SyncJob]:
    """Documents that may have arrived, though nobody could tell, are looked for before they go out anew."""
    unlinked = {job.record_id for job in jobs if not records[job.record_id].linked}
    if mapper.looks_first or not unlinked:
        return jobs
    in_doubt = SyncJob.objects.filter(
        organization=work.organization, entity=mapper.entity, record_id__in=unlinked, code="in_doubt"
    )
    suspects = [records[pk] for pk in set(in_doubt.values_list("record_id", flat=True))]
    suspects = [each for each in suspects if all(needed.linked for _, needed in mapper.waits_for(each))]
    if not suspects:
        return jobs
    mapper.prepare(suspects, company)
    found, refused = find.made_by_us(work, mapper, company, suspects)
    still = [job for job in jobs if job.record_id in refused]
    outcomes.fail(mapper, [(job, outcomes.in_doubt(refused[job.record_id])) for job in still])
    _link_found(work, mapper, company, jobs, records, found)
    return [job for job in jobs if job.record_id not in refused]


def _link_found(
    work: Work,
    mapper: Mapper,
    company: Company,
    jobs: list[SyncJob],
    records: dict[int, SyncedRecord],
    found: find.Found,
) -> None:
    """Ties what was found, and reads the tied records anew."""
    if not found:
        return
    with work.storing():
        link(
            company,
            [
                (mapper, job, records[job.record_id], found[job.record_id][1])
                for job in jobs
                if job.record_id in found
            ],
        )
    linked = mapper.full_records(company.organization).filter(pk__in=list(found))
    records |= {record.pk: record for record in linked}


def _existing(
    work: Work, mapper: Mapper, company: Company, records: list[SyncedRecord]
) -> tuple[find.Found, dict[int, Problem]]:
    """Few names are asked for; for a long queue the whole list is read once a turn.

    A name that cannot be asked for goes out all the same: QuickBooks takes no name twice, and tells who has it.
    """
    waiting = SyncJob.objects.filter(
        organization=work.organization, entity=mapper.entity, status=SyncJob.Status.QUEUED
    )
    if mapper.entity in work.lists or waiting.count() + len(records) > find.FEW:
        if mapper.entity not in work.lists:
            try:
                work.lists[mapper.entity] = find.all_by_key(work, mapper)
            except Refused as refusal:
                return {}, {record.pk: outcomes.problem_of(refusal) for record in records}
        return find.judge(mapper, company, records, work.lists[mapper.entity])
    held, refused = find.by_key(work, mapper, records)
    found, problems = find.judge(mapper, company, records, held)
    return found, problems | {
        pk: outcomes.problem_of(refusal)
        for pk, refusal in refused.items()
        if refusal.code not in find.NOT_UNDERSTOOD
    }


def _read_rates(
    work: Work,
    mapper: Mapper,
    company: Company,
    jobs: list[SyncJob],
    records: dict[int, SyncedRecord],
) -> None:
    """QuickBooks' own rate for documents that it refused without one (2410, contract section 10.8)."""
    again = [job for job in jobs if job.attempts > 1 and job.code == "2410"]
    pairs = {mapper.rate_needed(records[job.record_id], company) for job in again} - {None}
    for currency, day in pairs - work.rates.keys():
        try:
            answer = work.client.exchange_rate(currency, day)
            work.rates[currency, day] = documents.decode(answer, documents.ExchangeRate).Rate
        except (Refused, msgspec.MsgspecError) as error:
            logger.warning("No rate of %s on %s: %s", currency, day, error)


def send(work: Work, company: Company, drafts: list[tuple[Mapper, Draft]]) -> None:
    """Writes the batches down, then sends them."""
    size = settings.QBO_BATCH_SIZE
    parts = [drafts[start : start + size] for start in range(0, len(drafts), size)]
    settle.transmit_all(work, company, [_write_down(work, part) for part in parts])


def _write_down(work: Work, drafts: list[tuple[Mapper, Draft]]) -> PushBatch:
    items = [
        {
            "bId": str(draft.job.pk),
            "operation": "update" if draft.record.linked else "create",
            mapper.remote: draft.body,
        }
        for mapper, draft in drafts
    ]
    body = documents.encode({"BatchItemRequest": items}).decode()
    with transaction.atomic():
        batch = PushBatch.objects.create(organization=work.organization, realm_id=work.realm_id, body=body)
        for _, draft in drafts:
            job = draft.job
            job.batch, job.revision = batch, draft.record.revision
            base = draft.record.base.get("fields", {})
            job.before = {name: base[name] for name in draft.changed if name in base}
            job.after = {name: draft.values[name] for name in draft.changed}
        outcomes.write_columns([draft.job for _, draft in drafts], ["batch", "revision", "before", "after"])
    return batch
