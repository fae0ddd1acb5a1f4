"""From a batch that was written down to what is known of it: sent, answered, or found out by looking."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from django.conf import settings
from django.db import connections, transaction
from django.utils import timezone

from ..mapping import Company, Mapper, Problem, mapper_for
from ..models import PushBatch, SyncedRecord, SyncJob
from ..qbo.client import BatchAnswer
from ..qbo.codes import DUPLICATE_REQUEST
from ..qbo.errors import QuickBooksError, Refused, Throttled, Unreachable
from . import decoding, find, merge, outcomes
from .bind import Answered, bind_and_finish
from .claims import by_entity
from .faulty import Failure, Failures, digest
from .lease import hold_lane
from .work import Work

logger = logging.getLogger(__name__)

# Seconds between tries at the same bytes within one turn of the lane.
PAUSES = (1.0, 4.0, 15.0, 30.0)
# Answers that tell nothing: a repetition would bring the same again. Two turns' worth.
MOST_UNUSABLE = 9

Answer = list[BatchAnswer] | QuickBooksError


def transmit_all(work: Work, company: Company, batches: list[PushBatch]) -> None:
    """Sends them, several in flight at once, and stores each answer; what concerns the company is raised last.

    What is known is stored first: who looks for a lost answer must not take a like of it that another batch made.
    """
    raised: QuickBooksError | None = None
    lost: list[PushBatch] = []
    for batch, answer in _send_together(work, batches):
        try:
            if not _take(work, company, batch, answer):
                lost.append(batch)
        except QuickBooksError as error:
            raised = error
    for batch in lost:
        try:
            transmit(work, company, batch)
        except QuickBooksError as error:
            raised = error
    if raised:
        raise raised


def transmit(work: Work, company: Company, batch: PushBatch) -> None:
    """Looks and sends again until the outcome is known. Until then the batch stays open for whoever comes next."""
    answer: Answer = []
    for pause in PAUSES:
        if batch.sent_at:
            work.gate.pause(pause)
            resolve(work, company, batch)
        if batch.settled_at or _take(work, company, batch, answer := _answer(work, batch)):
            return
    if never_usable(batch, answer):
        resolve(work, company, batch)
        if not batch.settled_at:
            give_up(batch, outcomes.in_doubt(answer))
        return
    raise Unreachable(detail="QuickBooks did not answer.")


def never_usable(batch: PushBatch, answer: Answer) -> bool:
    """Whether QuickBooks does answer, but with nothing that tells the outcome, however often it is asked."""
    if batch.attempts < MOST_UNUSABLE or not isinstance(answer, QuickBooksError):
        return False
    return answer.code == DUPLICATE_REQUEST or (answer.status == 200 and answer.fault is None)


def _send_together(work: Work, batches: list[PushBatch]) -> list[tuple[PushBatch, Answer]]:
    if len(batches) == 1:
        return [(batches[0], _answer(work, batches[0]))]
    with ThreadPoolExecutor(max_workers=settings.QBO_CONCURRENCY) as pool:
        return list(zip(batches, pool.map(partial(_answer_in_thread, work), batches), strict=True))


def _answer_in_thread(work: Work, batch: PushBatch) -> Answer:
    try:
        return _answer(work, batch)
    finally:
        # The gate used this thread's own database connection.
        connections.close_all()


def _answer(work: Work, batch: PushBatch) -> Answer:
    batch.attempts += 1
    batch.sent_at = timezone.now()
    batch.save(update_fields=["attempts", "sent_at"])
    try:
        return work.client.batch(batch.body.encode(), str(batch.request_id))
    except QuickBooksError as error:
        return error


def _take(work: Work, company: Company, batch: PushBatch, answer: Answer) -> bool:
    """Stores what came back. False where nobody knows whether the batch was carried out."""
    if isinstance(answer, list):
        store(work, company, batch, answer)
        return True
    if isinstance(answer, Refused) and answer.code != DUPLICATE_REQUEST:
        _refuse_all(batch, answer)
        return True
    if isinstance(answer, Unreachable | Refused):
        return False
    if batch.attempts == 1 and not isinstance(answer, Throttled):
        release(batch)
    raise answer


def store(work: Work, company: Company, batch: PushBatch, answers: list[BatchAnswer]) -> None:
    """Ids and tokens first, in one transaction; only then what the faults ask for."""
    by_id = {answer.b_id: answer for answer in answers}
    failed: Failures = []
    unanswered: list[SyncJob] = []
    answered: list[Answered] = []
    with work.storing():
        for mapper, jobs, records in running(batch):
            for job in jobs:
                answer, record = by_id.get(str(job.pk)), records.get(job.record_id)
                if record is None:
                    outcomes.finish([job], SyncJob.Outcome.SKIPPED, "It no longer exists.")
                elif answer is None or not (answer.fault or decoding.id_of(answer.document or b"")):
                    unanswered.append(job)
                elif answer.fault:
                    failed.append(Failure(job, record, answer.fault))
                else:
                    answered.append((mapper, job, record, answer.document))
        bind_and_finish(company, answered)
        close(batch, work.client.last_intuit_tid)
    digest(work, company, failed, unanswered)


def resolve(work: Work, company: Company, batch: PushBatch) -> None:
    """Looks in QuickBooks for what a lost answer would have told. Settles the batch where all of it is there."""
    unguarded = doubted = False
    for mapper, jobs, records in running(batch):
        new = [
            records[job.record_id]
            for job in jobs
            if job.record_id in records and not records[job.record_id].linked
        ]
        mapper.prepare(new, company)
        found, refused = find.made_by_us(work, mapper, company, new)
        doubted |= _doubt(mapper, jobs, refused)
        found |= _updated(work, mapper, company, jobs, records)
        unguarded |= any(not getattr(records[pk], mapper.key_column) for pk in found)
        with work.storing():
            locked = outcomes.lock(mapper, batch.organization_id, found)
            bind_and_finish(
                company,
                [
                    (mapper, job, locked[job.record_id], found[job.record_id][1])
                    for job in jobs
                    if job.record_id in locked
                ],
            )
    left = batch.jobs.filter(status=SyncJob.Status.RUNNING)
    if not left.exists():
        close(batch)
    elif unguarded or doubted:
        # The same bytes again could create a second document without a number, or one that is in doubt; the rest
        # goes out anew.
        release(batch)


def _doubt(mapper: Mapper, jobs: list[SyncJob], refused: find.NotAsked) -> bool:
    """Ends what QuickBooks refused to look for: nobody knows whether it is there, so it must not go out again."""
    doubted = [job for job in jobs if job.record_id in refused]
    outcomes.fail(mapper, [(job, outcomes.in_doubt(refused[job.record_id])) for job in doubted])
    return bool(doubted)


def _updated(
    work: Work,
    mapper: Mapper,
    company: Company,
    jobs: list[SyncJob],
    records: dict[int, SyncedRecord],
) -> find.Found:
    """Of linked records: the documents that have moved on and say what we sent."""
    linked = {
        job: records[job.record_id] for job in jobs if getattr(records.get(job.record_id), "linked", False)
    }
    try:
        held = find.by_ids(work, mapper, [record.qbo_id for record in linked.values()]) if linked else {}
    except Refused as refusal:
        # Sent again they do no harm: their sync tokens are used up where they arrived.
        logger.warning("Updated %s cannot be looked for: %s", mapper.entity, refusal)
        return {}
    found: find.Found = {}
    for job, record in linked.items():
        document, raw = held.get(record.qbo_id, (None, b""))
        if document is None or str(document.SyncToken) == record.qbo_sync_token:
            continue
        theirs = mapper.theirs(document, company)
        if all(merge.equal(theirs.get(name), value) for name, value in job.after.items()):
            found[record.pk] = (document, raw)
    return found


def running(batch: PushBatch) -> list[tuple[Mapper, list[SyncJob], dict[int, SyncedRecord]]]:
    """The batch's open jobs by entity, with their records held until the transaction ends."""
    jobs_running = batch.jobs.filter(status=SyncJob.Status.RUNNING).order_by("pk")
    found = []
    with transaction.atomic():
        for entity, jobs in by_entity(jobs_running).items():
            mapper = mapper_for(entity)
            ids = [job.record_id for job in jobs]
            found.append((mapper, jobs, outcomes.lock(mapper, batch.organization_id, ids)))
    return found


def close(batch: PushBatch, intuit_tid: str = "") -> None:
    batch.settled_at = timezone.now()
    batch.intuit_tid = intuit_tid
    batch.save(update_fields=["settled_at", "intuit_tid"])
    batch.jobs.filter(intuit_tid="").update(intuit_tid=intuit_tid)


def release(batch: PushBatch) -> None:
    """Nothing of it was carried out: its jobs wait again, and will go out in a batch of their own."""
    with transaction.atomic():
        hold_lane(batch.organization_id)
        close(batch)
        outcomes.requeue(batch.jobs.filter(status=SyncJob.Status.RUNNING))


def _refuse_all(batch: PushBatch, error: Refused) -> None:
    """QuickBooks refused the call as a whole."""
    with transaction.atomic():
        hold_lane(batch.organization_id)
        close(batch, error.intuit_tid)
        for mapper, jobs, _ in running(batch):
            outcomes.fail(mapper, [(job, outcomes.problem_of(error)) for job in jobs])


def give_up(batch: PushBatch, problem: Problem) -> None:
    with transaction.atomic():
        hold_lane(batch.organization_id)
        close(batch)
        for mapper, jobs, _ in running(batch):
            outcomes.fail(mapper, [(job, problem) for job in jobs])
