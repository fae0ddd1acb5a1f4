"""QuickBooks' documents, stored here: created, updated, merged or marked, a bounded number of statements a page."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator

from django.db import IntegrityError, transaction

from ..mapping import Company, Links, Mapper, Reference, given, mapper_for
from ..models import Document, Organization, SyncedRecord, SyncJob
from ..qbo.errors import Refused
from . import decoding, find
from .edited import merge_edited
from .incoming import Incoming, Stored, columns_of, note
from .links import known_links
from .suspected import suspect
from .work import Work
from .writing import Entry, in_step_columns, mark_gone, replace_lines

logger = logging.getLogger(__name__)

Outcome = SyncJob.Outcome


def store(
    work: Work, mapper: Mapper, company: Company, rows: Iterable[bytes], *, adds_unknown: bool
) -> Stored:
    """Stores a page. What its documents refer to and we do not know is read first, in one query an entity."""
    work.require_same_company()
    stored = Stored()
    read, unreadable = decoding.read(mapper, rows)
    _note_unreadable(mapper, work.organization, unreadable, stored)
    documents = decoding.newest(read)
    gone = [qbo_id for qbo_id, (document, _) in documents.items() if document.deleted]
    living = {qbo_id: pair for qbo_id, pair in documents.items() if not pair[0].deleted}
    stored.seen |= set(living)
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


def _note_unreadable(
    mapper: Mapper, organization: Organization, unreadable: list[decoding.Unreadable], stored: Stored
) -> None:
    """They fail the run, with the reason: the cursor moves on, and nothing would read them again by itself."""
    if not unreadable:
        return
    ids = [each.qbo_id for each in unreadable if each.qbo_id]
    held = {record.qbo_id: record for record in mapper.records(organization).filter(qbo_id__in=ids)}
    for each in unreadable:
        record = held.get(each.qbo_id)
        label = mapper.label(record) if record else f"{mapper.remote} {each.qbo_id}".strip()
        stored.journal.append(
            Entry(Outcome.FAILED, label, record.pk if record else None, each.qbo_id, each.reason)
        )
    stored.seen |= set(ids)


def _changed(
    mapper: Mapper, organization: Organization, living: dict[str, decoding.Read]
) -> dict[str, decoding.Read]:
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
        rows = _read_missing(work, other, missing)
        if rows:
            store(work, other, company, rows, adds_unknown=True)
            known = known_links(work.organization, entity, ids)
        links |= known
    return links


def _read_missing(work: Work, mapper: Mapper, ids: set[str]) -> list[bytes]:
    """A line may name what is in no list, such as SHIPPING_ITEM_ID: that is not asked for. What QuickBooks refuses to
    show stays unknown here, as if it were not there."""
    asked = {qbo_id for qbo_id in ids if qbo_id.isdecimal() or qbo_id in mapper.named_ids}
    try:
        return [raw for _, raw in find.by_ids(work, mapper, asked).values()]
    except Refused as refusal:
        logger.warning(
            "%d of %s that a page refers to cannot be read: %s", len(asked), mapper.entity, refusal
        )
        return []


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
        merge_edited(mapper, company, each, links, stored)


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
    """Linked, and nobody here edited it since both sides agreed. One that counts as deleted may have been edited
    before it did."""
    deleted = getattr(record, "ended", "") == Document.Ended.DELETED
    return record.linked and record.accounting_synced and not deleted


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


def _insert(mapper: Mapper, company: Company, new: list[Incoming], links: Links, stored: Stored) -> None:
    made = []
    for each in new:
        columns = columns_of(mapper, company, each, links) | in_step_columns()
        if any(columns.get(required) is None for required in mapper.required_columns):
            stored.journal.append(
                Entry(
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
    note(mapper, made, Outcome.CREATED, stored)


def _overwrite(
    mapper: Mapper, company: Company, in_step: list[Incoming], links: Links, stored: Stored
) -> None:
    """An upsert by key: one statement however many columns and rows."""
    if not in_step:
        return
    names: set[str] = set()
    relined = [
        each for each in in_step if "lines" in each.news and not mapper.voided(each.document, each.record)
    ]
    for each in in_step:
        columns = columns_of(mapper, company, each, links) | in_step_columns()
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
    note(mapper, in_step, Outcome.UPDATED, stored)


def _field_name(model: type[SyncedRecord], column: str) -> str:
    """The field behind a column: customer for customer_id."""
    return next(each.name for each in model._meta.concrete_fields if column in (each.name, each.attname))
