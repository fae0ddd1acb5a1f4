"""Items that a push makes by itself, where somebody else queues them, or moves to another company, at that moment."""

from integrations import services
from integrations.models import Connection, Item, SyncJob, Trigger
from integrations.services import Asked
from tests.factories import make_customer, make_invoice, push


def make_item(organization) -> Item:
    """The item of an invoice's custom line, as an earlier push made it before it failed."""
    account = organization.configuration.default_receivable_account
    return Item.objects.create(
        organization=organization, name="Consulting", type="Service", income_account=account
    )


def test_an_item_that_is_queued_already_goes_before_the_invoice(qbo, organization):
    customer = make_customer(organization)
    push(customer)
    item, invoice = make_item(organization), make_invoice(organization, customer)
    earlier = services.push(organization, "items", asked=Asked(Trigger.SCHEDULE), ids=[item.pk])
    push(invoice)
    assert invoice.accounting_synced, invoice.sync_error
    item.refresh_from_db()
    assert item.linked and [each["Id"] for each in qbo.all("Item", "where Name = 'Consulting'")] == [
        item.qbo_id
    ]
    [job] = SyncJob.objects.filter(entity="items", record_id=item.pk)
    assert (job.run_id, job.outcome) == (earlier.pk, "created")


def test_nothing_is_queued_for_a_company_that_was_connected_meanwhile(qbo, organization):
    """A person connects another one while the lane reads what the former company is like."""
    customer = make_customer(organization)
    push(customer)
    item, invoice = make_item(organization), make_invoice(organization, customer)
    Connection.objects.update(company_read_at=None)
    qbo.reset_calls()
    qbo.during_next_call(lambda: Connection.objects.update(realm_id="4620816365000000000"))
    push(invoice)
    item.refresh_from_db()
    assert not SyncJob.objects.filter(entity="items", direction="push").exists()
    assert (item.sync_state, invoice.linked, qbo.calls["batch"]) == ("not_synced", False, 0)
