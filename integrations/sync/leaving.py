"""What becomes of an organization's work when its QuickBooks company is another one from now on.

What waits names records of the former company by their ids, which are strangers in the next one.
"""

from __future__ import annotations

from django.db.models import Count, F
from django.utils import timezone

from ..mapping import Problem, mappers
from ..models import Organization, PushBatch, QueueStep, SyncJob, SyncRun, SyncState
from .runs import end_run
from .writing import NO_ERROR

LEFT = Problem(
    "different_company",
    "This was meant for the QuickBooks company that was connected before, so it was ended.",
    "Ask for it again if it is still wanted in the company that is connected next.",
)


def end_all_work(organization: Organization) -> None:
    """Ends every run that is not done, with its jobs, steps and batches. The caller's transaction holds the lane,
    and nobody works in it."""
    QueueStep.objects.filter(organization=organization).delete()
    for run in SyncRun.objects.filter(organization=organization, status__in=SyncRun.UNFINISHED):
        end_run(run, LEFT)
    _end_jobs(organization)
    PushBatch.objects.filter(organization=organization, settled_at=None).update(settled_at=timezone.now())
    for mapper in mappers():
        mapper.records(organization).filter(sync_state=SyncState.QUEUED).update(
            sync_state=SyncState.NOT_SYNCED, **NO_ERROR
        )


def _end_jobs(organization: Organization) -> None:
    waiting = SyncJob.objects.filter(organization=organization).exclude(status=SyncJob.Status.DONE)
    by_run = list(waiting.order_by().values_list("run_id").annotate(Count("pk")))
    waiting.update(
        status=SyncJob.Status.DONE,
        outcome=SyncJob.Outcome.FAILED,
        code=LEFT.code,
        message=LEFT.text,
        remedy=LEFT.advice,
        finished_at=timezone.now(),
    )
    for run_id, number in by_run:
        SyncRun.objects.filter(pk=run_id).update(failed=F("failed") + number)
