"""QuickBooks' documents, stored here: created, updated, merged or marked, a bounded number of statements a page."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, transaction

from ..mapping import Company, Links, Mapper, Reference, Values, given, mapper_for
from ..models import Organization, SyncedRecord, SyncJob, SyncState
from . import find, merge
from .bind import identity, tie
from .links import known_links
from .outcomes import lock
from .suspected import suspect
from .work import Work
from .writing import Entry, in_step_columns, mark_gone, replace_lines, set_values

logger = logging.getLogger(__name__)

Outcome = SyncJob.Outcome


@dataclass
class Incoming:
    document: Any
    raw: bytes
    values: Values
    record: SyncedRecord | None = None

    @property
    def news(self) -> Values:
        """What QuickBooks changed since both sides agreed: all of it, of a record that is new here.

        The rest may read differently on the two sides (a custom item, a rounded price), and stays as it is here.
        """
        if self.record is None:
            return self.values
        changed = merge.changed_there(self.record.base, self.values)
        return {name: value for name, value in self.values.items() if name in changed}


@dataclass
class Stored:
    """What a read did; `seen` are all ids that QuickBooks listed."""

    journal: list[Entry] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    deleted: int = 0

    def add(self, other: Stored) -> None:
        self.journal += other.journal
        self.seen |= other.seen
        self.deleted += other.deleted

    @property
    def unchanged(self) -> int:
        return len(self.seen - {qbo_id for _, _, _, qbo_id, _ in self.journal})


def store(
    work: Work, mapper: Mapper, company: Company, rows: Iterable[bytes], *, adds_unknown: bool
) -> Stored:
    """Stores a page. What its documents refer to and we do not know is read first, in one query an entity."""
    stored = Stored()
    documents = find.decoded(mapper, rows)
    gone = [str(document.Id) for document, _ in documents if document.deleted]
    living = {str(document.Id): (document, raw) for document, raw in documents if not document.deleted}
    stored.seen = set(living)
    stored.journal += mark_gone(mapper, work.organization, gone)
    stored.deleted = len(gone)
    changed = _changed(mapper, work.organization, living)
    incoming = [
        Incoming(document, raw, mapper.theirs(document, company))
        for document, raw in changed.values()
        if mapper.usable(document)
    ]
    if not incoming:
        return stored
    links = _links(work, company, mapper, incoming)
    try:
        with transaction.atomic():
            _store_page(mapper, company, incoming, links, adds_unknown, stored)
    except IntegrityError:
        logger.exception("A page of %s could not be stored; it is read again next time", mapper.remote)
        raise
    return stored


def _changed(
    mapper: Mapper, organization: Organization, living: dict[str, tuple[Any, bytes]]
) -> dict[str, tuple[Any, bytes]]:
    """Those whose sync token is not the one that we hold."""
    held = dict(
        mapper.records(organization).filter(qbo_id__in=list(living)).values_list("qbo_id", "qbo_sync_token")
    )
    return {
        qbo_id: pair
        for qbo_id, pair in living.items()
        if not (held.get(qbo_id) and mapper.in_change_feed)
        or held[qbo_id] != str(given(pair[0].SyncToken) or "")
    }


def _links(work: Work, company: Company, mapper: Mapper, incoming: list[Incoming]) -> Links:
    """Local keys of everything that the page refers to."""
    wanted: dict[str, set[str]] = defaultdict(set)
    for each in incoming:
        for entity, qbo_id in mapper.references(each.document):
            wanted[entity].add(qbo_id)
    links: Links = {}
    for entity, ids in wanted.items():
        other = mapper_for(entity)
        known = known_links(work.organization, entity, ids)
        missing = ids - {qbo_id for _, qbo_id in known}
        if missing:
            rows = [raw for _, raw in find.by_ids(work, other, missing).values()]
            store(work, other, company, rows, adds_unknown=True)
            known = known_links(work.organization, entity, ids)
        links |= known
    return links


def _store_page(
    mapper: Mapper,
    company: Company,
    incoming: list[Incoming],
    links: Links,
    adds_unknown: bool,
    stored: Stored,
) -> None:
    organization = company.organization
    ids = [str(each.document.Id) for each in incoming]
    rows = mapper.model.objects.select_for_update().filter(organization=organization, qbo_id__in=ids)
    held = {record.qbo_id: record for record in rows}
    unknown = []
    for each in incoming:
        each.record = held.get(str(each.document.Id))
        if each.record is None:
            unknown.append(each)
    suspect(organization, _moved_references(mapper, incoming))
    _match_unlinked(mapper, organization, unknown)
    in_step = [each for each in incoming if each.record is not None and _untouched(each.record)]
    edited = [each for each in incoming if each.record is not None and not _untouched(each.record)]
    new = [each for each in incoming if each.record is None] if adds_unknown else []
    _insert(mapper, company, new, links, stored)
    _overwrite(mapper, company, in_step, links, stored)
    for each in edited:
        _merge(mapper, company, each, links, stored)


def _moved_references(mapper: Mapper, incoming: list[Incoming]) -> Iterator[tuple[str, str, str]]:
    """(entity, former id, new id) where a document refers to another record than it did."""
    references = [each for each in mapper.fields if isinstance(each, Reference)]
    for each in incoming:
        agreed = each.record.base.get("fields", {}) if each.record else {}
        for reference in references:
            former, new = agreed.get(reference.name), each.values[reference.name]
            if former and new and former != new:
                yield reference.to, former, new


def _untouched(record: SyncedRecord) -> bool:
    """Linked, and nobody here edited it since both sides agreed."""
    return record.linked and record.accounting_synced


def _match_unlinked(mapper: Mapper, organization: Organization, unknown: list[Incoming]) -> None:
    """A document that is unmistakably one of ours is linked, not stored a second time."""
    if not unknown:
        return
    pairs = [(each.document, each.values) for each in unknown]
    candidates = list(mapper.candidates(organization, pairs))
    for each in unknown:
        match = mapper.local_match(each.document, each.values, candidates)
        if match is not None:
            candidates.remove(match)
            each.record = match


def _columns(mapper: Mapper, company: Company, each: Incoming, links: Links) -> dict[str, Any]:
    columns = identity(each.document, each.raw) | mapper.mirrored(each.document, company)
    if mapper.unresolved(each.values, links):
        columns["has_other_lines"] = True
    record, news = each.record, each.news
    kept = record.base.get("ours", {}) if record else {}
    columns["base"] = {
        "fields": each.values,
        "ours": {name: value for name, value in kept.items() if name not in news},
    }
    if record is None or not columns.get("ended"):
        # QuickBooks empties what it voids; ours keeps what it was.
        columns |= mapper.columns(news, links)
        differed = getattr(record, "difference", None) is not None
        if news.keys() & mapper.merged_whole or not differed:
            columns |= mapper.totals(each.document)
    return columns


def _insert(mapper: Mapper, company: Company, new: list[Incoming], links: Links, stored: Stored) -> None:
    made = []
    for each in new:
        columns = _columns(mapper, company, each, links) | in_step_columns()
        if any(columns.get(required) is None for required in mapper.required_columns):
            stored.journal.append(
                (
                    Outcome.FAILED,
                    str(each.document.Id),
                    None,
                    str(each.document.Id),
                    "Its contact was not found.",
                )
            )
            continue
        each.record = mapper.model(organization=company.organization, **columns)
        made.append(each)
    mapper.model.objects.bulk_create([each.record for each in made], batch_size=500)
    replace_lines(mapper, {each.record.pk: each.values for each in made}, links)
    _note(mapper, made, Outcome.CREATED, stored)


def _overwrite(
    mapper: Mapper, company: Company, in_step: list[Incoming], links: Links, stored: Stored
) -> None:
    """An upsert by key: one statement however many columns and rows."""
    if not in_step:
        return
    names: set[str] = set()
    relined = [each for each in in_step if "lines" in each.news and not mapper.voided(each.document)]
    for each in in_step:
        columns = _columns(mapper, company, each, links) | in_step_columns()
        for required in mapper.required_columns & columns.keys():
            if columns[required] is None:
                del columns[required]
        for name, value in columns.items():
            setattr(each.record, name, value)
        names |= columns.keys()
    update = sorted({_field_name(mapper.model, name) for name in names})
    mapper.model.objects.bulk_create(
        [each.record for each in in_step],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=[*update, "updated_at"],
        batch_size=500,
    )
    replace_lines(mapper, {each.record.pk: each.values for each in relined}, links)
    _note(mapper, in_step, Outcome.UPDATED, stored)


def _field_name(model: type[SyncedRecord], column: str) -> str:
    """The field behind a column: customer for customer_id."""
    return next(each.name for each in model._meta.concrete_fields if column in (each.name, each.attname))


def _merge(mapper: Mapper, company: Company, each: Incoming, links: Links, stored: Stored) -> None:
    """Both sides moved: field by field, and what both changed differently waits for a person."""
    record = mapper.full_records(company.organization).get(pk=each.record.pk)
    if record.qbo_id is None:
        link_pulled(mapper, company, each, record, stored)
        return
    if mapper.voided(each.document):
        # There is nothing left to disagree about; ours keeps what it was.
        columns = _columns(mapper, company, each, links) | in_step_columns()
        mapper.model.objects.filter(pk=record.pk).update(**columns)
        merge.close_conflict(mapper, record)
        _note(mapper, [each], Outcome.UPDATED, stored)
        return
    mapper.prepare([record], company)
    ours = mapper.ours(record, company)
    merged = merge.merge(mapper, record.base, ours, each.values)
    columns = identity(each.document, each.raw) | mapper.mirrored(each.document, company)
    agreed = {name: value for name, value in each.values.items() if name not in merged.conflicts}
    base = {
        "fields": {**record.base.get("fields", {}), **agreed},
        "ours": {
            name: value for name, value in record.base.get("ours", {}).items() if name not in merged.taken
        },
    }
    columns["base"] = base
    set_values(mapper, record, merged.taken, links)
    if merged.conflicts:
        merge.open_conflict(mapper, record, merged.conflicts)
        state, outcome = SyncState.CONFLICT, Outcome.CONFLICT
    else:
        merge.close_conflict(mapper, record)
        waiting = merge.changed_here(base, {**ours, **merged.taken})
        queued = record.sync_state == SyncState.QUEUED
        state = SyncState.QUEUED if queued else SyncState.CHANGED if waiting else SyncState.SYNCED
        outcome = Outcome.UPDATED
    columns |= {"sync_state": state, "accounting_synced": state == SyncState.SYNCED}
    mapper.model.objects.filter(pk=record.pk).update(**columns)
    _note(mapper, [each], outcome, stored)


def link_pulled(
    mapper: Mapper, company: Company, each: Incoming, record: SyncedRecord, stored: Stored
) -> None:
    """Ours, until now unlinked: bound to the document. What differs waits to go out."""
    with transaction.atomic():
        [held] = lock(mapper, record.organization_id, [record.pk]).values()
        tie(mapper, company, held, each.document, each.raw)
    _note(mapper, [each], Outcome.LINKED, stored)


def _note(mapper: Mapper, stored_ones: list[Incoming], outcome: Outcome, stored: Stored) -> None:
    for each in stored_ones:
        stored.journal.append((outcome, mapper.label(each.record), each.record.pk, str(each.document.Id), ""))
