"""Reading what changed in QuickBooks: the change feed from the cursor, whole lists where that cannot tell.

The cursor moves after the rows are stored, never before and never after a failed read: a crash in between only
makes the next pull read the same rows again, which costs nothing since their sync tokens are known.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from .. import documents
from ..mapping import Company, Mapper, Problem, given, mapper_for, mappers
from ..models import Cursor, Direction, SyncRun
from ..qbo.errors import Refused, Unreachable
from . import find, outcomes
from .apply import Stored, store
from .runs import end_run
from .work import Work
from .writing import mark_gone

logger = logging.getLogger(__name__)

# Read again each time: QuickBooks' times have whole seconds, and writes settle late.
OVERLAP = timedelta(minutes=5)
# The feed looks back 30 days (contract section 6); a day is left for slow clocks.
LOOK_BACK = timedelta(days=29)


def pull_round(work: Work, between: Callable[[], None]) -> bool:
    """Works off all queued pulls of the organization together. `between` is called between pages."""
    runs = list(
        SyncRun.objects.filter(
            organization=work.organization, direction=Direction.PULL, status__in=SyncRun.UNFINISHED
        ).order_by("priority", "id")
    )
    if not runs:
        return False
    SyncRun.objects.filter(pk__in=[run.pk for run in runs], started_at=None).update(started_at=timezone.now())
    SyncRun.objects.filter(pk__in=[run.pk for run in runs]).update(status=SyncRun.Status.RUNNING)
    wanted = {run.entity for run in runs}
    include_new = {run.entity for run in runs if run.options.get("include_new")}
    chosen = [mapper for mapper in mappers() if mapper.entity in wanted]
    try:
        results = _read(work, chosen, include_new, between)
    except (Refused, Unreachable) as error:
        _end(runs, outcomes.problem_of(error))
        return True
    for run in runs:
        _finish(run, results[run.entity])
    return True


def _read(
    work: Work, chosen: list[Mapper], include_new: set[str], between: Callable[[], None]
) -> dict[str, Stored]:
    company = work.company()
    results = {mapper.entity: Stored() for mapper in chosen}
    cursors = {
        cursor.entity: cursor.changed_since
        for cursor in Cursor.objects.filter(organization=work.organization)
        if timezone.now() - cursor.changed_since < LOOK_BACK
    }
    fed = [
        mapper
        for mapper in chosen
        if mapper.in_change_feed and mapper.entity in cursors and mapper.entity not in include_new
    ]
    incomplete = _read_feed(work, company, fed, cursors, results) if fed else []
    for mapper in chosen:
        if mapper not in fed or mapper in incomplete:
            adds_unknown = mapper.adds_unknown or mapper.entity in include_new
            results[mapper.entity].add(_read_all(work, company, mapper, adds_unknown, between))
    return results


def _read_feed(
    work: Work,
    company: Company,
    fed: list[Mapper],
    cursors: dict[str, datetime],
    results: dict[str, Stored],
) -> list[Mapper]:
    """One call for all. Returns those for which the answer may have left something out."""
    since = min(cursors[mapper.entity] for mapper in fed) - OVERLAP
    changes = work.client.changes([mapper.remote for mapper in fed], since)
    if not changes.complete:
        return fed
    for mapper in fed:
        rows = changes.rows.get(mapper.remote, [])
        results[mapper.entity].add(store(work, mapper, company, rows, adds_unknown=mapper.adds_unknown))
        move_cursor(work, mapper, changes.time)
    return []


def _read_all(
    work: Work, company: Company, mapper: Mapper, adds_unknown: bool, between: Callable[[], None]
) -> Stored:
    """The whole list, 1,000 to a call; what is not there any more is marked after a second look."""
    stored = Stored()
    began: datetime | None = None
    pages = 0
    if mapper.needs_tax_rates:
        company.tax_rates = _tax_rates(work)
    for page in work.client.pages(mapper.remote, where=mapper.everything):
        began = began or page.time or timezone.now()
        pages += 1
        stored.add(store(work, mapper, company, page.rows, adds_unknown=adds_unknown))
        between()
    if pages > 1 and mapper.in_change_feed:
        # A deletion while we turned pages moved a row from the page ahead to the page behind.
        since = (began or timezone.now()) - timedelta(seconds=1)
        changes = work.client.changes([mapper.remote], since)
        late = store(work, mapper, company, changes.rows.get(mapper.remote, []), adds_unknown=adds_unknown)
        if late.deleted or not changes.complete:
            for page in work.client.pages(mapper.remote, where=mapper.everything):
                late.add(store(work, mapper, company, page.rows, adds_unknown=adds_unknown))
        stored.add(late)
    stored.journal += _mark_missing(work, mapper, stored.seen)
    if began:
        move_cursor(work, mapper, began)
    return stored


def _mark_missing(work: Work, mapper: Mapper, seen: set[str]) -> list:
    """Linked records that the list did not have: looked up once more before they count as deleted."""
    linked = set(mapper.linked_and_living(work.organization).values_list("qbo_id", flat=True))
    missing = linked - seen
    if not missing:
        return []
    return mark_gone(mapper, work.organization, find.gone(work, mapper, missing))


def _tax_rates(work: Work) -> dict:
    rates = {}
    for page in work.client.pages("TaxRate"):
        for raw in page.rows:
            rate = documents.decode(raw, documents.TaxRate)
            if given(rate.RateValue) is not None:
                rates[str(rate.Id)] = rate.RateValue
    return rates


def move_cursor(work: Work, mapper: Mapper, time: datetime) -> None:
    if mapper.in_change_feed:
        Cursor.objects.update_or_create(
            organization=work.organization,
            entity=mapper.entity,
            defaults={"changed_since": time, "read_at": timezone.now()},
        )


def _finish(run: SyncRun, stored: Stored) -> None:
    with transaction.atomic():
        counts = outcomes.journal(run, mapper_for(run.entity), stored.journal)
        run.refresh_from_db()
        run.succeeded, run.failed = counts["succeeded"], counts["failed"]
        run.skipped = stored.unchanged
        run.total = run.done
        run.save(update_fields=["succeeded", "failed", "skipped", "total"])
        end_run(run)


def fail_started(work: Work, problem: Problem) -> bool:
    """Ends the pulls that an unexpected error stopped."""
    started = SyncRun.objects.filter(
        organization=work.organization, direction=Direction.PULL, status=SyncRun.Status.RUNNING
    )
    return _end(list(started), problem)


def _end(runs: list[SyncRun], problem: Problem) -> bool:
    unfinished = SyncRun.objects.filter(pk__in=[run.pk for run in runs], finished_at=None)
    ended = [end_run(run, problem) for run in unfinished]
    return bool(ended)
