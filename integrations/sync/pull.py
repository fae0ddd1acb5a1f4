"""Reading what changed in QuickBooks: the change feed from the cursor, whole lists where that cannot tell.

The cursor moves after the rows are stored, never before and never after a failed read: a crash in between only
makes the next pull read the same rows again, which costs nothing since their sync tokens are known.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec
from django.db import transaction
from django.utils import timezone

from .. import documents
from ..mapping import Company, Mapper, Problem, given, mapper_for, mappers
from ..models import Cursor, Direction, SyncJob, SyncRun, Trigger, WebhookReceipt
from ..qbo.client import Changes
from ..qbo.errors import Refused, Unreachable
from . import find, identities, merged, outcomes
from .apply import store
from .incoming import Stored
from .runs import end_run, mark_running, waiting_runs
from .work import Work
from .writing import Entry, mark_gone

logger = logging.getLogger(__name__)

# Read again each time: QuickBooks' times have whole seconds, and writes settle late.
OVERLAP = timedelta(minutes=5)
# The feed looks back 30 days (contract section 6); a day is left for slow clocks.
LOOK_BACK = timedelta(days=29)


def pull_round(work: Work, between: Callable[[], None]) -> bool:
    """Works off all queued pulls of the organization together. `between` is called between pages."""
    runs = list(waiting_runs(work.organization, Direction.PULL))
    if not runs:
        return False
    mark_running(runs)
    try:
        results = _read(work, _asked_of(runs, identities.due(work)), between)
        merges = merged.follow_merges(work, work.company())
    except (Refused, Unreachable) as error:
        _end(runs, outcomes.problem_of(error))
        return True
    for run in runs:
        told_here = {run.entity} if run is not runs[0] else merges.keys() - {each.entity for each in runs[1:]}
        own = {entity: merges.pop(entity) for entity in told_here & merges.keys()}
        _finish(run, results[run.entity], own)
    return True


@dataclass
class _Asked:
    """What one entity's waiting runs ask for together."""

    mapper: Mapper
    include_new: bool
    compare: bool

    @property
    def adds_unknown(self) -> bool:
        return self.mapper.adds_unknown or self.include_new


def _asked_of(runs: list[SyncRun], due: set[str]) -> list[_Asked]:
    """In registry order. What runs by its schedule is compared as a whole where that is due."""
    asked = []
    for mapper in mappers():
        of_entity = [run for run in runs if run.entity == mapper.entity]
        scheduled = any(run.trigger == Trigger.SCHEDULE for run in of_entity)
        if of_entity:
            asked.append(
                _Asked(
                    mapper,
                    include_new=any(run.options.get("include_new") for run in of_entity),
                    compare=any(run.options.get("compare") for run in of_entity)
                    or (scheduled and mapper.entity in due),
                )
            )
    return asked


def _read(work: Work, asked: list[_Asked], between: Callable[[], None]) -> dict[str, Stored]:
    company = work.company()
    results = {each.mapper.entity: Stored() for each in asked}
    cursors = {
        cursor.entity: cursor.changed_since
        for cursor in Cursor.objects.filter(organization=work.organization)
        if timezone.now() - cursor.changed_since < LOOK_BACK
    }
    fed = [
        each.mapper
        for each in asked
        if each.mapper.in_change_feed and each.mapper.entity in cursors and not each.include_new
    ]
    incomplete = _read_feed(work, company, fed, cursors, results) if fed else []
    for each in asked:
        mapper, result = each.mapper, results[each.mapper.entity]
        try:
            if mapper not in fed:
                result.add(_read_all(work, company, mapper, each.adds_unknown, between))
            elif mapper in incomplete or each.compare:
                stored, began = identities.compare_identities(work, company, mapper, between)
                result.add(stored)
                if mapper in incomplete:
                    move_cursor(work, mapper, began)
        except Refused as refusal:
            result.refused = outcomes.problem_of(refusal)
    return results


def _read_feed(
    work: Work,
    company: Company,
    fed: list[Mapper],
    cursors: dict[str, datetime],
    results: dict[str, Stored],
) -> list[Mapper]:
    """One call for all; one for each where that was refused or may have left something out. Returns those of which
    still may."""
    since = min(cursors[mapper.entity] for mapper in fed) - OVERLAP
    changes, refusal = _changes(work, fed, since)
    if changes is None or not changes.complete:
        if len(fed) > 1:
            return [left for mapper in fed for left in _read_feed(work, company, [mapper], cursors, results)]
        if refusal:
            results[fed[0].entity].journal.append(_not_fed(refusal))
        return fed
    for mapper in fed:
        rows = changes.rows.get(mapper.remote, [])
        results[mapper.entity].add(store(work, mapper, company, rows, adds_unknown=mapper.adds_unknown))
        move_cursor(work, mapper, changes.time)
    return []


def _changes(work: Work, fed: list[Mapper], since: datetime) -> tuple[Changes | None, Refused | None]:
    """What changed, or why QuickBooks does not say."""
    try:
        return work.client.changes([mapper.remote for mapper in fed], since), None
    except Refused as refusal:
        logger.warning("No changes of %s: %s", ", ".join(mapper.entity for mapper in fed), refusal)
        return None, refusal


def _not_fed(refusal: Refused) -> Entry:
    code = f" (code {refusal.code})" if refusal.code else ""
    note = f"QuickBooks refused to say what changed{code}, so Finmo compared the whole list with it."
    return Entry(SyncJob.Outcome.SKIPPED, "Change feed", None, "", note)


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
        began = began or page.time
        pages += 1
        stored.add(store(work, mapper, company, page.rows, adds_unknown=adds_unknown))
        between()
    if pages > 1 and mapper.in_change_feed:
        # A deletion while we turned pages moved a row from the page ahead to the page behind.
        since = (began or timezone.now()) - timedelta(seconds=1)
        changes, _ = _changes(work, [mapper], since)
        rows = changes.rows.get(mapper.remote, []) if changes else []
        late = store(work, mapper, company, rows, adds_unknown=adds_unknown)
        if late.deleted or changes is None or not changes.complete:
            for page in work.client.pages(mapper.remote, where=mapper.everything):
                late.add(store(work, mapper, company, page.rows, adds_unknown=adds_unknown))
        stored.add(late)
    stored.journal += _mark_missing(work, mapper, stored.seen)
    if began:
        move_cursor(work, mapper, began, compared=True)
    return stored


def _mark_missing(work: Work, mapper: Mapper, seen: set[str]) -> list:
    """Linked records that the list did not have: looked up once more before they count as deleted."""
    linked = set(mapper.linked_and_living(work.organization).values_list("qbo_id", flat=True))
    missing = linked - seen
    if not missing:
        return []
    return mark_gone(mapper, work.organization, find.gone(work, mapper, missing))


def _tax_rates(work: Work) -> dict:
    """{TaxRate id: percent}; one that cannot be read is unknown, like the rates of its codes then."""
    rates = {}
    for page in work.client.pages("TaxRate"):
        for raw in page.rows:
            try:
                rate = documents.decode(raw, documents.TaxRate)
            except msgspec.MsgspecError as error:
                logger.warning("A TaxRate does not fit its type: %s", error)
                continue
            if given(rate.RateValue) is not None:
                rates[str(rate.Id)] = rate.RateValue
    return rates


def move_cursor(work: Work, mapper: Mapper, time: datetime, *, compared: bool = False) -> None:
    """`compared`: the list was read as a whole, which is a comparison too. Raises Stopped: another company's list was
    not read until then."""
    if mapper.in_change_feed:
        now = timezone.now()
        with work.storing():
            Cursor.objects.update_or_create(
                organization=work.organization,
                entity=mapper.entity,
                defaults={"changed_since": time, "read_at": now} | ({"compared_at": now} if compared else {}),
            )


def _finish(run: SyncRun, stored: Stored, merges: merged.Entries) -> None:
    """Writes the journal, with what merges did to this and to other entities' records."""
    with transaction.atomic():
        counts = outcomes.journal(run, mapper_for(run.entity), stored.journal)
        for entity, entries in merges.items():
            counts += outcomes.journal(run, mapper_for(entity), entries)
        run.refresh_from_db()
        run.succeeded, run.failed = counts["succeeded"], counts["failed"]
        run.skipped = stored.unchanged
        run.total = run.done
        run.save(update_fields=["succeeded", "failed", "skipped", "total"])
        end_run(run, stored.refused)
        if not stored.refused:
            _answer_webhooks(run)


def _answer_webhooks(run: SyncRun) -> None:
    """What was told of before this reading began has been read now."""
    WebhookReceipt.objects.filter(
        organization_id=run.organization_id,
        entity=run.entity,
        answered_at=None,
        received_at__lte=run.started_at,
    ).update(answered_at=run.finished_at)


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
