"""Linking records to documents that a person chose in QuickBooks: at most one record to a document."""

from __future__ import annotations

from django.db import IntegrityError

from .. import retrying
from ..mapping import Company, Mapper, Problem
from ..models import SyncedRecord, SyncJob, SyncRun, Trigger
from ..qbo.errors import Refused
from ..services import Asked
from . import decoding, find, outcomes
from .bind import tie
from .work import Work

_NOT_ACTIVE = Problem(
    "inactive",
    "That record is not active any more in QuickBooks.",
    "Make it active there, or choose another one.",
)


def link_records(work: Work, company: Company, mapper: Mapper, jobs: list[SyncJob]) -> None:
    """Ties each job's record to the document that the job names, read in one query for 300 of them."""
    try:
        held = find.by_ids(work, mapper, [job.quickbooks_id for job in jobs])
    except Refused as error:
        outcomes.fail(mapper, [(job, outcomes.problem_of(error)) for job in jobs])
        return
    for job in jobs:
        try:
            _link(work, mapper, company, job, held.get(job.quickbooks_id))
        except IntegrityError:
            # Another worker was quicker; the database keeps a document to one record.
            outcomes.fail(mapper, [(job, Problem("link_taken"))])
    _send_what_waited(mapper, [job for job in jobs if job.outcome == SyncJob.Outcome.LINKED])


def _send_what_waited(mapper: Mapper, jobs: list[SyncJob]) -> None:
    """Documents that had failed for want of these contacts go out in the name of who linked them."""
    if not jobs:
        return
    run = SyncRun.objects.select_related("requested_by").get(pk=jobs[0].run_id)
    asked = Asked(Trigger(run.trigger), run.requested_by)
    retrying.after_linking(mapper, run.organization_id, [job.record_id for job in jobs], asked=asked)


def _link(work: Work, mapper: Mapper, company: Company, job: SyncJob, held: decoding.Read | None) -> None:
    """The tie and its journal, together or not at all."""
    with work.storing():
        record = outcomes.lock(mapper, job.organization_id, [job.record_id]).get(job.record_id)
        if record is None:
            outcomes.finish([job], SyncJob.Outcome.SKIPPED, "It no longer exists.")
        elif record.qbo_id == job.quickbooks_id:
            outcomes.finish([job], SyncJob.Outcome.UNCHANGED, "It was linked to this one already.")
        elif problem := _closed(record):
            outcomes.refuse(job, problem)
        elif problem := _unfit(mapper, company, record, job.quickbooks_id, held):
            outcomes.fail(mapper, [(job, problem)])
        else:
            differing = tie(mapper, company, record, *held)
            outcomes.finish([job], SyncJob.Outcome.LINKED, _what_differs(differing))


def _closed(record: SyncedRecord) -> Problem | None:
    """Why the record takes no link at all. It is no fault of the record, and is not written on it."""
    if record.linked:
        return Problem("already_linked")
    if getattr(record, "ended", ""):
        return Problem(
            "deleted_record", f"This document is {record.ended}, so it cannot be linked.", "Create a new one."
        )
    return None


def _unfit(
    mapper: Mapper, company: Company, record: SyncedRecord, qbo_id: str, held: decoding.Read | None
) -> Problem | None:
    """Why the record cannot be linked to this one, of which QuickBooks holds `held`."""
    if mapper.records(company.organization).filter(qbo_id=qbo_id).exists():
        return Problem("link_taken")
    if held is None or not mapper.usable(held[0]):
        return Problem("link_target_gone")
    if not mapper.shown(held[0], company)["active"]:
        return _NOT_ACTIVE
    theirs = mapper.theirs(held[0], company)
    for each in mapper.fields:
        if each.create_only and theirs[each.name] != each.ours(record):
            return Problem(
                "currency_mismatch",
                f"The {each.name} is {theirs[each.name]} in QuickBooks and {each.ours(record)} here; QuickBooks "
                "never changes it.",
                f"Choose one with the same {each.name}.",
            )
    return None


def _what_differs(names: set[str]) -> str:
    if not names:
        return ""
    listed = ", ".join(sorted(name.replace("_", " ") for name in names))
    return f"These differ and go out with the next push: {listed}."
