"""What QuickBooks has already is linked before anything is created: names, documents that people entered on both
sides, and what may have arrived although nobody could tell."""

from __future__ import annotations

from ..mapping import Company, Mapper, Problem
from ..models import SyncedRecord, SyncJob
from ..qbo.errors import Refused
from . import beforehand, find, outcomes
from .bind import found_for, link
from .work import Work


def link_existing(
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


def link_entered(
    work: Work,
    mapper: Mapper,
    company: Company,
    jobs: list[SyncJob],
    records: dict[int, SyncedRecord],
) -> set[int]:
    """Documents that people entered on both sides are linked where they are unmistakably the same, not created again.
    Returns the keys of the records that were."""
    numbered = [records[job.record_id] for job in jobs if getattr(records[job.record_id], mapper.key_column)]
    if mapper.looks_first or not numbered:
        return set()
    beforehand.look(work, numbered)
    found, _ = find.judge(mapper, company, numbered, work.held[mapper.entity].documents)
    _link_found(work, mapper, company, jobs, records, found)
    return set(found)


def link_doubted(
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
        link(company, found_for(mapper, jobs, records, found))
    linked = mapper.full_records(company.organization).filter(pk__in=list(found))
    records |= {record.pk: record for record in linked}


def _existing(
    work: Work, mapper: Mapper, company: Company, records: list[SyncedRecord]
) -> tuple[find.Found, dict[int, Problem]]:
    """Few names are asked for; for a long queue the whole list is read once a turn.

    A name that cannot be asked for goes out all the same: QuickBooks takes no name twice, and tells who has it.
    """
    if beforehand.answered(work, mapper, records):
        return find.judge(mapper, company, records, work.held[mapper.entity].documents)
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
