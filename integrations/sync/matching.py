"""Contacts of both sides: read to be laid beside each other, and those of QuickBooks that a person chose taken over."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from .. import documents
from ..mapping import Company, Mapper, mapper_for
from ..models import (
    ContactFinding,
    ContactReading,
    Direction,
    IgnoredFinding,
    SyncedRecord,
    SyncRun,
    SyncState,
)
from ..qbo.errors import Refused, Unreachable
from . import decoding, find, merge, outcomes
from .apply import store
from .contact_compare import Comparison, Contact, compare
from .leaving import LEFT
from .runs import begin, end_run, waiting_runs
from .sides import written_since
from .work import Work
from .writing import mark_gone

# Earlier ones are of no use: what is ignored is kept apart.
MOST_READINGS = 3

Between = Callable[[], None]

DIRECTIONS = (Direction.MATCH, Direction.IMPORT)


def next_run(work: Work) -> SyncRun | None:
    """The most urgent run that waits."""
    return waiting_runs(work.organization, *DIRECTIONS).first()


def matching_round(work: Work, run: SyncRun, between: Between) -> bool:
    """`between` is called between pages."""
    begin(run)
    mapper = mapper_for(run.entity)
    try:
        if run.direction == Direction.MATCH:
            _match(work, mapper, run, between)
        elif run.options["realm_id"] == work.realm_id:
            _import(work, mapper, run)
        else:
            end_run(run, LEFT)
    except (Refused, Unreachable) as error:
        end_run(run, outcomes.problem_of(error))
    return True


def _match(work: Work, mapper: Mapper, run: SyncRun, between: Between) -> None:
    company = work.company()
    began = timezone.now()
    expected = mapper.linked_and_living(work.organization).count()

    def progress(read: int) -> None:
        run.succeeded, run.total = read, max(read, expected)
        run.save(update_fields=["succeeded", "total"])
        between()

    theirs, unread = _read_quickbooks(work, mapper, company, progress)
    ours = [_of_record(mapper, company, record) for record in _records(mapper, work)]
    # Pushed meanwhile, or never listed: looked at once more.
    again = {each.qbo_id for each in ours if each.qbo_id and each.active} - theirs.keys()
    again |= written_since(work.organization, mapper, began)
    rows = find.rows_by_ids(work, mapper, again) if again else []
    held = decoding.newest(decoding.decoded(mapper, rows))
    unreadable = decoding.doubtful(again, rows, held)
    theirs |= {qbo_id: _of_document(mapper, company, document) for qbo_id, (document, _) in held.items()}
    fixed = {each.name for each in mapper.fields if each.create_only}
    ignored = {(each.kind, each.subject): each for each in _ignored(work, mapper)}
    unread = [each for each in unread if each["quickbooks_id"] not in held]
    _store(work, run, ours, theirs, compare(ours, theirs, fixed, ignored, unreadable), unread)
    run.total = run.succeeded = len(theirs)
    run.save(update_fields=["total", "succeeded"])
    end_run(run)


def _read_quickbooks(
    work: Work, mapper: Mapper, company: Company, progress: Callable[[int], None]
) -> tuple[dict[str, Contact], list[dict[str, str]]]:
    """(all of the list, a thousand to a call, by id; what of it cannot be read)."""
    found: dict[str, Contact] = {}
    unread: list[dict[str, str]] = []
    for page in work.client.pages(mapper.remote, where=mapper.everything):
        read, odd = decoding.read(mapper, page.rows)
        unread += [each.saved for each in odd]
        for document, _ in read:
            if mapper.usable(document):
                found[str(document.Id)] = _of_document(mapper, company, document)
        progress(len(found))
    return found, unread


def _records(mapper: Mapper, work: Work) -> Iterator[SyncedRecord]:
    """Without what is heavy and not compared."""
    return mapper.records(work.organization).defer("qbo_document").order_by("pk").iterator(chunk_size=2000)


def _of_record(mapper: Mapper, company: Company, record: SyncedRecord) -> Contact:
    return Contact(
        record=record.pk,
        qbo_id=record.qbo_id,
        values=mapper.ours(record, company),
        tax_numbers=mapper.our_tax_numbers(record),
        base=record.base,
        sync_token=record.qbo_sync_token,
        synced=record.accounting_synced,
    )


def _of_document(mapper: Mapper, company: Company, document: documents.Contact) -> Contact:
    return Contact(
        record=None,
        qbo_id=str(document.Id),
        values=mapper.theirs(document, company),
        tax_numbers=mapper.their_tax_numbers(document),
    )


def _ignored(work: Work, mapper: Mapper) -> QuerySet[IgnoredFinding]:
    return IgnoredFinding.objects.filter(
        organization=work.organization, entity=mapper.entity, realm_id=work.realm_id
    )


@transaction.atomic
def _store(
    work: Work,
    run: SyncRun,
    ours: list[Contact],
    theirs: dict[str, Contact],
    comparison: Comparison,
    unread: list[dict[str, str]],
) -> None:
    reading = ContactReading.objects.create(
        organization=work.organization,
        entity=run.entity,
        realm_id=work.realm_id,
        read_at=timezone.now(),
        run=run,
        finmo_count=sum(each.active for each in ours),
        quickbooks_count=sum(each.active for each in theirs.values()),
        agreed_count=comparison.agreed,
        unread=unread,
    )
    for finding in comparison.findings:
        finding.reading = reading
    ContactFinding.objects.bulk_create(comparison.findings, batch_size=500)
    earlier = ContactReading.objects.filter(organization=work.organization, entity=run.entity)
    ContactReading.objects.filter(pk__in=list(earlier.values_list("pk", flat=True)[MOST_READINGS:])).delete()


def _import(work: Work, mapper: Mapper, run: SyncRun) -> None:
    """What QuickBooks says of the chosen ones becomes ours, over any edit made here: one query for 300."""
    wanted = set(run.options["quickbooks_ids"])
    held = find.by_ids(work, mapper, wanted)
    missing = wanted - held.keys()
    gone = find.gone(work, mapper, missing) if missing else set()
    with transaction.atomic():
        _forget_agreement(mapper, run, list(held))
    stored = store(work, mapper, work.company(), [raw for _, raw in held.values()], adds_unknown=True)
    stored.journal += mark_gone(mapper, work.organization, gone)
    with transaction.atomic():
        counts = outcomes.journal(run, mapper, stored.journal)
        run.refresh_from_db()
        run.succeeded, run.failed = counts["succeeded"], counts["failed"]
        run.total = max(len(wanted), run.succeeded + run.failed)
        run.skipped = run.total - run.succeeded - run.failed
        run.save(update_fields=["succeeded", "failed", "skipped", "total"])
        end_run(run)


def _forget_agreement(mapper: Mapper, run: SyncRun, ids: list[str]) -> None:
    """A last agreement that says nothing of what QuickBooks has: so all of it is news, and nothing is disputed."""
    records = mapper.records(run.organization).filter(qbo_id__in=ids)
    keys = list(records.values_list("pk", flat=True))
    merge.decide_as_a_whole(mapper, keys, "quickbooks", run.requested_by)
    records.update(
        base={"fields": dict.fromkeys((each.name for each in mapper.fields), "?")},
        qbo_sync_token="",
        accounting_synced=True,
        sync_state=SyncState.SYNCED,
    )
