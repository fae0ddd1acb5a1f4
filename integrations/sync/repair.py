"""Carrying out a repair: what has to be read or decided first, then its jobs, then a second look at its documents."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q

from ..mapping import Company, Problem, mapper_for
from ..mapping.document import DocumentMapper
from ..models import Direction, Fix, Statement, SyncJob, SyncRun, SyncState
from ..qbo.errors import Refused, Unreachable
from . import decoding, find, outcomes, statements
from .fixes import FIXES, Repair, Send
from .leaving import LEFT
from .runs import begin, end_run, job_of, waiting_runs
from .sides import QuickBooksSide, read_finmo
from .statement_compare import compare
from .work import Work


def next_run(work: Work) -> SyncRun | None:
    """The most urgent repair that waits neither for its jobs nor for anybody."""
    under_way = SyncJob.objects.filter(organization=work.organization).exclude(status=SyncJob.Status.DONE)
    waiting = waiting_runs(work.organization, Direction.REPAIR)
    return waiting.exclude(pk__in=under_way.values("run_id")).first()


def repair_round(work: Work, run: SyncRun) -> bool:
    """The next of two steps: to fix, which may leave jobs behind, and to look again once these are done."""
    begin(run)
    statement = Statement.objects.get(pk=run.options["statement"], organization=work.organization)
    if statement.realm_id != work.realm_id:
        end_run(run, LEFT)
        return True
    try:
        if run.options.get("begun"):
            _look_again(work, run, statement)
        else:
            _begin(work, run, statement)
    except Refused as error:
        end_run(run, outcomes.problem_of(error))
    except Unreachable as error:
        end_run(run, _lost(error))
    return True


def _lost(error: Unreachable) -> Problem:
    return Problem(
        error.code,
        "The connection to QuickBooks was lost, so not everything could be repaired.",
        "Press Retry for what is left. What was repaired so far stays repaired.",
        detail=error.detail,
        intuit_tid=error.intuit_tid,
    )


def _begin(work: Work, run: SyncRun, statement: Statement) -> None:
    mapper = mapper_for(run.entity)
    company = work.company()
    differences = list(statement.differences.filter(pk__in=run.options["differences"], settled_at=None))
    fix = Fix(run.options["fix"])
    ids = {each.link_quickbooks_id or each.quickbooks_id for each in differences} - {""}
    rows = find.rows_by_ids(work, mapper, ids) if fix != Fix.PUSH else []
    held = decoding.newest(decoding.decoded(mapper, rows))
    # It would be taken for deleted, and made a second time.
    hidden = decoding.doubtful(ids, rows, held)
    known = [each for each in differences if not hidden & {each.quickbooks_id, each.link_quickbooks_id}]
    to_send = FIXES[fix](Repair(work, run, mapper, company, known, held))
    with transaction.atomic():
        _queue(run, mapper, to_send)
        run.refresh_from_db()
        run.options["begun"] = True
        run.save(update_fields=["options"])


def _queue(run: SyncRun, mapper: DocumentMapper, to_send: list[Send]) -> None:
    """One job a record. One that another run has queued already goes with that one."""
    queued = set(
        SyncJob.objects.filter(
            organization_id=run.organization_id, entity=mapper.entity, status=SyncJob.Status.QUEUED
        ).values_list("record_id", flat=True)
    )
    jobs = [
        job_of(run, mapper, record, direction=direction, quickbooks_id=record.qbo_id or "")
        for record, direction in to_send
        if record.pk not in queued
    ]
    SyncJob.objects.bulk_create(jobs, batch_size=1000)
    mapper.model.objects.filter(pk__in=[job.record_id for job in jobs]).update(
        sync_state=SyncState.QUEUED, accounting_synced=False, sync_error_code="", sync_error_message=""
    )


def _look_again(work: Work, run: SyncRun, statement: Statement) -> None:
    """Compares the documents once more, and lets the statement follow."""
    mapper = mapper_for(run.entity)
    company = work.company()
    statements.settle(statement, _touched(work, mapper, company, statement, run.options["differences"]))
    run.refresh_from_db()
    run.skipped += max(run.total - run.done, 0)
    run.total = run.done
    run.save(update_fields=["skipped", "total"])
    end_run(run)


def _touched(
    work: Work, mapper: DocumentMapper, company: Company, statement: Statement, keys: list[int]
) -> statements.Touched:
    """The differences with these keys and all others of the same documents, compared anew."""
    open_ones = statement.differences.filter(settled_at=None)
    asked_for = list(open_ones.filter(pk__in=keys))
    ids = {each.quickbooks_id for each in asked_for} | {each.link_quickbooks_id for each in asked_for}
    pks = {each.record_id for each in asked_for} | {each.link_record_id for each in asked_for}
    ids, pks = ids - {""}, pks - {None}
    ours = read_finmo(mapper, company, Q(pk__in=pks) | Q(qbo_id__in=ids))
    ids |= {side.qbo_id for side in ours if side.qbo_id}
    pks |= {side.record for side in ours}
    reader = QuickBooksSide(work, mapper, company)
    theirs = reader.by_ids(ids)
    differences = list(open_ones.filter(Q(record_id__in=pks) | Q(quickbooks_id__in=ids)))
    comparison = compare(ours, theirs.values(), statement.as_of.isoformat(), reader.unreadable)
    return statements.Touched(differences, comparison, theirs.keys())
