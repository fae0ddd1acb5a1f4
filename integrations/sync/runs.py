"""What a run is made of, how it begins and ends, and what the configuration page is told of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from ..mapping import Mapper, Problem, mapper_for
from ..models import Configuration, Direction, Organization, SyncedRecord, SyncJob, SyncRun


def job_of(run: SyncRun, mapper: Mapper, record: SyncedRecord, **columns: Any) -> SyncJob:
    """The record's part of the run, not saved; as urgent as the run, and of its direction unless `columns` say so."""
    of_run = {"organization_id": run.organization_id, "direction": run.direction, "priority": run.priority}
    of_record = {
        "entity": mapper.entity,
        "rank": mapper.rank,
        "record_id": record.pk,
        "label": mapper.label(record),
    }
    return SyncJob(run=run, **(of_run | of_record | columns))


def waiting_runs(organization: Organization, *directions: Direction) -> QuerySet[SyncRun]:
    """The most urgent first."""
    runs = SyncRun.objects.filter(
        organization=organization, direction__in=directions, status__in=SyncRun.UNFINISHED
    )
    return runs.order_by("priority", "id")


def begin(run: SyncRun) -> None:
    """Marks a run as running, or as going on."""
    mark_running([run])
    run.refresh_from_db()


def mark_running(runs: Iterable[SyncRun]) -> None:
    keys = [run.pk for run in runs]
    SyncRun.objects.filter(pk__in=keys, started_at=None).update(started_at=timezone.now())
    SyncRun.objects.filter(pk__in=keys).update(status=SyncRun.Status.RUNNING)


def end_run(run: SyncRun, problem: Problem | None = None) -> None:
    """Ends it by what became of its records, or failed as a whole with a problem."""
    run.status = SyncRun.Status.FAILED if problem else _status(run)
    run.finished_at = timezone.now()
    run.started_at = run.started_at or run.finished_at
    run.error_code = problem.code if problem else ""
    run.error_message = problem.text if problem else ""
    run.error_remedy = problem.advice if problem else ""
    run.save(
        update_fields=["status", "finished_at", "started_at", "error_code", "error_message", "error_remedy"]
    )
    if not problem and run.direction in (Direction.PUSH, Direction.PULL, Direction.VOID):
        _note_stream(run)


def fail_run(run_id: int, problem: Problem) -> bool:
    """Ends it as a whole; False where it had ended."""
    run = SyncRun.objects.filter(pk=run_id, status__in=SyncRun.UNFINISHED).first()
    if run is not None:
        end_run(run, problem)
    return run is not None


def _status(run: SyncRun) -> SyncRun.Status:
    if not run.failed:
        return SyncRun.Status.SUCCEEDED
    return SyncRun.Status.PARTLY_FAILED if run.failed < run.total else SyncRun.Status.FAILED


def _note_stream(run: SyncRun) -> None:
    """When the stream last ran; what was pulled waits no more."""
    stream = mapper_for(run.entity).stream
    verb = "pulled" if run.direction == Direction.PULL else "pushed"
    names = {field.name for field in Configuration._meta.concrete_fields}
    name = f"{stream}_last_{verb}_at"
    if name not in names:
        name = f"{stream}_last_synced_at"
    with transaction.atomic():
        configuration = Configuration.objects.select_for_update().get(organization_id=run.organization_id)
        setattr(configuration, name, run.finished_at)
        if run.direction == Direction.PULL:
            configuration.changes_waiting.pop(run.entity, None)
        configuration.save(update_fields=[name, "changes_waiting"])
