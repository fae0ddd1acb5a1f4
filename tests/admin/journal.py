"""Rows of the journal as tests need them: runs, jobs and a conflict, written without an engine."""

from integrations.models import (
    Conflict,
    Direction,
    SyncJob,
    SyncRun,
    SyncState,
    Trigger,
)


def make_run(organization, **fields) -> SyncRun:
    defaults = {"direction": Direction.PUSH, "entity": "customers", "trigger": Trigger.SCHEDULE}
    return SyncRun.objects.create(organization=organization, **(defaults | fields))


def make_job(organization, **fields) -> SyncJob:
    run = fields.pop("run", None) or make_run(organization)
    defaults = {"direction": Direction.PUSH, "entity": "customers", "status": SyncJob.Status.DONE}
    return SyncJob.objects.create(organization=organization, run=run, **(defaults | fields))


def failed_run(organization, *records) -> SyncRun:
    run = make_run(organization, status=SyncRun.Status.FAILED, total=len(records), failed=len(records))
    for record in records:
        make_job(organization, run=run, record_id=record.pk, label=str(record), outcome="failed", code="6240")
        type(record).objects.filter(pk=record.pk).update(sync_state=SyncState.FAILED)
    return run


def make_conflict(organization, customer) -> Conflict:
    values = {"base": "", "finmo": "ours@acme.example", "quickbooks": "theirs@acme.example"}
    return Conflict.objects.create(
        organization=organization,
        entity="customers",
        record_id=customer.pk,
        label=str(customer),
        fields={"email": values},
    )


def set_state(record, state: SyncState, **columns) -> None:
    type(record).objects.filter(pk=record.pk).update(
        sync_state=state, accounting_synced=state == SyncState.SYNCED, **columns
    )
    record.refresh_from_db()
