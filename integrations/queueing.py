"""What a push or a void makes of the records that were asked for: a job each, in as many steps as they need.

The first step is all of a short run, and is done where it is asked for. A longer run only notes its steps there, and
the lane takes them one by one, when little else is queued: nobody waits for 100,000 rows to be written, and the first
records leave while the last have no job yet.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from .mapping import Mapper, mapper_for
from .models import Direction, Organization, QueueStep, SyncedRecord, SyncJob, SyncRun, SyncState
from .sync.lease import hold_lane
from .sync.outcomes import add_to_run, column_of, finish
from .sync.runs import end_run, job_of

# What is said of a record that is queued already, by what it is queued for.
_QUEUED = {
    Direction.PUSH: "It is queued already.",
    Direction.VOID: "It is queued to be voided.",
    Direction.LINK: "It is queued to be linked. Sync it again once it is.",
}
# So many records that neither a request's memory nor a statement's length grows with the merchant.
STEP = 1000


def in_steps(ids: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(ids), STEP):
        yield ids[start : start + STEP]


def queue(run: SyncRun, mapper: Mapper, ids: list[int]) -> bool:
    """Sees to it that each of the records gets its job. False where one of them does not exist."""
    if len(ids) <= STEP:
        found = _queue(run, mapper, ids) == len(ids)
    else:
        records = mapper.records(run.organization)
        found = all(records.filter(pk__in=step).count() == len(step) for step in in_steps(ids))
        QueueStep.objects.bulk_create(_step(run, step) for step in in_steps(ids))
    if not ids:
        end_run(run)
    run.refresh_from_db()
    return found


def _step(run: SyncRun, ids: list[int]) -> QueueStep:
    return QueueStep(
        organization=run.organization, run=run, ids=ids, size=len(ids), first_id=ids[0], last_id=ids[-1]
    )


def not_yet_queued(organization: Organization, mapper: Mapper) -> dict[int, SyncRun]:
    """{record: run} of what an earlier push asked for and has no job yet: asked for all of them once more, it would be
    queued twice."""
    steps = QueueStep.to_take(organization.pk).filter(
        run__entity=mapper.entity, run__direction=Direction.PUSH
    )
    return {pk: step.run for step in steps for pk in step.ids}


def hurry(run: SyncRun, priority: int) -> None:
    """Somebody asks for it more urgently than whoever asked first."""
    SyncRun.objects.filter(pk=run.pk, priority__gt=priority).update(priority=priority)
    _hurry_jobs(run.jobs.all(), priority)
    run.refresh_from_db()


def _hurry_jobs(jobs: QuerySet[SyncJob], priority: int) -> None:
    jobs.filter(status=SyncJob.Status.QUEUED, priority__gt=priority).update(priority=priority)


def next_step(organization_id: int) -> QueueStep | None:
    """The most urgent step, where less is queued before it than the lane takes at once."""
    step = QueueStep.to_take(organization_id).order_by("run__priority", "run_id", "id").first()
    if step is None:
        return None
    # What refers to these records is of a higher rank, and goes after them.
    before = SyncJob.objects.filter(
        organization=organization_id,
        status=SyncJob.Status.QUEUED,
        priority__lte=step.run.priority,
        rank__lte=mapper_for(step.run.entity).rank,
    )
    claim = settings.QBO_BATCH_SIZE * settings.QBO_CONCURRENCY
    return step if before[:claim].count() < claim else None


def take_out(organization_id: int, entity: str, wanted: Collection[int], priority: int) -> set[int]:
    """Gives those of the wanted records that wait in a step their job now, since something else needs them first.
    Returns which they were."""
    mapper = mapper_for(entity)
    taken: set[int] = set()
    with transaction.atomic():
        hold_lane(organization_id)
        steps = QueueStep.to_take(organization_id).filter(
            run__entity=entity,
            run__direction=Direction.PUSH,
            first_id__lte=max(wanted),
            last_id__gte=min(wanted),
        )
        for step in steps:
            now = [pk for pk in step.ids if pk in wanted]
            if not now:
                continue
            left = [pk for pk in step.ids if pk not in wanted]
            QueueStep.objects.filter(pk=step.pk).update(ids=left, size=len(left))
            _queue(step.run, mapper, now)
            _hurry_jobs(SyncJob.objects.filter(run=step.run, record_id__in=now), priority)
            taken |= set(now)
    return taken


def take_step(step: QueueStep) -> None:
    """Queues the records of one step. What was deleted since it was asked for is no part of the run any more."""
    run = step.run
    with transaction.atomic():
        hold_lane(step.organization_id)
        if not QueueStep.to_take(step.organization_id).filter(pk=step.pk).exists():
            return
        SyncRun.objects.filter(pk=run.pk, status=SyncRun.Status.QUEUED).update(
            status=SyncRun.Status.RUNNING, started_at=timezone.now()
        )
        step.delete()
        gone = step.size - _queue(run, mapper_for(run.entity), step.ids)
        if gone:
            SyncRun.objects.filter(pk=run.pk).update(total=F("total") - gone)
            add_to_run(run.pk, Counter())


def _queue(run: SyncRun, mapper: Mapper, ids: Sequence[int]) -> int:
    """One job a record: queued, or done at once where no call is needed. Returns how many records there are."""
    records = mapper.records(run.organization).light().filter(pk__in=ids)
    already = _make_way(run, mapper, ids)
    jobs = [_job(run, mapper, record, already) for record in records.order_by("pk")]
    SyncJob.objects.bulk_create(jobs)
    done = [job for job in jobs if job.status == SyncJob.Status.DONE]
    _mark_queued(mapper, [job.record_id for job in jobs if job.status == SyncJob.Status.QUEUED])
    if done:
        add_to_run(run.pk, Counter(column_of(job.outcome) for job in done))
    return len(jobs)


def _make_way(run: SyncRun, mapper: Mapper, ids: Sequence[int]) -> dict[int, str]:
    """{record: direction} of what is queued already and stays, as urgently as it is asked for now. What is to be
    voided need not be pushed any more."""
    queued = SyncJob.objects.filter(
        organization_id=run.organization_id,
        entity=mapper.entity,
        status=SyncJob.Status.QUEUED,
        record_id__in=ids,
    )
    if run.direction == Direction.VOID:
        finish(
            queued.filter(direction=Direction.PUSH), SyncJob.Outcome.SKIPPED, "It is to be voided instead."
        )
    _hurry_jobs(queued, run.priority)
    return dict(queued.values_list("record_id", "direction"))


def _mark_queued(mapper: Mapper, ids: Iterable[int]) -> None:
    """A document with an open conflict can be voided; refused, it still has the conflict."""
    mapper.model.objects.filter(pk__in=ids).exclude(sync_state=SyncState.CONFLICT).update(
        sync_state=SyncState.QUEUED,
        accounting_synced=False,
        sync_error_code="",
        sync_error_message="",
        sync_error_remedy="",
        sync_error_tid="",
    )


def _job(run: SyncRun, mapper: Mapper, record: SyncedRecord, already: dict[int, str]) -> SyncJob:
    outcome, message = _without_a_call(run, record, already)
    done = outcome != SyncJob.Outcome.PENDING
    return job_of(
        run,
        mapper,
        record,
        status=SyncJob.Status.DONE if done else SyncJob.Status.QUEUED,
        outcome=outcome,
        message=message,
        quickbooks_id=record.qbo_id or "",
        finished_at=timezone.now() if done else None,
    )


def _without_a_call(
    run: SyncRun, record: SyncedRecord, already: dict[int, str]
) -> tuple[SyncJob.Outcome, str]:
    if record.pk in already:
        return SyncJob.Outcome.SKIPPED, _QUEUED.get(already[record.pk], _QUEUED[Direction.PUSH])
    ended = getattr(record, "ended", "")
    if ended:
        return SyncJob.Outcome.SKIPPED, f"It is {ended}, so there is nothing to do."
    if run.direction == Direction.PUSH and record.sync_state == SyncState.CONFLICT:
        return SyncJob.Outcome.CONFLICT, "Both sides changed it. Decide the conflict first."
    if run.direction == Direction.PUSH and record.sync_state == SyncState.SYNCED:
        return SyncJob.Outcome.UNCHANGED, ""
    return SyncJob.Outcome.PENDING, ""
