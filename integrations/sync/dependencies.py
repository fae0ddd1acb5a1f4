"""What a push needs first and may make by itself, such as the item of a custom line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from ..mapping import Company, Mapper, mapper_of
from ..models import Direction, QueueStep, SyncedRecord, SyncJob, SyncRun, SyncState
from ..queueing import take_out
from . import beforehand, merge
from .claims import Claimed, queued_pushes
from .runs import job_of
from .work import Work

# Records looked at in one go when the whole queue is searched for what it needs.
CHUNK = 300


def hasten(claimed: Claimed) -> None:
    """Queues now what these jobs wait for and a long run has not come to yet."""
    awaited: dict[tuple[str, int], list[SyncedRecord]] = defaultdict(list)
    for job in claimed.jobs:
        for entity, needed in claimed.mapper.waits_for(claimed.record(job)):
            if not needed.linked and needed.sync_state != SyncState.QUEUED:
                awaited[entity, job.priority].append(needed)
    organization_id = claimed.company.organization.pk
    if not awaited or not QueueStep.to_take(organization_id).exists():
        return
    for (entity, priority), needed in awaited.items():
        taken = take_out(organization_id, entity, {each.pk for each in needed}, priority)
        for each in needed:
            if each.pk in taken:
                each.sync_state = SyncState.QUEUED


def queue_dependencies(claimed: Claimed) -> bool:
    """Queues what these jobs need, with what the rest of the queue needs, so that it goes out in few batches.

    True where something was queued: it has a lower rank, so it is claimed before these jobs come again. A job that
    waited once already does not ask twice; it is then refused with the reason why its dependency failed.
    """
    mapper, company = claimed.mapper, claimed.company
    first_tried = [claimed.record(job) for job in claimed.jobs if job.attempts == 1]
    fresh = [record for record in first_tried if not record.linked and _may_go(mapper, company, record)]
    fresh += _rewritten(mapper, company, [record for record in first_tried if record.linked])
    needed = mapper.dependencies(fresh, company) if fresh else []
    if not needed:
        return False
    wanted = {record.pk: record for record in [*needed, *_needed_by_queued(claimed.work, mapper, company)]}
    _queue(claimed.work, list(wanted.values()), claimed.jobs[0])
    possible = [record for record in wanted.values() if mapper_of(record).refuse_new(record, company) is None]
    if possible:
        # Both in one call: what these jobs need, and their own documents, which come again after it.
        beforehand.look(claimed.work, [*possible, *fresh])
    return True


def _needed_by_queued(work: Work, mapper: Mapper, company: Company) -> Iterator[SyncedRecord]:
    """What the new records that still wait in the queue need."""
    ids = list(queued_pushes(work, mapper).values_list("record_id", flat=True))
    for start in range(0, len(ids), CHUNK):
        queued = mapper.full_records(company.organization).filter(
            pk__in=ids[start : start + CHUNK], qbo_id=None
        )
        sendable = [record for record in queued if _may_go(mapper, company, record)]
        yield from mapper.dependencies(sendable, company)


def _rewritten(mapper: Mapper, company: Company, linked: list[SyncedRecord]) -> list[SyncedRecord]:
    """Those of the linked records whose lines go out anew, perhaps with an item that QuickBooks does not have."""
    if mapper.line_model is None:
        return []
    mapper.prepare(linked, company)
    found = []
    for record in linked:
        values = mapper.ours(record, company)
        changed = merge.changed_here(record.base, values)
        if "lines" in changed and mapper.refuse(record, values, changed, company) is None:
            found.append(record)
    return found


def _may_go(mapper: Mapper, company: Company, record: SyncedRecord) -> bool:
    """Nothing is made for a record that will be refused; what it waits for may itself be on its way."""
    awaited = [other for _, other in mapper.waits_for(record) if not other.linked]
    if awaited:
        return all(other.sync_state == SyncState.QUEUED for other in awaited)
    return mapper.refuse_new(record, company) is None


def _queue(work: Work, needed: list[SyncedRecord], because_of: SyncJob) -> None:
    """What somebody queued already goes out by that, as urgently as this. Raises Stopped."""
    mapper = mapper_of(needed[0])
    with work.storing():
        queued = SyncJob.objects.filter(
            organization=work.organization,
            entity=mapper.entity,
            status=SyncJob.Status.QUEUED,
            record_id__in=[record.pk for record in needed],
        )
        queued.filter(priority__gt=because_of.priority).update(priority=because_of.priority)
        on_their_way = set(queued.values_list("record_id", flat=True))
        fresh = [record for record in needed if record.pk not in on_their_way]
        if fresh:
            _queue_fresh(mapper, fresh, because_of)


def _queue_fresh(mapper: Mapper, records: list[SyncedRecord], because_of: SyncJob) -> None:
    run = SyncRun.objects.create(
        organization_id=because_of.organization_id,
        direction=Direction.PUSH,
        entity=mapper.entity,
        trigger=because_of.run.trigger,
        requested_by=because_of.run.requested_by,
        priority=because_of.priority,
        total=len(records),
    )
    SyncJob.objects.bulk_create([job_of(run, mapper, record) for record in records])
    mapper.model.objects.filter(pk__in=[record.pk for record in records]).update(
        sync_state=SyncState.QUEUED, accounting_synced=False
    )
