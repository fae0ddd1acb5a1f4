"""What settles a difference, by kind of fix: done at once where reading is enough, else prepared to be sent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import F, QuerySet

from .. import services
from ..mapping import Company
from ..mapping.document import DocumentMapper
from ..models import Difference, Direction, Document, Fix, SyncedRecord, SyncRun, SyncState
from . import merge, outcomes
from .apply import store
from .bind import identity
from .decoding import Read
from .edited import link_pulled
from .incoming import Incoming, Stored
from .work import Work
from .writing import mark_gone, untie

# A record that has to go out, and how.
Send = tuple[SyncedRecord, Direction]


@dataclass(frozen=True)
class Repair:
    """`held` is what QuickBooks has of the differences' documents: {id: (document, its bytes)}."""

    work: Work
    run: SyncRun
    mapper: DocumentMapper
    company: Company
    differences: list[Difference]
    held: dict[str, Read]

    def records(self) -> list[Document]:
        """Ours."""
        wanted = [each.record_id for each in self.differences if each.record_id]
        records = self.mapper.full_records(self.run.organization).filter(pk__in=wanted)
        return list(records.order_by("pk"))

    def there(self) -> QuerySet:
        """Our rows of what QuickBooks still has."""
        return self.mapper.records(self.run.organization).filter(qbo_id__in=list(self.held))


def push(task: Repair) -> list[Send]:
    """Queues records, and first the contacts that they need."""
    records = task.records()
    contacts: dict[str, set[int]] = {}
    for record in records:
        for entity, needed in task.mapper.waits_for(record):
            if not needed.linked:
                contacts.setdefault(entity, set()).add(needed.pk)
    asked = services.Asked(task.run.trigger, task.run.requested_by)
    for entity, ids in contacts.items():
        services.push(task.run.organization, entity, asked=asked, ids=sorted(ids))
    return [(record, Direction.PUSH) for record in records]


def link(task: Repair) -> list[Send]:
    """Binds each record to its document, never two to one."""
    stored = Stored()
    wanted = {
        each.record_id or each.link_record_id: each.link_quickbooks_id or each.quickbooks_id
        for each in task.differences
    }
    own = task.mapper.records(task.run.organization)
    bound = set(own.filter(qbo_id__in=wanted.values()).values_list("qbo_id", flat=True))
    for record in task.mapper.full_records(task.run.organization).filter(pk__in=wanted, qbo_id=None):
        qbo_id = wanted[record.pk]
        if qbo_id in bound or qbo_id not in task.held:
            continue
        bound.add(qbo_id)
        document, raw = task.held[qbo_id]
        incoming = Incoming(document, raw, task.mapper.theirs(document, task.company), record)
        link_pulled(task.mapper, task.company, incoming, record, stored)
    outcomes.add_to_run(task.run.pk, outcomes.journal(task.run, task.mapper, stored.journal))
    return []


def pull(task: Repair) -> list[Send]:
    """Reads the documents anew, whatever was read of them before; what both sides changed becomes a conflict."""
    task.there().update(qbo_sync_token="")
    _take_over(task)
    return []


def keep_quickbooks(task: Repair) -> list[Send]:
    """Everything that QuickBooks says of the documents becomes ours, over any edit made here."""
    records = task.records()
    _decide_conflicts(task, records, "quickbooks")
    # A last agreement that says nothing of what QuickBooks has now: so all of it is news.
    base = {"fields": dict.fromkeys([*(each.name for each in task.mapper.fields), "lines"], "?")}
    task.there().update(
        base=base,
        ended="",
        qbo_sync_token="",
        accounting_synced=True,
        sync_state=SyncState.SYNCED,
    )
    _take_over(task)
    return []


def keep_finmo(task: Repair) -> list[Send]:
    """Ours goes out whole: over what QuickBooks has, as a new document where it was deleted there, or as its end."""
    records = task.records()
    _decide_conflicts(task, records, "finmo")
    for record in records:
        if record.ended:
            continue
        if record.qbo_id in task.held:
            _rebase(task, record)
        else:
            # Its document is gone: it goes out as a new one.
            untie(task.mapper, [record.pk])
    return [
        (record, Direction.VOID if record.ended else Direction.PUSH)
        for record in records
        if not record.ended or record.qbo_id in task.held
    ]


def _take_over(task: Repair) -> None:
    rows = [raw for _, raw in task.held.values()]
    stored = store(task.work, task.mapper, task.company, rows, adds_unknown=True)
    gone = {each.quickbooks_id for each in task.differences} - task.held.keys() - {""}
    stored.journal += mark_gone(task.mapper, task.run.organization, gone)
    outcomes.add_to_run(task.run.pk, outcomes.journal(task.run, task.mapper, stored.journal))


def _rebase(task: Repair, record: Document) -> None:
    """What QuickBooks has now becomes what ours is compared with, so that all that differs goes out."""
    document, raw = task.held[record.qbo_id]
    told = task.mapper.theirs(document, task.company)
    columns = identity(document, raw) | task.mapper.mirrored(document, task.company)
    columns.pop("ended", None)
    # Ours is to be the total, whether or not QuickBooks takes it: what is left to pay of that.
    columns["balance"] = F("total") - columns["paid"]
    task.mapper.model.objects.filter(pk=record.pk).update(
        **columns,
        base=merge.snapshot({}, told),
        sync_state=SyncState.CHANGED,
        accounting_synced=False,
    )
    known = [line["id"] for line in told["lines"]]
    record.lines.exclude(qbo_line_id__in=known).update(qbo_line_id="")


def _decide_conflicts(task: Repair, records: list[SyncedRecord], side: str) -> None:
    ids = [record.pk for record in records]
    merge.decide_as_a_whole(task.mapper, ids, side, task.run.requested_by)


FIXES: dict[Fix, Callable[[Repair], list[Send]]] = {
    Fix.PUSH: push,
    Fix.PULL: pull,
    Fix.LINK: link,
    Fix.KEEP_FINMO: keep_finmo,
    Fix.KEEP_QUICKBOOKS: keep_quickbooks,
}
