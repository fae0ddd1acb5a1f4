"""A contact with documents that both sides know, and people who act on either side."""

import pytest

from integrations import services
from integrations.mapping import mapper_of
from integrations.models import SyncJob, Trigger
from integrations.services import Asked
from tests.factories import make_customer, make_invoice, pull, push
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


def pull_together(organization, *entities, trigger=Trigger.API, **options):
    """Pulls that wait together, as a tick or a burst asks for them."""
    runs = [services.pull(organization, entity, asked=Asked(trigger), **options) for entity in entities]
    drain(organization)
    for run in runs:
        run.refresh_from_db()
    return runs


def edit(record, **fields):
    """A person's edit, in a form."""
    for name, value in fields.items():
        setattr(record, name, value)
    record.save()


def history(record) -> list[str]:
    """What the journal says of a record, oldest first."""
    jobs = SyncJob.objects.filter(entity=mapper_of(record).entity, record_id=record.pk)
    return [message for message in jobs.order_by("pk").values_list("message", flat=True) if message]


__all__ = ["edit", "history", "pull", "pull_together"]
