"""What each fault of a pushed record asks for: read and merge, link, put back, pause, or tell a person."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable
from typing import NamedTuple

from ..mapping import Company, Mapper, Problem, mapper_for
from ..models import SyncedRecord, SyncJob, SyncState, name_key
from ..qbo.codes import (
    GONE,
    NAME_TAKEN,
    NUMBER_TAKEN,
    RATE_MISSING,
    REFERENCE_GONE,
    STALE,
    SYSTEM_FAILURE,
    UNKNOWN_TO_IT,
)
from ..qbo.errors import (
    Fault,
    NeedsReconnect,
    QuickBooksError,
    Refused,
    SubscriptionLapsed,
    Throttled,
    TryLater,
    error_of,
)
from . import apply, find, outcomes
from .bind import bind_and_finish, found_for, link
from .claims import by_entity
from .decoding import ByKey
from .work import Work
from .writing import mark_gone

logger = logging.getLogger(__name__)

MOST_ATTEMPTS = 4


class Failure(NamedTuple):
    """What QuickBooks said of a job's record."""

    job: SyncJob
    record: SyncedRecord
    fault: Fault


Failures = list[Failure]


def digest(work: Work, company: Company, failed: Failures, unanswered: list[SyncJob]) -> None:
    """Raises what concerns the whole company, after every record's own matter is settled."""
    failed_of: dict[str, Failures] = defaultdict(list)
    for failure in failed:
        failed_of[failure.job.entity].append(failure)
    raised: QuickBooksError | None = None
    for entity, failures in failed_of.items():
        raised = _digest(work, mapper_for(entity), company, failures) or raised
    for entity, jobs in by_entity(unanswered).items():
        _look_again(work, mapper_for(entity), company, jobs)
    if raised:
        raise raised


def _digest(work: Work, mapper: Mapper, company: Company, failures: Failures) -> QuickBooksError | None:
    """Settles one entity's failures. Returns what concerns the whole company."""
    handled: dict[str, Failures] = defaultdict(list)
    for failure in failures:
        handled[_kind(failure)].append(failure)
    raised = _put_back(handled.pop("company", []))
    for kind, look in ((STALE, _merge_stale), ("taken", _link_taken), (GONE, _follow_gone)):
        _look_or_tell(work, mapper, company, handled.pop(kind, []), look)
    _follow_references(work, mapper, company, failures)
    _look_again(work, mapper, company, [failure.job for failure in handled.pop(SYSTEM_FAILURE, [])])
    for code in (RATE_MISSING, *UNKNOWN_TO_IT):
        _send_otherwise(handled.pop(code, []))
    _tell(mapper, [failure for rest in handled.values() for failure in rest])
    return raised


def _tell(mapper: Mapper, failures: Failures) -> None:
    """A person has to act: the record fails with QuickBooks' own words."""
    outcomes.fail(mapper, [(job, outcomes.problem_of(fault)) for job, _, fault in failures])


def _look_or_tell(
    work: Work, mapper: Mapper, company: Company, failures: Failures, look: Callable[..., None]
) -> None:
    """A fault asks for a look; where QuickBooks refuses that, the fault itself is told."""
    try:
        look(work, mapper, company, failures)
    except Refused as refusal:
        logger.warning("A fault of %s cannot be looked into: %s", mapper.entity, refusal)
        _tell(mapper, [failure for failure in failures if failure.job.status != SyncJob.Status.DONE])


def _kind(failure: Failure) -> str:
    """What the fault asks for: a code, or "company", "taken" or "told" for those that ask for the same."""
    job, record, fault = failure
    error = error_of(fault)
    if isinstance(error, (SubscriptionLapsed, NeedsReconnect, TryLater, Throttled)):
        return "company"
    if fault.code in (NAME_TAKEN, NUMBER_TAKEN):
        return "taken"
    if fault.code in (STALE, GONE) and not record.linked:
        return "told"
    if fault.code in (STALE, SYSTEM_FAILURE, RATE_MISSING) and job.attempts >= MOST_ATTEMPTS:
        return "told"
    if fault.code in UNKNOWN_TO_IT and (job.code in UNKNOWN_TO_IT or not record.linked):
        return "told"
    return fault.code


def _put_back(failures: Failures) -> QuickBooksError | None:
    """A fault of the whole company: the records wait, and whoever drains learns of it."""
    outcomes.requeue([job for job, _, _ in failures])
    return error_of(failures[0].fault) if failures else None


def _merge_stale(work: Work, mapper: Mapper, company: Company, failures: Failures) -> None:
    """Somebody changed it there: read, merge, send once more (contract section 12, trap 13)."""
    if not failures:
        return
    held = find.by_ids(work, mapper, [record.qbo_id for _, record, _ in failures])
    apply.store(work, mapper, company, [raw for _, raw in held.values()], adds_unknown=False)
    states = dict(
        mapper.records(work.organization)
        .filter(pk__in=[record.pk for _, record, _ in failures])
        .values_list("pk", "sync_state")
    )
    disputed = [job for job, record, _ in failures if states.get(record.pk) == SyncState.CONFLICT]
    outcomes.finish(disputed, SyncJob.Outcome.CONFLICT, "Both sides changed it. Decide the conflict.")
    unread = {record.qbo_id for _, record, _ in failures} - held.keys()
    if unread:
        mark_gone(mapper, work.organization, find.gone(work, mapper, unread))
    outcomes.requeue([job for job, _, _ in failures if job not in disputed])


def _link_taken(work: Work, mapper: Mapper, company: Company, failures: Failures) -> None:
    """The name or number exists: link where it is unmistakably the same, else say why not."""
    if not failures:
        return
    taken = Problem(mapper.taken_code)
    outcomes.fail(mapper, [(job, _told(taken, fault)) for job, record, fault in failures if record.linked])
    new = [failure for failure in failures if not failure.record.linked]
    if not new:
        return
    records = [record for _, record, _ in new]
    mapper.prepare(records, company)
    held, _ = find.by_key(work, mapper, records)
    _add_by_id(work, mapper, new, held)
    found, problems = find.judge(mapper, company, records, held)
    outcomes.fail(
        mapper,
        [
            (job, _told(problems.get(record.pk, taken), fault))
            for job, record, fault in new
            if record.pk not in found
        ],
    )
    linked = [(job, record) for job, record, _ in new if record.pk in found]
    link(company, [(mapper, job, record, found[record.pk][1]) for job, record in linked])
    # What differs goes out as an update; where nothing does, the next round finds it in step.
    outcomes.requeue([job for job, _ in linked])


def _add_by_id(work: Work, mapper: Mapper, failures: Failures, held: ByKey) -> None:
    """QuickBooks names the holder; a query by name does not find one that is written differently."""
    known = {str(document.Id) for same in held.values() for document, _ in same}
    named = {fault.existing_id: record for _, record, fault in failures if fault.existing_id}
    for qbo_id, found in find.by_ids(work, mapper, named.keys() - known).items():
        held[name_key(str(getattr(named[qbo_id], mapper.key_column)))].append(found)


def _told(problem: Problem, fault: Fault) -> Problem:
    return Problem(
        problem.code, problem.message, problem.remedy, fault.detail or fault.message, fault.intuit_tid
    )


def _follow_gone(work: Work, mapper: Mapper, company: Company, failures: Failures) -> None:
    """610 means the record itself or something it refers to: a look tells which."""
    if not failures:
        return
    gone = find.gone(work, mapper, [record.qbo_id for _, record, _ in failures])
    mark_gone(mapper, work.organization, gone)
    outcomes.finish(
        [job for job, record, _ in failures if record.qbo_id in gone],
        SyncJob.Outcome.SKIPPED,
        "It was deleted in QuickBooks.",
    )
    _tell(mapper, [failure for failure in failures if failure.record.qbo_id not in gone])


def _follow_references(work: Work, mapper: Mapper, company: Company, failures: Failures) -> None:
    """What a refused record refers to may be gone or inactive there: known here, it stops the next one unsent."""
    wanted: dict[str, set[str]] = defaultdict(set)
    for _, record, fault in failures:
        if fault.code in (GONE, REFERENCE_GONE):
            for entity, needed in mapper.waits_for(record):
                wanted[entity] |= {needed.qbo_id} if needed.linked else set()
    for entity, ids in wanted.items():
        try:
            _read_again(work, mapper_for(entity), company, ids)
        except Refused as refusal:
            logger.warning("What %s refer to cannot be looked at: %s", mapper.entity, refusal)


def _read_again(work: Work, mapper: Mapper, company: Company, ids: set[str]) -> None:
    held = find.by_ids(work, mapper, ids)
    apply.store(work, mapper, company, [raw for _, raw in held.values()], adds_unknown=False)
    missing = ids - held.keys()
    if missing:
        mark_gone(mapper, work.organization, find.gone(work, mapper, missing))


def _look_again(work: Work, mapper: Mapper, company: Company, jobs: list[SyncJob]) -> None:
    """QuickBooks failed in itself or did not answer for these: bind what is there, put the rest back."""
    if not jobs:
        return
    records = mapper.full_records(work.organization).in_bulk([job.record_id for job in jobs])
    new = [record for record in records.values() if not record.linked]
    mapper.prepare(new, company)
    found, refused = find.made_by_us(work, mapper, company, new)
    with work.storing():
        bind_and_finish(company, found_for(mapper, jobs, records, found))
    outcomes.fail(
        mapper,
        [(job, outcomes.in_doubt(refused[job.record_id])) for job in jobs if job.record_id in refused],
    )
    lost = [job for job in jobs if job.record_id not in found.keys() | refused.keys()]
    outcomes.fail(mapper, [(job, Problem("in_doubt")) for job in lost if job.attempts >= MOST_ATTEMPTS])
    lost = [job for job in lost if job.attempts < MOST_ATTEMPTS]
    outcomes.requeue(lost)


def _send_otherwise(failures: Failures) -> None:
    """Puts back what goes out once more in another form, which follows from the code."""
    for job, _, fault in failures:
        job.code = fault.code
        job.save(update_fields=["code"])
    outcomes.requeue([job for job, _, _ in failures])
