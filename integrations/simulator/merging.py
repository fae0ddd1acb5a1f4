"""Merging two names, as a person does in QuickBooks' pages; the API has no call for it.

What is known (contract section 12, trap 12): the loser's transactions are re-pointed to the survivor, the
notification names the survivor with the loser beside it, and change data capture does not tell of a merge. Whether
the loser reads as inactive or as not found (610) afterwards is not known, so a switch says it.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from . import currencies, ledger
from .books import Books
from .faults import business, not_found, unsupported
from .models import Company, StoredObject
from .rules import naming, references

MERGEABLE = ("Customer", "Vendor")
BALANCES = ("Balance", "BalanceWithJobs")


def survivors(row: StoredObject) -> QuerySet[StoredObject]:
    """The names that this one can be merged into."""
    rows = StoredObject.objects.filter(company=row.company, entity=row.entity, active=True, deleted=False)
    currency = row.document()["CurrencyRef"]["value"]
    return rows.filter(body__contains=f'"CurrencyRef":{{"value":"{currency}"').exclude(pk=row.pk)


def merge(company: Company, entity: str, loser_id: str, survivor_id: str) -> dict[str, Any]:
    """Merges and commits. Returns the survivor's document. Raises Fault."""
    if entity not in MERGEABLE:
        raise unsupported(f"Merging of {entity}")
    with transaction.atomic():
        books = Books(Company.objects.select_for_update().get(pk=company.pk))
        loser, survivor = _living(books, entity, loser_id), _living(books, entity, survivor_id)
        _refuse(books, loser, survivor)
        with books.item():
            document = survivor.document()
            _repoint(books, loser, document)
            _take_balance(books, loser, survivor, document)
            _end(books, loser, survivor)
        books.flush()
    return document


def _living(books: Books, entity: str, qbo_id: str) -> StoredObject:
    row = books.find(entity, qbo_id)
    if row is None or row.deleted or not row.active:
        raise not_found()
    return row


def _refuse(books: Books, loser: StoredObject, survivor: StoredObject) -> None:
    if loser.qbo_id == survivor.qbo_id:
        raise business("A name can't be merged into itself.")
    old, new = loser.document(), survivor.document()
    if old["CurrencyRef"]["value"] != new["CurrencyRef"]["value"]:
        raise business("You can't merge names that use different currencies.")
    children = StoredObject.objects.filter(company=books.company, entity=loser.entity, deleted=False)
    if children.filter(body__contains=f'"ParentRef":{{"value":"{loser.qbo_id}"').exists():
        raise business("You can't merge a name that has sub-customers.")


def _repoint(books: Books, loser: StoredObject, survivor: dict[str, Any]) -> None:
    """The loser's transactions name the survivor: a stored change of each. Only the merge itself is told."""
    kinds = {name: key for name, (kind, key, _) in ledger.CONTACTS.items() if kind == loser.entity}
    rows = StoredObject.objects.filter(
        company=books.company, entity__in=kinds, contact_id=loser.qbo_id, deleted=False
    )
    for row in rows:
        reference = references.named(survivor)
        books.change(row, row.document() | {kinds[row.entity]: reference}, None)


def _take_balance(
    books: Books, loser: StoredObject, survivor: StoredObject, document: dict[str, Any]
) -> None:
    old, code = loser.document(), document["CurrencyRef"]["value"]
    for name in BALANCES:
        if name in document:
            total = Decimal(document[name]) + Decimal(old.get(name, 0))
            document[name] = currencies.rounded(total, code)
    books.touch(survivor, document)


def _end(books: Books, loser: StoredObject, survivor: StoredObject) -> None:
    if books.company.merged_names_vanish:
        books.merge_away(loser, survivor)
        return
    document = loser.document() | {name: 0 for name in BALANCES if name in loser.document()}
    naming.activity(document, {"Active": False}, loser.document(), "DisplayName")
    if "FullyQualifiedName" in document and not document["FullyQualifiedName"].endswith(naming.DELETED):
        document["FullyQualifiedName"] += naming.DELETED
    books.change(loser, document, None)
    books.tell_merge(loser, survivor)
