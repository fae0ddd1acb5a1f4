"""Voiding and deleting in QuickBooks, one call each, written down before it leaves like every other write."""

from __future__ import annotations

import logging

from django.db import transaction
from django.utils import timezone

from .. import documents
from ..mapping import Company, Mapper, Problem, mapper_for
from ..models import Document, PushBatch, SyncedRecord, SyncJob, SyncState
from ..qbo.codes import AGAINST_A_RULE, DUPLICATE_REQUEST, GONE, STALE
from ..qbo.errors import (
    Misconfigured,
    NeedsReconnect,
    QuickBooksError,
    Refused,
    SubscriptionLapsed,
    TryLater,
    Unreachable,
)
from . import decoding, find, outcomes
from .apply import store
from .bind import identity
from .lease import hold_lane
from .settle import PAUSES, close, give_up, never_usable, release
from .work import Work
from .writing import close_conflicts

logger = logging.getLogger(__name__)


def end_documents(work: Work, jobs: list[SyncJob]) -> None:
    company = work.company()
    for job in jobs:
        mapper = mapper_for(job.entity)
        record = mapper.full_records(work.organization).filter(pk=job.record_id).first()
        if record is None:
            outcomes.finish([job], SyncJob.Outcome.SKIPPED, "It no longer exists.")
        elif not record.linked:
            _ended(mapper, job, record)
        else:
            _carry_out(work, company, _write_down(work, mapper, job, record))


def _write_down(work: Work, mapper: Mapper, job: SyncJob, record: SyncedRecord) -> PushBatch:
    body = documents.encode({"Id": record.qbo_id, "SyncToken": record.qbo_sync_token}).decode()
    with transaction.atomic():
        batch = PushBatch.objects.create(
            organization=work.organization,
            realm_id=work.realm_id,
            operation=f"{mapper.remote}/{mapper.ending}",
            body=body,
        )
        job.batch, job.revision = batch, record.revision
        job.save(update_fields=["batch", "revision"])
    return batch


def settle_ending(work: Work, company: Company, batch: PushBatch) -> None:
    """An ending whose answer was lost: look whether it took effect, then send the same again."""
    if batch.sent_at and _took_effect(work, batch):
        return
    _carry_out(work, company, batch)


def _carry_out(work: Work, company: Company, batch: PushBatch) -> None:
    job = batch.jobs.get()
    mapper = mapper_for(job.entity)
    for pause in (*PAUSES, None):
        batch.attempts += 1
        batch.sent_at = timezone.now()
        batch.save(update_fields=["attempts", "sent_at"])
        try:
            raw = work.client.operate(
                mapper.remote, mapper.ending, batch.body.encode(), str(batch.request_id)
            )
        except (NeedsReconnect, Misconfigured, SubscriptionLapsed, TryLater):
            if batch.attempts == 1:
                release(batch)
            raise
        except Refused as error:
            if error.code != DUPLICATE_REQUEST:
                _refused(work, company, mapper, batch, job, error)
                return
            _wait_and_look(work, batch, pause, error)
        except Unreachable as error:
            _wait_and_look(work, batch, pause, error)
        else:
            _accepted(work, mapper, batch, job, raw)
            return
        if batch.settled_at:
            return


def _wait_and_look(work: Work, batch: PushBatch, pause: float | None, error: QuickBooksError) -> None:
    if pause is None and never_usable(batch, error):
        give_up(batch, outcomes.in_doubt(error))
        return
    if pause is None:
        raise Unreachable(detail=error.detail, intuit_tid=error.intuit_tid) from error
    work.gate.pause(pause)
    _took_effect(work, batch)


def _took_effect(work: Work, batch: PushBatch) -> bool:
    job = batch.jobs.get()
    mapper = mapper_for(job.entity)
    record = mapper.full_records(work.organization).get(pk=job.record_id)
    try:
        document, raw = find.by_ids(work, mapper, [record.qbo_id]).get(record.qbo_id, (None, b""))
        if document is None and not find.gone(work, mapper, [record.qbo_id]):
            return False
    except Refused as refusal:
        # Asked for once more it does no harm: its sync token is used up where it took effect.
        logger.warning("%s %s cannot be looked for: %s", mapper.entity, record.pk, refusal)
        return False
    if document is not None and not mapper.voided(document, record):
        return False
    _accepted(work, mapper, batch, job, raw)
    return True


def _accepted(work: Work, mapper: Mapper, batch: PushBatch, job: SyncJob, raw: bytes) -> None:
    with work.storing():
        record = outcomes.lock(mapper, work.organization.pk, [job.record_id])[job.record_id]
        close(batch, work.client.last_intuit_tid)
        told, _ = decoding.read(mapper, [raw] if mapper.ending == "void" and raw else [])
        columns = identity(*told[0]) if told else {}
        job.quickbooks_id = record.qbo_id or ""
        _ended(mapper, job, record, columns)


def _ended(mapper: Mapper, job: SyncJob, record: SyncedRecord, columns: dict | None = None) -> None:
    mapper.model.objects.filter(pk=record.pk).update(
        ended=Document.Ended.VOIDED,
        balance=0,
        accounting_synced=record.linked,
        sync_state=SyncState.SYNCED if record.linked else SyncState.NOT_SYNCED,
        accounting_synced_at=timezone.now(),
        **(columns or {}),
    )
    close_conflicts(mapper, [record.pk])
    outcomes.finish([job], SyncJob.Outcome.UPDATED)


def _refused(
    work: Work, company: Company, mapper: Mapper, batch: PushBatch, job: SyncJob, error: Refused
) -> None:
    """A refusal may be answered by reading; where that is refused too, the first one is told."""
    try:
        problem = _answered_by_reading(work, company, mapper, batch, job, error)
    except Refused as refusal:
        logger.warning("%s %s cannot be looked for: %s", mapper.entity, job.record_id, refusal)
        problem = outcomes.problem_of(error)
    if problem:
        with transaction.atomic():
            hold_lane(work.organization.pk)
            close(batch, error.intuit_tid)
            outcomes.fail(mapper, [(job, problem)])


def _answered_by_reading(
    work: Work, company: Company, mapper: Mapper, batch: PushBatch, job: SyncJob, error: Refused
) -> Problem | None:
    """A stale token is answered by reading; one that is ended there already is what was wanted."""
    record = mapper.full_records(work.organization).get(pk=job.record_id)
    if error.code == GONE:
        if find.gone(work, mapper, [record.qbo_id]):
            _accepted(work, mapper, batch, job, b"")
            return None
    elif error.code == STALE and job.attempts == 1:
        held = find.by_ids(work, mapper, [record.qbo_id])
        # The whole version, never its token alone: no later reading would find that the rest is unread.
        store(work, mapper, company, [raw for _, raw in held.values()], adds_unknown=False)
        document, raw = held.get(record.qbo_id, (None, b""))
        if document is not None and mapper.voided(document, record):
            _accepted(work, mapper, batch, job, raw)
            return None
        with transaction.atomic():
            hold_lane(work.organization.pk)
            close(batch, error.intuit_tid)
            outcomes.requeue([job])
        return None
    problem = outcomes.problem_of(error)
    if error.code == AGAINST_A_RULE and _is_paid(work, mapper, record):
        return Problem("paid_document", detail=problem.detail, intuit_tid=problem.intuit_tid)
    return problem


def _is_paid(work: Work, mapper: Mapper, record: SyncedRecord) -> bool:
    """Whether a payment is applied there; QuickBooks has no code of its own for that (contract section 4)."""
    held = find.by_ids(work, mapper, [record.qbo_id])
    return any(mapper.mirrored(document, work.company())["paid"] for document, _ in held.values())
