"""The retry half of the door: asking once more for what a run could not do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q, QuerySet

from . import reconciling, services
from .mapping import mapper_for
from .models import Direction, Statement, SyncJob, SyncRun
from .services import Asked, Refused
from .sync.leaving import LEFT

NOT_VOIDED_ELSEWHERE = (
    "This was to be voided in the QuickBooks company that was connected before. Void the record itself if it is still "
    "to be ended."
)
_OF_RECORDS = (Direction.PUSH, Direction.VOID)
# What fails as a whole.
_READINGS = (Direction.PULL, Direction.RECONCILE)


def retry(run: SyncRun, *, asked: Asked) -> SyncRun:
    """A new run over what failed in `run`, or the same again where it failed as a whole.

    Raises Refused("nothing_to_retry"), and what asking for it the first time raises.
    """
    kind = _AGAIN.get(Direction(run.direction))
    if kind is None:
        raise Refused(
            "nothing_to_retry", "This is asked for again where it was begun: on the record, or in its list."
        )
    if not kind.has_left(run):
        raise _nothing(run)
    again = kind.ask(run, asked)
    SyncRun.objects.filter(pk=again.pk).update(retry_of=run)
    return again


def retryable(run: SyncRun) -> bool:
    """Whether the run is over, and left something that `retry` takes up."""
    kind = _AGAIN.get(Direction(run.direction))
    return run.finished and kind is not None and kind.has_left(run)


def label(run: SyncRun) -> str:
    """What the button for it says: of some runs a part failed, of others all."""
    return "Retry" if run.direction in _READINGS else "Retry failed"


def failed_jobs(jobs: QuerySet[SyncJob]) -> QuerySet[SyncJob]:
    """Those that failed for a record and may be asked for once more.

    Not a void that was meant for another QuickBooks company: that knows nothing of the record, and asked for again
    it would be voided here alone.
    """
    failed = jobs.filter(outcome=SyncJob.Outcome.FAILED, record_id__isnull=False, direction__in=_OF_RECORDS)
    return failed.exclude(_voids_elsewhere())


def records_again(jobs: QuerySet[SyncJob], records: QuerySet, direction: str) -> QuerySet:
    """The records of these failed jobs that still are; those to be voided only where they are still in QuickBooks."""
    left = records.filter(pk__in=jobs.order_by().values("record_id"))
    return left.filter(qbo_id__isnull=False) if direction == Direction.VOID else left


@dataclass(frozen=True)
class _Again:
    """`has_left` says whether something of a run failed, in few statements; `ask` asks for that once more."""

    has_left: Callable[[SyncRun], bool]
    ask: Callable[[SyncRun, Asked], SyncRun]


def _has_failed_records(run: SyncRun) -> bool:
    return _failed_records(run).exists() or (run.finished and run.steps.exists())


def _failed_records(run: SyncRun) -> QuerySet:
    return records_again(failed_jobs(run.jobs.all()), _living(run), run.direction)


def _living(run: SyncRun) -> QuerySet:
    return mapper_for(run.entity).records(run.organization)


def _records(run: SyncRun, asked: Asked) -> SyncRun:
    ids = set(_failed_records(run).values_list("pk", flat=True))
    if run.finished:
        # It failed before each of its records had a job.
        for step in run.steps.all():
            ids |= set(_living(run).filter(pk__in=step.ids).values_list("pk", flat=True))
    if not ids:
        raise _nothing(run)
    ask = services.push if run.direction == Direction.PUSH else services.void
    with transaction.atomic():
        again = ask(run.organization, run.entity, asked=asked, ids=sorted(ids))
        if run.finished:
            run.steps.all().delete()
    return again


def _failed_as_a_whole(run: SyncRun) -> bool:
    """Not where a conflict is what failed: that is decided, and reading again finds the same."""
    conflicts = run.jobs.filter(outcome=SyncJob.Outcome.CONFLICT)
    return run.status == SyncRun.Status.FAILED and not conflicts.exists()


def _reading(run: SyncRun, asked: Asked) -> SyncRun:
    return services.pull(run.organization, run.entity, asked=asked, **run.options)


def _statement(run: SyncRun, asked: Asked) -> SyncRun:
    stream, as_of = reconciling.asked_for(run)
    return reconciling.reconcile(run.organization, stream, asked=asked, as_of=as_of)


def _has_open_differences(run: SyncRun) -> bool:
    return bool(_open_differences(run))


def _open_differences(run: SyncRun) -> list[int]:
    """What the repair left open and may still be settled like this."""
    statement = _repaired(run)
    if statement is None or not run.finished:
        return []
    return reconciling.still_open(statement, run.options["fix"], run.options["differences"])


def _repair(run: SyncRun, asked: Asked) -> SyncRun:
    left = _open_differences(run)
    return reconciling.repair(_repaired(run), run.options["fix"], asked=asked, differences=left)


def _repaired(run: SyncRun) -> Statement | None:
    return Statement.objects.filter(pk=run.options["statement"], organization=run.organization).first()


def _voids_elsewhere() -> Q:
    return Q(direction=Direction.VOID, code=LEFT.code)


def _nothing(run: SyncRun) -> Refused:
    if run.jobs.filter(_voids_elsewhere()).exists():
        return Refused("nothing_to_retry", NOT_VOIDED_ELSEWHERE)
    return Refused("nothing_to_retry", "Nothing failed in this run, so there is nothing to retry.")


_AGAIN = {
    Direction.PUSH: _Again(_has_failed_records, _records),
    Direction.VOID: _Again(_has_failed_records, _records),
    Direction.PULL: _Again(_failed_as_a_whole, _reading),
    Direction.RECONCILE: _Again(_failed_as_a_whole, _statement),
    Direction.REPAIR: _Again(_has_open_differences, _repair),
}
