"""The change feed: what changed, as of when in QuickBooks' clock, and whether that was all."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
import time_machine

from integrations.qbo.client import Kind
from integrations.qbo.errors import Refused

from .company import BASE, PACIFIC, fault, params

NOW = datetime(2026, 10, 1, 9, 0, tzinfo=UTC)


def test_changes_come_by_entity_with_quickbooks_own_time(company, http):
    stub = '{"status":"Deleted","Id":"65","MetaData":{"LastUpdatedTime":"2016-04-13T07:34:31-07:00"}}'
    http.get(
        f"{BASE}/cdc",
        body='{"CDCResponse":[{"QueryResponse":[{"Invoice":[{"Id":"1"},' + stub + '],"startPosition":1,'
        '"maxResults":2,"totalCount":2},{}]}],"time":"2020-09-29T08:02:53.512-07:00"}',
        match=[params(entities="Invoice,Customer", changedSince="2026-10-01T09:00:00+08:00")],
    )

    changes = company.client.changes(
        ["Invoice", "Customer"], datetime(2026, 10, 1, 9, 0, 0, 999, timezone(timedelta(hours=8)))
    )

    assert changes.rows == {"Invoice": [b'{"Id":"1"}', stub.encode()], "Customer": []}
    assert changes.time == datetime(2020, 9, 29, 8, 2, 53, 512000, PACIFIC)
    assert changes.complete
    assert "%2B08%3A00" in http.calls[0].request.url
    assert company.gate.entered == [Kind.CDC]


@pytest.mark.parametrize(("invoices", "complete"), [(499, True), (500, False), (700, False)])
def test_a_thousand_changes_in_all_may_not_be_all_changes(company, http, invoices, complete):
    rows = [",".join(['{"Id":"1"}'] * count) for count in (invoices, 500)]
    http.get(
        f"{BASE}/cdc",
        body='{"CDCResponse":[{"QueryResponse":[{"Invoice":[' + rows[0] + ']},{"Bill":[' + rows[1] + "]}]}],"
        '"time":"2020-09-29T08:02:53.512-07:00"}',
    )

    assert company.client.changes(["Invoice", "Bill"], datetime.now(UTC)).complete is complete


@pytest.mark.parametrize(
    "told",
    [
        '{"invoice":[{"Id":"1"}],"startPosition":1},{"CUSTOMER":[{"Id":"2"}]}',
        '{"Invoice":[{"Id":"1"}],"Customer":[{"Id":"2"}],"startPosition":1,"maxResults":2}',
        '{"Customer":[{"Id":"2"}]},{"Invoice":[{"Id":"1"}]}',
    ],
)
def test_changes_are_found_under_the_name_that_was_asked_for(company, http, told):
    """The cursor moves on after them: one that is left in the answer is lost for a week."""
    http.get(f"{BASE}/cdc", body='{"CDCResponse":[{"QueryResponse":[' + told + "]}]}")

    changes = company.client.changes(["Invoice", "Customer"], NOW)

    assert changes.rows == {"Invoice": [b'{"Id":"1"}'], "Customer": [b'{"Id":"2"}']}
    assert changes.complete


@pytest.mark.parametrize(("count", "complete"), [("1", True), ('"many"', True), ("2", False), ('"2"', False)])
def test_changes_that_are_counted_and_not_told_are_missing(company, http, count, complete):
    http.get(
        f"{BASE}/cdc",
        body='{"CDCResponse":[{"QueryResponse":[{"Invoice":[{"Id":"1"}],"totalCount":' + count + "}]}]}",
    )

    assert company.client.changes(["Invoice"], NOW).complete is complete


CHANGES_AT = datetime(2020, 9, 29, 15, 2, 53, tzinfo=UTC)


@pytest.mark.parametrize(
    "time",
    ['"2020-09-29T08:02:53-0700"', '"2020-09-29T15:02:53.000000000Z"', "1601391773000", '"1601391773000"'],
)
def test_the_time_of_changes_is_read_in_other_spellings(company, http, time):
    http.get(f"{BASE}/cdc", body='{"CDCResponse":[{"QueryResponse":[{}]}],"time":' + time + "}")

    assert company.client.changes(["Invoice"], NOW).time == CHANGES_AT


UNUSABLE_TIMES = [
    "",
    ',"time":null',
    ',"time":"soon"',
    ',"time":"2020-09-29T08:02:53"',
    ',"time":{}',
    ',"time":1e300',
    ',"time":"9999-01-01T00:00:00.000-07:00"',
]


@pytest.mark.parametrize("time", UNUSABLE_TIMES)
def test_changes_without_a_usable_time_have_that_of_http(company, http, time):
    http.get(
        f"{BASE}/cdc",
        body='{"CDCResponse":[{"QueryResponse":[{}]}]' + time + "}",
        headers={"Date": "Tue, 29 Sep 2020 15:02:53 GMT"},
    )

    assert company.client.changes(["Invoice"], NOW).time == CHANGES_AT


@pytest.mark.parametrize("headers", [{}, {"Date": "yesterday"}, {"Date": "Fri, 01 Jan 9999 00:00:00 GMT"}])
def test_changes_of_no_known_time_are_as_old_as_the_request(company, http, headers):
    def answer(request):
        travel.shift(timedelta(seconds=30))
        return 200, headers, '{"CDCResponse":[{"QueryResponse":[{}]}]}'

    http.add_callback("GET", f"{BASE}/cdc", answer)

    with time_machine.travel(NOW, tick=False) as travel:
        assert company.client.changes(["Invoice"], NOW).time == NOW


def test_a_fault_inside_of_changes_is_raised(company, http):
    http.get(
        f"{BASE}/cdc",
        body='{"CDCResponse":['
        + fault("5030", "Feature Not Supported")
        + '],"time":"2020-09-29T08:02:53-07:00"}',
    )

    with pytest.raises(Refused, match="plan"):
        company.client.changes(["Invoice"], datetime.now(UTC))
