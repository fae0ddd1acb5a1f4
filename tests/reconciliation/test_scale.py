"""A company of many documents in three currencies, with every class of difference sown at random: each statement
finds all of them, invents none, and leaves nothing unexplained; few calls read it and few repair it."""

import pytest

from integrations.models import Statement
from integrations.statements.report import report_of
from tests.reconciliation.copies import Sums, multiply, sums_here, sums_there
from tests.reconciliation.reading import assert_finds, read_statement
from tests.reconciliation.sowing import AS_OF, Field, kinds_of

CURRENCIES = ("SGD", "USD", "EUR")
TIMES = 2


def grow(ground: Field, count: int) -> None:
    """So many documents in step; issued from October 1st to November 1st."""
    ground.grow(10, CURRENCIES, days=31)
    ground.records += multiply(ground.records, ground.qbo.realm, count - len(ground.records))


def assert_sums(statement: Statement, here: Sums, there: Sums) -> None:
    """As each side's own documents add up, without a comparison."""
    reports = report_of(statement)
    assert {each.currency: _figures(each.finmo) for each in reports} == here
    assert {each.currency: _figures(each.quickbooks) for each in reports} == there


def _figures(side) -> list:
    return [side.count, side.total, side.balance]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("stream", "count", "calls"), [("receivables", 20_000, 25), ("payables", 10_000, 13)]
)
def test_twenty_thousand_invoices_and_ten_thousand_bills(field, stream, count, calls):
    ground = field(stream, seed=count)
    grow(ground, count)
    ground.sow(*ground.random.sample(kinds_of(stream) * TIMES, k=len(kinds_of(stream)) * TIMES))
    ground.qbo.reset_calls()
    here = sums_here(ground.records[0], AS_OF)
    there = sums_there(ground.qbo.realm, ground.remote, AS_OF)
    statement = read_statement(ground.organization, stream)
    assert ground.qbo.calls["query"] <= calls
    assert_finds(statement, ground)
    assert_sums(statement, here, there)
    assert sorted(here) == sorted(CURRENCIES)
