"""A large company in seconds: whole copies of documents that are in step, written straight into both databases."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.management.color import no_style
from django.db import connection, models, transaction

from integrations.models import Document
from integrations.simulator import jsontext
from integrations.simulator.models import Company, StoredObject

# As the simulator takes the ids of transactions.
FAMILY = "Transactions"
REMOTE = {"invoices": "Invoice", "bills": "Bill"}


@transaction.atomic
def multiply(records: Sequence[Document], realm: str, count: int) -> list[Document]:
    """`count` more documents that are in step, by turns like each of these: with lines, base and QuickBooks'
    document on our side, and with ids from its own counter on the other. Contacts' balances follow."""
    company = Company.objects.select_for_update().get(realm_id=realm)
    first = company.counters[FAMILY] + 1
    company.counters[FAMILY] += count
    company.save(update_fields=["counters"])
    originals = [_Original(record, company) for record in records]
    newest = type(records[0]).objects.latest("pk").pk
    for place, original in enumerate(originals):
        for turn in range(place, count, len(originals)):
            original.copy(pk=newest + 1 + turn, number=first + turn)
        original.finish()
    with connection.cursor() as cursor:
        # Keys that were given by hand are unknown to PostgreSQL's sequence.
        for statement in connection.ops.sequence_reset_sql(no_style(), [type(records[0])]):
            cursor.execute(statement)
    return list(type(records[0]).objects.filter(pk__gt=newest).defer("qbo_document", "base"))


class _Rows:
    """Rows like one that is stored, but for some columns: a bulk insert that prepares each value once."""

    def __init__(self, row: models.Model):
        self._table = row._meta.db_table
        self._values = {
            field.column: field.get_db_prep_save(getattr(row, field.attname), connection)
            for field in row._meta.concrete_fields
            if not (field.primary_key or field.generated)
        }
        self._rows: list[dict[str, Any]] = []

    def add(self, **changes: Any) -> None:
        self._rows.append(self._values | changes)

    def insert(self) -> None:
        if not self._rows:
            return
        columns = list(self._rows[0])
        names = ", ".join(map(connection.ops.quote_name, columns))
        places = ", ".join(["%s"] * len(columns))
        statement = f"INSERT INTO {connection.ops.quote_name(self._table)} ({names}) VALUES ({places})"
        with connection.cursor() as cursor:
            cursor.executemany(statement, [list(row.values()) for row in self._rows])


class _Original:
    """A document that is in step, and its copies on both sides."""

    def __init__(self, record: Document, company: Company):
        self._record = record
        remote = REMOTE[str(record._meta.verbose_name_plural)]
        self._row = StoredObject.objects.get(company=company, entity=remote, qbo_id=record.qbo_id)
        self._there, self._here = _Rows(self._row), _Rows(record)
        self._lines = [_Rows(line) for line in record.lines.all()]
        self._base = json.dumps(record.base)
        self._copies = 0

    def copy(self, *, pk: int, number: int) -> None:
        """Only its number and ids differ, on both sides alike."""
        name, own = f"S-{number}", self._record
        body = _replaced(self._row.body, '"Id":"{}","SyncToken"', own.qbo_id, str(number))
        body = _replaced(body, '"DocNumber":"{}"', own.number, name)
        base = _replaced(self._base, '"number": "{}"', own.number, name)
        self._there.add(qbo_id=str(number), number=number, doc_key=name.casefold(), body=body)
        self._here.add(id=pk, qbo_id=str(number), number=name, base=base, qbo_document=body)
        for line in self._lines:
            line.add(document_id=pk)
        self._copies += 1

    def finish(self) -> None:
        for rows in (self._there, self._here, *self._lines):
            rows.insert()
        contact = StoredObject.objects.get(
            company=self._row.company,
            entity="Customer" if '"CustomerRef"' in self._row.body else "Vendor",
            qbo_id=self._row.contact_id,
        )
        document = contact.document()
        for name in {"Balance", "BalanceWithJobs"} & document.keys():
            document[name] = Decimal(document[name]) + self._copies * self._row.balance
        contact.balance, contact.body = document["Balance"], jsontext.encode(document).decode()
        contact.save(update_fields=["balance", "body"])


def _replaced(text: str, place: str, before: str, after: str) -> str:
    assert text.count(place.format(before)) == 1
    return text.replace(place.format(before), place.format(after))


Sums = dict[str, list[Decimal]]


def sums_here(record: Document, as_of: date) -> Sums:
    """{currency: [count, total, balance]} of our living documents of this record's kind until that day."""
    living = type(record).objects.filter(organization=record.organization, ended="", issue_date__lte=as_of)
    return _added_up(living.values_list("currency", "total", "balance"))


def sums_there(realm: str, entity: str, as_of: date) -> Sums:
    """The same of what QuickBooks holds."""
    rows = StoredObject.objects.filter(
        company__realm_id=realm, entity=entity, deleted=False, txn_date__lte=as_of
    )
    bodies = (jsontext.decode(body) for body in rows.values_list("body", flat=True).iterator())
    return _added_up(
        (body["CurrencyRef"]["value"], body["TotalAmt"], body["Balance"])
        for body in bodies
        if not body.get("PrivateNote", "").startswith("Voided")
    )


def _added_up(amounts: Iterable[tuple[str, Decimal, Decimal]]) -> Sums:
    """Not by the database: SQLite adds amounts up as floats."""
    sums: Sums = {}
    for currency, total, balance in amounts:
        own = sums.setdefault(currency, [Decimal(0)] * 3)
        for place, amount in enumerate((1, total, balance)):
            own[place] += amount
    return sums
