"""Whether what a record says of why it could not be sent is true, of how both sides are now."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from integrations.models import SyncState
from integrations.simulator.models import StoredObject

from .sides import CONTACT, REMOTE, document_here, document_there
from .world import World


def _contact_of(record: Any) -> Any:
    """The contact of a document; a contact itself."""
    return getattr(record, CONTACT[type(record)][0]) if type(record) in CONTACT else record


def _stored(world: World, model: type) -> Any:
    return StoredObject.objects.filter(company__realm_id=world.qbo.realm, entity=REMOTE[model], deleted=False)


def _differs_in(record: Any, row: StoredObject, *names: str) -> bool:
    ours, theirs = document_here(record), document_there(record, row.document())
    return any(ours[name] != theirs[name] for name in names)


def _other_contact(record: Any, row: StoredObject | None) -> bool:
    """Whether the document is to name a contact that it does not name there yet."""
    return row is None or _differs_in(record, row, "contact")


def _waits_for_contact(world: World, record: Any, row: StoredObject | None) -> bool:
    """It could not be pushed itself, which is judged with it."""
    contact = _contact_of(record)
    return not contact.linked and contact.sync_state == SyncState.FAILED


def _paid(world: World, record: Any, row: StoredObject | None) -> bool:
    """A payment is applied there to what our edit would rewrite."""
    if row is None or row.deleted or row.balance == row.total:
        return False
    return _differs_in(record, row, "contact", "total", "lines", "currency", "rate", "treatment")


def _closed(world: World, record: Any, row: StoredObject | None) -> bool:
    """The document lies in books that are closed now, as it is there or as it should become."""
    closed = world.company.book_close_date
    dates = [record.issue_date] + ([row.txn_date] if row else [])
    return closed is not None and min(dates) <= closed


def _named_like(world: World, record: Any, row: StoredObject | None) -> list[StoredObject]:
    """Who else has the name: customers, vendors and employees share their names."""
    key = " ".join(record.name.split()).casefold()
    rows = StoredObject.objects.filter(company__realm_id=world.qbo.realm, deleted=False, active=True)
    holders = rows.filter(entity__in=("Customer", "Vendor", "Employee"), name_key=key)
    return [holder for holder in holders if row is None or holder.pk != row.pk]


def _name_taken(world: World, record: Any, row: StoredObject | None) -> bool:
    """By somebody whom it cannot be linked to: it is linked already, or that one is, or that is of another kind."""
    return any(
        record.linked
        or holder.entity != REMOTE[type(record)]
        or holder.document()["CurrencyRef"]["value"] != record.currency
        or type(record).objects.filter(qbo_id=holder.qbo_id).exists()
        for holder in _named_like(world, record, row)
    )


def _other_email(world: World, record: Any, row: StoredObject | None) -> bool:
    addresses = [
        holder.document().get("PrimaryEmailAddr", {}).get("Address", "")
        for holder in _named_like(world, record, row)
        if holder.entity == REMOTE[type(record)]
    ]
    return (
        not record.linked and any(each and each != record.email for each in addresses) and bool(record.email)
    )


def _number_taken(world: World, record: Any, row: StoredObject | None) -> bool:
    """By a document that is not unmistakably ours: another contact, date or total, or bound to another."""
    holders = _stored(world, type(record)).filter(doc_key=record.number.casefold())
    return any(
        record.linked
        or type(record).objects.filter(qbo_id=holder.qbo_id).exists()
        or holder.contact_id != _contact_of(record).qbo_id
        or (holder.txn_date, holder.total) != (record.issue_date, record.total)
        for holder in holders
        if row is None or holder.pk != row.pk
    )


def _possible_duplicate(world: World, record: Any, row: StoredObject | None) -> bool:
    """It has no number, and looks like a document that nobody here ever edited."""
    model, contact = type(record), _contact_of(record)
    alike = _stored(world, model).filter(
        contact_id=contact.qbo_id, txn_date=record.issue_date, total=record.total
    )
    ours = model.objects.filter(qbo_id__isnull=False, edited_at__isnull=False).values("qbo_id")
    return not record.linked and not record.number and alike.exclude(qbo_id__in=ours).exists()


def _inactive(world: World, record: Any, row: StoredObject | None) -> bool:
    """An inactive contact is not made there, and takes no document that it does not have yet."""
    contact = _contact_of(record)
    if contact is record:
        return not record.linked and not record.is_active
    return not contact.is_active and _other_contact(record, row)


def _unusable_there(world: World, record: Any, row: StoredObject | None) -> bool:
    """What the document refers to is inactive or gone there."""
    contact = _contact_of(record)
    usable = _stored(world, type(contact)).filter(qbo_id=contact.qbo_id or "", active=True).exists()
    return contact is not record and not usable and _other_contact(record, row)


def _merged_away(world: World, record: Any, row: StoredObject | None) -> bool:
    """People may go on editing a name that QuickBooks merged away, or give it a document: neither can be sent, and
    there is nothing there to disagree with."""
    contact = _contact_of(record)
    names = _stored(world, type(contact)).filter(active=True)
    if contact.merged_into is None or names.filter(qbo_id=contact.qbo_id).exists():
        return False
    return contact is record or _other_contact(record, row)


def _has_balance(world: World, record: Any, row: StoredObject | None) -> bool:
    return row is not None and row.active and not record.is_active and bool(row.document()["Balance"])


def _currencies_differ(world: World, record: Any, row: StoredObject | None) -> bool:
    return _contact_of(record).currency != record.currency


TRUE: dict[str, Callable[[World, Any, StoredObject | None], bool]] = {
    "contact_not_synced": _waits_for_contact,
    "currency_mismatch": _currencies_differ,
    "inactive": _inactive,
    "610": _unusable_there,
    "2500": _unusable_there,
    "paid_document": _paid,
    "period_closed": _closed,
    "6210": _closed,
    "name_taken": _name_taken,
    "same_name_different_email": _other_email,
    "number_taken": _number_taken,
    "possible_duplicate": _possible_duplicate,
    "6220": _has_balance,
    "merged_contact": _merged_away,
}
