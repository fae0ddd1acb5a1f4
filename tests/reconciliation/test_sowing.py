"""Whatever is sown, how often, in which order and whatever the cut-off: the statement finds exactly that."""

from datetime import date
from random import Random

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.reconciliation.reading import assert_finds, read_statement
from tests.reconciliation.sowing import Field, kinds_of

CUT_OFFS = [date(2026, 9, 30), date(2026, 10, 1), date(2026, 10, 15), date(2026, 10, 31), date(2026, 12, 31)]
PLENTY = 14


class Undone(Exception):
    """Takes back what one example did."""


@pytest.fixture(params=["receivables", "payables"])
def ground(field, request) -> Field:
    ground = field(request.param)
    ground.grow(PLENTY, ("SGD", "USD", "EUR"), days=40)
    # Pushed before any example, so that none has to.
    for currency in ("SGD", "USD", "EUR"):
        ground.other_contact(currency)
        ground.other_contact(currency, pushed=False)
    return ground


def copy_of(ground: Field, seed: int) -> Field:
    fresh = [type(record).objects.get(pk=record.pk) for record in ground.records]
    return Field(ground.qbo, ground.organization, ground.stream, Random(seed), fresh, dict(ground.contacts))


@settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data(), seed=st.integers(0, 10**6), as_of=st.sampled_from(CUT_OFFS))
def test_the_statement_finds_what_was_sown_and_nothing_else(ground, data, seed, as_of):
    names = st.sampled_from(kinds_of(ground.stream))
    sown = data.draw(st.lists(names, min_size=1, max_size=PLENTY))
    with pytest.raises(Undone), transaction.atomic():
        company = copy_of(ground, seed)
        company.sow(*sown)
        assert_finds(read_statement(ground.organization, ground.stream, as_of), company)
        raise Undone
