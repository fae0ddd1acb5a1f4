"""The retry half of the door: asking once more for what a run could not do."""

from __future__ import annotations

from django.db import transaction

from . import reconciling, services
from .mapping import mapper_for
from .models import Direction, Statement, SyncJob, SyncRun
from .services import Asked, Refused


def retry(run: SyncRun, *, asked: Asked) -> SyncRun:
    """A new run over what failed in `run`, or the same again where it failed as a whole.

    Raises Refused("nothing_to_retry"), and what asking for it the first time raises.
    """
    again = _AGAIN.get(Direction(run.direction), _nothing_again)(run, asked)
    SyncRun.objects.filter(pk=again.pk).update(retry_of=run)
    return again


def _records(run: SyncRun, asked: Asked) -> SyncRun:
    failed = run.jobs.filter(outcome=SyncJob.Outcome.FAILED, record_id__isnull=False)
    living = mapper_for(run.entity).records(run.organization)
    ids = set(living.filter(pk__in=failed.order_by().values("record_id")).values_list("pk", flat=True))
    if run.finished:
        # It failed before each of its records had a job.
        for step in run.steps.all():
            ids |= set(living.filter(pk__in=step.ids).values_list("pk", flat=True))
    if not ids:
        raise _nothing()
    ask = services.push if run.direction == Direction.PUSH else services.void
    with transaction.atomic():
        again = ask(run.organization, run.entity, asked=asked, ids=sorted(ids))
        if run.finished:
            run.steps.all().delete()
    return again


def _reading(run: SyncRun, asked: Asked) -> SyncRun:
    _require_failed(run)
    return services.pull(run.organization, run.entity, asked=asked, **run.options)


def _statement(run: SyncRun, asked: Asked) -> SyncRun:
    _require_failed(run)
    stream, as_of = reconciling.asked_for(run)
    return reconciling.reconcile(run.organization, stream, asked=asked, as_of=as_of)


def _repair(run: SyncRun, asked: Asked) -> SyncRun:
    """What the repair left open and may still be settled like this."""
    statement = Statement.objects.filter(pk=run.options["statement"], organization=run.organization).first()
    fix, keys = run.options["fix"], run.options["differences"]
    left = reconciling.still_open(statement, fix, keys) if statement and run.finished else []
    if not left:
        raise _nothing()
    return reconciling.repair(statement, fix, asked=asked, differences=left)


def _nothing_again(run: SyncRun, asked: Asked) -> SyncRun:
    raise Refused(
        "nothing_to_retry", "This is asked for again where it was begun: on the record, or in its list."
    )


def _require_failed(run: SyncRun) -> None:
    if run.status != SyncRun.Status.FAILED:
        raise _nothing()


def _nothing() -> Refused:
    return Refused("nothing_to_retry", "Nothing failed in this run, so there is nothing to retry.")


_AGAIN = {
    Direction.PUSH: _records,
    Direction.VOID: _records,
    Direction.PULL: _reading,
    Direction.RECONCILE: _statement,
    Direction.REPAIR: _repair,
}
