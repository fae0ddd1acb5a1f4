"""Looking something up in QuickBooks because a person asked: a search, or records that are read once more."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from ..mapping import Mapper, mapper_for
from ..models import Direction, SyncJob, SyncRun, name_key
from ..qbo.errors import Refused, Unreachable
from ..qbo.statements import quote
from . import decoding, find, outcomes
from .apply import store
from .runs import begin, end_run, waiting_runs
from .work import Work
from .writing import Entry, mark_gone

# Found by each of a search's questions, at most.
MOST_FOUND = 25

DIRECTIONS = (Direction.LOOK_UP, Direction.REFRESH)


def next_run(work: Work) -> SyncRun | None:
    """The most urgent look that waits."""
    return waiting_runs(work.organization, *DIRECTIONS).first()


def looking_round(work: Work, run: SyncRun) -> bool:
    begin(run)
    mapper = mapper_for(run.entity)
    try:
        if run.direction == Direction.LOOK_UP:
            _look_up(work, mapper, run)
        else:
            _read_again(work, mapper, run)
    except (Refused, Unreachable) as error:
        end_run(run, outcomes.problem_of(error))
    return True


def _look_up(work: Work, mapper: Mapper, run: SyncRun) -> None:
    """Stores what QuickBooks has under the text, the same name or number first: one call."""
    text = run.options["search"]
    wheres = [
        f"{name} {operator} {quote(value)}{mapper.even_inactive}"
        for name, operator, value in mapper.searches(text, work.organization)
    ]
    rows = work.client.select_any(mapper.remote, wheres, order_by=mapper.found_in_order, size=MOST_FOUND)
    company = work.company()
    found: dict[str, dict[str, Any]] = {}
    for document, _ in decoding.decoded(mapper, rows):
        if mapper.usable(document):
            found[str(document.Id)] = {"id": str(document.Id), **mapper.shown(document, company)}
    run.options["candidates"] = sorted(
        found.values(), key=lambda each: name_key(each["name"]) != name_key(text)
    )
    run.total = run.succeeded = len(found)
    run.save(update_fields=["options", "total", "succeeded"])
    end_run(run)


def _read_again(work: Work, mapper: Mapper, run: SyncRun) -> None:
    """Reads the run's records, whatever was read of them before: one query for 300 of them."""
    linked = mapper.records(work.organization).linked().filter(pk__in=run.options["ids"])
    records = {record.qbo_id: record for record in linked}
    rows = find.rows_by_ids(work, mapper, records)
    stored = store(work, mapper, work.company(), rows, adds_unknown=False)
    missing = records.keys() - stored.seen
    gone = find.gone(work, mapper, missing) if missing else set()
    stored.journal += mark_gone(mapper, work.organization, gone)
    stored.journal += _unchanged(mapper, records, {entry.quickbooks_id for entry in stored.journal})
    with transaction.atomic():
        counts = outcomes.journal(run, mapper, stored.journal)
        run.succeeded, run.failed, run.skipped = (counts[name] for name in ("succeeded", "failed", "skipped"))
        run.total = run.done
        run.save(update_fields=["succeeded", "failed", "skipped", "total"])
        end_run(run)


def _unchanged(mapper: Mapper, records: dict[str, Any], noted: set[str]) -> list[Entry]:
    """That it was read is worth a line, too."""
    return [
        Entry(
            SyncJob.Outcome.UNCHANGED,
            mapper.label(record),
            record.pk,
            qbo_id,
            "It is as it was in QuickBooks.",
        )
        for qbo_id, record in records.items()
        if qbo_id not in noted
    ]
