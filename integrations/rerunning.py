"""The retry half of the door: asking once more for what a run could not do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet

from . import reconciling, services
from .mapping import mapper_for
from .models import Direction, Statement, SyncJob, SyncRun
from .services import Asked, Refused


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
        raise _nothing()
    again = kind.ask(run, asked)
    SyncRun.objects.filter(pk=again.pk).update(retry_of=run)
    return again


def retryable(run: SyncRun) -> bool:
    """Whether the run is over, and left something that `retry` takes up."""
    kind = _AGAIN.get(Direction(run.direction))
    return run.finished and kind is not None and kind.has_left(run)


@dataclass(frozen=True)
class _Again:
    """`has_left` says whether something of a run failed, in few statements; `ask` asks for that once more."""

    has_left: Callable[[SyncRun], bool]
    ask: Callable[[SyncRun, Asked], SyncRun]


def _has_failed_records(run: SyncRun) -> bool:
    return _failed_records(run).exists() or (run.finished and run.steps.exists())


def _failed_records(run: SyncRun) -> QuerySet:
    failed = run.jobs.filter(outcome=SyncJob.Outcome.FAILED, record_id__isnull=False)
    return _living(run).filter(pk__in=failed.order_by().values("record_id"))


def _living(run: SyncRun) -> QuerySet:
    return mapper_for(run.entity).records(run.organization)


def _records(run: SyncRun, asked: Asked) -> SyncRun:
    ids = set(_failed_records(run).values_list("pk", flat=True))
    if run.finished:
        # It failed before each of its records had a job.
        for step in run.steps.all():
            ids |= set(_living(run).filter(pk__in=step.ids).values_list("pk", flat=True))
    if not ids:
        raise _nothing()
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


def _nothing() -> Refused:
    return Refused("nothing_to_retry", "Nothing failed in this run, so there is nothing to retry.")


_AGAIN = {
    Direction.PUSH: _Again(_has_failed_records, _records),
    Direction.VOID: _Again(_has_failed_records, _records),
    Direction.PULL: _Again(_failed_as_a_whole, _reading),
    Direction.RECONCILE: _Again(_failed_as_a_whole, _statement),
    Direction.REPAIR: _Again(_has_open_differences, _repair),
}
