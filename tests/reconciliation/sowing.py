"""Sows differences in Finmo and in QuickBooks at random, and keeps the truth of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

from django.db.models import QuerySet

from integrations import reconciling
from integrations.models import Difference, Document, Organization, Statement, SyncRun, TaxCode, Trigger
from integrations.services import Asked
from integrations.statement_report import report_of
from tests.factories import (
    bill_line,
    invoice_line,
    make_beneficiary,
    make_bill,
    make_customer,
    make_invoice,
    push,
)
from tests.quickbooks import QuickBooks, drain

AS_OF = date(2026, 10, 31)
AFTER = "2026-11-15"
REMOTE = {"receivables": "Invoice", "payables": "Bill"}


@dataclass
class Field:
    """One stream of a company in which all is in step, until something is sown.

    `truth` is {(record id or None, QuickBooks id or None): kind}.
    """

    qbo: QuickBooks
    organization: Organization
    stream: str
    random: Random
    records: list[Document] = field(default_factory=list)
    truth: dict[tuple[int | None, str | None], str] = field(default_factory=dict)

    @property
    def remote(self) -> str:
        return REMOTE[self.stream]

    def grow(self, count: int, currencies: tuple[str, ...] = ("SGD", "USD")) -> None:
        """Documents in step on both sides, in turn in each currency."""
        for currency in currencies:
            contact = self.contact(currency)
            push(contact)
            made = [self.make(contact) for _ in range(count)]
            push(*made)
            self.records += made
        assert all(record.accounting_synced for record in self.records), [r.sync_error for r in self.records]

    @property
    def organization_codes(self) -> QuerySet:
        return TaxCode.objects.filter(organization=self.organization, is_active=True)

    def contact(self, currency: str):
        make = make_customer if self.stream == "receivables" else make_beneficiary
        return make(self.organization, currency=currency)

    def make(self, contact, **fields: Any) -> Document:
        price = Decimal(self.random.randint(100, 99_999)) / 100
        if self.stream == "receivables":
            return make_invoice(self.organization, contact, [invoice_line(unit_price=price)], **fields)
        return make_bill(self.organization, contact, [bill_line(unit_price=price)], **fields)

    def take(self, currency: str | None = None) -> Document:
        """A record in which nothing was sown yet."""
        fitting = [record for record in self.records if currency in (None, record.currency)]
        record = self.random.choice(fitting)
        self.records.remove(record)
        return record

    def held(self, record: Document) -> dict:
        return self.qbo.read(self.remote, record.qbo_id)

    def change(self, record: Document, **fields: Any) -> dict:
        """Bills are updated with their lines (contract section 4)."""
        held = self.held(record)
        kept = {"Line": held["Line"], "VendorRef": held["VendorRef"]} if self.stream == "payables" else {}
        return self.qbo.change(self.remote, record.qbo_id, **(kept | fields))

    def copy(self, record: Document, **fields: Any) -> dict:
        held = self.held(record)
        contact = "CustomerRef" if self.stream == "receivables" else "VendorRef"
        names = (contact, "DocNumber", "TxnDate", "DueDate", "CurrencyRef", "GlobalTaxCalculation")
        body = {name: held[name] for name in names if name in held}
        lines = [line for line in held["Line"] if line["DetailType"] != "SubTotalLineDetail"]
        body["Line"] = [{name: part for name, part in line.items() if name != "Id"} for line in lines]
        address = f"{self.remote.lower()}?include=allowduplicatedocnum"
        return self.qbo.api("POST", address, body | fields)[self.remote]

    def pay(self, record: Document, amount: Decimal) -> None:
        held = self.held(record)
        line = {"Amount": amount, "LinkedTxn": [{"TxnId": record.qbo_id, "TxnType": self.remote}]}
        body = {"TotalAmt": amount, "CurrencyRef": held["CurrencyRef"], "Line": [line]}
        if self.stream == "receivables":
            self.qbo.make("Payment", body | {"CustomerRef": held["CustomerRef"]})
            return
        [bank, *_] = self.qbo.all("Account", "where AccountType = 'Bank'")
        check = {"PayType": "Check", "CheckPayment": {"BankAccountRef": {"value": bank["Id"]}}}
        self.qbo.make("BillPayment", body | check | {"VendorRef": held["VendorRef"]})

    def sow(self, kind: str) -> None:
        key, found = SOWERS[kind](self)
        self.truth[key] = found


Sown = tuple[tuple[int | None, str | None], str]


def _key(record: Document) -> tuple[int, str]:
    return record.pk, record.qbo_id


def _only_here(ground: Field) -> Sown:
    record = ground.make(ground.take().contact)
    return (record.pk, None), "only_in_finmo"


def _only_there(ground: Field) -> Sown:
    made = ground.copy(ground.take(), DocNumber=f"Q-{ground.random.randint(1, 10**9)}")
    return (None, made["Id"]), "only_in_quickbooks"


def _duplicate(ground: Field) -> Sown:
    return (None, ground.copy(ground.take())["Id"]), "duplicate"


def _ended_there(operation: str, kind: str) -> Callable[[Field], Sown]:
    def sow(ground: Field) -> Sown:
        record = ground.take()
        held = ground.held(record)
        body = {"Id": held["Id"], "SyncToken": held["SyncToken"]}
        ground.qbo.api("POST", f"{ground.remote.lower()}?operation={operation}", body)
        return _key(record), kind

    return sow


def _ended_here(ground: Field) -> Sown:
    record = ground.take()
    type(record).objects.filter(pk=record.pk).update(ended="voided", balance=0)
    return _key(record), "voided"


def _rate(ground: Field) -> Sown:
    record = ground.take("USD")
    type(record).objects.filter(pk=record.pk).update(exchange_rate=Decimal("1.5"))
    return _key(record), "currency"


def _contact(ground: Field) -> Sown:
    record = ground.take()
    other = ground.contact(record.currency)
    push(other)
    name = "CustomerRef" if ground.stream == "receivables" else "VendorRef"
    ground.change(record, **{name: {"value": other.qbo_id}})
    return _key(record), "contact"


def _amount(ground: Field) -> Sown:
    record = ground.take()
    [line, *_] = ground.held(record)["Line"]
    detail = dict(line[line["DetailType"]])
    for name in ("Qty", "UnitPrice", "TaxAmount", "TaxInclusiveAmt"):
        detail.pop(name, None)
    changed = line | {"Amount": line["Amount"] + 10, line["DetailType"]: detail}
    ground.change(record, Line=[changed])
    return _key(record), "amount"


def _amount_here(ground: Field) -> Sown:
    record = ground.take()
    lines = list(record.lines.all())
    for line in lines:
        line.pk, line.unit_price = None, line.unit_price + 7
    record.replace_lines(lines)
    return _key(record), "amount"


def _tax(ground: Field) -> Sown:
    record = ground.take()
    [line, *_] = ground.held(record)["Line"]
    side = "sales_rate" if ground.stream == "receivables" else "purchase_rate"
    untaxed = ground.organization_codes.filter(**{side: 0}).first()
    detail = line[line["DetailType"]] | {"TaxCodeRef": {"value": untaxed.qbo_id}}
    ground.change(record, Line=[line | {line["DetailType"]: detail}])
    return _key(record), "tax"


def _balance(ground: Field) -> Sown:
    record = ground.take("SGD")
    ground.pay(record, (record.total / ground.random.choice([1, 2, 3])).quantize(Decimal("0.01")))
    return _key(record), "balance"


def _due_date(ground: Field) -> Sown:
    record = ground.take()
    ground.change(record, DueDate="2026-12-24")
    return _key(record), "date"


def _after_the_cut_off_there(ground: Field) -> Sown:
    record = ground.take("SGD")
    ground.change(record, TxnDate=AFTER)
    return _key(record), "date"


def _after_the_cut_off_here(ground: Field) -> Sown:
    record = ground.take("SGD")
    type(record).objects.filter(pk=record.pk).update(issue_date=date.fromisoformat(AFTER))
    return _key(record), "date"


SOWERS: dict[str, Callable[[Field], Sown]] = {
    "only here": _only_here,
    "only there": _only_there,
    "duplicate there": _duplicate,
    "deleted there": _ended_there("delete", "deleted"),
    "voided here": _ended_here,
    "another rate": _rate,
    "another contact": _contact,
    "another amount there": _amount,
    "another amount here": _amount_here,
    "another tax": _tax,
    "paid there": _balance,
    "another due date": _due_date,
    "dated later there": _after_the_cut_off_there,
    "dated later here": _after_the_cut_off_here,
}
RECEIVABLES_ALONE = {"voided there": _ended_there("void", "voided")}
SOWERS |= RECEIVABLES_ALONE


def kinds_of(stream: str) -> list[str]:
    return [name for name in SOWERS if stream == "receivables" or name not in RECEIVABLES_ALONE]


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


def assert_adds_up(statement: Statement) -> None:
    """Both sides' own sums are the database's and QuickBooks', so this is no tautology."""
    reports = report_of(statement)
    assert {line.currency for line in open_lines(statement)} <= {report.currency for report in reports}
    for report in reports:
        assert (report.unexplained.total, report.unexplained.balance) == (0, 0), report.currency
