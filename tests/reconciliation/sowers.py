"""The differences that can be sown, by name: each is made in Finmo or in QuickBooks, and says what is true then."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from integrations import reconciling, services
from integrations.models import Document, Kind, Trigger
from integrations.services import Asked
from tests.quickbooks import drain
from tests.reconciliation.ground import CONTACT

if TYPE_CHECKING:
    from tests.reconciliation.sowing import Field, Sown

# --- on one side alone -------------------------------------------------------------------------


def _never_pushed(ground: Field) -> list[Sown]:
    model = ground.take()
    return ground.only_here(ground.make(model.contact, issue_date=model.issue_date, due_date=model.due_date))


def _failed(ground: Field) -> list[Sown]:
    """Its contact was never pushed."""
    record = ground.make(ground.other_contact(ground.take().currency, pushed=False))
    services.push(ground.organization, _entity(ground), asked=Asked(Trigger.API), ids=[record.pk])
    drain(ground.organization)
    record.refresh_from_db()
    assert record.sync_state == "failed"
    return ground.only_here(record)


def _queued(ground: Field) -> list[Sown]:
    """A schedule asked for it, so a person's statement goes before it."""
    record = ground.make(ground.take().contact)
    services.push(ground.organization, _entity(ground), asked=Asked(Trigger.SCHEDULE), ids=[record.pk])
    return ground.only_here(record)


def _entity(ground: Field) -> str:
    return reconciling.mapper_of_stream(ground.stream).entity


def _made_there(ground: Field) -> list[Sown]:
    made = ground.copy(ground.take(), DocNumber=f"Q-{ground.random.randint(1, 10**9)}")
    return ground.only_there(made["Id"], Kind.ONLY_IN_QUICKBOOKS)


def _same_number_for_another(ground: Field) -> list[Sown]:
    """No duplicate: the contact is another."""
    record = ground.take()
    other = {"value": ground.other_contact(record.currency).qbo_id}
    made = ground.copy(record, **{CONTACT[ground.stream]: other})
    return ground.only_there(made["Id"], Kind.ONLY_IN_QUICKBOOKS)


def _deleted_here(ground: Field) -> list[Sown]:
    record = ground.take()
    quickbooks_id = record.qbo_id
    record.delete()
    return ground.only_there(quickbooks_id, Kind.ONLY_IN_QUICKBOOKS)


def _duplicate(ground: Field) -> list[Sown]:
    copy = ground.copy(ground.take())
    return ground.only_there(copy["Id"], Kind.DUPLICATE, Kind.ONLY_IN_QUICKBOOKS)


def _entered_twice(ground: Field) -> list[Sown]:
    """Finmo knows neither: the later one is the duplicate."""
    record = ground.take()
    first, second = (ground.copy(record, DocNumber=f"T-{record.pk}") for _ in range(2))
    return ground.only_there(first["Id"], Kind.ONLY_IN_QUICKBOOKS) + ground.only_there(
        second["Id"], Kind.DUPLICATE, Kind.ONLY_IN_QUICKBOOKS
    )


# --- ended on one side -------------------------------------------------------------------------


def _ended_there(operation: str, kind: Kind) -> Callable[[Field], list[Sown]]:
    def sow(ground: Field) -> list[Sown]:
        record = ground.take()
        ground.end(record, operation)
        return ground.pair(record, kind)

    return sow


def _ended_here(ended: str, kind: Kind) -> Callable[[Field], list[Sown]]:
    def sow(ground: Field) -> list[Sown]:
        record = ground.take()
        ground.write(record, ended=ended, balance=0)
        return ground.pair(record, kind)

    return sow


# --- what agrees after all ---------------------------------------------------------------------


def _ended_on_both_sides(ground: Field) -> list[Sown]:
    record = ground.take()
    ground.end(record, "delete")
    ground.write(record, ended="voided", balance=0)
    return ground.pair(record)


def _dated_later_on_both_sides(ground: Field) -> list[Sown]:
    record = ground.take()
    day = record.issue_date + timedelta(days=45)
    ground.change(record, TxnDate=day.isoformat())
    ground.write(record, issue_date=day)
    return []


def _paid_and_pulled(ground: Field) -> list[Sown]:
    record = ground.take("SGD")
    ground.pay(record, record.total)
    ground.write(record, paid=record.total, balance=0)
    return []


# --- linked, living, and different -------------------------------------------------------------


def _another_currency(ground: Field, record: Document) -> set[str]:
    ground.write(record, currency="USD" if record.currency == "SGD" else "SGD", exchange_rate=None)
    return {Kind.CURRENCY}


def _another_rate(ground: Field, record: Document) -> set[str]:
    ground.write(record, exchange_rate=Decimal("1.5"))
    return {Kind.CURRENCY}


def _another_contact(ground: Field, record: Document) -> set[str]:
    other = ground.other_contact(record.currency)
    ground.change(record, **{CONTACT[ground.stream]: {"value": other.qbo_id}})
    return {Kind.CONTACT}


def _another_amount_there(ground: Field, record: Document) -> set[str]:
    [line, *_] = ground.held(record)["Line"]
    detail = dict(line[line["DetailType"]])
    for name in ("Qty", "UnitPrice", "TaxAmount", "TaxInclusiveAmt"):
        detail.pop(name, None)
    ground.change(record, Line=[line | {"Amount": line["Amount"] + 10, line["DetailType"]: detail}])
    return {Kind.AMOUNT, Kind.TAX} if record.tax_total else {Kind.AMOUNT}


def _another_amount_here(ground: Field, record: Document) -> set[str]:
    lines = list(record.lines.all())
    for line in lines:
        line.pk, line.unit_price = None, line.unit_price + 7
    record.replace_lines(lines)
    return {Kind.AMOUNT, Kind.TAX} if record.tax_total else {Kind.AMOUNT}


def _another_tax(ground: Field, record: Document) -> set[str]:
    [line, *_] = ground.held(record)["Line"]
    detail = line[line["DetailType"]] | {"TaxCodeRef": {"value": ground.zero_rated.qbo_id}}
    ground.change(record, Line=[line | {line["DetailType"]: detail}])
    return {Kind.TAX}


def _paid(ground: Field, record: Document) -> set[str]:
    ground.pay(record, Decimal(str(ground.held(record)["TotalAmt"])))
    return {Kind.BALANCE}


def _paid_in_part(ground: Field, record: Document) -> set[str]:
    ground.pay(record, (record.total / 3).quantize(Decimal("0.01")))
    return {Kind.BALANCE}


def _another_due_date(ground: Field, record: Document) -> set[str]:
    ground.change(record, DueDate="2026-12-24")
    return {Kind.DATE}


def _dated_later_there(ground: Field, record: Document) -> set[str]:
    ground.change(record, TxnDate=(record.issue_date + timedelta(days=40)).isoformat())
    return {Kind.DATE}


def _dated_later_here(ground: Field, record: Document) -> set[str]:
    ground.write(record, issue_date=record.issue_date + timedelta(days=45))
    return {Kind.DATE}


Differ = Callable[["Field", Document], set[str]]


def _alone(differ: Differ, *currencies: str, taxed: bool = False) -> Callable[[Field], list[Sown]]:
    def sow(ground: Field) -> list[Sown]:
        record = ground.take(*currencies, taxed=taxed)
        return ground.pair(record, *differ(ground, record))

    return sow


# In the order in which they can follow each other: a payment fixes contact, amount and day.
TOGETHER: tuple[Differ, ...] = (
    _another_amount_here,
    _another_tax,
    _another_amount_there,
    _another_contact,
    _another_due_date,
    _dated_later_there,
    _paid_in_part,
    _another_currency,
    _dated_later_here,
)


def _several_at_once(ground: Field) -> list[Sown]:
    record = ground.take("SGD", taxed=True)
    chosen = set(ground.random.sample(TOGETHER, ground.random.randint(2, 5)))
    kinds = [differ(ground, record) for differ in TOGETHER if differ in chosen]
    return ground.pair(record, *set().union(*kinds))


SOWERS: dict[str, Callable[[Field], list[Sown]]] = {
    "only here": _never_pushed,
    "failed here": _failed,
    "only there": _made_there,
    "same number for another": _same_number_for_another,
    "deleted here": _deleted_here,
    "duplicate there": _duplicate,
    "entered twice there": _entered_twice,
    "deleted there": _ended_there("delete", Kind.DELETED),
    "gone here alone": _ended_here("deleted", Kind.DELETED),
    "voided here": _ended_here("voided", Kind.VOIDED),
    "another currency": _alone(_another_currency),
    "another rate": _alone(_another_rate, "USD", "EUR"),
    "another contact": _alone(_another_contact),
    "another amount there": _alone(_another_amount_there, taxed=True),
    "another amount here": _alone(_another_amount_here),
    "another tax": _alone(_another_tax, taxed=True),
    "paid there": _alone(_paid, "SGD"),
    "paid there in part": _alone(_paid_in_part, "SGD"),
    "another due date": _alone(_another_due_date),
    "dated later there": _alone(_dated_later_there),
    "dated later here": _alone(_dated_later_here),
    "several at once": _several_at_once,
    "ended on both sides": _ended_on_both_sides,
    "dated later on both sides": _dated_later_on_both_sides,
    "paid and pulled": _paid_and_pulled,
}
RECEIVABLES_ALONE = {"voided there": _ended_there("void", Kind.VOIDED)}
SOWERS |= RECEIVABLES_ALONE
# Sown last: any other work would send it.
QUEUED = "queued here"
SOWERS[QUEUED] = _queued
