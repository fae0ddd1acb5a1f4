"""10,000 organizations that are due: few statements, spread over minutes, nobody twice and nobody forgotten."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_q.models import OrmQ

from integrations import tasks
from integrations.models import Configuration, Connection, Lane, Organization, SyncRun
from integrations.sync import auto

pytestmark = [pytest.mark.slow, pytest.mark.django_db]

NUMBER = 10_000
MONDAY = datetime(2026, 11, 23, 8, tzinfo=UTC)
# One to find who is due, one to mark them, and the bells, some hundreds to a statement.
MOST_STATEMENTS = 12


@pytest.fixture
def time():
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


def make_organizations(number: int) -> list[int]:
    made = Organization.objects.bulk_create(
        Organization(slug=f"org-{n}", name=f"Organization {n}", quickbooks_enabled=True)
        for n in range(number)
    )
    Connection.objects.bulk_create(
        Connection(organization=each, status="connected", realm_id=str(each.pk)) for each in made
    )
    Lane.objects.bulk_create(Lane(organization=each) for each in made)
    Configuration.objects.bulk_create(
        Configuration(organization=each, receivables_auto_pull=True, payables_auto_pull=True) for each in made
    )
    return [each.pk for each in made]


def rung() -> list[int]:
    """For whom bells were rung; the queue is empty afterwards."""
    bells = [queued.task["args"][0] for queued in OrmQ.objects.order_by("pk")]
    OrmQ.objects.all().delete()
    return bells


def test_all_that_are_due_at_once_are_rung_for_within_ten_minutes_and_nobody_twice(time):
    organizations = make_organizations(NUMBER)
    told: list[int] = []
    for _ in range(auto.TICKS):
        with CaptureQueriesContext(connection) as statements:
            tasks.tick()
        assert len(statements) <= MOST_STATEMENTS
        bells = rung()
        assert len(bells) == NUMBER // auto.TICKS
        # What starting leaves behind; the shortest interval that a slot can make.
        Configuration.objects.filter(organization__in=bells).update(
            documents_due_at=datetime.now(UTC), rung_at=None
        )
        time.shift(timedelta(minutes=1))
        told += bells
    assert sorted(told) == organizations


def test_one_interval_later_they_come_evenly():
    numbers = range(1, NUMBER + 1)
    slots = Counter(auto.next_slot(MONDAY, pk).replace(second=0, microsecond=0) for pk in numbers)
    assert len(slots) == 15
    assert max(slots.values()) < 1.1 * NUMBER / 15
    assert all(MONDAY < auto.next_slot(MONDAY, pk) <= MONDAY + auto.OFTEN for pk in numbers)


def test_no_two_runs_of_one_organization_overlap(time):
    organizations = make_organizations(40)
    for _ in range(3):
        tasks.tick()
        for pk in organizations:
            auto.start(pk)
            auto.start(pk)
        time.shift(timedelta(minutes=20))
    runs = Counter(SyncRun.objects.values_list("organization_id", "entity", "direction"))
    assert len(runs) == 2 * len(organizations)
    assert set(runs.values()) == {1}
