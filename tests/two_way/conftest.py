"""A contact with documents that both sides know, and people who act on either side."""

import pytest

from integrations import services
from integrations.mapping import mapper_of
from integrations.models import SyncJob, Trigger
from integrations.services import Asked
from tests.factories import invoice_line, make_customer, make_invoice, pull, push
from tests.quickbooks import drain


@pytest.fixture
def customer(qbo, organization):
    customer = make_customer(organization, name="Acme Ltd", phone="1")
    push(customer)
    return customer


@pytest.fixture
def invoice(qbo, organization, customer):
    """Known to both sides; the change feed of both entities is read from here on."""
    invoice = make_invoice(organization, customer)
    push(invoice)
    pull_together(organization, "customers", "invoices")
    invoice.refresh_from_db()
    qbo.reset_calls()
    return invoice


@pytest.fixture
def two_lines(qbo, organization, customer):
    lines = [invoice_line(), invoice_line(custom_name="Training", description="Two days")]
    invoice = make_invoice(organization, customer, lines=lines)
    push(invoice)
    pull_together(organization, "customers", "invoices")
    invoice.refresh_from_db()
    qbo.reset_calls()
    return invoice


def change(qbo, invoice, **fields):
    reference = {"value": invoice.customer.qbo_id}
    return qbo.change("Invoice", invoice.qbo_id, **({"CustomerRef": reference} | fields))


def pull_together(organization, *entities, trigger=Trigger.API, **options):
    """Pulls that wait together, as a tick or a burst asks for them."""
    runs = [services.pull(organization, entity, asked=Asked(trigger), **options) for entity in entities]
    drain(organization)
    for run in runs:
        run.refresh_from_db()
    return runs


# What moves with every version that is read.
VERSION = {"base", "qbo_document", "qbo_sync_token", "qbo_updated_at", "accounting_synced_at", "updated_at"}
LINE = ("qbo_line_id", "item_name", "description", "quantity", "unit_price", "amount")


def row_of(record) -> dict:
    """All that is stored of a record beside its version, with its lines."""
    record.refresh_from_db()
    names = {field.attname for field in record._meta.concrete_fields if not field.generated} - VERSION
    row = {name: getattr(record, name) for name in names}
    if hasattr(record, "lines"):
        row["lines"] = [tuple(getattr(line, name) for name in LINE) for line in record.lines.all()]
    return row


def news(before: dict, record) -> dict:
    """{column: its value now} of all that is not as it was."""
    return {name: value for name, value in row_of(record).items() if value != before[name]}


def edit(record, **fields):
    """A person's edit, in a form."""
    for name, value in fields.items():
        setattr(record, name, value)
    record.save()


def history(record) -> list[str]:
    """What the journal says of a record, oldest first."""
    jobs = SyncJob.objects.filter(entity=mapper_of(record).entity, record_id=record.pk)
    return [message for message in jobs.order_by("pk").values_list("message", flat=True) if message]


__all__ = ["change", "edit", "history", "news", "pull", "pull_together", "row_of"]
