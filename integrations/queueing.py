"""What a push or a void makes of the records that were asked for: a job each, in as many steps as they need.

A step holds so many records that neither the request's memory nor a statement's length grows with the merchant.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from django.db.models import QuerySet
from django.utils import timezone

from .mapping import Mapper
from .models import Direction, SyncedRecord, SyncJob, SyncRun, SyncState
from .sync.runs import end_run

STEP = 1000


def in_steps(records: QuerySet, ids: Sequence[int]) -> Iterator[list[SyncedRecord]]:
    """The records with these ids, by key, so many at a time."""
    for start in range(0, len(ids), STEP):
        yield list(records.filter(pk__in=ids[start : start + STEP]).order_by("pk"))


def queue(run: SyncRun, mapper: Mapper, ids: Sequence[int]) -> int:
    """One job a record: queued, or done at once where no call is needed. Returns how many records there are."""
    records = mapper.records(run.organization).defer("qbo_document", "base")
    jobs_so_far = SyncJob.objects.filter(organization_id=run.organization_id, entity=mapper.entity)
    waiting = jobs_so_far.filter(status=SyncJob.Status.QUEUED)
    already = set(waiting.values_list("record_id", flat=True))
    made: Counter[str] = Counter()
    for step in in_steps(records, ids):
        jobs = [_job(run, mapper, record, already) for record in step]
        SyncJob.objects.bulk_create(jobs)
        _mark_queued(mapper, [job.record_id for job in jobs if job.status == SyncJob.Status.QUEUED])
        made.update(job.outcome for job in jobs)
    run.skipped = made[SyncJob.Outcome.UNCHANGED] + made[SyncJob.Outcome.SKIPPED]
    run.failed = made[SyncJob.Outcome.CONFLICT]
    run.save(update_fields=["skipped", "failed"])
    if not made[SyncJob.Outcome.PENDING]:
        end_run(run)
    return made.total()


def _mark_queued(mapper: Mapper, ids: list[int]) -> None:
    """A document with an open conflict can be voided; refused, it still has the conflict."""
    mapper.model.objects.filter(pk__in=ids).exclude(sync_state=SyncState.CONFLICT).update(
        sync_state=SyncState.QUEUED,
        accounting_synced=False,
        sync_error_code="",
        sync_error_message="",
        sync_error_remedy="",
        sync_error_tid="",
    )


def _job(run: SyncRun, mapper: Mapper, record: SyncedRecord, already: set[int]) -> SyncJob:
    outcome, message = _without_a_call(run, record, already)
    done = outcome != SyncJob.Outcome.PENDING
    return SyncJob(
        organization_id=run.organization_id,
        run=run,
        direction=run.direction,
        entity=mapper.entity,
        rank=mapper.rank,
        record_id=record.pk,
        label=mapper.label(record),
        priority=run.priority,
        status=SyncJob.Status.DONE if done else SyncJob.Status.QUEUED,
        outcome=outcome,
        message=message,
        quickbooks_id=record.qbo_id or "",
        finished_at=timezone.now() if done else None,
    )


def _without_a_call(run: SyncRun, record: SyncedRecord, already: set[int]) -> tuple[SyncJob.Outcome, str]:
    if record.pk in already:
        return SyncJob.Outcome.SKIPPED, "It is queued already."
    ended = getattr(record, "ended", "")
    if ended:
        return SyncJob.Outcome.SKIPPED, f"It is {ended}, so there is nothing to do."
    if run.direction == Direction.PUSH and record.sync_state == SyncState.CONFLICT:
        return SyncJob.Outcome.CONFLICT, "Both sides changed it. Decide the conflict first."
    if run.direction == Direction.PUSH and record.sync_state == SyncState.SYNCED:
        return SyncJob.Outcome.UNCHANGED, ""
    return SyncJob.Outcome.PENDING, ""
