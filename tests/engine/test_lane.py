from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_q.models import OrmQ

from integrations import services, tasks
from integrations.models import Lane, Organization, PushBatch, SyncJob, SyncRun, Trigger
from integrations.services import Asked
from integrations.sync.lease import Lease, LeaseLost
from tests.dying import dies_before
from tests.factories import make_customer, make_invoice, push
from tests.quickbooks import drain


def bells(organization) -> int:
    return sum(task.task["args"] == (organization.pk,) for task in OrmQ.objects.all())


def test_a_double_click_queues_one_job(qbo, organization, asked):
    customer = make_customer(organization)
    first = services.push(organization, "customers", asked=asked, ids=[customer.pk])
    second = services.push(organization, "customers", asked=asked, ids=[customer.pk])
    drain(organization)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.succeeded, second.skipped, second.status) == (1, 1, "succeeded")
    assert len(qbo.all("Customer")) == 1


def test_a_turn_that_finds_nothing_takes_few_statements(qbo, organization):
    """Nobody's jobs, runs or steps are looked for one kind after the other."""
    with CaptureQueriesContext(connection) as statements:
        drain(organization)
    assert len(statements) <= 18


def test_the_bell_rings_after_the_commit_only(
    organization, django_capture_on_commit_callbacks, admin_user, asked
):
    from integrations.models import Connection

    Connection.objects.filter(organization=organization).update(status="connected", realm_id="1")
    customer = make_customer(organization)
    with django_capture_on_commit_callbacks() as callbacks:
        services.push(organization, "customers", asked=asked, ids=[customer.pk])
        assert bells(organization) == 0
    for ring in callbacks:
        ring()
    assert bells(organization) == 1


def test_a_second_worker_leaves_at_once(qbo, organization, asked):
    customer = make_customer(organization)
    services.push(organization, "customers", asked=asked, ids=[customer.pk])
    lease = Lease.take(organization.pk)
    drain(organization)
    assert qbo.calls == Counter()
    lease.release()
    drain(organization)
    assert qbo.calls["batch"] == 1


def test_an_expired_lease_is_taken_over_and_its_holder_stops(organization):
    first = Lease.take(organization.pk)
    Lane.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    second = Lease.take(organization.pk)
    assert second is not None
    with pytest.raises(LeaseLost):
        first.renew()
    first.release()
    assert Lane.objects.get().holder == second.holder


def test_jobs_of_a_worker_that_died_before_sending_are_sent(qbo, organization, asked):
    customer = make_customer(organization)
    run = services.push(organization, "customers", asked=asked, ids=[customer.pk])
    SyncJob.objects.update(status="running", attempts=1)
    drain(organization)
    run.refresh_from_db()
    assert (run.status, run.succeeded) == ("succeeded", 1)


@pytest.mark.parametrize("arrived", [True, False])
def test_a_batch_left_without_an_answer_ends_with_one_record(qbo, organization, asked, arrived):
    """A worker died after it wrote the batch down, before or after QuickBooks carried it out."""
    customer = make_customer(organization)
    push(customer)
    invoice = make_invoice(organization, customer)
    push(invoice)
    sent = PushBatch.objects.order_by("-pk").first()
    if not arrived:
        there = qbo.read("Invoice", invoice.qbo_id)
        qbo.make("Invoice", {"Id": there["Id"], "SyncToken": there["SyncToken"]}, operation="delete")
        PushBatch.objects.filter(pk=sent.pk).update(request_id="never-seen-before")
    type(invoice).objects.update(qbo_id=None, qbo_sync_token="", accounting_synced=False, sync_state="queued")
    PushBatch.objects.filter(pk=sent.pk).update(settled_at=None)
    sent.jobs.update(status="running", outcome="", finished_at=None)
    SyncRun.objects.filter(jobs__batch=sent).update(succeeded=0, status="running", finished_at=None)
    drain(organization)
    invoice.refresh_from_db()
    living = qbo.all("Invoice")
    assert [each["Id"] for each in living] == [invoice.qbo_id]
    assert invoice.accounting_synced
    assert not PushBatch.objects.filter(settled_at=None).exists()


def test_a_persons_click_goes_before_a_bulk_run(qbo, organization, asked, settings):
    settings.QBO_BATCH_SIZE = 10
    for _ in range(35):
        make_customer(organization)
    bulk = services.push(organization, "customers", asked=asked, all_unsynced=True)
    clicked = make_customer(organization)
    click = services.push(organization, "customers", asked=asked, ids=[clicked.pk])
    drain(organization)
    bulk.refresh_from_db()
    click.refresh_from_db()
    assert click.finished_at < bulk.finished_at
    assert PushBatch.objects.order_by("pk").first().jobs.get().record_id == clicked.pk


def test_the_sweep_rings_for_what_was_left(qbo, organization, asked):
    customer = make_customer(organization)
    services.push(organization, "customers", asked=asked, ids=[customer.pk])
    OrmQ.objects.all().delete()
    tasks.sweep()
    assert bells(organization) == 1


def test_the_sweep_leaves_lanes_at_work_and_idle_organizations_alone(qbo, organization, asked):
    Organization.objects.create(slug="idle", name="Idle")
    customer = make_customer(organization)
    services.push(organization, "customers", asked=asked, ids=[customer.pk])
    OrmQ.objects.all().delete()
    Lease.take(organization.pk)
    tasks.sweep()
    assert not OrmQ.objects.exists()


def test_a_contact_on_its_way_is_waited_for(qbo, organization, asked):
    customer = make_customer(organization)
    invoice = make_invoice(organization, customer)
    for _ in range(31):
        make_customer(organization)
    services.push(organization, "customers", asked=asked, all_unsynced=True)
    run = services.push(organization, "invoices", asked=asked, ids=[invoice.pk])
    drain(organization)
    run.refresh_from_db()
    assert (run.status, run.succeeded) == ("succeeded", 1)


def test_the_contact_goes_along_where_it_is_asked_for(qbo, organization):
    invoice = make_invoice(organization)
    run = push(invoice, with_contacts=True)
    assert (run.status, invoice.accounting_synced) == ("succeeded", True)


def test_a_run_of_another_organizations_records_is_refused(qbo, organization, stranger):
    other = Organization.objects.get(slug="other")
    foreign = make_customer(other)
    with pytest.raises(services.UnknownRecord):
        services.push(organization, "customers", asked=Asked(Trigger.API), ids=[foreign.pk])


@pytest.mark.parametrize("outcome", ["linked", "skipped"])
def test_a_worker_that_dies_before_a_record_is_counted_leaves_no_run_behind(
    qbo, organization, asked, outcome
):
    """Otherwise the run's count never comes to its total, and the schedule never starts another."""
    customer = make_customer(organization, name="Acme Ltd")
    if outcome == "linked":
        qbo.make("Customer", {"DisplayName": "Acme Ltd"})
    run = services.push(organization, "customers", asked=asked, ids=[customer.pk])
    if outcome == "skipped":
        customer.delete()
    with dies_before(f'SET "{"succeeded" if outcome == "linked" else outcome}"'):
        drain(organization)
    Lane.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    drain(organization)
    run.refresh_from_db()
    assert (run.status, run.done, run.jobs.get().outcome) == ("succeeded", 1, outcome)
