"""The linking part of the door: searching in QuickBooks, tying records to what it has, and letting go of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F, Value
from django.utils import timezone

from .mapping import Mapper, Problem, mapper_for
from .models import Direction, Document, Organization, SyncedRecord, SyncJob, SyncRun
from .progress import things
from .services import (
    Asked,
    Refused,
    UnknownRecord,
    ask_as_a_whole,
    asking,
    new_run,
    ring_after_commit,
)
from .sync import outcomes
from .sync.lease import hold_lane
from .sync.runs import end_run, job_of
from .sync.writing import untie

LONGEST_SEARCH = 100
LONGEST_ID = 32


@dataclass(frozen=True)
class Candidate:
    """A record of QuickBooks that a search found; `bound` is the record of ours that it is linked to."""

    id: str
    name: str
    active: bool
    details: dict[str, Any]
    bound: SyncedRecord | None

    @property
    def free(self) -> bool:
        return self.active and self.bound is None


def look_up(organization: Organization, entity: str, text: str, *, asked: Asked) -> SyncRun:
    """Queues a search in QuickBooks, by name, number, e-mail address, contact or amount. `candidates` then reads
    what it found. Raises NotConnected, and Refused("search_empty")."""
    text = " ".join(text.split())
    if not text or len(text) > LONGEST_SEARCH:
        raise Refused(
            "search_empty", f"Search for 1 to {LONGEST_SEARCH} characters of a name, a number or an address."
        )
    mapper = mapper_for(entity)
    return ask_as_a_whole(organization, Direction.LOOK_UP, mapper, asked=asked, options={"search": text})


def candidates(run: SyncRun) -> list[Candidate]:
    """What a search found, with what of it is linked by now: the same name or number first."""
    found = run.options.get("candidates", [])
    own = mapper_for(run.entity).records(run.organization).light()
    bound = {record.qbo_id: record for record in own.filter(qbo_id__in=[each["id"] for each in found])}
    return [Candidate(**each, bound=bound.get(each["id"])) for each in found]


def where_all_are_taken(entity: str, found: Sequence[Candidate]) -> str:
    """What people do where everything that was found belongs to other records here; empty where something is free."""
    if not found or not all(each.bound for each in found):
        return ""
    mapper, thing = mapper_for(entity), things(entity, 1)
    if mapper.ending:
        same, other = (
            f"this {thing} was entered here twice: take one of the two away",
            "give this one another number",
        )
    else:
        same, other = "put its documents on that one and make this one inactive", "rename this one"
    return (
        f"What was found belongs to another {thing} here. If that is the same one, {same}. "
        f"If not, {other} and sync it again."
    )


def read_again(organization: Organization, entity: str, ids: Sequence[int], *, asked: Asked) -> SyncRun:
    """Queues reading these records from QuickBooks once more: one call for 300. Raises NotConnected and
    UnknownRecord, and Refused("not_linked") where none of them is there."""
    mapper = mapper_for(entity)
    records = _records(mapper, organization, ids)
    if not any(record.linked for record in records):
        raise Refused("not_linked", "QuickBooks does not have this record yet, so there is nothing to read.")
    options = {"ids": [record.pk for record in records]}
    return ask_as_a_whole(organization, Direction.REFRESH, mapper, asked=asked, options=options)


def link(organization: Organization, entity: str, pairs: Mapping[int, str], *, asked: Asked) -> SyncRun:
    """Queues tying records to QuickBooks' documents, {our id: QuickBooks' id}; what does not fit fails by itself.

    What is empty here is taken over; what differs then waits as a change of ours, or becomes QuickBooks' with the
    next decision. Raises NotConnected, UnknownRecord, and Refused: `not_linkable`, `bad_quickbooks_id`.
    """
    mapper = _linkable(entity)
    targets = {pk: qbo_id.strip() for pk, qbo_id in pairs.items()}
    if any(not 0 < len(qbo_id) <= LONGEST_ID for qbo_id in targets.values()):
        raise Refused("bad_quickbooks_id", "Name the record of QuickBooks by its id there.")
    with asking(organization, asked):
        records = _records(mapper, organization, targets)
        run = new_run(organization, Direction.LINK, mapper, asked, len(records))
        busy = _busy(mapper, organization, records)
        free = [record for record in records if record.pk not in busy]
        SyncJob.objects.bulk_create(
            [job_of(run, mapper, record, quickbooks_id=targets[record.pk]) for record in free],
            batch_size=1000,
        )
        _refuse_busy(run, mapper, [record for record in records if record.pk in busy])
        _end_without_jobs(run, free)
        ring_after_commit(organization)
    return run


def unlink(organization: Organization, entity: str, ids: Sequence[int], *, asked: Asked) -> SyncRun:
    """Forgets at once which records of QuickBooks these are; those stay there as they are.

    A push or a pull may find them again by name or number, so people are asked first. Raises UnknownRecord, and
    Refused("not_linkable").
    """
    mapper = _linkable(entity)
    with transaction.atomic():
        hold_lane(organization.pk)
        records = _records(mapper, organization, ids)
        run = new_run(organization, Direction.UNLINK, mapper, asked, len(records))
        busy = _busy(mapper, organization, records)
        _refuse_busy(run, mapper, [record for record in records if record.pk in busy])
        for record in records:
            if record.pk not in busy:
                _unlink(run, mapper, record)
        _end_without_jobs(run, [])
        run.refresh_from_db()
    return run


def unlink_warning(entity: str) -> str:
    """What people are told before they unlink."""
    mapper = mapper_for(entity)
    found_by = "number" if mapper.ending else "name"
    kept = (
        "What was paid there is forgotten here, too."
        if mapper.ending
        else "Its documents cannot be updated in QuickBooks until it is linked again."
    )
    return (
        f"Finmo forgets which record of QuickBooks this is; nothing changes in QuickBooks. {kept} The next push or "
        f"pull finds a record of the same {found_by} there and links it again, and a push creates a new one where "
        f"it finds none. Change the {found_by} first if it belongs to another one."
    )


def _unlink(run: SyncRun, mapper: Mapper, record: SyncedRecord) -> None:
    job = job_of(run, mapper, record, quickbooks_id=record.qbo_id or "")
    job.save()
    if not record.linked:
        outcomes.finish([job], SyncJob.Outcome.SKIPPED, "It is not linked to anything in QuickBooks.")
    elif getattr(record, "ended", ""):
        outcomes.refuse(
            job,
            Problem(
                "deleted_record",
                f"This document is {record.ended}, so its link is kept for the books.",
                "Create a new one if it is needed.",
            ),
        )
    else:
        # What was paid was told of the other document.
        unpaid = {"paid": Value(0), "balance": F("total")} if isinstance(record, Document) else {}
        untie(mapper, [record.pk], **unpaid)
        outcomes.finish(
            [job], SyncJob.Outcome.UNLINKED, f"It was {record.qbo_id} in QuickBooks, where it stays."
        )


def _linkable(entity: str) -> Mapper:
    mapper = mapper_for(entity)
    if mapper.mirrors:
        raise Refused(
            "not_linkable", "QuickBooks keeps this list: what is imported from there is linked by itself."
        )
    return mapper


def _records(mapper: Mapper, organization: Organization, ids: Iterable[int]) -> list[SyncedRecord]:
    wanted = set(ids)
    records = mapper.records(organization).light().filter(pk__in=wanted).order_by("pk")
    found = list(records)
    if not found or len(found) != len(wanted):
        raise UnknownRecord("not_found", "One of these records does not exist.")
    return found


def _busy(mapper: Mapper, organization: Organization, records: Iterable[SyncedRecord]) -> set[int]:
    """Those of the records that are on their way to QuickBooks."""
    open_ones = SyncJob.objects.filter(
        organization=organization, entity=mapper.entity, record_id__in=[record.pk for record in records]
    ).exclude(status=SyncJob.Status.DONE)
    return set(open_ones.values_list("record_id", flat=True))


def _refuse_busy(run: SyncRun, mapper: Mapper, records: Iterable[SyncedRecord]) -> None:
    problem = Problem("in_flight")
    now = timezone.now()
    jobs = [
        job_of(
            run,
            mapper,
            record,
            quickbooks_id=record.qbo_id or "",
            status=SyncJob.Status.DONE,
            outcome=SyncJob.Outcome.FAILED,
            code=problem.code,
            message=problem.text,
            remedy=problem.advice,
            finished_at=now,
        )
        for record in records
    ]
    SyncJob.objects.bulk_create(jobs, batch_size=1000)
    outcomes.add_to_run(run.pk, {"failed": len(jobs)} if jobs else {})


def _end_without_jobs(run: SyncRun, queued: Sequence[SyncedRecord]) -> None:
    """Where nothing is left for the lane to do."""
    run.refresh_from_db()
    if not queued and not run.finished:
        end_run(run)
