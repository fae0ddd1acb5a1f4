"""Sows differences in Finmo and in QuickBooks at random, and keeps the truth of them.

The truth of a document is what was done to it, and what both sides then hold of it: never what a comparison says.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from integrations import reconciling, services
from integrations.models import Difference, Document, Kind, Organization, Statement, SyncRun, Trigger
from integrations.services import Asked
from integrations.simulator.models import StoredObject
from integrations.statements.report import report_of
from tests.quickbooks import drain
from tests.reconciliation.ground import CONTACT, Ground

AS_OF = date(2026, 10, 31)
# (currency, record, QuickBooks id)
Place = tuple[str, int | None, str | None]


@dataclass(frozen=True)
class Sown:
    """One document. `finmo` and `quickbooks` are (currency, day) where that side has it and it has not ended."""

    record: int | None
    quickbooks_id: str | None
    kinds: frozenset[str]
    finmo: tuple[str, date] | None
    quickbooks: tuple[str, date] | None

    def lines(self, as_of: date) -> dict[Place, list[str]]:
        """It stands once in each currency in which a side counts it, under the gravest kind."""
        sides = [side for side in (self.finmo, self.quickbooks) if side and side[1] <= as_of]
        kinds = [str(kind) for kind in Kind if kind in self.kinds]
        return {(currency, self.record, self.quickbooks_id): kinds for currency, _ in sides}


@dataclass
class Field(Ground):
    """A ground in which differences are sown."""

    sown: list[Sown] = field(default_factory=list)

    def sow(self, *names: str) -> None:
        for name in sorted(names, key=lambda name: name == QUEUED):
            self.sown += SOWERS[name](self)

    def expected(self, as_of: date = AS_OF) -> dict[Place, list[str]]:
        """The lines of a statement: kinds, gravest first."""
        return {place: kinds for each in self.sown for place, kinds in each.lines(as_of).items()}

    @property
    def truth(self) -> dict[tuple[int | None, str | None], str]:
        return {place[1:]: kinds[0] for place, kinds in self.expected().items()}

    def here(self, record: Document) -> tuple[str, date] | None:
        found = type(record).objects.filter(pk=record.pk, ended="")
        return found.values_list("currency", "issue_date").first()

    def there(self, quickbooks_id: str) -> tuple[str, date] | None:
        own = StoredObject.objects.filter(company__realm_id=self.qbo.realm, entity=self.remote)
        row = own.get(qbo_id=quickbooks_id)
        document = json.loads(row.body)
        voided = document.get("PrivateNote", "").startswith("Voided")
        return None if row.deleted or voided else (document["CurrencyRef"]["value"], row.txn_date)

    def pair(self, record: Document, *kinds: str) -> list[Sown]:
        """The truth of a linked record, as both sides hold it now."""
        sides = (self.here(record), self.there(record.qbo_id))
        return [Sown(record.pk, record.qbo_id, frozenset(kinds), *sides)]

    def only_there(self, quickbooks_id: str, *kinds: str) -> list[Sown]:
        return [Sown(None, quickbooks_id, frozenset(kinds), None, self.there(quickbooks_id))]

    def only_here(self, record: Document) -> list[Sown]:
        return [Sown(record.pk, None, frozenset({Kind.ONLY_IN_FINMO}), self.here(record), None)]

    def write(self, record: Document, **columns) -> None:
        """Into our row, without making it an edit."""
        type(record).objects.filter(pk=record.pk).update(**columns)


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


Differ = Callable[[Field, Document], set[str]]


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


def kinds_of(stream: str) -> list[str]:
    return [name for name in SOWERS if stream == "receivables" or name not in RECEIVABLES_ALONE]


# --- what a statement found --------------------------------------------------------------------


def read_statement(organization: Organization, stream: str, as_of: date | None = AS_OF) -> Statement:
    run = reconciling.reconcile(organization, stream, asked=Asked(Trigger.API), as_of=as_of)
    drain(organization)
    run.refresh_from_db()
    assert run.status == SyncRun.Status.SUCCEEDED, run.error
    return run.statement


def open_lines(statement: Statement) -> list[Difference]:
    return list(statement.differences.filter(settled_at=None))


def found_in(statement: Statement) -> dict[tuple[int | None, str | None], str]:
    return {(each.record_id, each.quickbooks_id or None): each.kind for each in open_lines(statement)}


def assert_finds(statement: Statement, ground: Field) -> None:
    """Every sown difference in its class with the others named, none twice, none invented, and to the cent."""
    lines = open_lines(statement)
    found = {(each.currency, each.record_id, each.quickbooks_id or None): each for each in lines}
    assert len(found) == len(lines)
    named = {place: [each.kind, *each.also] for place, each in found.items()}
    assert named == ground.expected(statement.as_of)
    assert_adds_up(statement)


def assert_adds_up(statement: Statement) -> None:
    reports = report_of(statement)
    assert {line.currency for line in open_lines(statement)} <= {report.currency for report in reports}
    for report in reports:
        assert (report.unexplained.total, report.unexplained.balance) == (0, 0), report.currency
