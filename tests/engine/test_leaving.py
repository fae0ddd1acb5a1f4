"""Another QuickBooks company: nothing that was asked of the former one, or that it answered, reaches the next."""

from datetime import timedelta

import pytest
from django.utils import timezone

from contacts.models import Customer
from integrations import connecting, contact_matching, linking, queueing, rerunning, services
from integrations.models import Connection, Cursor, Lane, Organization, PushBatch, QueueStep, SyncJob, SyncRun
from integrations.services import Refused
from integrations.sync.lease import Lease
from receivables.models import Invoice
from tests.factories import make_customer, make_invoice, pull, push
from tests.quickbooks import QuickBooks, drain


@pytest.fixture
def move(qbo, http, organization, admin_user, asked):
    """Connects another company, where the ids of the first one are strangers."""

    def move(count: int = 0) -> QuickBooks:
        connecting.disconnect(organization, asked=asked)
        connecting.forget_company(organization, asked=asked)
        return arrive(qbo, organization, admin_user, count)

    return move


def arrive(qbo, organization, user, count: int = 0) -> QuickBooks:
    qbo.realm = qbo.control("", {"country": "SG", "seed": False})["realm_id"]
    while count and int(qbo.make("Customer", {"DisplayName": f"Stranger {count}"})["Id"]) < count:
        pass
    qbo.connect(organization, user)
    qbo.reset_calls()
    return qbo


def test_what_waited_for_the_former_company_is_ended(qbo, organization, admin_user, asked, move, monkeypatch):
    theirs = qbo.make("Customer", {"DisplayName": "Old Corp"})
    linked, new = make_customer(organization, name="Old Corp"), make_customer(organization, name="New Corp")
    invoice = make_invoice(organization)
    push(invoice.customer)
    push(invoice)
    connecting.pause(organization, asked=asked)
    services.void(organization, "invoices", asked=asked, ids=[invoice.pk])
    linking.link(organization, "customers", {linked.pk: theirs["Id"]}, asked=asked)
    services.push(organization, "customers", asked=asked, ids=[new.pk])
    services.pull(organization, "customers", asked=asked)
    monkeypatch.setattr(queueing, "STEP", 1)
    services.push(organization, "beneficiaries", asked=asked, all_unsynced=True)
    waiting = set(SyncRun.objects.filter(finished_at=None).values_list("pk", flat=True))

    qbo = move()
    connecting.resume(organization, asked=asked)
    drain(organization)

    runs = SyncRun.objects.filter(pk__in=waiting)
    assert set(runs.values_list("status", "error_code")) == {("failed", "different_company")}
    jobs = SyncJob.objects.filter(run__in=waiting)
    assert set(jobs.values_list("status", "outcome", "code")) == {("done", "failed", "different_company")}
    assert sum(run.failed for run in runs) == jobs.count() == 3
    for record in (linked, new, invoice):
        record.refresh_from_db()
        assert (record.qbo_id, record.sync_state) == (None, "not_synced")
    assert invoice.ended == "" and not QueueStep.objects.exists()
    assert qbo.all("Customer") == []
    assert qbo.calls["write"] == qbo.calls["batch"] == 0


def test_a_void_for_the_former_company_is_not_retried(qbo, organization, asked, move):
    """It would be voided here alone, or end its namesake in the next company."""
    invoice = make_invoice(organization)
    push(invoice.customer)
    push(invoice)
    connecting.pause(organization, asked=asked)
    run = services.void(organization, "invoices", asked=asked, ids=[invoice.pk])
    move()
    connecting.resume(organization, asked=asked)
    run.refresh_from_db()
    assert (run.status, run.error_code, rerunning.retryable(run)) == ("failed", "different_company", False)
    with pytest.raises(Refused, match="that was connected before"):
        rerunning.retry(run, asked=asked)
    # Known in the next company, too: it is not what the void was for.
    Invoice.objects.update(qbo_id="1")
    assert not rerunning.retryable(run)
    assert SyncRun.objects.filter(direction="void").count() == 1


def test_steps_of_a_long_run_are_ended(qbo, organization, asked, monkeypatch):
    monkeypatch.setattr(queueing, "STEP", 1)
    ids = [make_customer(organization).pk for _ in range(3)]
    run = services.push(organization, "customers", asked=asked, ids=ids)
    connecting.disconnect(organization, asked=asked)
    connecting.forget_company(organization, asked=asked)
    run.refresh_from_db()
    assert (run.status, run.error_code) == ("failed", "different_company")
    assert not QueueStep.objects.exists()


def test_an_import_of_the_former_companys_contact_takes_no_stranger(qbo, organization, asked, move):
    wanted = qbo.make("Customer", {"DisplayName": "Wanted Corp"})
    contact_matching.compare(organization, "customers", asked=asked)
    drain(organization)
    connecting.pause(organization, asked=asked)
    reading = contact_matching.newest(organization, "customers")
    run = contact_matching.settle(reading, "import", asked=asked, kind="only_in_quickbooks")
    move(int(wanted["Id"]))
    connecting.resume(organization, asked=asked)
    drain(organization)
    run.refresh_from_db()
    assert (run.status, run.error_code) == ("failed", "different_company")
    assert not Customer.objects.exists()


def test_another_company_without_any_link_gets_nothing_either(qbo, organization, admin_user, asked):
    theirs = qbo.make("Customer", {"DisplayName": "Old Corp"})
    customer = make_customer(organization, name="Old Corp")
    connecting.pause(organization, asked=asked)
    run = linking.link(organization, "customers", {customer.pk: theirs["Id"]}, asked=asked)
    for mapper in ("Account", "Item", "TaxCode"):
        unlink_mirrored(mapper)
    connecting.disconnect(organization, asked=asked)
    arrive(qbo, organization, admin_user, int(theirs["Id"]))
    connecting.resume(organization, asked=asked)
    drain(organization)
    run.refresh_from_db()
    customer.refresh_from_db()
    assert (run.status, run.error_code, customer.qbo_id) == ("failed", "different_company", None)


def unlink_mirrored(name: str) -> None:
    from integrations import models

    getattr(models, name).objects.update(qbo_id=None, is_active=False)


@pytest.mark.parametrize(("options", "before"), [({"include_new": True}, 1), ({"compare": True}, 2)])
def test_the_next_company_inherits_neither_cursor_nor_deletions(qbo, organization, options, before):
    """Another one is connected while the former one is asked once more for what its list did not have."""
    customer = make_customer(organization)
    push(customer)
    pull(organization, "customers")
    Customer.objects.update(qbo_id="999")
    qbo.reset_calls()

    def move_on():
        if qbo.calls["query"] < before:
            qbo.during_next_call(move_on)
            return
        Cursor.objects.all().delete()
        Connection.objects.update(realm_id="4620816365000000000")

    qbo.during_next_call(move_on)
    run = pull(organization, "customers", **options)
    customer.refresh_from_db()
    assert (run.status, run.error_code) == ("waiting", "different_company")
    assert customer.is_active and not Cursor.objects.exists()


def test_unlinking_waits_for_the_worker(qbo, organization, asked):
    customer = make_customer(organization)
    push(customer)
    lease = Lease.take(organization.pk)
    connecting.disconnect(organization, asked=asked)
    with pytest.raises(Refused, match="Wait a minute") as refusal:
        connecting.forget_company(organization, asked=asked)
    assert refusal.value.code == "still_working"
    customer.refresh_from_db()
    assert customer.qbo_id
    lease.release()
    connecting.forget_company(organization, asked=asked)
    customer.refresh_from_db()
    assert customer.qbo_id is None


def test_an_answer_that_comes_after_unlinking_is_dropped(qbo, organization, admin_user, asked):
    """A worker that was held up for longer than its lease."""
    customer = make_customer(organization, name="Ours")
    run = services.push(organization, "customers", asked=asked, ids=[customer.pk])

    def forget():
        if not PushBatch.objects.filter(sent_at__isnull=False).exists():
            qbo.during_next_call(forget)
            return
        Lane.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
        connecting.disconnect(organization, asked=asked)
        connecting.forget_company(organization, asked=asked)

    qbo.during_next_call(forget)
    drain(organization)
    assert len(qbo.all("Customer")) == 1
    customer.refresh_from_db()
    run.refresh_from_db()
    assert (customer.qbo_id, customer.sync_state) == (None, "not_synced")
    assert (run.status, run.error_code) == ("failed", "different_company")
    assert not PushBatch.objects.filter(settled_at=None).exists()

    arrive(qbo, organization, admin_user)
    stranger = qbo.make("Customer", {"DisplayName": "Total stranger"})
    push(customer)
    assert qbo.read("Customer", stranger["Id"])["DisplayName"] == "Total stranger"
    assert [each["DisplayName"] for each in qbo.all("Customer")] == ["Total stranger", "Ours"]


def test_an_answer_to_another_company_than_the_connected_one_is_settled_unread(qbo, organization, asked):
    customer = make_customer(organization)
    run = services.push(organization, "customers", asked=asked, ids=[customer.pk])
    batch = PushBatch.objects.create(
        organization=organization, realm_id="1", body="{}", sent_at=timezone.now()
    )
    SyncJob.objects.filter(run=run).update(status="running", batch=batch)
    drain(organization)
    batch.refresh_from_db()
    assert batch.settled_at
    assert list(run.jobs.values_list("outcome", "code")) == [("failed", "different_company")]
    assert qbo.calls["batch"] == 0
    assert Connection.objects.get(organization=organization).connected


@pytest.mark.parametrize("reason", ["not_connected", "not_enabled", "paused"])
def test_a_worker_stops_before_its_next_call(qbo, organization, admin_user, asked, settings, reason):
    settings.QBO_BATCH_SIZE, settings.QBO_CONCURRENCY = 2, 1
    customers = [make_customer(organization) for _ in range(6)]
    ids = [customer.pk for customer in customers]
    run = services.push(organization, "customers", asked=asked, ids=ids)
    acts = {
        "not_connected": lambda: connecting.disconnect(organization, asked=asked),
        "not_enabled": lambda: Organization.objects.update(quickbooks_enabled=False),
        "paused": lambda: connecting.pause(organization, asked=asked),
    }

    def during_first_batch():
        if PushBatch.objects.filter(sent_at__isnull=False).exists():
            acts[reason]()
        else:
            qbo.during_next_call(during_first_batch)

    qbo.during_next_call(during_first_batch)
    drain(organization)
    run.refresh_from_db()
    assert (run.status, run.error_code, run.succeeded) == ("waiting", reason, 2)
    assert qbo.calls["batch"] == 1
    assert list(run.jobs.order_by("pk").values_list("status", flat=True)) == ["done"] * 2 + ["queued"] * 4
    assert not PushBatch.objects.filter(settled_at=None).exists()

    Organization.objects.update(quickbooks_enabled=True)
    qbo.connect(organization, admin_user)
    connecting.resume(organization, asked=asked)
    drain(organization)
    run.refresh_from_db()
    assert (run.status, run.succeeded, len(qbo.all("Customer"))) == ("succeeded", 6, 6)


def test_a_batch_that_was_not_sent_goes_out_without_looking_for_it(qbo, organization, asked):
    """Paused between what is looked up for a batch and its sending."""
    customer = make_customer(organization)
    run = services.push(organization, "customers", asked=asked, ids=[customer.pk])
    qbo.during_next_call(lambda: connecting.pause(organization, asked=asked))
    drain(organization)
    assert qbo.calls["batch"] == 0 and qbo.calls.total() == 1
    assert list(run.jobs.values_list("status", flat=True)) == ["queued"]
    assert not PushBatch.objects.filter(settled_at=None).exists()
    connecting.resume(organization, asked=asked)
    drain(organization)
    assert qbo.calls["batch"] == 1 and len(qbo.all("Customer")) == 1
