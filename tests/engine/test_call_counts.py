"""How many calls the flows cost, counted by the simulator itself."""

import json
from datetime import date, timedelta

import pytest

from contacts.models import Customer
from integrations import services
from integrations.models import name_key
from receivables.models import Invoice, InvoiceLine
from tests.factories import make_customer, push
from tests.quickbooks import drain

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def no_limits(settings):
    """Calls are counted here; waiting for the next minute would take one."""
    settings.QBO_BATCHES_PER_MINUTE = settings.QBO_REQUESTS_PER_SECOND = 10**6


def make_customers(organization, number: int) -> list[Customer]:
    return Customer.objects.bulk_create(
        [
            Customer(
                organization=organization,
                name=f"Bulk customer {i}",
                name_key=name_key(f"Bulk customer {i}"),
                currency="SGD",
            )
            for i in range(number)
        ]
    )


def make_invoices(organization, customers: list[Customer], number: int, custom_name: str = "Consulting"):
    invoices = Invoice.objects.bulk_create(
        [
            Invoice(
                organization=organization,
                customer=customers[i % len(customers)],
                number=f"BULK-{i}",
                issue_date=date(2026, 10, 1),
                currency="SGD",
                total=60,
                subtotal=60,
                tax_treatment="none",
            )
            for i in range(number)
        ]
    )
    InvoiceLine.objects.bulk_create(
        [
            InvoiceLine(
                document=invoice, position=n, custom_name=custom_name, quantity=2, unit_price=10, amount=20
            )
            for invoice in invoices
            for n in (1, 2, 3)
        ]
    )
    return invoices


def test_pushing_1000_new_customers_with_1000_invoices_takes_34_batches_each(qbo, organization, asked):
    """Thirty to a batch, one more where both meet, one for the item, one that looks for it and for the invoices, and
    one query for the customers."""
    customers = make_customers(organization, 1000)
    make_invoices(organization, customers, 1000)
    services.push(organization, "customers", asked=asked, all_unsynced=True)
    run = services.push(organization, "invoices", asked=asked, all_unsynced=True)
    drain(organization)
    run.refresh_from_db()
    assert (run.status, run.succeeded) == ("succeeded", 1000)
    assert qbo.calls["batch"] <= 70
    assert qbo.calls.total() <= 71
    qbo.reset_calls()
    again = services.push(organization, "invoices", asked=asked, ids=[Invoice.objects.first().pk])
    drain(organization)
    again.refresh_from_db()
    assert (again.skipped, qbo.calls.total()) == (1, 0)


def test_a_first_pull_of_10000_invoices_takes_at_most_12_calls(qbo, organization, asked):
    from integrations.simulator.models import StoredObject

    customer = make_customer(organization)
    push(customer)
    invoice = make_invoices(organization, [customer], 1)[0]
    push(invoice)
    kept = StoredObject.objects.get(company__realm_id=qbo.realm, entity="Invoice")
    document = json.loads(kept.body)
    copies = []
    for number in range(2, 10_001):
        copy = StoredObject(**_columns(kept))
        copy.qbo_id, copy.number = str(number + 1000), number + 1000
        copy.body = json.dumps(document | {"Id": copy.qbo_id, "DocNumber": f"BULK-{number}"})
        copies.append(copy)
        copy.updated_at = kept.updated_at - timedelta(hours=1)
    StoredObject.objects.bulk_create(copies, batch_size=1000)
    qbo.reset_calls()
    run = services.pull(organization, "invoices", asked=asked)
    drain(organization)
    run.refresh_from_db()
    assert (run.status, run.succeeded, run.skipped) == ("succeeded", 9999, 1)
    assert qbo.calls.total() <= 12
    assert Invoice.objects.filter(organization=organization).count() == 10_000


def _columns(row) -> dict:
    return {
        field.attname: getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if not (field.primary_key or field.generated)
    }
