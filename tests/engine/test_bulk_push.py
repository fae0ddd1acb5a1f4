"""Bulk pushes of thousands: every record gets its job, in steps that stay small."""

from collections import Counter

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contacts.models import Customer
from integrations import services
from integrations.models import SyncJob, SyncState
from integrations.queueing import STEP
from integrations.services import UnknownRecord

MANY = 3 * STEP + 7


@pytest.fixture
def customers(organization) -> list[Customer]:
    organization.connection.status = "connected"
    organization.connection.realm_id = "123"
    organization.connection.save()
    made = (
        Customer(organization=organization, name=f"Customer {number}", currency="SGD")
        for number in range(MANY)
    )
    return Customer.objects.bulk_create(made)


def test_thousands_are_queued_in_few_statements(organization, customers, asked):
    with CaptureQueriesContext(connection) as captured:
        run = services.push(organization, "customers", asked=asked, all_unsynced=True)
    kinds = Counter(each["sql"].split()[0] for each in captured)
    assert run.total == run.jobs.filter(status=SyncJob.Status.QUEUED).count() == MANY
    assert Customer.objects.filter(sync_state=SyncState.QUEUED).count() == MANY
    # A step selects, inserts and updates; SQLite takes an INSERT apart, since it limits a statement's variables.
    assert kinds["SELECT"] + kinds["UPDATE"] <= 2 * (MANY // STEP + 1) + 10, kinds


def test_thousands_of_chosen_ones_are_queued_once(organization, customers, asked):
    ids = [customer.pk for customer in customers]
    services.push(organization, "customers", asked=asked, ids=ids[: STEP + 1])
    run = services.push(organization, "customers", asked=asked, ids=[*ids, ids[0]])
    run.refresh_from_db()
    assert (run.total, run.skipped) == (MANY, STEP + 1)
    assert SyncJob.objects.filter(status=SyncJob.Status.QUEUED).count() == MANY


def test_one_foreign_id_among_thousands_refuses_them_all(organization, customers, asked):
    ids = [customer.pk for customer in customers]
    with pytest.raises(UnknownRecord):
        services.push(organization, "customers", asked=asked, ids=[*ids, max(ids) + 1])
    assert not SyncJob.objects.exists()
    assert not Customer.objects.filter(sync_state=SyncState.QUEUED).exists()
