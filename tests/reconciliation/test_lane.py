"""A statement among the lane's other work: what stops it, what goes before it, and what a crash leaves."""

import pytest
from django.utils import timezone

from integrations import reconciling, services
from integrations.models import Configuration, Connection, Lane, Statement, SyncRun
from integrations.sync import lane
from tests.factories import make_customer
from tests.quickbooks import drain
from tests.reconciliation.reading import assert_adds_up, found_in, open_lines, read_statement
from tests.reconciliation.sowing import AS_OF


@pytest.fixture
def ground(field):
    ground = field()
    ground.grow(2)
    return ground


def test_a_grant_that_dies_leaves_the_run_waiting_and_it_goes_on_by_itself(
    ground, organization, admin_user, asked
):
    run = reconciling.reconcile(organization, "receivables", asked=asked, as_of=AS_OF)
    Connection.objects.filter(organization=organization).update(status="needs_reconnect")
    drain(organization)
    run.refresh_from_db()
    assert (run.status, run.error_code) == ("waiting", "needs_reconnect")
    ground.qbo.connect(organization, admin_user)
    drain(organization)
    run.refresh_from_db()
    assert (run.status, run.error) == ("succeeded", None)
    assert found_in(run.statement) == {}


def test_a_statement_that_a_crash_stopped_is_read_by_the_next_worker(
    ground, organization, asked, monkeypatch
):
    run = reconciling.reconcile(organization, "receivables", asked=asked, as_of=AS_OF)

    class Killed(BaseException):
        pass

    def die(*args, **options):
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr("integrations.sync.statements.store", die)
        with pytest.raises(Killed):
            lane.drain(organization.pk)
    Lane.objects.filter(organization=organization).update(holder="", expires_at=timezone.now())
    drain(organization)
    run.refresh_from_db()
    assert run.status == "succeeded"
    assert Statement.objects.count() == 1


def test_a_repair_that_a_crash_stopped_is_carried_out_once(ground, organization, asked, monkeypatch):
    ground.sow("deleted there")
    statement = read_statement(organization, "receivables")
    [line] = open_lines(statement)
    run = reconciling.repair(statement, "keep_finmo", asked=asked, differences=[line.pk])

    class Killed(BaseException):
        pass

    def die(*args, **options):
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr("integrations.sync.repair._queue", die)
        with pytest.raises(Killed):
            lane.drain(organization.pk)
    Lane.objects.filter(organization=organization).update(holder="", expires_at=timezone.now())
    before = len(ground.qbo.all("Invoice"))
    drain(organization)
    run.refresh_from_db()
    assert (run.status, run.succeeded) == ("succeeded", 1)
    assert len(ground.qbo.all("Invoice")) == before + 1
    assert found_in(statement) == {}
    assert_adds_up(statement)


def test_an_unexpected_error_ends_the_statement_and_the_rest_goes_on(
    ground, organization, asked, monkeypatch
):
    def fail(*args, **options):
        raise ValueError("broken")

    monkeypatch.setattr("integrations.sync.statements.store", fail)
    run = reconciling.reconcile(organization, "receivables", asked=asked)
    pull = services.pull(organization, "invoices", asked=asked)
    drain(organization)
    run.refresh_from_db()
    pull.refresh_from_db()
    assert (run.status, run.error_code) == ("failed", "internal")
    assert pull.status == "succeeded"


def test_a_click_goes_before_a_statement(ground, organization, asked):
    customer = make_customer(organization)
    run = reconciling.reconcile(organization, "receivables", asked=asked)
    pushed = services.push(organization, "customers", asked=asked, ids=[customer.pk])
    drain(organization)
    run, pushed = (SyncRun.objects.get(pk=each.pk) for each in (run, pushed))
    assert pushed.finished_at < run.started_at


def test_a_statement_is_no_push_and_no_pull_of_the_stream(ground, organization):
    before = Configuration.objects.values().get(organization=organization)
    read_statement(organization, "receivables")
    assert Configuration.objects.values().get(organization=organization) == before
