"""Bulk pushes of thousands: the request notes them, and the lane gives every record its job, step by step."""

from collections import Counter

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from contacts.models import Customer
from integrations import queueing, rerunning, services
from integrations.models import Priority, QueueStep, SyncJob, SyncState, Trigger
from integrations.queueing import STEP
from integrations.services import Asked, UnknownRecord
from tests.engine.test_call_counts import make_customers, make_invoices
from tests.factories import make_invoice, push
from tests.quickbooks import drain

MANY = 3 * STEP + 7


@pytest.fixture
def customers(organization) -> list[Customer]:
    organization.connection.status = "connected"
    organization.connection.realm_id = "123"
    organization.connection.save()
    return make_customers(organization, MANY)


def ids_of(records) -> list[int]:
    return [record.pk for record in records]


def take_all_steps(organization) -> None:
    """What the lane does, without pushing in between."""
    while step := QueueStep.objects.filter(organization=organization).order_by("pk").first():
        queueing.take_step(step)


def test_thousands_are_asked_for_in_few_statements(organization, customers, asked):
    with CaptureQueriesContext(connection) as captured:
        run = services.push(organization, "customers", asked=asked, all_unsynced=True)
    # One more for each step looks whether its records exist; none is written for a record.
    assert len(captured) <= MANY // STEP + 16, [each["sql"][:100] for each in captured]
    assert (run.total, run.status, SyncJob.objects.count()) == (MANY, "queued", 0)
    take_all_steps(organization)
    assert run.jobs.filter(status=SyncJob.Status.QUEUED).count() == MANY
    assert Customer.objects.filter(sync_state=SyncState.QUEUED).count() == MANY


def test_a_step_takes_few_statements(organization, customers, asked):
    services.push(organization, "customers", asked=asked, all_unsynced=True)
    with CaptureQueriesContext(connection) as captured:
        queueing.take_step(queueing.next_step(organization.pk))
    # SQLite takes an INSERT apart, since it limits a statement's variables.
    others = [each["sql"] for each in captured if not each["sql"].startswith("INSERT")]
    assert len(others) <= 14, [sql[:100] for sql in others]


def test_thousands_of_chosen_ones_are_queued_once(organization, customers, asked):
    ids = ids_of(customers)
    services.push(organization, "customers", asked=asked, ids=ids[: STEP + 1])
    run = services.push(organization, "customers", asked=asked, ids=[*ids, ids[0]])
    take_all_steps(organization)
    run.refresh_from_db()
    assert (run.total, run.skipped) == (MANY, STEP + 1)
    assert SyncJob.objects.filter(status=SyncJob.Status.QUEUED).count() == MANY


def test_one_foreign_id_among_thousands_refuses_them_all(organization, customers, asked):
    ids = ids_of(customers)
    with pytest.raises(UnknownRecord):
        services.push(organization, "customers", asked=asked, ids=[*ids, max(ids) + 1])
    assert not SyncJob.objects.exists() and not QueueStep.objects.exists()
    assert not Customer.objects.filter(sync_state=SyncState.QUEUED).exists()


def test_what_is_deleted_before_its_turn_is_no_part_of_the_run(organization, customers, asked):
    run = services.push(organization, "customers", asked=asked, all_unsynced=True)
    customers[0].delete()
    customers[-1].delete()
    take_all_steps(organization)
    run.refresh_from_db()
    assert (run.total, run.jobs.count(), run.status) == (MANY - 2, MANY - 2, "running")


def test_a_run_whose_records_got_in_step_meanwhile_ends(organization, customers, asked):
    run = services.push(organization, "customers", asked=asked, all_unsynced=True)
    Customer.objects.update(sync_state=SyncState.SYNCED, accounting_synced=True)
    take_all_steps(organization)
    run.refresh_from_db()
    assert (run.status, run.skipped, run.total) == ("succeeded", MANY, MANY)


def test_a_persons_click_goes_before_what_has_no_job_yet(qbo, organization, asked):
    many, one = (
        make_customers(organization, STEP + 1),
        Customer(organization=organization, name="Clicked", currency="SGD"),
    )
    one.save()
    run = services.push(organization, "customers", asked=asked, ids=ids_of(many))
    click = services.push(organization, "customers", asked=asked, ids=[one.pk])
    queued_before: list[int] = []
    qbo.during_next_call(lambda: queued_before.append(SyncJob.objects.filter(run=run).count()))
    drain(organization)
    click.refresh_from_db()
    run.refresh_from_db()
    assert (click.status, run.status, run.succeeded) == ("succeeded", "succeeded", STEP + 1)
    assert queued_before == [0]
    # Steps do not take batches apart.
    assert qbo.calls["batch"] == 1 + -(-(STEP + 1) // 30)


def test_contacts_of_thousands_go_first(organization, asked, customers):
    customers[0].__class__.objects.filter(pk=customers[0].pk).update(qbo_id="1")
    make_invoices(organization, customers, STEP + 1)
    contacts, invoices = services.push_with_contacts(organization, "invoices", asked=asked, all_unsynced=True)
    assert (contacts.entity, contacts.total, invoices.total) == ("customers", STEP, STEP + 1)


@pytest.fixture
def short_steps(monkeypatch, settings):
    """A long run is one of more than ten, and the lane takes two at a time."""
    monkeypatch.setattr(queueing, "STEP", 10)
    settings.QBO_BATCH_SIZE, settings.QBO_CONCURRENCY = 2, 1


def outcomes_of(run) -> Counter:
    return Counter(run.jobs.values_list("outcome", flat=True))


def test_invoices_wait_for_customers_that_have_no_job_yet(qbo, organization, asked, short_steps):
    customers = make_customers(organization, 30)
    invoices = make_invoices(organization, customers[-8:], 8)
    first = services.push(organization, "customers", asked=asked, ids=ids_of(customers))
    then = services.push(organization, "invoices", asked=asked, ids=ids_of(invoices))
    drain(organization)
    assert (outcomes_of(first), outcomes_of(then)) == ({"created": 30}, {"created": 8})


def test_a_clicked_invoice_takes_its_customer_out_of_a_long_run(qbo, organization, asked, short_steps):
    customers = make_customers(organization, 40)
    [invoice] = make_invoices(organization, customers[-1:], 1)
    # Longer than a click, and so less urgent.
    many = services.push(organization, "customers", asked=asked, ids=ids_of(customers))
    click = services.push(organization, "invoices", asked=asked, ids=[invoice.pk])
    drain(organization)
    many.refresh_from_db()
    assert (outcomes_of(click), outcomes_of(many)) == ({"created": 1}, {"created": 40})
    first_done = many.jobs.order_by("finished_at").first()
    assert first_done.record_id == customers[-1].pk
    assert (many.total, many.succeeded, many.status) == (40, 40, "succeeded")


def test_asking_again_for_all_answers_with_the_run_that_is_being_queued(
    qbo, organization, customers_to_push, asked, short_steps
):
    by_schedule = services.push(
        organization, "customers", asked=Asked(Trigger.SCHEDULE), ids=customers_to_push
    )
    again = services.push(organization, "customers", asked=asked, all_unsynced=True)
    assert again.pk == by_schedule.pk
    assert again.priority == Priority.BULK
    assert sum(QueueStep.objects.values_list("size", flat=True)) == len(customers_to_push)
    others = make_customers(organization, 3)
    the_rest = services.push(organization, "customers", asked=asked, all_unsynced=True)
    assert sorted(the_rest.jobs.values_list("record_id", flat=True)) == ids_of(others)


def test_a_schedule_does_not_ask_again_for_what_a_persons_long_run_waits_with(
    qbo, organization, customers_to_push, asked, short_steps
):
    by_hand = services.push(organization, "customers", asked=asked, all_unsynced=True)
    others = ids_of(make_customers(organization, 2))
    by_itself = Asked(Trigger.SCHEDULE)
    rest = services.push(organization, "customers", asked=by_itself, ids=[*customers_to_push, *others])
    assert sorted(rest.jobs.values_list("record_id", flat=True)) == others
    assert services.push(organization, "customers", asked=by_itself, ids=customers_to_push).pk == by_hand.pk


@pytest.fixture
def customers_to_push(organization) -> list[int]:
    return ids_of(make_customers(organization, 25))


def test_a_click_hurries_what_a_bulk_run_has_queued(qbo, organization, asked):
    ids = ids_of(make_customers(organization, 40))
    bulk = services.push(organization, "customers", asked=asked, ids=ids)
    click = services.push(organization, "customers", asked=asked, ids=ids[-1:])
    assert (click.status, click.skipped) == ("succeeded", 1)
    assert bulk.jobs.get(record_id=ids[-1]).priority == Priority.CLICK
    assert set(bulk.jobs.exclude(record_id=ids[-1]).values_list("priority", flat=True)) == {Priority.BULK}


def test_a_void_takes_the_place_of_a_queued_push(qbo, organization, asked):
    invoice = make_invoice(organization)
    push(invoice.customer)
    push(invoice)
    invoice.memo = "Changed"
    invoice.save()
    pushed = services.push(organization, "invoices", asked=asked, ids=[invoice.pk])
    voided = services.void(organization, "invoices", asked=asked, ids=[invoice.pk])
    refused = services.push(organization, "invoices", asked=asked, ids=[invoice.pk])
    drain(organization)
    invoice.refresh_from_db()
    told = {run.pk: run.jobs.get().message for run in (pushed, refused)}
    assert told == {pushed.pk: "It is to be voided instead.", refused.pk: "It is queued to be voided."}
    assert (invoice.ended, qbo.read("Invoice", invoice.qbo_id)["Balance"]) == ("voided", 0)
    voided.refresh_from_db()
    assert (voided.status, voided.succeeded) == ("succeeded", 1)


def test_an_unexpected_error_ends_the_run_and_its_retry_takes_up_what_is_left(qbo, organization, asked):
    ids = ids_of(make_customers(organization, STEP + 1))
    run = services.push(organization, "customers", asked=asked, ids=ids)
    accounts = services.pull(organization, "accounts", asked=asked)
    step = QueueStep.objects.filter(run=run).order_by("pk").first()
    QueueStep.objects.filter(pk=step.pk).update(ids={"not": "a list"})
    drain(organization)
    for each in (run, accounts):
        each.refresh_from_db()
    assert (run.status, run.error_code) == ("failed", "internal")
    assert accounts.status == "succeeded"
    QueueStep.objects.filter(pk=step.pk).update(ids=step.ids)
    again = rerunning.retry(run, asked=asked)
    assert again.total == STEP + 1
    assert not run.steps.exists()


@pytest.mark.parametrize("error", [ValueError("bad row"), OperationalError("deadlock detected")])
def test_an_error_in_one_step_leaves_other_runs_alone(qbo, organization, asked, short_steps, error):
    """What an answer's digestion meets: the batch is written down, and nothing is claimed that could be blamed."""
    many = services.push(organization, "customers", asked=asked, ids=ids_of(make_customers(organization, 31)))
    accounts = services.pull(organization, "accounts", asked=asked)
    left = [error]

    def fail_once(execute, sql, params, many, context):
        if left and sql.startswith("UPDATE") and "settled_at" in sql:
            raise left.pop()
        return execute(sql, params, many, context)

    with connection.execute_wrapper(fail_once):
        try:
            drain(organization)
        except OperationalError as raised:
            assert raised is error
    drain(organization)
    for each in (many, accounts):
        each.refresh_from_db()
    assert (many.status, many.succeeded, accounts.status) == ("succeeded", 31, "succeeded")
