"""What people do here, by chance."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from contacts.models import Beneficiary, Customer
from integrations import rerunning, resolving, services
from integrations.models import Account, Conflict, DocumentLine, Item, SyncRun
from payables.models import Bill, BillLine
from receivables.models import Invoice, InvoiceLine

from .world import CURRENCIES, MOST_CONTACTS, MOST_DOCUMENTS, World

CONTACTS = {Invoice: Customer, Bill: Beneficiary}
LINES = {Invoice: InvoiceLine, Bill: BillLine}
ENTITIES = {Customer: "customers", Beneficiary: "beneficiaries", Invoice: "invoices", Bill: "bills"}
TREATMENTS = ("exclusive", "exclusive", "inclusive", "none")


def _name(record: Any) -> str:
    tag = getattr(record, "memo", "") or getattr(record, "company_name", "")
    return f"{type(record).__name__} {record.pk} {tag.split(' ')[0]} (QuickBooks {record.qbo_id})"


def new_contact(world: World) -> None:
    model, tag = world.random.choice([Customer, Beneficiary]), world.tag()
    if model.objects.filter(organization=world.organization, is_active=True).count() >= MOST_CONTACTS:
        return
    contact = model(
        organization=world.organization,
        name=f"{model.__name__} {tag[1:]}",
        company_name=tag,
        currency=world.random.choice(CURRENCIES),
    )
    contact.save()
    world.say(f"here: {_name(contact)} is made")


def edit_contact(world: World) -> None:
    contact = world.here(world.random.choice([Customer, Beneficiary]))
    if contact is None:
        return
    field = world.random.choice(["phone", "email", "address_city", "name", "is_active"])
    if field == "is_active":
        contact.is_active = not contact.is_active
    else:
        word = str(world.random.randint(1, 9))
        plain = {"email": f"n{word}@acme.example", "name": f"{contact.name.split(' v')[0]} v{word}"}
        setattr(contact, field, plain.get(field, word))
    contact.save()
    world.say(f"here: {field} of {_name(contact)} is now {getattr(contact, field)}")


def new_document(world: World) -> None:
    model, tag = world.random.choice([Invoice, Bill]), world.tag()
    contact = world.here(CONTACTS[model], is_active=True)
    living = model.objects.filter(organization=world.organization, ended="").count()
    if contact is None or living >= MOST_DOCUMENTS:
        return
    document = model(
        organization=world.organization,
        number="" if world.random.random() < 0.1 else f"S-{tag[1:]}",
        issue_date=(issued := world.day()),
        due_date=issued + timedelta(days=world.random.randint(0, 30)),
        currency=contact.currency,
        exchange_rate=_rate(world, contact.currency),
        tax_treatment=world.random.choice(TREATMENTS),
        memo=tag,
        **{"customer" if model is Invoice else "beneficiary": contact},
    )
    document.replace_lines([_line(world, model) for _ in range(world.random.randint(1, 3))])
    world.say(f"here: {_name(document)} for {_name(contact)} is made, {document.total}")


def _rate(world: World, currency: str) -> Decimal | None:
    """Mostly left to QuickBooks."""
    foreign = currency != world.organization.currency
    return (
        Decimal(world.random.randint(1200, 1400)) / 1000 if foreign and world.random.random() < 0.3 else None
    )


def _line(world: World, model: type) -> DocumentLine:
    line = LINES[model](
        quantity=Decimal(world.random.randint(1, 4)),
        unit_price=Decimal(world.random.randint(100, 9999)) / 100,
        description=world.random.choice(["", "Work", "Goods"]),
    )
    chance = world.random.random()
    if chance < 0.4:
        line.custom_name = world.random.choice(["Consulting", "Delivery", "Rent"])
    elif model is Invoice or chance < 0.6:
        bought = {"expense_account__isnull": False} if model is Bill else {}
        line.item = world.here(Item, type="Service", is_active=True, qbo_id__isnull=False, **bought)
    else:
        line.account = world.here(Account, account_type="Expense", is_active=True)
    return line


def edit_document(world: World) -> None:
    model = world.random.choice([Invoice, Bill])
    document = world.here(model, ended="")
    if document is None:
        return
    field = world.random.choice(["memo", "due_date", "due_date", "lines", "lines", "number", "contact"])
    if field == "lines":
        document.replace_lines(_other_lines(world, document))
    elif field == "contact":
        name = "customer" if model is Invoice else "beneficiary"
        other = world.here(CONTACTS[model], is_active=True, currency=document.currency)
        setattr(document, name, other or getattr(document, name))
        document.save()
    else:
        word = world.random.randint(1, 9)
        setattr(
            document,
            field,
            {
                "memo": f"{document.memo.split(' ')[0]} here {word}",
                "due_date": document.issue_date + timedelta(days=word),
                "number": f"{document.number.split('/')[0] or document.memo.split(' ')[0][1:]}/{word}",
            }[field],
        )
        document.save()
    world.say(f"here: {field} of {_name(document)} is changed, {document.total}")


def _other_lines(world: World, document: Any) -> list[DocumentLine]:
    lines = list(document.lines.all())
    for line in lines:
        line.pk, line._state.adding = None, True
    if len(lines) > 1 and world.random.random() < 0.3:
        lines.pop(world.random.randrange(len(lines)))
    elif world.random.random() < 0.4:
        lines.append(_line(world, type(document)))
    elif lines:
        world.random.choice(lines).unit_price = Decimal(world.random.randint(100, 9999)) / 100
    return lines or [_line(world, type(document))]


# --- asking ---------------------------------------------------------------------------------------


def push(world: World) -> None:
    model = world.random.choice(list(ENTITIES))
    options: dict[str, Any] = {"all_unsynced": True}
    record = world.here(model)
    if record and world.random.random() < 0.6:
        options = {"ids": [record.pk], "with_contacts": world.random.random() < 0.5}
    _ask(world, f"push {ENTITIES[model]} {_name(record) if 'ids' in options else 'all'}",
         lambda: services.push(world.organization, ENTITIES[model], asked=world.asked, **options))  # fmt: skip


def pull(world: World) -> None:
    entity = world.random.choice(list(ENTITIES.values()))
    _ask(world, f"pull {entity}", lambda: services.pull(world.organization, entity, asked=world.asked))


def void(world: World) -> None:
    model = world.random.choice([Invoice, Bill])
    document = world.here(model, ended="")
    if document:
        _ask(world, f"void {_name(document)}", lambda: services.void(
            world.organization, ENTITIES[model], asked=world.asked, ids=[document.pk]))  # fmt: skip


def decide(world: World) -> None:
    conflict = world.here(Conflict, resolved_at=None)
    if conflict:
        choices = {name: world.random.choice(["finmo", "quickbooks"]) for name in sorted(conflict.fields)}
        _ask(world, f"decide {conflict.entity} {conflict.label} {choices}",
             lambda: resolving.resolve(conflict, choices, asked=world.asked))  # fmt: skip


def retry(world: World) -> None:
    run = world.here(SyncRun, failed__gt=0)
    if run:
        _ask(world, f"retry {run}", lambda: rerunning.retry(run, asked=world.asked))


def _ask(world: World, what: str, ask: Any) -> None:
    try:
        ask()
    except services.Refused as refusal:
        what += f": refused, {refusal.code}"
    world.say(f"here: {what}")
