"""Whether both sides agree, record by record, read without the product's own mapping.

A record may disagree while a conflict about it is open, or while it says why it could not be pushed, and that is true.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from contacts.models import Beneficiary, Customer
from integrations.models import Conflict, SyncState
from integrations.simulator.models import StoredObject
from payables.models import Bill
from receivables.models import Invoice

from .there import tag_of
from .world import World

REMOTE = {Customer: "Customer", Beneficiary: "Vendor", Invoice: "Invoice", Bill: "Bill"}
ENTITY = {Customer: "customers", Beneficiary: "beneficiaries", Invoice: "invoices", Bill: "bills"}
CONTACT = {Invoice: ("customer", "CustomerRef"), Bill: ("beneficiary", "VendorRef")}
DELETED = " (deleted)"

Document = dict[str, Any]
Facts = dict[str, Any]


def disagreements(world: World) -> list[str]:
    """What is not as it should be, each with the tag by which the log knows it."""
    held: dict[str, dict[str, StoredObject]] = defaultdict(dict)
    for row in StoredObject.objects.filter(company__realm_id=world.qbo.realm, entity__in=REMOTE.values()):
        held[row.entity][row.qbo_id] = row
    found = list(_twice(held))
    for model, entity in REMOTE.items():
        found += _of_model(world, model, held[entity])
    return found


def _twice(held: dict[str, dict[str, StoredObject]]) -> Iterator[str]:
    """What was made once exists once, what was deleted included."""
    for entity in ("Invoice", "Bill"):
        tags = Counter(
            tag for row in held[entity].values() if (tag := tag_of(row.document() if row.body else {}))
        )
        yield from (f"{entity} {tag} exists {number} times" for tag, number in tags.items() if number > 1)


def _of_model(world: World, model: type, held: dict[str, StoredObject]) -> Iterator[str]:
    disputed = set(
        Conflict.objects.filter(
            organization=world.organization, entity=ENTITY[model], resolved_at=None
        ).values_list("record_id", flat=True)
    )
    records = list(model.objects.filter(organization=world.organization).order_by("pk"))
    known = Counter(record.qbo_id for record in records if record.qbo_id)
    if model in CONTACT:
        for qbo_id, row in held.items():
            if not row.deleted and qbo_id not in known:
                yield f"{row.entity} {qbo_id} {tag_of(row.document())} is unknown here"
    for record in records:
        what = f"{model.__name__} {record.pk} {_tag(record)} (QuickBooks {record.qbo_id})"
        for problem in _of_record(world, record, held.get(record.qbo_id or ""), record.pk in disputed):
            yield f"{what}, {record.sync_state} {record.sync_error_code}: {problem}"


def _tag(record: Any) -> str:
    return (getattr(record, "memo", "") or getattr(record, "company_name", "")).split(" ")[0]


def _of_record(world: World, record: Any, row: StoredObject | None, disputed: bool) -> Iterator[str]:
    if (record.sync_state == SyncState.CONFLICT) != disputed:
        yield f"a conflict is {'' if disputed else 'not '}open"
    if record.sync_state in (SyncState.QUEUED, SyncState.CHANGED):
        yield "it did not come to rest"
    if record.sync_state == SyncState.NOT_SYNCED and not getattr(record, "ended", ""):
        yield "it was not pushed"
    if record.sync_state == SyncState.FAILED:
        true = TRUE.get(record.sync_error_code)
        if true is None or not true(world, record, row):
            yield f"the reason is not true: {record.sync_error_message}"
    if row is None:
        if record.qbo_id:
            yield "QuickBooks never had it"
        return
    differs = list(_differences(record, row))
    if differs and record.sync_state not in (SyncState.CONFLICT, SyncState.FAILED):
        yield "; ".join(differs)


def _differences(record: Any, row: StoredObject) -> Iterator[str]:
    if isinstance(record, (Invoice, Bill)):
        ended = _ended(record, row)
        if record.ended not in ended:
            yield f"it is {record.ended or 'living'} here and {' or '.join(filter(None, ended)) or 'living'} there"
        if record.ended or ended != {""}:
            return
        ours, theirs = _document_here(record), _document_there(record, row.document())
    elif not (active := row.active and not row.deleted) or not record.is_active:
        # What is inactive there is found under a name with a suffix, or was merged away.
        if active != record.is_active:
            yield f"active is {record.is_active} here and {active} there"
        return
    else:
        ours, theirs = _contact_here(record), _contact_there(row.document())
    for name, value in ours.items():
        if value != theirs[name]:
            yield f"{name} is {value!r} here and {theirs[name]!r} there"


def _ended(record: Any, row: StoredObject) -> set[str]:
    """How the document may be called here: a bill that was voided here is deleted there."""
    if row.deleted:
        return {"deleted", "voided"}
    document = row.document()
    voided = not document["TotalAmt"] and document.get("PrivateNote", "").startswith("Voided")
    return {"voided"} if voided and row.entity == "Invoice" else {""}


def _contact_here(record: Any) -> Facts:
    return {
        "name": record.name,
        "company": record.company_name,
        "email": record.email,
        "phone": record.phone,
        "city": record.address_city,
    }


def _contact_there(document: Document) -> Facts:
    return {
        "name": document["DisplayName"],
        "company": document.get("CompanyName", ""),
        "email": document.get("PrimaryEmailAddr", {}).get("Address", ""),
        "phone": document.get("PrimaryPhone", {}).get("FreeFormNumber", ""),
        "city": document.get("BillAddr", {}).get("City", ""),
    }


def _document_here(record: Any) -> Facts:
    contact, _ = CONTACT[type(record)]
    return {
        "contact": getattr(record, contact).qbo_id,
        "number": record.number,
        "issued": record.issue_date.isoformat(),
        "due": record.due_date and record.due_date.isoformat(),
        "memo": record.memo,
        "total": record.total,
        "balance": record.balance,
        "status": _status(record.total, record.balance),
        "lines": [(_words(line), line.amount) for line in record.lines.all()],
    }


def _words(line: Any) -> str:
    """A custom bill line has no item there, so its name goes before its description."""
    named = line.custom_name if hasattr(line.document, "beneficiary_id") else ""
    return f"{named}: {line.description}" if named and line.description else named or line.description


def _document_there(record: Any, document: Document) -> Facts:
    _, reference = CONTACT[type(record)]
    memo = document.get("PrivateNote", "")
    if isinstance(record, Invoice):
        memo = document.get("CustomerMemo", {}).get("value", "")
    total, balance = Decimal(document["TotalAmt"]), Decimal(document["Balance"])
    return {
        "contact": document[reference]["value"],
        "number": document.get("DocNumber", ""),
        "issued": document["TxnDate"],
        "due": document.get("DueDate"),
        "memo": memo,
        "total": total,
        "balance": balance,
        "status": _status(total, balance),
        "lines": [
            (line.get("Description", ""), _gross(document, line))
            for line in document["Line"]
            if line["DetailType"] != "SubTotalLineDetail"
        ],
    }


def _status(total: Decimal, balance: Decimal) -> str:
    if balance <= 0 < total:
        return "paid"
    return "partially paid" if balance < total else "open"


def _gross(document: Document, line: Document) -> Decimal:
    detail = line.get(line["DetailType"], {})
    if document.get("GlobalTaxCalculation") == "TaxInclusive" and "TaxInclusiveAmt" in detail:
        return Decimal(detail["TaxInclusiveAmt"])
    return Decimal(line.get("Amount", 0))


# --- whether a reason is true ---------------------------------------------------------------------


def _contact_of(record: Any) -> Any:
    return getattr(record, CONTACT[type(record)][0])


def _paid(world: World, record: Any, row: StoredObject | None) -> bool:
    return row is not None and row.balance != row.total


def _taken(world: World, record: Any, row: StoredObject | None) -> bool:
    """Somebody else has the name: a customer, a vendor or an employee."""
    key = " ".join(record.name.split()).casefold()
    rows = StoredObject.objects.filter(company__realm_id=world.qbo.realm, deleted=False, active=True)
    holders = rows.filter(entity__in=("Customer", "Vendor", "Employee"), name_key=key)
    return any(row is None or holder.pk != row.pk for holder in holders)


def _number_taken(world: World, record: Any, row: StoredObject | None) -> bool:
    rows = StoredObject.objects.filter(
        company__realm_id=world.qbo.realm, deleted=False, entity=REMOTE[type(record)]
    )
    holders = rows.filter(doc_key=record.number.casefold())
    return any(row is None or holder.pk != row.pk for holder in holders)


def _inactive(world: World, record: Any, row: StoredObject | None) -> bool:
    contact = record if isinstance(record, (Customer, Beneficiary)) else _contact_of(record)
    there = StoredObject.objects.filter(
        company__realm_id=world.qbo.realm, entity=REMOTE[type(contact)], qbo_id=contact.qbo_id or ""
    ).first()
    return not contact.is_active or (there is not None and not there.active)


def _merged(world: World, record: Any, row: StoredObject | None) -> bool:
    """Its name, or the one that it is for, is no longer in use there."""
    contact = record if isinstance(record, (Customer, Beneficiary)) else _contact_of(record)
    rows = StoredObject.objects.filter(company__realm_id=world.qbo.realm, entity=REMOTE[type(contact)])
    return not rows.filter(qbo_id=contact.qbo_id or "", deleted=False, active=True).exists()


def _has_balance(world: World, record: Any, row: StoredObject | None) -> bool:
    return row is not None and bool(row.document()["Balance"])


TRUE: dict[str, Callable[[World, Any, StoredObject | None], bool]] = {
    "contact_not_synced": lambda world, record, row: not _contact_of(record).linked,
    "inactive": _inactive,
    "610": _inactive,
    "2500": _inactive,
    "paid_document": _paid,
    "name_taken": _taken,
    "same_name_different_email": _taken,
    "number_taken": _number_taken,
    "6220": _has_balance,
    "merged_contact": _merged,
}
