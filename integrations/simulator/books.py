"""A company's books while they are written: one unit of work over the locked company.

Nothing is ever changed in place. An item of work stages new versions of objects; a fault drops them, success
keeps them; `flush` writes what was kept with one statement. So a batch of thirty costs one INSERT, and an item
that faults half-way leaves no trace.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any

from . import clock, jsontext, renaming
from .entities import ENTITIES, Entity
from .entities.order import in_order
from .models import Change, Company, StoredObject, only

Key = tuple[str, str]
KEY_LENGTH = 600  # what an index can hold; longer paths of names are compared by their beginning
SEARCHED = (
    "number", "sync_token", "name_key", "full_name_key", "doc_key", "contact_id", "txn_date", "due_date",
    "total", "balance", "active", "deleted", "updated_at", "body",
)  # fmt: skip


class Books:
    """`company` must be locked by the caller's transaction, which must also be the one that `flush` runs in."""

    def __init__(self, company: Company) -> None:
        self.company = company
        self.now = clock.now()
        self._loaded: dict[Key, StoredObject | None] = {}
        self._kept: dict[Key, StoredObject] = {}
        self._staged: dict[Key, StoredObject] = {}
        self._isolated = False
        self._renames: list[renaming.Rename] = []
        self._changes: list[Change] = []
        self._staged_changes: list[Change] = []

    @property
    def home(self) -> str:
        return self.company.home_currency

    # --- reading ------------------------------------------------------------------------------

    def prefetch(self, ids: Iterable[str]) -> None:
        """Loads every object with one of these ids, of whatever entity, in one statement."""
        rows = StoredObject.objects.filter(company=self.company, qbo_id__in=set(ids))
        for row in rows:
            self._loaded.setdefault((row.entity, row.qbo_id), row)

    def find(self, entity: str, qbo_id: str) -> StoredObject | None:
        """The newest version, also of what was deleted; None where there never was one."""
        key = (entity, qbo_id)
        for versions in (self._staged, self._kept):
            if key in versions:
                return versions[key]
        return self._stored(entity, qbo_id)

    def _stored(self, entity: str, qbo_id: str) -> StoredObject | None:
        key = (entity, qbo_id)
        if key not in self._loaded:
            self._loaded[key] = only(
                StoredObject.objects.filter(company=self.company, entity=entity, qbo_id=qbo_id)
            )
        return self._loaded[key]

    def isolate(self) -> None:
        """From here on references see nothing of what is written: the items of a batch don't see each other."""
        self._isolated = True

    def resolve(self, entity: str, qbo_id: str) -> StoredObject | None:
        """What a reference of a request names."""
        return self._stored(entity, qbo_id) if self._isolated else self.find(entity, qbo_id)

    def holder(
        self, entities: Iterable[str], column: str, value: str, but: Key | None = None
    ) -> StoredObject | None:
        """The active object of one of these entities that has `value` in a column, other than `but`."""
        wanted = set(entities)
        pending = self._kept | self._staged
        for key, row in pending.items():
            if key != but and row.entity in wanted and getattr(row, column) == value and _in_use(row):
                return row
        rows = StoredObject.objects.filter(
            company=self.company, entity__in=wanted, active=True, deleted=False, **{column: value}
        )
        for row in rows[:20]:
            if (row.entity, row.qbo_id) not in pending and (row.entity, row.qbo_id) != but:
                return row
        return None

    def all(self, entity: str, **columns: Any) -> list[StoredObject]:
        """Every object of a short list (accounts, currencies), with what is pending."""
        rows = {
            (row.entity, row.qbo_id): row
            for row in StoredObject.objects.filter(
                company=self.company, entity=entity, deleted=False, **columns
            )
        }
        for key, row in rows.items():
            self._loaded.setdefault(key, row)
        rows |= {key: row for key, row in (self._kept | self._staged).items() if key[0] == entity}
        return sorted(rows.values(), key=lambda row: row.number)

    def descendants(self, row: StoredObject) -> list[tuple[StoredObject, dict[str, Any]]]:
        """What is nested below an object at any depth, each with its document."""
        path = f"{row.document()['FullyQualifiedName']}:"
        rows = self.all(row.entity, full_name_key__startswith=name_key(path))
        found = [(each, each.document()) for each in rows]
        return [pair for pair in found if pair[1]["FullyQualifiedName"].startswith(path)]

    # --- writing ------------------------------------------------------------------------------

    @contextmanager
    def item(self) -> Iterator[None]:
        """What happens inside is kept as a whole, or dropped where it raises."""
        counters, doc_number = dict(self.company.counters), self.company.next_doc_number
        self._staged, self._staged_changes = {}, []
        try:
            yield
        except BaseException:
            self.company.counters, self.company.next_doc_number = counters, doc_number
            self._staged, self._staged_changes = {}, []
            raise
        self._kept |= self._staged
        self._changes += self._staged_changes
        self._staged, self._staged_changes = {}, []

    def create(self, entity: Entity, document: dict[str, Any], qbo_id: str = "") -> StoredObject:
        qbo_id = qbo_id or str(self.company.take_id(entity.family))
        row = StoredObject(company=self.company, entity=entity.name, qbo_id=qbo_id, created_at=self.now)
        self._stage(row, document)
        self._record(row, "Create")
        return row

    def change(
        self, row: StoredObject, document: dict[str, Any], operation: str | None = "Update"
    ) -> StoredObject:
        """A stored change: the sync token moves on. Without an `operation` no webhook tells of it."""
        version = self._version(row)
        version.sync_token += 1
        self._stage(version, document)
        if operation:
            self._record(version, operation)
        return version

    def touch(self, row: StoredObject, document: dict[str, Any]) -> StoredObject:
        """A movement of a balance: LastUpdatedTime moves on, the sync token does not."""
        version = self._version(row)
        self._stage(version, document)
        return version

    def delete(self, row: StoredObject) -> None:
        version = self._version(row)
        version.deleted = True
        version.doc_key = ""
        version.updated_at = self.now
        self._staged[(version.entity, version.qbo_id)] = version
        self._record(version, "Delete")

    def merge_away(self, row: StoredObject, survivor: StoredObject) -> None:
        """The name is no more; the one notification speaks of the survivor."""
        version = self._version(row)
        version.deleted = True
        self._staged[(version.entity, version.qbo_id)] = version
        self.tell_merge(row, survivor)

    def tell_merge(self, row: StoredObject, survivor: StoredObject) -> None:
        self._record(survivor, "Merge", deleted_id=row.qbo_id)

    def flush(self) -> None:
        """Writes what was kept, so that queries see it."""
        if self._kept:
            self._note_renames()
            StoredObject.objects.bulk_create(
                self._kept.values(),
                update_conflicts=True,
                unique_fields=["company", "entity", "qbo_id"],
                update_fields=SEARCHED,
            )
            # Rows written by an upsert carry no primary key: later versions are found by id again.
            self._loaded |= self._kept
            self._kept = {}
        # All of them at every flush: what was written since may still show an old name.
        renaming.rewrite_references(self.company, self._renames)
        Change.objects.bulk_create(self._changes)
        self._changes = []
        self.company.save(update_fields=["counters", "next_doc_number"])

    def _note_renames(self) -> None:
        for key, row in self._kept.items():
            before = self._loaded.get(key)
            rename = renaming.renamed(before, row) if before else None
            if rename:
                self._renames.append(rename)

    def _version(self, row: StoredObject) -> StoredObject:
        fields = {field.attname: getattr(row, field.attname) for field in StoredObject._meta.concrete_fields}
        del fields["id"]
        return StoredObject(**fields)

    def _stage(self, row: StoredObject, document: dict[str, Any]) -> None:
        row.updated_at = self.now
        document |= {
            "domain": "QBO",
            "sparse": False,
            "Id": row.qbo_id,
            "SyncToken": str(row.sync_token),
            "MetaData": {
                "CreateTime": clock.stamp(row.created_at),
                "LastUpdatedTime": clock.stamp(row.updated_at),
            },
        }
        # In place: the caller answers with this very document.
        ordered = in_order(row.entity, document)
        document.clear()
        document.update(ordered)
        for column, value in _columns(ENTITIES[row.entity], document).items():
            setattr(row, column, value)
        row.number = int(row.qbo_id) if row.qbo_id.isdigit() else 0
        row.body = jsontext.encode(document).decode()
        self._staged[(row.entity, row.qbo_id)] = row

    def _record(self, row: StoredObject, operation: str, *, deleted_id: str = "") -> None:
        self._staged_changes.append(
            Change(
                company=self.company,
                entity=row.entity,
                qbo_id=row.qbo_id,
                operation=operation,
                deleted_id=deleted_id,
                at=self.now,
                event_id=str(uuid.uuid4()),
            )
        )


def name_key(name: str) -> str:
    """A name as names are compared: without regard to case."""
    return name.casefold()[:KEY_LENGTH]


def _in_use(row: StoredObject) -> bool:
    return row.active and not row.deleted


def _columns(entity: Entity, document: dict[str, Any]) -> dict[str, Any]:
    """What is searched by, taken out of the document."""
    shown = str(document.get("DisplayName") or document.get("Name") or document.get("Code") or "")
    contact = document.get("CustomerRef") or document.get("VendorRef") or {}
    balance = document.get("Balance", document.get("CurrentBalance"))
    return {
        "name_key": "" if entity.transaction else name_key(shown),
        "full_name_key": ""
        if entity.transaction
        else name_key(str(document.get("FullyQualifiedName") or shown)),
        "doc_key": str(document.get("DocNumber") or "").casefold(),
        "contact_id": contact.get("value", "") if entity.transaction else "",
        "txn_date": date.fromisoformat(document["TxnDate"]) if "TxnDate" in document else None,
        "due_date": date.fromisoformat(document["DueDate"]) if "DueDate" in document else None,
        "total": Decimal(document["TotalAmt"]) if "TotalAmt" in document else None,
        "balance": None if balance is None else Decimal(balance),
        "active": document.get("Active", True),
    }
