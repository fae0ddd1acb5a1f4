"""What QuickBooks has already is linked before anything is created: names, documents that people entered on both
sides, and what may have arrived although nobody could tell."""

from __future__ import annotations

from ..mapping import Problem
from ..models import SyncedRecord, SyncJob
from ..qbo.codes import NOT_UNDERSTOOD
from ..qbo.errors import Refused
from . import beforehand, find, outcomes
from .bind import found_for, link
from .claims import Claimed


def link_existing(claimed: Claimed) -> None:
    """Names that QuickBooks has already are linked, or refused with the reason, before anything is created."""
    if not claimed.mapper.looks_first:
        return
    new = [record for record in claimed.new if not claimed.mapper.refuse_new(record, claimed.company)]
    if not new:
        return
    found, problems = _existing(claimed, new)
    claimed.fail(problems)
    _link_found(claimed, found)


def link_entered(claimed: Claimed, new: list[SyncedRecord]) -> set[int]:
    """Documents that people entered on both sides are linked where they are unmistakably the same, not created again.
    Returns the keys of the records that were."""
    work, mapper = claimed.work, claimed.mapper
    numbered = [record for record in new if getattr(record, mapper.key_column)]
    if mapper.looks_first or not numbered:
        return set()
    beforehand.look(work, numbered)
    found, _ = find.judge(mapper, claimed.company, numbered, work.held[mapper.entity].documents)
    _link_found(claimed, found)
    return set(found)


def link_doubted(claimed: Claimed) -> None:
    """Documents that may have arrived, though nobody could tell, are looked for before they go out anew."""
    mapper = claimed.mapper
    unlinked = {record.pk for record in claimed.new}
    if mapper.looks_first or not unlinked:
        return
    in_doubt = SyncJob.objects.filter(
        organization=claimed.work.organization,
        entity=mapper.entity,
        record_id__in=unlinked,
        code="in_doubt",
    )
    suspects = [claimed.records[pk] for pk in set(in_doubt.values_list("record_id", flat=True))]
    suspects = [each for each in suspects if all(needed.linked for _, needed in mapper.waits_for(each))]
    if not suspects:
        return
    mapper.prepare(suspects, claimed.company)
    found, refused = find.made_by_us(claimed.work, mapper, claimed.company, suspects)
    claimed.fail({pk: outcomes.in_doubt(refusal) for pk, refusal in refused.items()})
    _link_found(claimed, found)


def _link_found(claimed: Claimed, found: find.Found) -> None:
    """Ties what was found, and reads the tied records anew."""
    if not found:
        return
    with claimed.work.storing():
        link(claimed.company, found_for(claimed.mapper, claimed.jobs, claimed.records, found))
    linked = claimed.mapper.full_records(claimed.work.organization).filter(pk__in=list(found))
    claimed.records |= {record.pk: record for record in linked}


def _existing(claimed: Claimed, records: list[SyncedRecord]) -> tuple[find.Found, dict[int, Problem]]:
    """(the documents that are these records', why others cannot be created)

    Few names are asked for; for a long queue the whole list is read once a turn. A name that cannot be asked for goes
    out all the same: QuickBooks takes no name twice, and tells who has it.
    """
    work, mapper = claimed.work, claimed.mapper
    if beforehand.answered(work, mapper, records):
        return find.judge(mapper, claimed.company, records, work.held[mapper.entity].documents)
    if mapper.entity not in work.lists and _many(claimed, records):
        try:
            work.lists[mapper.entity] = find.all_by_key(work, mapper)
        except Refused as refusal:
            return {}, {record.pk: outcomes.problem_of(refusal) for record in records}
    if mapper.entity in work.lists:
        return find.judge(mapper, claimed.company, records, work.lists[mapper.entity])
    held, refused = find.by_key(work, mapper, records)
    found, problems = find.judge(mapper, claimed.company, records, held)
    return found, problems | {
        pk: outcomes.problem_of(refusal)
        for pk, refusal in refused.items()
        if refusal.code not in NOT_UNDERSTOOD
    }


def _many(claimed: Claimed, records: list[SyncedRecord]) -> bool:
    """Whether these and what waits behind them are more than are asked for by name."""
    waiting = SyncJob.objects.filter(
        organization=claimed.work.organization, entity=claimed.mapper.entity, status=SyncJob.Status.QUEUED
    )
    return waiting.count() + len(records) > find.FEW
