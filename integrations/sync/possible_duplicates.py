"""Documents without a number, which may be in QuickBooks already. A number would tell: without one, two documents of
the same contact, date, currency and total may be one that people entered on both sides, or two. A person decides."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import NamedTuple

from .. import documents
from ..mapping import Company, Mapper, Problem
from ..models import SyncedRecord
from . import beforehand, decoding, find
from .claims import Claimed
from .work import Work


class MadeThere(NamedTuple):
    """A document that was made in QuickBooks, and whether a record here stands for it."""

    document: documents.Entity
    pulled: bool


def refuse(claimed: Claimed, new: list[SyncedRecord]) -> set[int]:
    """Of these records, which are to be created: fails those that have no number and look like a document that was
    made in QuickBooks. Returns their keys."""
    mapper = claimed.mapper
    unnumbered = [record for record in new if not getattr(record, mapper.key_column)]
    if mapper.looks_first or not unnumbered:
        return set()
    theirs = _made_there(mapper, claimed.company, _alike(claimed.work, mapper, unnumbered))
    judged = {record.pk: _problem(mapper, claimed.company, record, theirs) for record in unnumbered}
    problems = {pk: problem for pk, problem in judged.items() if problem}
    claimed.fail(problems)
    return set(problems)


def _alike(work: Work, mapper: Mapper, records: list[SyncedRecord]) -> list[decoding.Read]:
    """What QuickBooks holds of these records' contacts, of the days between their first and their last. What it
    refuses to look for is not held against a record."""
    days: dict[str, list[date]] = defaultdict(list)
    for record in records:
        [(_, contact)] = mapper.waits_for(record)
        days[contact.qbo_id].append(record.issue_date)
    selections = [
        (mapper.remote, find.where_of_contact(mapper, contact_id, min(between), max(between)))
        for contact_id, between in sorted(days.items())
    ]
    answers = [
        rows
        for start in range(0, len(selections), beforehand.MOST_QUERIES)
        for rows in beforehand.rows_of_each(work, selections[start : start + beforehand.MOST_QUERIES])
    ]
    return decoding.decoded(mapper, [row for rows in answers if isinstance(rows, list) for row in rows])


def _made_there(mapper: Mapper, company: Company, read: list[decoding.Read]) -> list[MadeThere]:
    """What of it Finmo did not make: what nobody ever edited here came by a pull."""
    held = mapper.records(company.organization).filter(qbo_id__in=[str(document.Id) for document, _ in read])
    edited = {qbo_id: edited_at is not None for qbo_id, edited_at in held.values_list("qbo_id", "edited_at")}
    return [
        MadeThere(document, pulled=str(document.Id) in edited)
        for document, _ in read
        if not edited.get(str(document.Id)) and not mapper.voided(document)
    ]


def _problem(
    mapper: Mapper, company: Company, record: SyncedRecord, theirs: list[MadeThere]
) -> Problem | None:
    pulled = [each.pulled for each in theirs if mapper.same(record, each.document, company) is None]
    if not pulled:
        return None
    if not all(pulled):
        return Problem("possible_duplicate")
    return Problem(
        "possible_duplicate",
        "A document of the same contact, date and amount was pulled from QuickBooks, and this one has no number that "
        "tells them apart.",
        "Delete this one if both are the same document, else give it a number and sync it again.",
    )
