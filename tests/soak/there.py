"""What people do in QuickBooks, by chance; what it refuses does not happen."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from integrations.simulator import acting, merging
from integrations.simulator.faults import Fault
from integrations.simulator.models import StoredObject

from .world import CURRENCIES, MOST_CONTACTS, MOST_DOCUMENTS, TAG, World

MEMO = {"Invoice": lambda text: {"CustomerMemo": {"value": text}}, "Bill": lambda text: {"PrivateNote": text}}


def tag_of(document: dict[str, Any]) -> str:
    """`#12` of a document that carries one."""
    memo = (document.get("CustomerMemo") or {}).get("value") or document.get("CompanyName") or ""
    found = TAG.search(f"{memo} {document.get('PrivateNote', '')}")
    return found.group() if found else ""


def _name(row: StoredObject) -> str:
    return f"{row.entity} {row.qbo_id} {tag_of(row.document())} (token {row.sync_token})"


def _act(world: World, what: str, entity: str, operation: str, body: dict[str, Any]) -> None:
    try:
        found = acting.act(world.company, entity, operation, body)
        what += f" → {found['Id']} token {found.get('SyncToken')} total {found.get('TotalAmt')}"
    except Fault as refusal:
        what += f": refused, {refusal}"
    world.say(f"there: {what}")


def _update(world: World, what: str, row: StoredObject, values: dict[str, Any]) -> None:
    _act(
        world, f"{what} of {_name(row)}", row.entity, "update", acting.named(row) | {"sparse": True} | values
    )


def new_contact(world: World) -> None:
    entity, tag = world.random.choice(["Customer", "Vendor"]), world.tag()
    if world.number_there(entity) >= MOST_CONTACTS:
        return
    body = {
        "DisplayName": f"{entity} {tag[1:]}",
        "CompanyName": tag,
        "CurrencyRef": {"value": world.random.choice(CURRENCIES)},
    }
    _act(world, f"new {entity} {tag}", entity, "create", body)


def edit_contact(world: World) -> None:
    row = world.there("Customer", "Vendor", active=True)
    if row is None:
        return
    word = str(world.random.randint(11, 19))
    name = row.document()["DisplayName"].split(" v")[0]
    values = world.random.choice(
        [
            {"PrimaryPhone": {"FreeFormNumber": word}},
            {"PrimaryEmailAddr": {"Address": f"n{word}@acme.example"}},
            {"BillAddr": {"City": word}},
            {"DisplayName": f"{name} v{word}"},
        ]
    )
    _update(world, f"{values}", row, values)


def switch_contact(world: World) -> None:
    row = world.there("Customer", "Vendor")
    if row:
        _update(world, f"active {not row.active}", row, {"Active": not row.active})


def merge(world: World) -> None:
    entity = world.random.choice(["Customer", "Vendor"])
    loser, survivor = world.there(entity, active=True), world.there(entity, active=True)
    if loser is None or survivor is None or loser.pk == survivor.pk:
        return
    what = f"{_name(loser)} is merged into {_name(survivor)}"
    try:
        merging.merge(world.company, entity, loser.qbo_id, survivor.qbo_id)
    except Fault as refusal:
        what += f": refused, {refusal}"
    world.say(f"there: {what}")


def new_document(world: World) -> None:
    entity, tag = world.random.choice(["Invoice", "Bill"]), world.tag()
    contact = world.there("Customer" if entity == "Invoice" else "Vendor", active=True)
    if contact is None or world.number_there(entity) >= MOST_DOCUMENTS:
        return
    body = {
        "CustomerRef" if entity == "Invoice" else "VendorRef": {"value": contact.qbo_id},
        "DocNumber": f"Q-{tag[1:]}",
        "CurrencyRef": {"value": contact.document()["CurrencyRef"]["value"]},
        "TxnDate": world.day().isoformat(),
        "GlobalTaxCalculation": world.random.choice(["TaxExcluded", "TaxInclusive", "NotApplicable"]),
        **MEMO[entity](tag),
    }
    taxed = body["GlobalTaxCalculation"] != "NotApplicable"
    lines = [_line(world, entity, taxed) for _ in range(world.random.randint(1, 3))]
    _act(world, f"new {entity} {tag} for {_name(contact)}", entity, "create", body | {"Line": lines})


def _line(world: World, entity: str, taxed: bool) -> dict[str, Any]:
    codes = world.organization.configuration
    amount = Decimal(world.random.randint(100, 9999)) / 100
    if entity == "Invoice":
        code, kind = codes.default_receivable_tax_code.qbo_id, "SalesItemLineDetail"
        detail: dict[str, Any] = {"ItemRef": {"value": "1"}}
    else:
        code, kind = codes.default_payable_tax_code.qbo_id, "AccountBasedExpenseLineDetail"
        detail = {"AccountRef": {"value": codes.default_payable_account.qbo_id}}
    if taxed:
        detail["TaxCodeRef"] = {"value": code}
    return {"DetailType": kind, "Amount": amount, "Description": "There", kind: detail}


def edit_document(world: World) -> None:
    row = world.there("Invoice", "Bill")
    if row is None:
        return
    document = row.document()
    word = world.random.randint(11, 19)
    chance = world.random.random()
    if chance < 0.3:
        values = MEMO[row.entity](f"{tag_of(document)} there {word}")
    elif chance < 0.6:
        values = {"DueDate": f"2026-12-{word}"}
    elif chance < 0.7:
        values = {"DocNumber": f"{document.get('DocNumber', 'Q').split('/')[0]}/{word}"}
    else:
        values = {"Line": _other_lines(world, row)}
    # Intuit documents no sparse update of bills: their own page sends the lines along.
    _update(world, f"{sorted(values)}", row, values)


def _other_lines(world: World, row: StoredObject) -> list[dict[str, Any]]:
    document = row.document()
    lines = [line for line in document["Line"] if line["DetailType"] != "SubTotalLineDetail"]
    taxed = document.get("GlobalTaxCalculation") != "NotApplicable"
    if len(lines) > 1 and world.random.random() < 0.4:
        lines.pop()
    elif world.random.random() < 0.5:
        lines.append(_line(world, row.entity, taxed))
    else:
        detail = lines[0].get(lines[0]["DetailType"], {})
        for part in ("Qty", "UnitPrice", "TaxInclusiveAmt"):
            detail.pop(part, None)
        lines[0]["Amount"] = Decimal(world.random.randint(100, 9999)) / 100
    return lines


def pay(world: World) -> None:
    row = world.there("Invoice", "Bill", balance__gt=0)
    if row is None:
        return
    amount = row.balance if world.random.random() < 0.5 else (row.balance / 2).quantize(Decimal("0.01"))
    by = acting.credit if world.random.random() < 0.2 else acting.pay
    what = f"{_name(row)} is paid {amount} by a {'credit' if by is acting.credit else 'payment'}"
    try:
        by(row, amount)
    except Fault as refusal:
        what += f": refused, {refusal}"
    world.say(f"there: {what}")


def unpay(world: World) -> None:
    row = world.there("Payment", "BillPayment")
    if row:
        linked = row.document()["Line"]
        _act(world, f"payment {row.qbo_id} for {linked} is deleted", row.entity, "delete", acting.named(row))


def void(world: World) -> None:
    row = world.there("Invoice")
    if row:
        _act(world, f"{_name(row)} is voided", "Invoice", "void", acting.named(row))


def delete(world: World) -> None:
    row = world.there("Invoice", "Bill")
    if row:
        _act(world, f"{_name(row)} is deleted", row.entity, "delete", acting.named(row))


def close_books(world: World) -> None:
    """Up to a day, or opens them again."""
    closed = world.random.choice([None, world.day(), world.day()])
    world.qbo.switch(book_close_date=closed and closed.isoformat())
    world.say(f"there: the books are closed until {closed}")
