"""Which jobs are at work: claimed by the lane, put back or ended where it left them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.conf import settings
from django.db.models import F, QuerySet
from django.utils import timezone

from ..mapping import Company, Mapper, Problem, mapper_for
from ..models import WITHOUT_JOBS, Direction, QueueStep, SyncedRecord, SyncJob, SyncRun
from . import outcomes
from .work import Work


@dataclass
class Claimed:
    """One entity's jobs of a claim, as far as they are still to be handled, and their records by id."""

    work: Work
    company: Company
    mapper: Mapper
    jobs: list[SyncJob]
    records: dict[int, SyncedRecord]

    def record(self, job: SyncJob) -> SyncedRecord:
        return self.records[job.record_id]

    @property
    def new(self) -> list[SyncedRecord]:
        """The records that are not linked to anything in QuickBooks."""
        return [record for record in map(self.record, self.jobs) if not record.linked]

    def fail(self, problems: Mapping[int, Problem]) -> None:
        """Ends the jobs of these records, each with its problem, and goes on without them."""
        failed = [job for job in self.jobs if job.record_id in problems]
        outcomes.fail(self.mapper, [(job, problems[job.record_id]) for job in failed])
        self.jobs = [job for job in self.jobs if job.record_id not in problems]


def claim(work: Work, most_priority: int | None = None) -> list[SyncJob]:
    """The next jobs of one rank, as many batches as may be in flight at once, marked as running."""
    queued = SyncJob.objects.filter(organization=work.organization, status=SyncJob.Status.QUEUED)
    if most_priority is not None:
        queued = queued.filter(priority__lte=most_priority)
    queued = queued.order_by("priority", "rank", "id")
    first = queued.values("priority", "rank", "direction").first()
    if first is None:
        return []
    same = queued.filter(**first)
    ids = list(same.values_list("pk", flat=True)[: settings.QBO_BATCH_SIZE * settings.QBO_CONCURRENCY])
    SyncJob.objects.filter(pk__in=ids, status=SyncJob.Status.QUEUED).update(
        status=SyncJob.Status.RUNNING, started_at=timezone.now(), attempts=F("attempts") + 1
    )
    return list(SyncJob.objects.filter(pk__in=ids, status=SyncJob.Status.RUNNING).order_by("id"))


def queued_pushes(work: Work, mapper: Mapper) -> QuerySet[SyncJob]:
    return SyncJob.objects.filter(
        organization=work.organization,
        entity=mapper.entity,
        direction=Direction.PUSH,
        status=SyncJob.Status.QUEUED,
    )


def by_entity(jobs: Iterable[SyncJob]) -> dict[str, list[SyncJob]]:
    grouped: dict[str, list[SyncJob]] = defaultdict(list)
    for job in jobs:
        grouped[job.entity].append(job)
    return grouped


def requeue_orphans(work: Work) -> None:
    """Jobs that a dead worker had claimed but not sent, or whose answer it had half digested."""
    outcomes.requeue(_not_under_way(work))


def _not_under_way(work: Work) -> QuerySet[SyncJob]:
    """What runs, but for what was sent: that keeps its batch, and is settled by looking."""
    running = SyncJob.objects.filter(organization=work.organization, status=SyncJob.Status.RUNNING)
    return running.exclude(batch__settled_at__isnull=True, batch__isnull=False)


def fail_claimed(work: Work, problem: Problem) -> bool:
    """Ends what was claimed but not sent, and what the digestion of an answer left behind."""
    grouped = by_entity(list(_not_under_way(work)))
    for entity, jobs in grouped.items():
        outcomes.fail(mapper_for(entity), [(job, problem) for job in jobs])
    return bool(grouped)


def has_work(organization_id: int) -> bool:
    queued = SyncJob.objects.filter(organization_id=organization_id).exclude(status=SyncJob.Status.DONE)
    without_jobs = SyncRun.objects.filter(
        organization_id=organization_id,
        direction__in=WITHOUT_JOBS,
        status__in=SyncRun.UNFINISHED,
    )
    no_job_yet = QueueStep.to_take(organization_id)
    return queued.exists() or without_jobs.exists() or no_job_yet.exists()
