"""A connection that is lost in the middle: what people are told, that nothing half is stored, and Retry."""

import pytest

from integrations import reconciling, rerunning
from integrations.models import Connection, Statement, SyncRun
from integrations.progress import Progress
from integrations.services import NotConnected, Refused
from tests.api.conftest import Api, api  # noqa: F401
from tests.quickbooks import drain
from tests.reconciliation.reading import found_in, open_lines, read_statement
from tests.reconciliation.sowing import AS_OF

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def ground(field):
    ground = field()
    ground.grow(14)
    return ground


def goes_silent(qbo) -> None:
    """QuickBooks answers no try of the next call."""
    qbo.mishap("unavailable", count=4)


def finished(run: SyncRun) -> SyncRun:
    drain(run.organization)
    run.refresh_from_db()
    return run


@pytest.fixture
def failed(ground, asked, pages_of_ten) -> SyncRun:
    """A statement whose second page never came."""
    ground.qbo.during_next_call(lambda: ground.qbo.during_next_call(lambda: goes_silent(ground.qbo)))
    return finished(reconciling.reconcile(ground.organization, "receivables", asked=asked, as_of=AS_OF))


def test_a_lost_connection_is_told_with_how_far_it_came_and_what_to_do(failed):
    assert (failed.status, failed.error_code) == ("failed", "unreachable")
    assert Progress(failed).sentence == (
        "The connection to QuickBooks was lost after 10 of 28 documents, so there is no new statement."
    )
    assert failed.error_remedy.startswith("Press Retry to read it again.")
    assert not Statement.objects.exists()


def test_retry_reads_the_statement_of_the_same_day_again(failed, asked):
    again = finished(rerunning.retry(failed, asked=asked))
    assert (again.status, again.retry_of, again.statement.as_of) == ("succeeded", failed, AS_OF)
    assert (again.total, again.done) == (28, 28)


def test_the_api_retries_a_failed_statement(api, failed):  # noqa: F811
    answer = api.post(f"sync-runs/{failed.pk}/retry/")
    assert (answer.status_code, answer.json()["direction"]) == (202, "reconcile")


def test_a_statement_that_was_read_has_nothing_to_retry(ground, asked):
    run = read_statement(ground.organization, "receivables").run
    with pytest.raises(Refused) as refusal:
        rerunning.retry(run, asked=asked)
    assert refusal.value.code == "nothing_to_retry"


def test_without_a_connection_retry_says_so(failed, asked):
    Connection.objects.update(status="needs_reconnect")
    with pytest.raises(NotConnected):
        rerunning.retry(failed, asked=asked)


def test_a_repair_that_lost_its_second_look_is_finished_by_retry(ground, asked):
    ground.sow("another due date")
    ground.sow("another due date")
    statement = read_statement(ground.organization, "receivables")
    run = reconciling.repair(statement, "keep_quickbooks", asked=asked, kind="date")
    ground.qbo.during_next_call(lambda: ground.qbo.during_next_call(lambda: goes_silent(ground.qbo)))
    run = finished(run)
    assert (run.status, run.error_code, run.succeeded) == ("failed", "unreachable", 2)
    assert "so not everything could be repaired" in Progress(run).sentence
    assert len(open_lines(statement)) == 2
    again = finished(rerunning.retry(run, asked=asked))
    assert (again.status, again.failed, again.retry_of) == ("succeeded", 0, run)
    assert found_in(statement) == {}


def test_retry_of_a_repair_takes_up_what_is_still_open(ground, asked):
    for _ in range(2):
        ground.sow("only here")
    statement = read_statement(ground.organization, "receivables")
    ground.qbo.fault_item(open_lines(statement)[0].number, "6000", message="A business rule")
    run = finished(reconciling.repair(statement, "push", asked=asked, kind="only_in_finmo"))
    assert (run.status, run.succeeded, run.failed) == ("partly_failed", 1, 1)
    [left] = open_lines(statement)
    again = finished(rerunning.retry(run, asked=asked))
    assert (again.status, again.options["differences"], again.succeeded) == ("succeeded", [left.pk], 1)
    assert open_lines(statement) == []
    with pytest.raises(Refused):
        rerunning.retry(again, asked=asked)
