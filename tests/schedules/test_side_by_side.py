"""Doors and workers of one organization at the same time: nobody waits for somebody who waits for them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest
from django.db import connection, connections
from django.utils import timezone

from integrations import history, services
from integrations.models import Account, Configuration, Connection, Organization, SyncJob, SyncRun, Trigger
from integrations.services import Asked
from integrations.sync import auto, outcomes
from receivables.models import Invoice
from tests.factories import make_customer, make_invoice

ASKED = Asked(Trigger.PORTAL)

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor == 'sqlite'", reason="A SQLite file has one writer at a time."),
]


@pytest.fixture
def organization() -> Organization:
    organization = Organization.objects.create(slug="acme", name="Acme", quickbooks_enabled=True)
    Connection.objects.filter(organization=organization).update(status="connected", realm_id="91")
    return organization


def side_by_side(first: Callable[[], object], second: Callable[[], object], *, meet: str) -> None:
    """Lets `second` begin while `first` stands at the statement that has `meet` in it, just before sending it."""
    at, begun = threading.Event(), threading.Event()
    errors: list[BaseException] = []

    def stand(execute, sql, params, many, context):
        if meet in sql and not at.is_set():
            at.set()
            begun.wait(10)
            time.sleep(0.5)
        return execute(sql, params, many, context)

    def run(act: Callable[[], object], *wrappers) -> None:
        try:
            if wrappers:
                with connection.execute_wrapper(*wrappers):
                    act()
            else:
                at.wait(10)
                begun.set()
                act()
        except BaseException as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [
        threading.Thread(target=run, args=(first, stand)),
        threading.Thread(target=run, args=(second,)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert at.is_set() and errors == []


def push_nothing(organization) -> None:
    """A push that ends at once, and notes its date on the configuration."""
    services.push(organization, "beneficiaries", asked=ASKED, all_unsynced=True)


def test_a_schedule_and_a_push_that_ends_at_once(organization):
    make_customer(organization)
    Configuration.objects.update(contacts_auto_sync=True, contacts_due_at=timezone.now())
    side_by_side(
        lambda: push_nothing(organization),
        lambda: auto.start(organization.pk),
        meet='FROM "integrations_configuration" WHERE',
    )
    assert set(SyncRun.objects.values_list("trigger", "entity", "status")) >= {
        ("schedule", "customers", "queued"),
        ("portal", "beneficiaries", "succeeded"),
    }


def test_saving_defaults_and_a_push_that_ends_at_once(organization):
    invoice = make_invoice(organization)
    Invoice.objects.update(sync_state="failed", sync_error_code="no_default_account")
    account = Account.objects.create(
        organization=organization, name="Sales", classification="Revenue", qbo_id="1"
    )

    def save() -> None:
        configuration = Configuration.objects.get(organization=organization)
        configuration.default_receivable_account = account
        history.save_configuration(configuration, ["default_receivable_account"], asked=ASKED)

    side_by_side(lambda: push_nothing(organization), save, meet='FROM "integrations_configuration" WHERE')
    assert list(SyncJob.objects.values_list("record_id", "status")) == [(invoice.pk, "queued")]


def test_putting_a_job_back_while_the_same_record_is_queued_again(organization):
    customer = make_customer(organization)
    services.push(organization, "customers", asked=ASKED, ids=[customer.pk])
    SyncJob.objects.update(status="running")
    side_by_side(
        lambda: outcomes.requeue(list(SyncJob.objects.all())),
        lambda: services.push(organization, "customers", asked=ASKED, ids=[customer.pk]),
        meet='UPDATE "integrations_syncjob"',
    )
    assert SyncJob.objects.filter(status="queued").count() == 1
