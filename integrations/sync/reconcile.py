"""Reading a statement: QuickBooks' side by pages, ours in one go, compared and stored."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.db.models import Q
from django.utils import timezone

from ..mapping import Problem, mapper_for
from ..mapping.document import DocumentMapper
from ..models import Direction, SyncRun
from ..qbo.errors import Refused, Unreachable
from . import outcomes, statements
from .runs import begin, end_run, waiting_runs
from .sides import QuickBooksSide, Unsteady, read_finmo, written_since
from .statement_compare import Comparison, Side, compare
from .work import Work


def reconcile_round(work: Work, run: SyncRun, between: Callable[[], None]) -> bool:
    """Reads one statement as its run asks for. `between` is called between pages."""
    begin(run)
    mapper = mapper_for(run.entity)
    as_of = date.fromisoformat(run.options["as_of"])
    try:
        comparison, read, unread = _read(work, mapper, run, as_of, between)
    except Refused as error:
        end_run(run, outcomes.problem_of(error))
        return True
    except Unreachable as error:
        end_run(run, _lost(run, error))
        return True
    except Unsteady as error:
        end_run(run, error.problem)
        return True
    statements.store(run, mapper.stream, work.realm_id, comparison, unread)
    run.total = run.succeeded = read
    run.save(update_fields=["total", "succeeded"])
    end_run(run)
    return True


def _read(
    work: Work, mapper: DocumentMapper, run: SyncRun, as_of: date, between: Callable[[], None]
) -> tuple[Comparison, int, list[dict[str, str]]]:
    """(the comparison, how many documents of QuickBooks it is about, which of them cannot be read)."""
    company = work.company()
    reader = QuickBooksSide(work, mapper, company)
    began = timezone.now()
    expected = mapper.linked_and_living(work.organization).filter(issue_date__lte=as_of).count()

    def progress(read: int) -> None:
        run.succeeded, run.total = read, max(read, expected)
        run.save(update_fields=["succeeded", "total"])
        between()

    theirs = reader.up_to(as_of, progress)
    ours = read_finmo(mapper, company, Q(issue_date__lte=as_of) | Q(qbo_id__isnull=False))
    written = written_since(work.organization, mapper, began)
    again = reader.by_ids(written | _missing(ours, theirs, as_of.isoformat()))
    theirs = {qbo_id: side for qbo_id, side in theirs.items() if qbo_id not in written} | again
    comparison = compare(ours, theirs.values(), as_of.isoformat(), reader.unreadable)
    return comparison, len(theirs), reader.unread


def _lost(run: SyncRun, error: Unreachable) -> Problem:
    """How far the reading came; a part of a statement is never stored."""
    after = f" after {run.succeeded:,} of {run.total:,} documents" if run.succeeded else ""
    return Problem(
        error.code,
        f"The connection to QuickBooks was lost{after}, so there is no new statement.",
        "Press Retry to read it again. The statements that were read before are as they were.",
        detail=error.detail,
        intuit_tid=error.intuit_tid,
    )


def _missing(ours: list[Side], theirs: dict[str, Side], as_of: str) -> set[str]:
    """What our counted records are linked to and the list did not have: deleted there, or dated later."""
    return {side.qbo_id for side in ours if side.qbo_id and side.qbo_id not in theirs and side.counts(as_of)}


def next_run(work: Work) -> SyncRun | None:
    """The most urgent statement that waits to be read."""
    return waiting_runs(work.organization, Direction.RECONCILE).first()
