"""Calls to QuickBooks against Intuit's limits, as operations shows them."""

from datetime import UTC, date, datetime, timedelta

import pytest

from integrations.admin.calls import forecast
from integrations.models import (
    CallCount,
    Organization,
)
from tests.admin.pages import OPERATIONS
from tests.factories import make_customer, push


def count(organization, kind: str, calls: int, day: date | None = None, **fields) -> None:
    CallCount.objects.create(
        organization=organization, kind=kind, calls=calls, day=day or datetime.now(UTC).date(), **fields
    )


def test_metered_reads_are_counted_apart_from_writes_and_tokens(superuser, organization):
    other = Organization.objects.create(slug="other", name="Other")
    count(organization, "query", 100, busiest_minute=143)
    count(organization, "cdc", 20)
    count(organization, "batch", 7)
    count(organization, "write", 3)
    count(organization, "token", 1000)
    count(other, "read", 400)

    calls = superuser.get(OPERATIONS).context["calls"]

    assert (calls["reads"], calls["writes"], calls["limit"]) == (520, 10, 500_000)
    first, second = calls["table"]["rows"]
    assert (first[1], second[1], second[3], second[5]) == ("400", "120", "10", "143 of 500")


def test_the_table_says_what_the_counter_counted(superuser, qbo, organization):
    CallCount.objects.all().delete()
    push(make_customer(organization))
    row = superuser.get(OPERATIONS).context["calls"]["table"]["rows"][0]
    assert (row[1], row[3]) == (str(qbo.calls["query"]), str(qbo.calls["batch"]))
    assert int(row[4].removesuffix(" of 500")) >= qbo.calls.total() == 2


def test_a_forecast_beyond_the_free_tier_warns(superuser, organization, settings):
    settings.QBO_METERED_READS_PER_MONTH = 1000
    count(organization, "query", 900)
    count(organization, "query", 900, datetime.now(UTC).date() - timedelta(days=1))
    assert superuser.get(OPERATIONS).context["calls"]["over"]
    assert "more than Intuit's free tier allows" in superuser.get(OPERATIONS).content.decode().replace(
        "&#x27;", "'"
    )


@pytest.mark.parametrize(
    ("sums", "now", "expected"),
    [
        # Ten days and a half of thirty are gone, 700 reads in the last seven whole days: 100 a day for 19.5 days.
        ({"reads": 1000, "recent": 700, "first": date(2026, 11, 4)}, datetime(2026, 11, 11, 12), 2950),
        # Two whole days of experience.
        ({"reads": 300, "recent": 200, "first": date(2026, 11, 9)}, datetime(2026, 11, 11), 2300),
        # The first day: its own pace, half a day 50, so 100 a day for 29.5 days.
        ({"reads": 50, "recent": 0, "first": date(2026, 11, 1)}, datetime(2026, 11, 1, 12), 3000),
        ({"reads": 0, "recent": 0, "first": None}, datetime(2026, 11, 1, 12), 0),
    ],
)  # fmt: skip
def test_the_forecast_goes_on_as_the_last_seven_days_went(sums, now, expected):
    assert forecast(sums, now.replace(tzinfo=UTC)) == expected
