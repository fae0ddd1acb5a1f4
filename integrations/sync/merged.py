"""Names that QuickBooks merged: what belonged to the one belongs to the other, here as there.

The change feed does not tell of a merge (contract section 12, trap 12). Two things do: a notification, which is never
believed by itself, and documents that name another contact than before. Either is a reason to look: where the one
name is gone or inactive and the other is active, they were merged.
"""

from __future__ import annotations

import logging
from collections import defaultdict

from ..mapping import Company, Mapper, mapper_for, referring
from ..models import SuspectedMerge, SyncedRecord, SyncJob, SyncState, waiting_state
from ..qbo.errors import Refused
from . import find, merge, outcomes
from .apply import store
from .suspected import survivors_of
from .work import Work
from .writing import NO_ERROR, Entry, close_conflicts, in_step_columns

logger = logging.getLogger(__name__)

Outcome = SyncJob.Outcome
# entity → what became of its records
Entries = dict[str, list[Entry]]


def follow_merges(work: Work, company: Company) -> Entries:
    """Looks at what is suspected; one query an entity where there is anything to look at. Where QuickBooks refuses
    that, the suspicion waits for the next pull."""
    entries: Entries = defaultdict(list)
    by_entity: dict[str, list[SuspectedMerge]] = defaultdict(list)
    for suspicion in SuspectedMerge.objects.filter(organization=work.organization):
        by_entity[suspicion.entity].append(suspicion)
    for entity, suspicions in by_entity.items():
        try:
            _follow(work, company, mapper_for(entity), suspicions, entries)
        except Refused as refusal:
            logger.warning("Merges of %s cannot be looked for: %s", entity, refusal)
            continue
        SuspectedMerge.objects.filter(pk__in=[suspicion.pk for suspicion in suspicions]).delete()
    return entries


def _follow(
    work: Work, company: Company, mapper: Mapper, suspicions: list[SuspectedMerge], entries: Entries
) -> None:
    survivors = survivors_of(suspicions)
    told = {suspicion.loser for suspicion in suspicions if suspicion.told}
    held = find.by_ids(work, mapper, {*survivors, *survivors.values()})
    active = {qbo_id for qbo_id, (document, _) in held.items() if mapper.active(document)}
    merged = {
        loser: survivor for loser, survivor in survivors.items() if loser not in active and survivor in active
    }
    found = mapper.full_records(work.organization).filter(qbo_id__in=list(merged))
    losers = [loser for loser in found if not mapper.merged(loser)]
    if not losers:
        return
    rows = [held[merged[loser.qbo_id]][1] for loser in losers]
    store(work, mapper, company, rows, adds_unknown=True)
    here = mapper.records(work.organization).filter(qbo_id__in=list(merged.values()))
    by_id = {record.qbo_id: record for record in here}
    for loser in losers:
        survivor = by_id.get(merged[loser.qbo_id])
        still = _reread_referring(work, company, mapper, loser, entries)
        # That a document was given to another contact proves nothing while others are left behind.
        if survivor and (loser.qbo_id in told or not still):
            with work.storing():
                _repoint(work, mapper, loser, survivor, entries)
                _retire(mapper, company, loser, survivor, entries)


def _reread_referring(
    work: Work, company: Company, mapper: Mapper, loser: SyncedRecord, entries: Entries
) -> bool:
    """Reads the linked documents that still name the loser here, as QuickBooks moves them under new sync tokens.

    Whether any still names it there.
    """
    still = False
    for other, field in referring(mapper.entity):
        named = other.linked_and_living(work.organization).filter(**{f"{field.name}_id": loser.pk})
        for part in find.batched(sorted(named.values_list("qbo_id", flat=True))):
            held = find.by_ids(work, other, part)
            rows = [raw for _, raw in held.values()]
            entries[other.entity] += store(work, other, company, rows, adds_unknown=False).journal
            still |= any(field.theirs(document) == loser.qbo_id for document, _ in held.values())
    return still


def _repoint(
    work: Work, mapper: Mapper, loser: SyncedRecord, survivor: SyncedRecord, entries: Entries
) -> None:
    """The rest, that QuickBooks does not know or whose contact was chosen here meanwhile: no person's edit."""
    for other, field in referring(mapper.entity):
        records = other.records(work.organization).filter(**{f"{field.name}_id": loser.pk})
        note = f"Its {field.name} is now {survivor}: QuickBooks merged {loser} into it."
        entries[other.entity] += [
            Entry(Outcome.UPDATED, other.label(record), record.pk, record.qbo_id or "", note)
            for record in records
        ]
        # What failed for the loser may pass for the survivor.
        records.filter(sync_state=SyncState.FAILED).update(sync_state=waiting_state(), **NO_ERROR)
        records.update(**{f"{field.name}_id": survivor.pk})


def _retire(
    mapper: Mapper, company: Company, loser: SyncedRecord, survivor: SyncedRecord, entries: Entries
) -> None:
    """Kept for its history and under its own id, so that nothing takes it for new; nothing of it is pushed."""
    columns = mapper.merged_columns(survivor)
    for name, value in columns.items():
        setattr(loser, name, value)
    ours = mapper.ours(loser, company)
    base = merge.snapshot(ours, {**loser.base.get("fields", {}), "is_active": False})
    mapper.model.objects.filter(pk=loser.pk).update(**columns, base=base, **in_step_columns())
    close_conflicts(mapper, [loser.pk])
    note = f"QuickBooks merged it into {survivor}."
    waiting = SyncJob.objects.filter(entity=mapper.entity, record_id=loser.pk, status=SyncJob.Status.QUEUED)
    outcomes.finish(waiting, Outcome.SKIPPED, note)
    entries[mapper.entity] += [
        Entry(Outcome.UPDATED, mapper.label(loser), loser.pk, loser.qbo_id or "", note),
        Entry(
            Outcome.UPDATED,
            mapper.label(survivor),
            survivor.pk,
            survivor.qbo_id or "",
            f"QuickBooks merged {loser} into it.",
        ),
    ]
