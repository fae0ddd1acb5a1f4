"""A company of 20,000 invoices in three currencies: few calls, every sown difference, nothing unexplained."""

import json
from collections import Counter
from typing import Any

import pytest

from integrations import reconciling
from integrations.models import Document, SyncState, Trigger
from integrations.services import Asked
from integrations.simulator.models import StoredObject
from receivables.models import Invoice
from tests.quickbooks import drain
from tests.reconciliation.sowing import (
    Field,
    assert_adds_up,
    found_in,
    kinds_of,
    open_lines,
    read_statement,
)

PER_CURRENCY = 6_667
FIRST_ID = 1_000_000


def multiply(ground: Field, record: Document, number: int, first_id: int) -> None:
    """Copies of a synced invoice on both sides, written straight into the two databases; each 40th differs."""
    there = StoredObject.objects.get(
        company__realm_id=ground.qbo.realm, entity="Invoice", qbo_id=record.qbo_id
    )
    document = json.loads(there.body)
    columns = {
        field.name: getattr(there, field.name)
        for field in StoredObject._meta.concrete_fields
        if field.name not in ("id", "body", "doc_key", "number", "qbo_id")
    }
    theirs, ours = [], []
    for index in range(first_id, first_id + number):
        named = {"Id": str(index), "DocNumber": f"S-{index}"}
        body = json.dumps(document | named)
        theirs.append(
            StoredObject(qbo_id=str(index), number=index, doc_key=f"s-{index}", body=body, **columns)
        )
        ours.append(Invoice(qbo_id=str(index), number=f"S-{index}", **_ours(record, index % 40 == 0)))
    StoredObject.objects.bulk_create(theirs, batch_size=1000)
    for invoice in Invoice.objects.bulk_create(ours, batch_size=500):
        if int(invoice.qbo_id) % 40 == 0:
            ground.truth[invoice.pk, invoice.qbo_id] = "amount"


def _ours(record: Document, differs: bool) -> dict[str, Any]:
    return {
        "organization": record.organization,
        "customer": record.contact,
        "issue_date": record.issue_date,
        "due_date": record.due_date,
        "currency": record.currency,
        "exchange_rate": record.exchange_rate,
        "subtotal": record.subtotal + differs,
        "tax_total": record.tax_total,
        "total": record.total + differs,
        "balance": record.balance + differs,
        "accounting_synced": True,
        "sync_state": SyncState.SYNCED,
    }


@pytest.mark.slow
def test_twenty_thousand_invoices_in_three_currencies(field):
    ground = field()
    ground.grow(20, ("SGD", "USD", "EUR"))
    for place, currency in enumerate(("SGD", "USD", "EUR")):
        multiply(ground, ground.take(currency), PER_CURRENCY - 20, FIRST_ID + place * 100_000)
    for kind in kinds_of(ground.stream) * 2:
        ground.sow(kind)
    ground.qbo.reset_calls()
    statement = read_statement(ground.organization, ground.stream)
    assert ground.qbo.calls["query"] <= 25
    assert sum(ground.qbo.calls.values()) == ground.qbo.calls["query"]
    assert found_in(statement) == ground.truth
    assert_adds_up(statement)

    ground.qbo.reset_calls()
    amounts = sum(line.kind == "amount" for line in open_lines(statement))
    run = reconciling.repair(statement, "keep_quickbooks", asked=Asked(Trigger.API), kind="amount")
    drain(ground.organization)
    run.refresh_from_db()
    assert (run.status, run.succeeded) == ("succeeded", amounts)
    assert ground.qbo.calls == Counter(query=4)
    assert "amount" not in found_in(statement).values()
    assert_adds_up(statement)
